"""Planning problems of this moment: one case against what is booked, or the whole night."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from models.base import Priority
from models.cases import planning_case
from models.errors import InputError, RefusedError
from models.freezing import freeze
from models.problem import Booking, Case, PlanningProblem
from models.windows import WindowSet
from scheduler.records import BookingRecord, CaseState, Held
from scheduler.services.case_files import CaseFile, all_files
from scheduler.services.department import closed_times
from scheduler.services.desk import Desk


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A problem with what it was made from, so that any later change can be told."""

    problem: PlanningProblem
    fingerprint: str
    booked: Mapping[str, Held]
    """Bookings at that moment, by case."""
    reserved: frozenset[str]
    """Cases for which a reservation is kept: they stay where it is."""
    left_aside: tuple[tuple[str, str], ...]
    """Cases that could not be put into the problem, each with the reason."""


def problem_now(desk: Desk) -> Snapshot:
    """Everything that can be planned now: open cases with their windows, and what is held.

    Cases booked for a day outside the horizon are left out. The readiness is the one last kept:
    assess first.
    """
    horizon = desk.department.site.horizon(desk.now)
    cases, aside, known = [], [], set()
    for file in all_files(desk, state=CaseState.OPEN):
        known.add(file.id)
        if file.booking and file.booking.held.start not in horizon:
            continue
        try:
            cases.append(_planned(desk, file))
        except RefusedError as error:
            aside.append((file.id, error.problem))
            known.discard(file.id)  # what it holds is kept as it is
    others = {name: held for name, held in held_now(desk).items() if name not in known}
    cases += _fixed(desk, others)
    return Snapshot(
        problem=_frozen(desk, cases),
        fingerprint=fingerprint(desk),
        booked={case: booking.held for case, booking in _booked(desk).items()},
        reserved=frozenset(r.case for r in desk.uow.reservations.live(desk.now)),
        left_aside=tuple(aside),
    )


def problem_for(desk: Desk, file: CaseFile) -> PlanningProblem:
    """One case as it stands now against everything that is held for others.

    Raises:
        RefusedError: the case is not open, or cannot be planned at all.
    """
    case = case_of(desk, file)
    others = {name: held for name, held in held_now(desk).items() if name != file.id}
    return _frozen(desk, (case, *_fixed(desk, others)))


def case_of(desk: Desk, file: CaseFile) -> Case:
    """The case by the needs and windows of this moment, with its booking where that still fits.

    A booking whose roles are no longer those of the case, or on something that is no more, is left
    out: the case is placed anew.

    Raises:
        RefusedError: the case is not open, its procedure is not offered, or the rules ask for
            something that nothing here can give.
    """
    site, kind = desk.department.site, desk.department.procedure(file.referral)
    place = f"case {file.id}"
    if file.record.state != CaseState.OPEN:
        raise RefusedError(f"the case is {file.record.state}", place=place)
    if kind is None:
        raise RefusedError(file.readiness.requirements[0].sentence, place=place)
    try:
        case = planning_case(file.referral, file.readiness, kind, site)
        held = file.booking.held if file.booking else None
        if held is None or not _fits(desk, held, case):
            return case
        booking = Booking(start=held.start, assigned=held.assigned)
        return planning_case(file.referral, file.readiness, kind, site, booking=booking)
    except InputError as error:
        raise RefusedError(error.problem, place=place, remedy=error.remedy) from error


def _fits(desk: Desk, held: Held, case: Case) -> bool:
    roles = {need.role for need in case.needs}
    return set(held.assigned) == roles and set(held.assigned.values()) <= set(desk.resources)


def fixed_case(desk: Desk, name: str, held: Held) -> Case:
    """A stand-in for whoever holds something: it can be there and nowhere else."""
    blank = Case(id=name, priority=Priority.ROUTINE, release=held.start, windows=(), needs=())
    return _pinned(desk, blank, held)


def _pinned(desk: Desk, case: Case, held: Held) -> Case:
    """The case as it is held and nowhere else, without what it held of things that are no more."""
    tick = timedelta(minutes=desk.department.site.tick_minutes)
    needs = tuple(need for need in held.needs if held.assigned[need.role] in desk.resources)
    assigned = {need.role: held.assigned[need.role] for need in needs}
    members = {name: getattr(case, name) for name in type(case).model_fields}
    pinned = {
        "windows": ((held.start, held.start + tick),),
        "needs": needs,
        "booking": Booking(start=held.start, assigned=assigned, locked=True),
    }
    return Case.model_validate(members | pinned)


def _planned(desk: Desk, file: CaseFile) -> Case:
    """A case of the night: free to move, unless it is reserved, begun, locked or about to begin.

    A booking in trouble is never locked: the night has to repair it.
    """
    site = desk.department.site
    case = case_of(desk, file)
    if file.booking is None:
        held = file.reservation.held if file.reservation else None
        return _pinned(desk, case, held) if held else case
    booking = file.booking
    begun = booking.held.start < desk.now
    soon = booking.held.start < desk.now + timedelta(hours=site.freeze.hours)
    if begun or ((booking.locked or soon) and not booking.trouble):
        return _pinned(desk, case, booking.held)
    return case


def _fixed(desk: Desk, held: Mapping[str, Held]) -> Iterator[Case]:
    horizon = desk.department.site.horizon(desk.now)
    for name, what in held.items():
        if what.start in horizon:
            yield fixed_case(desk, name, what)


def held_now(desk: Desk) -> dict[str, Held]:
    """What is held by case, from the day before this one on: bookings and live reservations."""
    held = {r.case: r.held for r in desk.uow.reservations.live(desk.now)}
    held |= {case: booking.held for case, booking in _booked(desk).items()}
    return dict(sorted(held.items()))


def _booked(desk: Desk) -> dict[str, BookingRecord]:
    return desk.uow.bookings.standing(since=desk.department.span(desk.now).start)


def _frozen(desk: Desk, cases: Iterable[Case]) -> PlanningProblem:
    """The site at this moment with the given cases; what the day before still holds is closed."""
    department = desk.department
    closed = closed_times(desk.closures)
    today = department.site.horizon(desk.now).start
    for held in held_now(desk).values():
        for span in held.spans() if held.start < today else ():
            times = WindowSet.between(span.begin, span.end)
            closed[span.resource] = closed.get(span.resource, WindowSet()) | times
    return freeze(department.site, cases, desk.now, department.rules, closures=closed)


def fingerprint(desk: Desk) -> str:
    """A digest of all a plan rests on: site, closures, patients, cases and bookings by version.

    Reservations are no part of it: a plan respects those it saw, and claims decide about new ones.
    """
    content = {
        "site": desk.department.version,
        "closures": [closure.id for closure in desk.closures],
        "patients": desk.uow.patients.versions(),
        "cases": desk.uow.cases.versions(),
        "bookings": {booking.id: booking.version for booking in _booked(desk).values()},
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
