"""The tree of commands. Each loads what it needs when it runs, so that --help answers at once."""

from typing import Annotated

import typer

from scheduler.cli import (
    accounts,
    audits,
    boards,
    case_page,
    cases,
    clinic,
    demo,
    desk,
    gaps,
    keeping,
    nightly,
    planning,
    policies,
    reports,
    revisions,
    scenarios,
    slots,
    working,
)
from scheduler.cli.context import ActorOption, Globals, NowOption, StoreOption
from scheduler.cli.options import Commands
from scheduler.cli.output import say

ABOUT = """Schedule image-guided procedures around the times at which patients may be treated."""
FILES = "On files"
CLINIC = "Clinical rules"
STORE = "On the store"
SERVICE = "The service"
WHAT_IF = "What if"


def build_app() -> typer.Typer:
    """All commands, ready to run."""
    app = _typer(ABOUT)
    app.callback(invoke_without_command=True)(_globals)
    _add(app, planning.COMMANDS, FILES)
    _add(app, slots.COMMANDS, FILES)
    _add(app, clinic.COMMANDS, CLINIC)
    _group(app, "policy", "Look at hold policies as data.", policies.COMMANDS, CLINIC)
    _add(app, desk.COMMANDS, STORE)
    _group(
        app,
        "case",
        "Look at cases, offer slots, book and move.",
        {**cases.COMMANDS, **case_page.COMMANDS},
        STORE,
    )
    _add(app, nightly.COMMANDS, STORE)
    _add(app, boards.COMMANDS, STORE)
    _add(app, gaps.COMMANDS, STORE)
    _add(app, demo.COMMANDS, STORE)
    _group(app, "account", "Say who may use the service.", accounts.COMMANDS, STORE)
    _group(app, "audit", "Look at the record of changes, and verify it.", audits.COMMANDS, STORE)
    _group(app, "report", "Report on what is booked.", reports.COMMANDS, STORE)
    _group(app, "alert", "Look at what must be seen to.", keeping.ALERTS, STORE)
    _group(app, "routine", "Look at what the worker does all day.", keeping.ROUTINES, STORE)
    _add(app, keeping.COMMANDS, STORE)
    _group(app, "revision", "Decide on what a night would change.", revisions.COMMANDS, STORE)
    _group(
        app,
        "scenario",
        "Ask what would happen if: run edits of the department against it.",
        scenarios.COMMANDS,
        WHAT_IF,
    )
    _add(app, working.COMMANDS, SERVICE)
    _group(app, "run", "Look at runs, ask for one, cancel one.", working.RUNS, STORE)
    return app


def _typer(about: str) -> typer.Typer:
    return typer.Typer(
        help=about,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def _add(app: typer.Typer, commands: Commands, panel: str) -> None:
    for name, command in commands.items():
        app.command(name, rich_help_panel=panel)(command)


def _group(app: typer.Typer, name: str, about: str, commands: Commands, panel: str) -> None:
    group = _typer(about)
    _add(group, commands, "Commands")
    app.add_typer(group, name=name, rich_help_panel=panel)


def _version(wanted: bool) -> None:  # noqa: FBT001  # typer calls it with the option's value
    if wanted:
        from importlib.metadata import version

        say(f"holdfast {version('holdfast')}")
        raise typer.Exit


def _globals(
    context: typer.Context,
    *,
    store: StoreOption = None,
    now: NowOption = None,
    actor: ActorOption = None,
    version: Annotated[  # noqa: ARG001  # acts by its callback
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    context.obj = Globals(store=store, now=now, actor=actor)
