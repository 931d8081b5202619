"""Which bookings a change of rules touches, told before anything is run.

Both practices are asked of each booking that has not begun: what the rules say of its start, what
they wait for, which holds they plan, and when the patient may be treated at all.
"""

from dataclasses import dataclass
from datetime import datetime

from models.clinical.booked import assess_booked, not_offered, refused
from models.clinical.facts import Facts
from models.clinical.readiness import Readiness, Status
from scenarios.practice import Known, Practice


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
    before: View
    after: View | None
    """None where the change takes away what is booked, so that the case is placed anew."""

    @property
    def falls(self) -> bool:
        """Whether the booking stood and no longer does."""
        return self.after is None or bool(self.after.against and not self.before.against)


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


def touched(before: Practice, after: Practice) -> Trial:
    """The bookings of one practice that another one sees otherwise.

    Args:
        before: the department as it is.
        after: the same with a change; its moment is that of `before`.
    """
    then = {known.id: known for known in after.known}
    booked = [known for known in before.known if known.promise and known.promise.start > before.now]
    found = []
    for known in sorted(booked, key=lambda one: one.id):
        one = _touched(before, known, after, then.get(known.id))
        if one is not None:
            found.append(one)
    return Trial(len(booked), tuple(found))


def _touched(before: Practice, known: Known, after: Practice, then: Known | None) -> Touched | None:
    if known.promise is None:
        return None
    start = known.promise.start
    was = view(before, known, start)
    kept = then is not None and then.promise is not None and then.promise.start == start
    now = view(after, then, start) if then is not None and kept else None
    return None if was == now else Touched(known.id, start, was, now)


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
