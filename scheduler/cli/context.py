"""Options of the commands that keep a department: which store, what time it is, who acts.

Each may stand before the command's name or after it; after it counts.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Annotated, Concatenate, ParamSpec

import typer

from scheduler.cli.options import instant

if TYPE_CHECKING:
    from scheduler.bootstrap import Container
    from scheduler.settings import Settings

P = ParamSpec("P")

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        help="Store of the department: a file or a database URL (else HOLDFAST_STORE, "
        "else ./holdfast.sqlite).",
    ),
]
NowOption = Annotated[
    str | None,
    typer.Option("--now", metavar="INSTANT", help="Take this instant for now, as replays do."),
]
ActorOption = Annotated[
    str | None,
    typer.Option("--actor", metavar="NAME", help="Who acts, for the audit (else HOLDFAST_ACTOR)."),
]


@dataclass(frozen=True, slots=True)
class Globals:
    """What was said before the command's name."""

    store: str | None = None
    now: str | None = None
    actor: str | None = None


def moment(context: typer.Context, given: str | None = None) -> datetime:
    """The instant to work at: the one given, or else the machine's."""
    said = given or _globals(context).now
    return instant(said) if said else datetime.now(UTC).replace(microsecond=0)


def open_department(
    context: typer.Context,
    *,
    store: str | None = None,
    now: str | None = None,
    actor: str | None = None,
    create: bool = False,
) -> "Container":
    """The services over the store that the options name.

    Raises:
        InputError: there is no store there, or an option cannot be read.
    """
    from scheduler.bootstrap import FixedClock, open_container

    stands_still = now or _globals(context).now
    return open_container(
        settings_of(context, store=store, actor=actor),
        clock=FixedClock(instant(stands_still)) if stands_still else None,
        create=create,
    )


def settings_of(
    context: typer.Context, *, store: str | None = None, actor: str | None = None
) -> "Settings":
    """The settings of the environment with what the options say in their place."""
    from scheduler.settings import Settings

    said = _globals(context)
    settings = Settings.from_environment(os.environ)
    chosen = {"store": store or said.store, "actor": actor or said.actor}
    given = {name: value for name, value in chosen.items() if value}
    return Settings.model_validate(settings.model_dump() | given)


def on_store(
    command: "Callable[Concatenate[Container, P], None]",
) -> Callable[..., None]:
    """A command that is given the department in place of the options that say which."""

    def run(
        context: typer.Context,
        *,
        store: StoreOption = None,
        now: NowOption = None,
        actor: ActorOption = None,
        **options: object,
    ) -> None:
        department = open_department(context, store=store, now=now, actor=actor)
        command(department, **options)  # type: ignore[call-arg, arg-type]  # typer checks them

    first, *added = signature(run).parameters.values()
    _, *own = signature(command).parameters.values()
    asked = [p.replace(kind=Parameter.KEYWORD_ONLY) for p in own]
    members = [first, *asked, *(p for p in added if p.kind is not Parameter.VAR_KEYWORD)]
    run.__signature__ = Signature(members)  # type: ignore[attr-defined]  # typer reads it
    run.__annotations__ = {p.name: p.annotation for p in members}
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    return run


def _globals(context: typer.Context) -> Globals:
    found = context.find_object(Globals)
    return found if found is not None else Globals()
