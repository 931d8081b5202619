"""What pages are drawn from: the board of a department, and the instructions for one patient."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.clinical.facts import Facts
from models.clinical.readiness import Readiness
from models.errors import NotFoundError
from models.held import Held
from models.night_cases import overbooked
from models.plan import Placement
from models.problem import Booking, Case, PlanningProblem
from models.site import Site
from scheduler.records import BookingRecord, BookingState
from scheduler.services.case_files import CaseFile, all_files, open_file
from scheduler.services.desk import Desk
from scheduler.services.problems import Gathered, gather_all, snapshot_of
from scheduler.services.readiness import assess_now, facts_of, forbidden


@dataclass(frozen=True, slots=True)
class BoardData:
    """Everything that is booked, with the resources it is booked on."""

    problem: PlanningProblem
    placements: Mapping[str, Placement]
    readiness: Mapping[str, Readiness]
    procedures: Mapping[str, str]
    """Procedure labels by case."""
    turnover_minutes: Mapping[str, int]
    provisional: frozenset[str]
    troubled: Mapping[str, tuple[str, ...]]
    """Cases whose booking can no longer stand, with the reasons."""


@dataclass(frozen=True, slots=True)
class Booked:
    """Everything that is booked, read in one transaction."""

    gathered: Gathered
    files: tuple[CaseFile, ...]


def gather_booked(desk: Desk) -> Booked:
    """What the board is drawn from."""
    return Booked(gather_all(desk), tuple(file for file in all_files(desk) if file.booking))


def board_data(booked: Booked) -> BoardData:
    """The department as it is booked from the start of today on."""
    problem = _with_overbooked(booked, snapshot_of(booked.gathered).problem)
    department = booked.gathered.scene.department
    files = {f.id: f for f in booked.files if f.id in problem.case_by_id}
    bookings = {name: f.booking for name, f in files.items() if f.booking}
    kinds = {name: department.procedure(f.referral) for name, f in files.items()}
    return BoardData(
        problem=problem,
        placements={name: b.held.placement(name) for name, b in bookings.items()},
        readiness={n: f.record.readiness for n, f in files.items() if f.record.readiness},
        procedures={name: kind.label for name, kind in kinds.items() if kind},
        turnover_minutes={n: kind.turnover_minutes for n, kind in kinds.items() if kind},
        provisional=frozenset(
            name for name, b in bookings.items() if b.state == BookingState.PROVISIONAL
        ),
        troubled={name: b.trouble for name, b in bookings.items() if b.trouble},
    )


def _with_overbooked(booked: Booked, problem: PlanningProblem) -> PlanningProblem:
    """The problem with what is overbooked, which no plan knows, and all that it holds."""
    scene = booked.gathered.scene
    site = scene.department.site
    extra = [scene.resources[name] for name in sorted(site.overflow) if name in scene.resources]
    held = {f.id: f.booking.held for f in booked.files if f.booking}
    over = {name for name, what in held.items() if overbooked(scene, what)}
    cases = (_whole(case, held[case.id]) if case.id in over else case for case in problem.cases)
    update = {"resources": (*problem.resources, *extra), "cases": tuple(cases)}
    return problem.model_copy(update=update) if extra else problem


def _whole(case: Case, held: Held) -> Case:
    booking = Booking(start=held.start, assigned=held.assigned, locked=True)
    return case.model_copy(update={"needs": held.needs, "booking": booking})


@dataclass(frozen=True, slots=True)
class InstructionsData:
    """What the instruction sheet of a booking is written from."""

    site: Site
    facts: Facts
    readiness: Readiness
    booking: BookingRecord
    against: tuple[str, ...] = ()
    """Why the booking can no longer stand, in sentences."""


def instructions_data(desk: Desk, case: str) -> InstructionsData:
    """The booking of a case with the readiness of this moment.

    Raises:
        NotFoundError: no such case, it has no booking, or its procedure is not offered any more.
    """
    file = open_file(desk, case)
    booking = desk.uow.bookings.get(case)
    facts = facts_of(desk.scene, file)
    if facts is None:
        raise NotFoundError("its procedure is not in the catalogue", place=f"case {case}")
    start = booking.held.start
    against = booking.trouble or forbidden(desk.scene, file, start) if start >= desk.now else ()
    readiness = assess_now(desk.scene, file)
    return InstructionsData(desk.department.site, facts, readiness, booking, against)
