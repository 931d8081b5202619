"""Planning problems of this moment: one case against what is booked, or the whole night."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from models.base import HoldStage, Priority
from models.cases import planning_case, planning_hold
from models.errors import InputError, RefusedError
from models.freezing import freeze
from models.problem import Booking, Case, PlanningProblem
from models.site import FreezeRule
from models.windows import Window, WindowSet
from scheduler.records import CaseState, Held
from scheduler.services.case_files import CaseFile, all_files
from scheduler.services.department import closed_times
from scheduler.services.desk import Desk
from scheduler.services.scene import Scene

BEGUN = frozenset({HoldStage.STARTED, HoldStage.DRAWN})
"""Stages at which a patient is off a drug already."""


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
    marks: Mapping[str, str] = field(default_factory=dict)
    """What was known of each case: one with another mark has changed since."""
    told: frozenset[str] = frozenset()
    """Cases whose patient was told a time."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a problem is made from, read in one transaction and put together outside of it."""

    scene: Scene
    files: tuple[CaseFile, ...]
    """Cases to be planned."""
    booked: Mapping[str, Held]
    """Bookings by case, from the day before on."""
    reserved: Mapping[str, Held]
    """Live reservations by case."""
    fingerprint: str = ""
    given_up: Mapping[str, str] = field(default_factory=dict)
    """By case: the booking last cancelled."""

    @property
    def held(self) -> dict[str, Held]:
        """Everything that is held, by case."""
        return dict(sorted({**self.reserved, **self.booked}.items()))


def gather(desk: Desk, files: Iterable[CaseFile]) -> Gathered:
    """What there is to know for planning some cases."""
    since = desk.department.span(desk.now).start
    return Gathered(
        scene=desk.scene,
        files=tuple(files),
        booked={b.case: b.held for b in desk.uow.bookings.standing(since=since).values()},
        reserved={r.case: r.held for r in desk.uow.reservations.live(desk.now)},
    )


def gather_all(desk: Desk) -> Gathered:
    """What there is to know for planning all open cases, with its fingerprint."""
    files = all_files(desk, state=CaseState.OPEN)
    given_up = desk.uow.bookings.given_up()
    return replace(gather(desk, files), fingerprint=fingerprint(desk), given_up=given_up)


def snapshot_of(gathered: Gathered) -> Snapshot:
    """Everything that can be planned: open cases with their windows, and what is held.

    Cases booked for a day outside the horizon are left out. The readiness is the one last kept:
    assess first.
    """
    scene = gathered.scene
    horizon = scene.department.site.horizon(scene.now)
    cases, aside, known = [], [], set()
    for file in gathered.files:
        known.add(file.id)
        if file.booking and file.booking.held.start not in horizon:
            continue
        try:
            cases.append(_planned(scene, file))
        except RefusedError as error:
            aside.append((file.id, error.problem))
            known.discard(file.id)  # what it holds is kept as it is
    cases += _fixed(scene, {n: held for n, held in gathered.held.items() if n not in known})
    return Snapshot(
        problem=_frozen(gathered, cases),
        fingerprint=gathered.fingerprint,
        booked=gathered.booked,
        reserved=frozenset(gathered.reserved),
        left_aside=tuple(aside),
        marks={f.id: f.mark_since(gathered.given_up.get(f.id)) for f in gathered.files},
        told=frozenset(file.id for file in gathered.files if file.told),
    )


def problem_for(gathered: Gathered, file: CaseFile) -> PlanningProblem:
    """One case as it stands now against everything that is held for others.

    Raises:
        RefusedError: the case is not open, or cannot be planned at all.
    """
    case = case_of(gathered.scene, file)
    others = {name: held for name, held in gathered.held.items() if name != file.id}
    by_hand = FreezeRule(hours=0)  # the freeze binds the night, not a person who moves a booking
    return _frozen(gathered, (case, *_fixed(gathered.scene, others)), by_hand)


def problem_of_bookings(gathered: Gathered, file: CaseFile) -> PlanningProblem:
    """One case as it stands now against the bookings of others, which may move as in a night.

    Raises:
        RefusedError: the case is not open, or cannot be planned at all.
    """
    scene = gathered.scene
    horizon = scene.department.site.horizon(scene.now)
    cases, free = [case_of(scene, file)], {file.id}
    for other in gathered.files:
        if other.id == file.id or not (other.booking and other.booking.held.start in horizon):
            continue
        try:
            cases.append(_planned(scene, other))
            free.add(other.id)
        except RefusedError:
            continue  # what it holds is kept as it is
    fixed = {name: held for name, held in gathered.held.items() if name not in free}
    return _frozen(gathered, (*cases, *_fixed(scene, fixed)), FreezeRule(hours=0))


def ground_of(gathered: Gathered) -> PlanningProblem:
    """The problem of that moment without any case, for cases that are put on it one by one."""
    return _frozen(gathered, (), FreezeRule(hours=0))


def case_of(scene: Scene, file: CaseFile) -> Case:
    """The case by the needs and windows of this moment, with its booking where that still fits.

    A booking whose roles are no longer those of the case, or on something that is no more, is left
    out: the case is placed anew.

    Raises:
        RefusedError: the case is not open, its procedure is not offered, or the rules ask for
            something that nothing here can give.
    """
    site, kind = scene.department.site, scene.department.procedure(file.referral)
    place = f"case {file.id}"
    if file.record.state != CaseState.OPEN:
        raise RefusedError(f"the case is {file.record.state}", place=place)
    if kind is None:
        raise RefusedError(file.readiness.requirements[0].sentence, place=place)
    try:
        case = planning_case(file.referral, file.readiness, kind, site)
        held = file.booking.held if file.booking else None
        if held is None or not _fits(scene, held, case):
            return _to_come(scene, file, case)
        booking = Booking(start=held.start, assigned=held.assigned)
        booked = planning_case(file.referral, file.readiness, kind, site, booking=booking)
        return _to_come(scene, file, booked)
    except InputError as error:
        raise RefusedError(error.problem, place=place, remedy=error.remedy) from error


def _to_come(scene: Scene, file: CaseFile, case: Case) -> Case:
    """The case without the starts that come too soon; where it is booked it may stay."""
    window = WindowSet(Window(a, b) for a, b in case.windows)
    earliest = scene.now + _lead(case)
    kept = window - WindowSet.between(scene.now, earliest) if earliest > scene.now else window
    if file.booking:
        begin = file.booking.held.start
        tick = timedelta(minutes=scene.department.site.tick_minutes)
        kept |= window & WindowSet.between(begin, begin + tick)
    return case.model_copy(update={"windows": tuple((w.start, w.end) for w in kept)})


def _lead(case: Case) -> timedelta:
    """How long before the procedure its first need begins, the patient's arrival among them."""
    return timedelta(minutes=-min((need.offset for need in case.needs), default=0))


def too_soon(scene: Scene, file: CaseFile, case: Case, start: datetime) -> tuple[str, ...]:
    """Why a new start comes too soon to prepare for, in a sentence; empty when it does not."""
    begins = start - _lead(case)
    if begins >= scene.now or (file.booking and file.booking.held.start == start):
        return ()
    return (f"what comes before the procedure would begin {scene.local(begins)}, which is past",)


def _fits(scene: Scene, held: Held, case: Case) -> bool:
    roles = {need.role for need in case.needs}
    return set(held.assigned) == roles and set(held.assigned.values()) <= set(scene.planned)


def fixed_case(scene: Scene, name: str, held: Held) -> Case:
    """A stand-in for whoever holds something: it can be there and nowhere else."""
    blank = Case(id=name, priority=Priority.ROUTINE, release=held.start, windows=(), needs=())
    return _pinned(scene, blank, held)


def _pinned(scene: Scene, case: Case, held: Held) -> Case:
    """The case as it is held and nowhere else.

    What it held of things that are no more, or are in no plan, is left out.
    """
    tick = timedelta(minutes=scene.department.site.tick_minutes)
    needs = tuple(need for need in held.needs if held.assigned[need.role] in scene.planned)
    assigned = {need.role: held.assigned[need.role] for need in needs}
    members = {name: getattr(case, name) for name in type(case).model_fields}
    pinned = {
        "windows": ((held.start, held.start + tick),),
        "needs": needs,
        "booking": Booking(start=held.start, assigned=assigned, locked=True),
    }
    return Case.model_validate(members | pinned)


def _planned(scene: Scene, file: CaseFile) -> Case:
    """A case of the night: free to move, unless it is reserved, begun, locked or about to begin.

    Nor is a patient moved who was told a time and has stopped a drug for it. A booking in trouble
    is never locked: the night has to repair it.
    """
    site = scene.department.site
    case = case_of(scene, file)
    if file.booking is None:
        held = file.reservation.held if file.reservation else None
        return _pinned(scene, case, held) if held else case
    booking = file.booking
    begun = booking.held.start < scene.now
    soon = booking.held.start < scene.now + timedelta(hours=site.freeze.hours)
    keeps = booking.locked or soon or off_drug_as_told(file) or overbooked(scene, booking.held)
    if begun or (keeps and not booking.trouble):
        return _pinned(scene, case, booking.held)
    return case


def overbooked(scene: Scene, held: Held) -> bool:
    """Whether somebody deliberately booked it on what no plan uses."""
    return not scene.department.site.overflow.isdisjoint(held.assigned.values())


def off_drug_as_told(file: CaseFile) -> bool:
    """Whether the patient was told a time, and the hold for it has begun."""
    hold = planning_hold(file.readiness)
    return file.told and hold is not None and hold.stage in BEGUN


def _fixed(scene: Scene, held: Mapping[str, Held]) -> Iterator[Case]:
    horizon = scene.department.site.horizon(scene.now)
    for name, what in held.items():
        if what.start in horizon:
            yield fixed_case(scene, name, what)


def _frozen(
    gathered: Gathered, cases: Iterable[Case], rule: FreezeRule | None = None
) -> PlanningProblem:
    """The site at that moment with the given cases; what the day before still holds is closed."""
    scene = gathered.scene
    department, closed = scene.department, closed_times(scene.closures)
    today = department.site.horizon(scene.now).start
    for held in gathered.held.values():
        for span in held.spans() if held.start < today else ():
            times = WindowSet.between(span.begin, span.end)
            closed[span.resource] = closed.get(span.resource, WindowSet()) | times
    site = department.site
    if rule is not None:
        site = site.model_copy(update={"freeze": rule})
    return freeze(site, cases, scene.now, department.rules, closures=closed)


def fingerprint(desk: Desk) -> str:
    """A digest of all a plan rests on: site, closures, patients, cases and bookings by version.

    Reservations are no part of it: a plan respects those it saw, and claims decide about new ones.
    """
    since = desk.department.span(desk.now).start
    bookings = desk.uow.bookings.standing(since=since).values()
    content = {
        "site": desk.department.version,
        "closures": [closure.id for closure in desk.scene.closures],
        "patients": desk.uow.patients.versions(),
        "cases": desk.uow.cases.versions(),
        "bookings": {booking.id: booking.version for booking in bookings},
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
