"""Cases of a planning problem from what is promised: free to move, or exactly where they are.

What a case holds by now may no longer be what it would ask for: resources go out of plans, needs
change. So a case is either made anew by its readiness, with its booking where that still fits, or
pinned to what it holds.
"""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.base import BEGUN, Priority
from models.cases import planning_case, planning_hold
from models.clinical.readiness import Readiness
from models.department import Moment
from models.held import Held
from models.patients import Referral
from models.problem import Booking, Case
from models.procedures import ProcedureType
from models.windows import Window, WindowSet


@dataclass(frozen=True, slots=True)
class Standing:
    """An open case as it stands at a moment: what the rules say of it, and what it holds."""

    referral: Referral
    readiness: Readiness
    kind: ProcedureType
    booked: Held | None = None
    reserved: Held | None = None
    locked: bool = False
    told: bool = False
    """Whether the patient was told a time, or to stop drugs for one."""
    troubled: bool = False
    """Whether the booking can no longer stand as it is."""


def case_of(moment: Moment, standing: Standing) -> Case:
    """The case by the needs and windows of this moment, with its booking where that still fits.

    A booking whose roles are no longer those of the case, or on something that is no more, is left
    out: the case is placed anew.

    Raises:
        InputError: the rules ask for something that nothing here can give.
    """
    referral, readiness, kind = standing.referral, standing.readiness, standing.kind
    site, held = moment.department.site, standing.booked
    case = planning_case(referral, readiness, kind, site)
    if held is not None and _fits(held, case, moment.planned):
        weight = site.move_weights[readiness.stage]
        booking = Booking(start=held.start, assigned=held.assigned, move_weight=weight)
        case = case.model_copy(update={"booking": booking})
    return _to_come(moment, held, case)


def _fits(held: Held, case: Case, planned: Container[str]) -> bool:
    roles = {need.role for need in case.needs}
    return set(held.assigned) == roles and all(r in planned for r in held.assigned.values())


def _to_come(moment: Moment, held: Held | None, case: Case) -> Case:
    """The case without the starts that come too soon; where it is booked it may stay."""
    window = WindowSet(Window(a, b) for a, b in case.windows)
    earliest = moment.now + _lead(case)
    kept = window - WindowSet.between(moment.now, earliest) if earliest > moment.now else window
    if held is not None:
        kept |= window & WindowSet.between(held.start, held.start + moment.tick)
    return case.model_copy(update={"windows": tuple((w.start, w.end) for w in kept)})


def _lead(case: Case) -> timedelta:
    """How long before the procedure its first need begins, the patient's arrival among them."""
    return timedelta(minutes=-min((need.offset for need in case.needs), default=0))


def too_soon(moment: Moment, held: Held | None, case: Case, start: datetime) -> tuple[str, ...]:
    """Why a new start comes too soon to prepare for, in a sentence; empty when it does not."""
    begins = start - _lead(case)
    if begins >= moment.now or (held is not None and held.start == start):
        return ()
    return (f"what comes before the procedure would begin {moment.local(begins)}, which is past",)


def night_case(moment: Moment, standing: Standing) -> Case:
    """A case of the night: free to move, unless it is reserved, begun, locked or about to begin.

    Nor is a patient moved who was told a time and has stopped a drug for it. A booking in trouble
    is never locked: the night has to repair it.

    Raises:
        InputError: the rules ask for something that nothing here can give.
    """
    site, held = moment.department.site, standing.booked
    case = case_of(moment, standing)
    if held is None:
        return pinned(moment, case, standing.reserved) if standing.reserved else case
    begun = held.start < moment.now
    soon = held.start < moment.now + timedelta(hours=site.freeze.hours)
    off_drug = off_drug_as_told(standing.readiness, told=standing.told)
    keeps = standing.locked or soon or off_drug or overbooked(moment, held)
    if begun or (keeps and not standing.troubled):
        return pinned(moment, case, held)
    return case


def overbooked(moment: Moment, held: Held) -> bool:
    """Whether somebody deliberately booked it on what no plan uses."""
    return not moment.department.site.overflow.isdisjoint(held.assigned.values())


def off_drug_as_told(readiness: Readiness, *, told: bool) -> bool:
    """Whether the patient was told a time, and the hold for it has begun."""
    hold = planning_hold(readiness)
    return told and hold is not None and hold.stage in BEGUN


def fixed_case(moment: Moment, name: str, held: Held) -> Case:
    """A stand-in for whoever holds something: it can be there and nowhere else."""
    blank = Case(id=name, priority=Priority.ROUTINE, release=held.start, windows=(), needs=())
    return pinned(moment, blank, held)


def pinned(moment: Moment, case: Case, held: Held) -> Case:
    """The case as it is held and nowhere else.

    What it held of things that are no more, or are in no plan, is left out.
    """
    needs = tuple(need for need in held.needs if held.assigned[need.role] in moment.planned)
    assigned = {need.role: held.assigned[need.role] for need in needs}
    members = {name: getattr(case, name) for name in type(case).model_fields}
    there = {
        "windows": ((held.start, held.start + moment.tick),),
        "needs": needs,
        "booking": Booking(start=held.start, assigned=assigned, locked=True),
    }
    return Case.model_validate(members | there)
