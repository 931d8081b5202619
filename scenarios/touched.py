"""Which bookings a change touches, told before anything is run.

Both departments are asked of each booking that has not begun: whether what it uses is there, what
the rules say of its start, what they wait for, which holds they plan, and when the patient may be
treated at all. Of a planning file, which has no rules, only resources and windows can be asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from models.calendars import DateRules
from models.clinical.booked import assess_booked, not_offered, refused
from models.clinical.facts import Facts
from models.clinical.readiness import Readiness, Status
from models.problem import Case, PlanningProblem
from models.timegrid import zone
from scenarios.practice import Known, Practice
from scenarios.taken import Booked, Places, places_of, taken

LEFT_OUT = "the referral is left out"
FREED = "the booking is dropped and the case placed anew"


@dataclass(frozen=True, slots=True)
class View:
    """What the rules say of a booked case under one practice."""

    status: Status
    against: tuple[str, ...]
    """Why the booked start is forbidden; empty when it is permitted."""
    waiting_for: tuple[str, ...]
    """What must still be done for the booked start to be firm."""
    holds: tuple[str, ...]
    """What is planned for each drug, with the rule that says so."""
    windows: tuple[tuple[datetime, datetime], ...]
    """When the procedure may begin, in UTC: `[begin, end)`."""

    @property
    def earliest(self) -> datetime | None:
        """The first start permitted; None where there is none."""
        return self.windows[0][0] if self.windows else None


@dataclass(frozen=True, slots=True)
class Touched:
    """A booking that a change touches."""

    case: str
    start: datetime
    before: View | None
    """None of a planning file."""
    after: View | None
    """None where the change takes away what is booked, so that the case is placed anew, too."""
    lost: tuple[str, ...] = ()
    """What it used and has not after the change, a sentence each."""

    @property
    def falls(self) -> bool:
        """Whether the booking stood and no longer does."""
        if self.lost or self.before is None or self.after is None:
            return True
        return bool(self.after.against and not self.before.against)


@dataclass(frozen=True, slots=True)
class Trial:
    """What a change does to what is booked."""

    assessed: int
    """Bookings looked at: those that have not begun."""
    touched: tuple[Touched, ...]
    """By case."""

    @property
    def falling(self) -> int:
        """How many bookings no longer stand."""
        return sum(one.falls for one in self.touched)


def touched(before: Practice, after: Practice, rules: DateRules | None = None) -> Trial:
    """The bookings of one practice that another one sees otherwise.

    Args:
        before: the department as it is.
        after: the same with a change; its moment is that of `before`.
        rules: dates by which hours are read; None: resources and hours are not judged.
    """
    then = {known.id: known for known in after.known}
    booked = [known for known in before.known if known.promise and known.promise.start > before.now]
    there, left = _places(before, after, rules)
    found = []
    for known in sorted(booked, key=lambda one: one.id):
        lost = taken(_booked(known), there, left, before.site.tz)
        one = _touched(before, known, after, then.get(known.id), lost)
        if one is not None:
            found.append(one)
    return Trial(len(booked), tuple(found))


def _places(before: Practice, after: Practice, rules: DateRules | None) -> tuple[Places, Places]:
    """The resources of both; none where they are not to be judged or are the same."""
    same = (before.site, before.out_of_use) == (after.site, after.out_of_use)
    if rules is None or same:
        return {}, {}
    return places_of(before, rules), places_of(after, rules)


def _booked(known: Known) -> Booked:
    promise = known.promise
    if promise is None:
        raise LookupError(f"case {known.id} is not booked")
    return Booked(known.id, promise.start, promise.assigned, promise.needs)


def _touched(
    before: Practice, known: Known, after: Practice, then: Known | None, lost: tuple[str, ...]
) -> Touched | None:
    start = _booked(known).start
    was = view(before, known, start)
    if then is None:
        return Touched(known.id, start, was, None, (LEFT_OUT,))
    if then.promise is None or then.promise.start != start:
        return Touched(known.id, start, was, None, lost or (FREED,))
    now = view(after, then, start)
    return None if was == now and not lost else Touched(known.id, start, was, now, lost)


def touched_in(before: PlanningProblem, after: PlanningProblem) -> Trial:
    """The bookings of a planning file that can no longer stand under a change."""
    then = after.case_by_id
    found = []
    booked = [c for c in before.cases if c.booking and c.booking.start > before.now]
    for case in sorted(booked, key=lambda one: one.id):
        lost = tuple(_lost_in(case, before, then.get(case.id), after))
        if lost and case.booking:
            found.append(Touched(case.id, case.booking.start, None, None, lost))
    return Trial(len(booked), tuple(found))


def _lost_in(
    case: Case, before: PlanningProblem, then: Case | None, after: PlanningProblem
) -> Iterator[str]:
    if case.booking is None:
        return
    if then is None:
        yield LEFT_OUT
        return
    start, tz = case.booking.start, zone(before.timezone)
    booked = Booked(case.id, start, case.booking.assigned, case.needs)
    lost = taken(booked, before.resource_by_id, after.resource_by_id, tz)
    yield from lost
    if case.may_start(start) and not then.may_start(start):
        yield "its start lies in none of its windows any more"
    elif then.booking is None and not lost:
        yield FREED


def view(practice: Practice, known: Known, start: datetime) -> View:
    """What the rules of a practice say of one of its cases at a start."""
    facts = facts_of(practice, known)
    if facts is None:
        readiness = not_offered(known.referral, practice.catalogue.version, practice.now)
        against = tuple(requirement.sentence for requirement in readiness.requirements)
    else:
        readiness = assess_booked(facts, practice.book, practice.now, known.promise)
        promised = None if readiness.blocks else known.promise
        found = refused(facts, practice.book, practice.now, start, promised)
        against = tuple(refusal.sentence for refusal in found)
    return _view(practice, readiness, against, start)


def _view(
    practice: Practice, readiness: Readiness, against: tuple[str, ...], start: datetime
) -> View:
    horizon = practice.site.horizon(practice.now)
    windows = readiness.window_set.clip(horizon.start, horizon.end)
    return View(
        status=readiness.status,
        against=against,
        waiting_for=tuple(one.sentence for one in readiness.open_at(start)),
        holds=tuple(f"{hold.ref.rule}: {hold.sentence}" for hold in readiness.holds),
        windows=tuple((window.start, window.end) for window in windows),
    )


def facts_of(practice: Practice, known: Known) -> Facts | None:
    """Everything the rules look at; None when the procedure is not offered."""
    kind = practice.catalogue.find(known.referral.code, known.referral.system)
    if kind is None:
        return None
    return Facts(
        patient=known.patient,
        referral=known.referral,
        procedure=kind,
        setting=practice.site.setting,
        decisions=known.decisions,
    )
