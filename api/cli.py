"""The whole command line: the commands of `scheduler`, `serve`, and `up` that runs all."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from scheduler.cli import app as commands
from scheduler.cli import run
from scheduler.cli.app import SERVICE
from scheduler.cli.options import AsJson
from scheduler.cli.working import MEMORY_MB, NIGHT_SECONDS, MemoryMb, NightSeconds

LOOPBACK = "127.0.0.1"
Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")]
Stores = Annotated[
    list[str] | None,
    typer.Option(
        "--store",
        metavar="URL",
        help="Store of a site, repeatable (else HOLDFAST_STORE, else ./holdfast.sqlite).",
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(help="YAML: issuers, TLS, trusted proxies, origins, limits, log file."),
]


def main(args: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    return run.main(args, build=build_app)


def build_app() -> typer.Typer:
    """All commands, ready to run."""
    app = commands.build_app()
    app.command("serve", rich_help_panel=SERVICE)(serve)
    app.command("up", rich_help_panel=SERVICE)(up)
    return app


def serve(
    *,
    host: Host = LOOPBACK,
    port: Port = 8000,
    store: Stores = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Serve the API until stopped.

    On this machine alone and without a configuration it prints an administrator's token for one
    day. On any other address somebody must be able to sign in, and the line must be encrypted.
    """
    from api import serving
    from api.settings import ApiSettings, read_settings
    from scheduler.bootstrap import open_container
    from scheduler.cli.output import note, say, say_json
    from scheduler.settings import Settings

    environment = Settings.from_environment(os.environ)
    settings = read_settings(config) if config else ApiSettings()
    opened = [
        open_container(environment.model_copy(update={"store": target}))
        for target in store or [environment.store]
    ]
    start = serving.prepare(opened, settings, host=host, port=port, configured=config is not None)
    if as_json:
        say_json({"url": start.url, "tokens": start.tokens})
    else:
        say(f"serving at {start.url}")
        for site, token in start.tokens.items():
            note(f"administrator of {site} for one day, shown once; keep it to yourself:")
            say(token)
    serving.run(start, settings)


def up(
    *,
    host: Host = LOOPBACK,
    port: Port = 8000,
    store: Stores = None,
    config: Config = None,
    night_seconds: NightSeconds = NIGHT_SECONDS,
    memory_mb: MemoryMb = MEMORY_MB,
    as_json: AsJson = False,
) -> None:
    """Run `serve`, `clock` and `worker` together, as a small site needs them, until stopped.

    One that dies is started again; all end together.
    """
    from scheduler.cli.output import note
    from scheduler.nights.processes import until_told
    from scheduler.nights.supervisor import Command, supervise

    program = (sys.executable, "-P", "-m", "api")
    stores = [word for target in store or () for word in ("--store", target)]
    told_json = ["--json"] if as_json else []
    served = ["--host", host, "--port", str(port), *(["--config", str(config)] if config else [])]
    commands = (
        Command("serve", (*program, "serve", *served, *stores, *told_json)),
        Command(
            "clock",
            (*program, "clock", "--night-seconds", str(night_seconds), *stores, *told_json),
        ),
        Command("worker", (*program, "worker", "--memory-mb", str(memory_mb), *stores, *told_json)),
    )
    with until_told() as told:
        supervise(commands, told, tell=note)
