"""Checking a placement by rules that share no code with the search, and claiming what it holds."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from pydantic import ValidationError

from models.documents import first_fault
from models.errors import ConflictError, InputError, RefusedError
from models.held import Held
from models.placing import Asked, limit_faults, limited, rule_faults
from models.plan import Placement
from models.problem import Case
from models.timegrid import local_day, start_of_day
from scheduler.ports import Holder
from scheduler.records import ReservationState
from scheduler.services.case_files import CaseFile
from scheduler.services.desk import Desk
from scheduler.services.problems import case_of
from scheduler.services.readiness import forbidden

SHOWN = 3
"""Most holders or broken rules named in one error."""


def expire_overdue(desk: Desk) -> None:
    """Let go of reservations whose time is over, in the transaction that wants their cells."""
    overdue = desk.uow.reservations.overdue(desk.now)
    desk.uow.claims.release(reservation.id for reservation in overdue)
    for reservation in overdue:
        ended = desk.uow.reservations.end(reservation, ReservationState.EXPIRED)
        desk.audit("reservation.expire", reservation.case, before=reservation, after=ended)


def claim(desk: Desk, wanted: Mapping[str, Held]) -> None:
    """Claim all that the owners hold, or nothing.

    Raises:
        ConflictError: somebody else holds some of it; says who.
    """
    expire_overdue(desk)
    desk.uow.sync("claim")
    in_the_way = desk.uow.claims.claim(wanted)
    if in_the_way:
        told = "; ".join(who_holds(desk, holder) for holder in in_the_way[:SHOWN])
        more = len(in_the_way) - SHOWN
        raise ConflictError(
            told + (f" (and {more} more)" if more > 0 else ""), remedy="take another proposal"
        )


def who_holds(desk: Desk, holder: Holder) -> str:
    """A sentence about what somebody holds."""
    span = desk.scene.local_span(holder.begin, holder.end)
    return f"{holder.resource} is held {span} by the {holder.kind} of case {holder.case}"


def checked(
    desk: Desk,
    file: CaseFile,
    start: datetime,
    assigned: Mapping[str, str],
    *,
    overbook: bool = False,
) -> Held:
    """What a placement would hold, once every rule but the claims permits it.

    The clinical rules are asked in their pointwise form, and the checker judges the placement on a
    small problem of its own resources. Who else holds them is left to the claims.

    Args:
        desk: the transaction.
        file: the case, assessed at this moment.
        start: start of the procedure.
        assigned: a resource for each role.
        overbook: whether it may name what is kept for deliberate overbooking.

    Raises:
        RefusedError: a rule forbids it; says which.
    """
    case = case_of(desk.scene, file)
    placement = _placement(file, start, assigned)
    for role in sorted({need.role for need in case.needs} ^ set(placement.assigned)):
        raise RefusedError(
            f"role {role!r} is not assigned exactly once",
            place=f"case {file.id}",
            remedy="take a proposal",
        )
    for name in sorted(desk.department.site.overflow & set(placement.assigned.values())):
        if not overbook:
            raise RefusedError(
                f"{name} is kept for deliberate overbooking",
                place=f"case {file.id}",
                remedy="give the reason for it, if you may overbook",
            )
    held = Held.of(placement, case.needs)
    refuse_faults(desk, file, case, held)
    return held


def refuse_faults(desk: Desk, file: CaseFile, case: Case, held: Held) -> None:
    """Refuse a placement that any rule but the claims forbids.

    Raises:
        RefusedError: one does; says which.
    """
    faults = [*faults_alone(desk, file, case, held), *_over_limits(desk, case, held)]
    if faults:
        more = f" (and {len(faults) - SHOWN} more)" if len(faults) > SHOWN else ""
        raise RefusedError(
            "; ".join(faults[:SHOWN]) + more,
            place=f"case {file.id} at {desk.local(held.start)}",
            remedy="take a proposal",
        )


def _placement(file: CaseFile, start: datetime, assigned: Mapping[str, str]) -> Placement:
    try:
        return Placement(case=file.id, start=start, assigned=dict(assigned))
    except ValidationError as error:
        raise InputError(first_fault(error), place=f"case {file.id}") from error


def faults_alone(desk: Desk, file: CaseFile, case: Case, held: Held) -> Iterator[str]:
    """What forbids a placement whatever others hold: the clinical rules, hours, eligibility."""
    before = file.booking.held if file.booking else None
    forbids = forbidden(desk.scene, file, held.start)
    return rule_faults(desk.scene, Asked(case, held, before), forbids)


def _over_limits(desk: Desk, case: Case, held: Held) -> Iterator[str]:
    """Limits of minutes a day, with everything else that is held on those resources that day."""
    names = limited(desk.scene.resources, held)
    others = _held_beside(desk, case.id, held, names) if names else {}
    return limit_faults(desk.scene, Asked(case, held), others)


def _held_beside(desk: Desk, case: str, held: Held, names: Iterable[str]) -> dict[str, Held]:
    """What others hold on the resources on the local days on which the needs begin."""
    tz = desk.department.site.tz
    days = {local_day(span.begin, tz) for span in held.spans()}
    owners = {
        owner
        for name in names
        for day in days
        for owner in desk.uow.claims.owners(
            name, start_of_day(day, tz), start_of_day(day + timedelta(days=1), tz)
        )
    }
    if not owners:
        return {}
    booked = desk.uow.bookings.standing(owners).values()
    beside = {b.case: b.held for b in booked}
    if owners - {b.id for b in booked}:
        beside |= {r.case: r.held for r in desk.uow.reservations.live(desk.now) if r.id in owners}
    return {name: other for name, other in sorted(beside.items()) if name != case}
