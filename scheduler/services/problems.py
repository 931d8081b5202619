"""Planning problems of this moment: one case against what is booked, or the whole night."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from models import night_cases
from models.errors import InputError, RefusedError
from models.held import Held
from models.night_cases import Standing, night_case
from models.night_problem import (
    BY_HAND,
    fixed_cases,
    frozen_beside,
    ground_by_hand,
    night_problem,
    problem_by_hand,
)
from models.problem import Case, PlanningProblem
from scheduler.records import CaseState
from scheduler.services.case_files import CaseFile, all_files
from scheduler.services.desk import Desk
from scheduler.services.scene import Scene


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
    standings, unplanned = _standings(scene, gathered.files)
    found = night_problem(scene, standings, gathered.held, unplanned)
    return Snapshot(
        problem=found.problem,
        fingerprint=gathered.fingerprint,
        booked=gathered.booked,
        reserved=frozenset(gathered.reserved),
        left_aside=found.left_aside,
        marks={f.id: f.mark_since(gathered.given_up.get(f.id)) for f in gathered.files},
        told=frozenset(file.id for file in gathered.files if file.told),
    )


def _standings(
    scene: Scene, files: Iterable[CaseFile]
) -> tuple[tuple[Standing, ...], dict[str, str]]:
    """How the cases stand that are not booked beyond the horizon, and which cannot be planned."""
    horizon = scene.department.site.horizon(scene.now)
    standings, unplanned = [], {}
    for file in files:
        if file.booking and file.booking.held.start not in horizon:
            continue
        try:
            standings.append(standing_of(scene, file))
        except RefusedError as error:
            unplanned[file.id] = error.problem
    return tuple(standings), unplanned


def problem_for(gathered: Gathered, file: CaseFile) -> PlanningProblem:
    """One case as it stands now against everything that is held for others.

    Raises:
        RefusedError: the case is not open, or cannot be planned at all.
    """
    return problem_by_hand(gathered.scene, case_of(gathered.scene, file), gathered.held)


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
            cases.append(night_case(scene, standing_of(scene, other)))
            free.add(other.id)
        except (InputError, RefusedError):
            continue  # what it holds is kept as it is
    fixed = {name: held for name, held in gathered.held.items() if name not in free}
    whole = (*cases, *fixed_cases(scene, fixed))
    return frozen_beside(scene, whole, gathered.held.values(), BY_HAND)


def ground_of(gathered: Gathered) -> PlanningProblem:
    """The problem of that moment without any case, for cases that are put on it one by one."""
    return ground_by_hand(gathered.scene, gathered.held)


def case_of(scene: Scene, file: CaseFile) -> Case:
    """The case by the needs and windows of this moment, with its booking where that still fits.

    A booking whose roles are no longer those of the case, or on something that is no more, is left
    out: the case is placed anew.

    Raises:
        RefusedError: the case is not open, its procedure is not offered, or the rules ask for
            something that nothing here can give.
    """
    try:
        return night_cases.case_of(scene, standing_of(scene, file))
    except InputError as error:
        raise RefusedError(error.problem, place=f"case {file.id}", remedy=error.remedy) from error


def standing_of(scene: Scene, file: CaseFile) -> Standing:
    """The case as it stands, for the problems of this moment.

    Raises:
        RefusedError: the case is not open, or its procedure is not offered.
    """
    kind, place = scene.department.procedure(file.referral), f"case {file.id}"
    if file.record.state != CaseState.OPEN:
        raise RefusedError(f"the case is {file.record.state}", place=place)
    if kind is None:
        raise RefusedError(file.readiness.requirements[0].sentence, place=place)
    booking = file.booking
    return Standing(
        referral=file.referral,
        readiness=file.readiness,
        kind=kind,
        booked=booking.held if booking else None,
        reserved=file.reservation.held if file.reservation else None,
        locked=bool(booking and booking.locked),
        told=file.told,
        troubled=file.troubled,
    )


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
