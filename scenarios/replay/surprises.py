"""What a booking meets before and on its day: drawn once for each time a case is booked anew."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from models.clinical.facts import Facts
from models.clinical.instructions import last_dose_for
from models.clinical.readiness import HoldPlan
from models.patients import ExposureStatus
from scenarios.assumptions import Assumptions
from scenarios.records import Cause
from scenarios.replay.draws import Draws
from scenarios.replay.files import File

LAB_KINDS = frozenset({"lab"})
RESULT_AHEAD = timedelta(days=1)
"""A result is known the day before."""


@dataclass(frozen=True, slots=True)
class Surprise:
    """Something that becomes known of a booking."""

    cause: Cause
    at: datetime
    known_at: datetime
    """When somebody in the office hears of it."""
    drug: str = ""
    dose_at: datetime | None = None
    """When a dose was taken that should not have been."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A case that was booked for the n-th time, from 1."""

    file: File
    number: int
    booked_at: datetime
    start: datetime


def surprises(
    attempt: Attempt, assumed: Assumptions, draws: Draws, known_by: Callable[[datetime], datetime]
) -> tuple[Surprise, ...]:
    """What happens to a booking before its start; what is heard only then is found at the start.

    The draws are of the case and the attempt: a booking that is moved meets the same, at another
    time.
    """
    found = _happening(attempt, assumed, draws)
    return tuple(replace(one, known_at=known_by(one.at)) for one in found)


def _happening(attempt: Attempt, assumed: Assumptions, draws: Draws) -> Iterator[Surprise]:
    case, number = attempt.file.id, attempt.number
    if draws.happens(assumed.called_off, "called-off", case, number):
        share = draws.uniform("called-off-when", case, number)
        at = _between(attempt.booked_at, attempt.start, share)
        yield Surprise(Cause.PATIENT, at, at)
    kinds = {asked.kind for asked in attempt.file.readiness.open_at(attempt.start)}
    if kinds & LAB_KINDS and draws.happens(assumed.lab_failed, "lab-failed", case, number):
        at = max(attempt.booked_at, attempt.start - RESULT_AHEAD)
        yield Surprise(Cause.LAB_FAILED, at, at)
    if "approval" in kinds and draws.happens(assumed.approval_late, "approval-late", case, number):
        stops = [stop.last for stop in stops_of(attempt.file, attempt.start)]
        at = max(attempt.booked_at, min([attempt.start, *stops]))
        yield Surprise(Cause.APPROVAL_LATE, at, at)
    yield from _missed(attempt, assumed, draws)


def _missed(attempt: Attempt, assumed: Assumptions, draws: Draws) -> Iterator[Surprise]:
    case, number = attempt.file.id, attempt.number
    stops = stops_of(attempt.file, attempt.start)
    if not stops or not draws.happens(assumed.hold_missed, "hold-missed", case, number):
        return
    stop = stops[draws.index([1.0] * len(stops), "hold-missed-drug", case, number)]
    share = draws.uniform("hold-missed-when", case, number)
    taken = _between(max(stop.last, attempt.booked_at), attempt.start, share)
    if taken < attempt.start:
        yield Surprise(Cause.HOLD_MISSED, taken, taken, stop.hold.drug, taken)


def on_the_day(attempt: Attempt, assumed: Assumptions, draws: Draws) -> Cause | None:
    """Why a patient is not treated on the day, found when the procedure should begin."""
    case, number = attempt.file.id, attempt.number
    if draws.happens(assumed.illness, "illness", case, number):
        return Cause.ILLNESS
    if draws.happens(assumed.no_show, "no-show", case, number):
        return Cause.NO_SHOW
    return None


@dataclass(frozen=True, slots=True)
class Stop:
    """A drug that is stopped for a start, with the last dose before it."""

    hold: HoldPlan
    last: datetime
    recorded: bool
    """Whether that dose is on record; else it is the one that the patient is told."""


def stops_of(file: File, start: datetime) -> tuple[Stop, ...]:
    """The drugs stopped for a start, by name; what was stopped for good is not among them."""
    facts = file.facts
    if facts is None:
        return ()
    found = (_stop(hold, facts, start) for hold in file.readiness.holds)
    stops = [stop for stop in found if stop is not None and stop.last < start]
    return tuple(sorted(stops, key=lambda stop: stop.hold.drug))


def _stop(hold: HoldPlan, facts: Facts, start: datetime) -> Stop | None:
    taken = [
        exposure
        for exposure in facts.exposures
        if exposure.drug == hold.drug and exposure.status is not ExposureStatus.STOPPED
    ]
    last = last_dose_for(hold, facts, start) if taken else None
    if last is None:
        return None
    return Stop(hold, last, any(exposure.last_dose is not None for exposure in taken))


def _between(begin: datetime, end: datetime, share: float) -> datetime:
    """An instant between two others, on a whole second."""
    return begin + timedelta(seconds=int(share * max(0.0, (end - begin).total_seconds())))
