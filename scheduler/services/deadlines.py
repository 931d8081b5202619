"""What a booking waits for that should have been there by now, and by when it should have been.

A deadline is a planning time and no clinical figure: it follows from the booked start, from the
hold that the rules ask for, and from the notice that the site gives.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.clinical.dosing import doses_after, times_known
from models.clinical.facts import Facts
from models.clinical.instructions import last_dose_for
from models.clinical.readiness import HoldPlan, Requirement
from models.site import Site
from models.timegrid import zone
from models.upkeep import Stages
from scheduler.records import BookingRecord
from scheduler.services.case_files import CaseFile, requirement_key
from scheduler.services.readiness import facts_of
from scheduler.services.scene import Scene

RESULTS = frozenset({"lab", "renal"})
"""Kinds of requirements that a laboratory meets; the others wait for a person's word."""


class Awaited(StrEnum):
    """What kind of thing is late; also the kind of the alert."""

    APPROVAL = "approval-late"
    HOLD = "hold-not-started"
    LAB = "lab-missing"

    def stages(self, site: Site) -> Stages:
        """What the site does about it."""
        rules = site.deadlines
        return {"approval-late": rules.approval, "hold-not-started": rules.hold}.get(
            self, rules.lab
        )


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that a booking waits for."""

    kind: Awaited
    key: str
    """Tells it apart from the others of the booking; it may name a drug."""
    sentence: str
    due_at: datetime


def waits(scene: Scene, file: CaseFile) -> tuple[Wait, ...]:
    """What the booking of a case waits for, by deadline; nothing once it has begun."""
    booking, facts = file.booking, facts_of(scene, file)
    if booking is None or facts is None or booking.held.start <= scene.now:
        return ()
    found = (*_asked(scene, file, facts, booking), *_holds(file, facts, booking))
    return tuple(sorted(found, key=lambda wait: (wait.due_at, wait.key)))


def late(scene: Scene, file: CaseFile) -> tuple[Wait, ...]:
    """What should have been there by now."""
    return tuple(wait for wait in waits(scene, file) if wait.due_at <= scene.now)


def _asked(scene: Scene, file: CaseFile, facts: Facts, booking: BookingRecord) -> Iterator[Wait]:
    start = booking.held.start
    notice = timedelta(hours=scene.department.site.notice_hours)
    for asked in file.readiness.open_at(start):
        result = asked.kind in RESULTS
        due_at = (
            _result_due(asked, start, notice)
            if result
            else _word_due(asked, file.readiness.holds, facts, start, notice)
        )
        kind = Awaited.LAB if result else Awaited.APPROVAL
        yield Wait(kind, requirement_key(asked), asked.sentence, due_at)


def _result_due(asked: Requirement, start: datetime, notice: timedelta) -> datetime:
    """The notice before the start, but not before the first result that would count."""
    due_at = start - timedelta(hours=asked.ahead_hours or 0) - notice
    if asked.counts_hours is None:
        return due_at
    return max(due_at, start - timedelta(hours=asked.counts_hours))


def _word_due(
    asked: Requirement,
    holds: tuple[HoldPlan, ...],
    facts: Facts,
    start: datetime,
    notice: timedelta,
) -> datetime:
    """The notice before the last dose of the drug it is about; else before the start."""
    doses = [last_dose_for(hold, facts, start) for hold in holds if hold.drug == asked.drug]
    return min([start, *(dose for dose in doses if dose is not None)]) - notice


def _holds(file: CaseFile, facts: Facts, booking: BookingRecord) -> Iterator[Wait]:
    """Holds of which nobody has said when the last dose was taken."""
    start = booking.held.start
    for hold in file.readiness.holds:
        exposures = [e for e in facts.exposures if e.drug == hold.drug]
        if any(exposure.last_dose is not None for exposure in exposures):
            continue
        last = last_dose_for(hold, facts, start)
        if last is None or last >= start:
            continue
        timed = [e for e in exposures if times_known(e)]
        left_out = (
            next(doses_after(timed[0], last, zone(facts.setting.timezone))) if timed else last
        )
        sentence = f"nobody has confirmed that {hold.drug} was stopped"
        yield Wait(Awaited.HOLD, f"hold:{hold.ref.rule}:{hold.drug}", sentence, left_out)
