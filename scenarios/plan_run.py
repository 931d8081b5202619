"""Plan mode: one night on an edited practice or planning problem, as a run like any other."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from models.base import BEGUN
from models.calendars import DateRules
from models.checks.judging import cost_of
from models.plan import Placement
from models.problem import Case, PlanningProblem
from models.timegrid import local_day, start_of_day, zone
from scenarios import scenario
from scenarios.practice import Practice
from scenarios.records import (
    CaseRecord,
    Moved,
    NightRecord,
    Outcome,
    Run,
    StaffedRecord,
    UseRecord,
)
from scenarios.replay.draws import Draws
from scenarios.replay.ledger import UNKNOWN
from scenarios.replay.night import Answer, frozen, night_risk, searched
from scenarios.replay.simulate import opened
from scenarios.replay.world import World
from solver.optimize import versions

DAY = timedelta(days=1)


def plan_practice(practice: Practice, run: scenario.Plan, *, seed: int, rules: DateRules) -> Run:
    """One night on a practice: its cases assessed, frozen, and planned.

    Args:
        practice: the department, already edited.
        run: steps of the search.
        seed: of the search.
        rules: dates of public holidays and of recurrence rules.

    Returns:
        A case that is placed counts as treated at its start; its `seconds` is 0.

    Raises:
        InputError: the practice contradicts itself.
        SolverError: the search found what does not stand.
    """
    known = (lost.model_copy(update={"known_at": None}) for lost in practice.out_of_use)
    world = opened(practice.changed(out_of_use=tuple(known)), Draws(seed, 0), rules)
    problem = frozen(world.office).problem
    risk = night_risk(world.office)
    answer = searched(problem, seed=seed, iterations=run.iterations, risk=risk)
    planned = answer.plan.by_case
    cases = tuple(
        _of_file(world, case, planned.get(case), problem.case_by_id.get(case))
        for case in sorted(world.office.files)
    )
    slots = {resource.id for resource in problem.resources} - set(practice.site.resource_by_id)
    return _run(problem, answer, cases, seed, slots)


def plan_problem(problem: PlanningProblem, run: scenario.Plan, *, seed: int) -> Run:
    """One night on a planning problem, which knows nothing of procedures and patients.

    Args:
        problem: what to plan, already edited.
        run: steps of the search.
        seed: of the search.

    Raises:
        SolverError: the search found what does not stand.
    """
    answer = searched(problem, seed=seed, iterations=run.iterations)
    planned = answer.plan.by_case
    cases = tuple(_of_case(case, planned.get(case.id), problem) for case in problem.cases)
    return _run(problem, answer, cases, seed, frozenset())


def _run(
    problem: PlanningProblem,
    answer: Answer,
    cases: tuple[CaseRecord, ...],
    seed: int,
    slots: frozenset[str] | set[str],
) -> Run:
    return Run(
        site=problem.site,
        timezone=problem.timezone,
        mode="plan",
        seed=seed,
        number=0,
        begin=problem.now.astimezone(UTC),
        end=problem.horizon.end.astimezone(UTC),
        cases=cases,
        uses=tuple(_uses(problem, answer.plan.by_case)),
        staffed=tuple(_staffed(problem, slots)),
        nights=(_night(problem, answer),),
        cost=answer.cost,
        seconds=0.0,
        versions=versions(),
    )


def _of_file(
    world: World, case: str, placement: Placement | None, planned: Case | None
) -> CaseRecord:
    """A case of a practice as it is planned."""
    entry, file = world.entries[case], world.office.files[case]
    if placement is not None:
        entry.start, entry.outcome = placement.start, Outcome.TREATED
        entry.booked_at = entry.booked_at or world.now
        entry.stays_off(file, world.now)
        entry.off_drug(world.classes, file, placement.start, placement.start, wasted=False)
    record = entry.record(world.practice.site, case)
    moves = _moved(planned, placement, world.now, told=file.told) if planned else ()
    return replace(record, moves=moves)


def _moved(
    case: Case, placement: Placement | None, at: datetime, *, told: bool
) -> tuple[Moved, ...]:
    """The move of a booking, if it was moved."""
    if case.booking is None or placement is None or case.booking.start == placement.start:
        return ()
    stage = case.hold.stage if case.hold else None
    return (Moved(at, case.booking.start, placement.start, told, stage in BEGUN),)


def _of_case(case: Case, placement: Placement | None, problem: PlanningProblem) -> CaseRecord:
    """A case of a planning problem, of which nothing but its times and priority is known."""
    lengths = [need.offset + need.minutes for need in case.needs if need.kind == "suite"]
    placed = placement is not None
    return CaseRecord(
        case=case.id,
        procedure="",
        priority=case.priority,
        released=case.release,
        due=case.due,
        outcome=Outcome.TREATED if placed else Outcome.WAITING,
        start=placement.start if placement else None,
        booked_at=problem.now if placed else None,
        age_band=UNKNOWN,
        distance_band=UNKNOWN,
        language="",
        planned_minutes=max(lengths, default=0),
        actual_minutes=None,
        late_minutes=None,
        moves=_moved(case, placement, problem.now, told=False),
    )


def _uses(problem: PlanningProblem, placed: Mapping[str, Placement]) -> Iterator[UseRecord]:
    for case in problem.cases:
        placement = placed.get(case.id)
        if placement is None:
            continue
        for need in case.needs:
            begin, end = need.span(placement.start)
            resource = placement.assigned[need.role]
            yield UseRecord(resource, need.kind, need.role, case.id, begin, end, begin, end)


def _staffed(problem: PlanningProblem, slots: frozenset[str] | set[str]) -> Iterator[StaffedRecord]:
    tz = zone(problem.timezone)
    for resource in problem.resources:
        for a, b in resource.available if resource.id not in slots else ():
            day = local_day(a, tz)
            while start_of_day(day, tz) < b:
                begin, end = start_of_day(day, tz), start_of_day(day + DAY, tz)
                yield StaffedRecord(resource.id, resource.kind, day, max(a, begin), min(b, end))
                day += DAY


def _night(problem: PlanningProblem, answer: Answer) -> NightRecord:
    placed = answer.plan.by_case
    booked = [case for case in problem.cases if case.booking is not None]
    moves = [
        c for c in booked if c.id in placed and c.booking and placed[c.id].start != c.booking.start
    ]
    return NightRecord(
        day=local_day(problem.now, zone(problem.timezone)),
        cost_before=cost_of(problem, problem.published),
        cost_after=answer.cost,
        bound=answer.bound,
        moves=len(moves),
        placed=len(placed) - sum(case.id in placed for case in booked),
        left_out=len(problem.cases) - len(placed),
        seconds=0.0,
    )
