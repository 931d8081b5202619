"""What the options before a command's name say, for the commands that keep a department."""

from dataclasses import dataclass
from datetime import UTC, datetime

import typer

from scheduler.cli.options import instant


@dataclass(frozen=True, slots=True)
class Globals:
    """Where the department is kept, and what time it is."""

    store: str | None = None
    now: datetime | None = None


def moment(context: typer.Context, given: str | None = None) -> datetime:
    """The instant to work at: the command's own, else the one before its name, else the clock's."""
    if given:
        return instant(given)
    return _globals(context).now or datetime.now(UTC).replace(microsecond=0)


def _globals(context: typer.Context) -> Globals:
    found = context.find_object(Globals)
    return found if found is not None else Globals()
