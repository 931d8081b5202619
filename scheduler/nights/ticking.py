"""What the clock does at each tick: it asks for the night that is due, and does nothing else.

Two clocks do no harm: a night is asked for once, whoever asks. After a time without a clock only
the newest night is run; those before it are kept as missed.
"""

from dataclasses import dataclass
from datetime import date

from scheduler.nights.due import due_nights
from scheduler.records_nights import RunOrder, RunRecord
from scheduler.services import runs
from scheduler.services.desk import Desk


@dataclass(frozen=True, slots=True)
class Tick:
    """What came of a tick."""

    asked: RunRecord | None = None
    missed: tuple[str, ...] = ()


def due(desk: Desk) -> tuple[date, ...]:
    """The nights for which the site has no run yet, oldest first; changes nothing."""
    site = desk.department.site
    kept = desk.uow.runs.last_night(runs.NIGHT)
    last = date.fromisoformat(kept) if kept else None
    return due_nights(site.night_at, site.tz, last=last, now=desk.now)


def tick(desk: Desk, order: RunOrder | None = None) -> Tick:
    """Ask for the newest night that is due; keep those before it as missed.

    A store in which no night was ever asked for begins with the next one.
    """
    nights = due(desk)
    if not nights:
        return Tick()
    newest = nights[-1].isoformat()
    if desk.uow.runs.last_night(runs.NIGHT) is None:
        runs.skip(desk, newest, missed=False)
        return Tick()
    missed = tuple(night.isoformat() for night in nights[:-1])
    for night in missed:
        runs.skip(desk, night, missed=True)
    return Tick(runs.request(desk, order, night=newest), missed)
