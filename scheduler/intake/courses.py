"""Whether a medication is still of interest at `now`, and when its last dose was taken.

Rules, in the order they are asked:

- Entered in error, cancelled, drafted, not taken, or an instruction not to give it: no exposure.
- Active, or a status that cannot be told: taken.
- Ended (`stopped`, `completed`) with a known end: of interest for `LOOK_BACK`, the longest hold any
  policy asks for (fluoxetine, five weeks). An end after `now` means it is still taken.
- Ended without an end, in a statement: the last dose was no later than the day it was asserted, and
  that day counts as the last dose. Neither its start nor a day on which the drug was taken tells.
- Ended without an end, in an order: the order does not say when it was stopped, so its date of
  writing proves nothing by itself. A prescription runs for a year at the most before it must be
  written anew; an order written earlier than a year and the look-back ago, and not changed since,
  cannot have led to a dose within the look-back and is left out. Any later one is kept, with its
  last dose unknown.
- On hold: kept whenever the hold began; the last dose is the recorded end, or unknown.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.patients import ExposureStatus
from scheduler.intake.jsontree import Json, child, children, words
from scheduler.intake.times import Span, span_of

LOOK_BACK = timedelta(hours=840)
"""Fluoxetine before interventional pain procedures, ASRA 2018: five weeks, the longest of all."""
ORDER_VALIDITY = timedelta(days=365)
"""How long a prescription is commonly valid before it must be written anew (general knowledge)."""
NEVER_TAKEN = frozenset({"entered-in-error", "cancelled", "draft", "not-taken"})
ENDED = frozenset({"stopped", "completed"})
STATUSES = frozenset({"active", "intended", "on-hold", "unknown"}) | ENDED | NEVER_TAKEN


@dataclass(frozen=True, slots=True)
class Course:
    """How a medication stands at `now`."""

    status: ExposureStatus
    last_dose: datetime | None = None


def course_of(medication: Json, now: datetime, tz: ZoneInfo) -> Course | None:
    """The course of a MedicationRequest or MedicationStatement; None when it plays no part.

    Args:
        medication: a sound resource of either type.
        now: nothing dated later is used.
        tz: the site's zone, in which dates without a time are days.
    """
    status = words(medication, "status")
    if status in NEVER_TAKEN or medication.get("doNotPerform") is True:
        return None
    if medication["resourceType"] == "MedicationRequest":
        return _course_of_order(medication, status, now, tz)
    return _course_of_statement(medication, status, now, tz)


def is_later(medication: Json, now: datetime, tz: ZoneInfo) -> bool:
    """Whether it was written down only after `now`."""
    member = "authoredOn" if medication["resourceType"] == "MedicationRequest" else "dateAsserted"
    written = span_of(words(medication, member), tz)
    return written is not None and written.first > now


def _course_of_order(order: Json, status: str, now: datetime, tz: ZoneInfo) -> Course | None:
    end = _past(_dosing_end(order, tz), now)
    if status == "on-hold":
        return Course(ExposureStatus.ON_HOLD, end)
    if status in ENDED:
        return _ended(end, now) if end else _ended_some_day(order, now, tz)
    if words(order, "intent") in ("proposal", "option"):
        return Course(ExposureStatus.INTENDED)
    return Course(ExposureStatus.ACTIVE)


def _dosing_end(order: Json, tz: ZoneInfo) -> Span | None:
    """The latest end of the dosing periods, when every instruction has one."""
    instructions = children(order, "dosageInstruction")
    ends = [words(_bounds(dosage), "end") for dosage in instructions]
    spans = [span for end in ends if (span := span_of(end, tz))]
    return max(spans, key=lambda span: span.last) if len(spans) == len(instructions) > 0 else None


def _bounds(dosage: Json) -> Json:
    return child(child(child(dosage, "timing"), "repeat"), "boundsPeriod")


def _past(end: Span | None, now: datetime) -> datetime | None:
    """The last instant an end may mean, never later than `now`; None for an end still to come."""
    return min(end.last, now) if end and end.first <= now else None


def _ended(last_dose: datetime, now: datetime) -> Course | None:
    return Course(ExposureStatus.STOPPED, last_dose) if now - last_dose <= LOOK_BACK else None


def _ended_some_day(order: Json, now: datetime, tz: ZoneInfo) -> Course | None:
    marks = (words(order, "authoredOn"), words(child(order, "meta"), "lastUpdated"))
    spans = [span_of(mark, tz) for mark in marks if mark]
    written = spans[0].last if marks[0] and spans[0] else None
    changed = spans[-1].last if marks[1] and spans[-1] else None
    if changed is not None and changed <= now and now - changed > LOOK_BACK:
        return None  # the record itself has not changed since, so it was already stopped then
    if written is not None and now - written > ORDER_VALIDITY + LOOK_BACK and changed is None:
        return None
    return Course(ExposureStatus.STOPPED)


def _course_of_statement(said: Json, status: str, now: datetime, tz: ZoneInfo) -> Course | None:
    if status == "intended":
        return Course(ExposureStatus.INTENDED)
    if status not in ENDED and status != "on-hold":
        return Course(ExposureStatus.ACTIVE)
    end = _statement_end(said, tz)
    if end is not None and end.first > now:
        return Course(ExposureStatus.ACTIVE)
    last_dose = _past(end, now)
    if status == "on-hold":
        return Course(ExposureStatus.ON_HOLD, last_dose)
    return _ended(last_dose, now) if last_dose else Course(ExposureStatus.STOPPED)


def _statement_end(said: Json, tz: ZoneInfo) -> Span | None:
    """When the last dose was, or the day by which the patient said it was over."""
    period = child(said, "effectivePeriod")
    if words(period, "end"):
        return span_of(words(period, "end"), tz)
    return span_of(words(said, "dateAsserted"), tz)
