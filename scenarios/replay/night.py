"""The night of a replay: frozen, searched, judged, and applied as the site's rule says."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from models.checks.judging import cost_of, judge_plan
from models.errors import InputError, RefusedError, SolverError
from models.fragility import doubts_of, risk_of
from models.held import Held
from models.night_cases import Standing, off_drug_as_told
from models.night_problem import NightProblem, night_problem
from models.plan import Plan
from models.problem import Case, PlanningProblem
from models.resulting import blamed, broken_rules
from models.risk import Risk
from scenarios.replay.files import File
from scenarios.replay.office import Office, Taken
from solver.moves import Move, Moves, moves_of
from solver.optimize import Settings, optimize
from solver.revision import Change
from solver.robust import optimize_robust
from solver.settling_risk import settled_with_risk

LONGEST_SECONDS = 3_600.0
"""No search is ended by the clock: its steps are counted."""


@dataclass(frozen=True, slots=True)
class Night:
    """What came of a night."""

    problem: PlanningProblem
    plan: Plan
    cost_before: int
    cost_after: int
    bound: int | None
    moves: Moves
    applied: frozenset[str]
    """Cases whose move was carried out."""
    left_aside: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A plan that stands."""

    plan: Plan
    cost: int
    bound: int | None


def frozen(office: Office) -> NightProblem:
    """The problem of this moment, every open case assessed anew."""
    office.refresh_all()
    standings: list[Standing] = []
    unplanned: dict[str, str] = {}
    for case, file in sorted(office.files.items()):
        standing = file.standing()
        if standing is None:
            unplanned[case] = file.readiness.requirements[0].sentence
        else:
            standings.append(standing)
    return night_problem(office.moment, standings, office.held, unplanned)


def searched(
    problem: PlanningProblem, *, seed: int, iterations: int, risk: Risk | None = None
) -> Answer:
    """What the search finds in so many steps, with booked resources given back, judged.

    Args:
        problem: what to plan.
        seed: of the search.
        iterations: its steps.
        risk: what the site gives to keep fragile cases apart; None where it gives nothing.

    Raises:
        SolverError: it breaks a rule, or costs something else than it says.
    """
    settings = Settings(
        seconds=LONGEST_SECONDS, seed=seed, workers=1, max_iterations=iterations, prove=False
    )
    if risk is None:
        found = optimize(problem, settings)
    else:
        found = optimize_robust(problem, risk, settings).result
    plan = settled_with_risk(problem, found.plan, risk, cost_of)
    cost = cost_of(problem, plan)
    judge_plan(problem, plan, cost)
    if cost > found.cost:
        raise SolverError(f"the plan costs {cost}, not {found.cost} at most as the search said")
    return Answer(plan, cost, found.bound or None)


def night_risk(office: Office) -> Risk | None:
    """How fragile the open cases are, where the site minds it."""
    doubts = (
        (case, doubts_of(file.readiness, file.booked.start if file.booked else None))
        for case, file in sorted(office.files.items())
    )
    return risk_of(office.department.site.risk, doubts)


Approve = Callable[[Moves], frozenset[str]]
"""A person's word on moves that wait for approval: the cases whose move is accepted."""


def run_night(office: Office, *, seed: int, iterations: int, approve: Approve) -> Night:
    """Plan anew and apply what the site's rule and a person allow.

    Args:
        office: the department at the time of the night.
        seed: of the search.
        iterations: steps of the search.
        approve: which moves a person accepts; what waits for others is left without them.

    Raises:
        SolverError: the search found what does not stand.
    """
    found = frozen(office)
    risk = night_risk(office)
    answer = searched(found.problem, seed=seed, iterations=iterations, risk=risk)
    before = cost_of(found.problem, published(found.problem))
    moves = moves_of(
        found.problem,
        answer.plan,
        office.held,
        told=[case for case, file in office.files.items() if file.told],
    )
    unseen = moves.unseen_part(office.department.site.auto_apply, before - answer.cost)
    chosen = unseen if unseen == frozenset(moves.by_case) else unseen | approve(moves)
    applied = apply_moves(office, moves, chosen)
    return Night(
        problem=found.problem,
        plan=answer.plan,
        cost_before=before,
        cost_after=answer.cost,
        bound=answer.bound,
        moves=moves,
        applied=applied,
        left_aside=found.left_aside,
    )


def published(problem: PlanningProblem) -> Plan:
    """What is booked in a problem, as a plan."""
    booked = (case.booked_placement for case in problem.cases)
    return Plan(placements=tuple(placement for placement in booked if placement))


@dataclass(frozen=True, slots=True)
class _Step:
    """A move that stands by itself, and what it is to hold; nothing when it unbooks."""

    file: File
    case: Case | None = None
    held: Held | None = None


def apply_moves(office: Office, moves: Moves, chosen: Iterable[str]) -> frozenset[str]:
    """Carry out moves; one that a rule forbids is left, with all that waits for it.

    Returns:
        The cases that were moved, booked or unbooked.
    """
    steps: dict[str, _Step] = {}
    wanted = frozenset(chosen)
    refused = set(moves.by_case) - wanted
    for case in sorted(wanted):
        try:
            steps[case] = _step(office, moves.by_case[case])
        except (InputError, RefusedError):
            refused.add(case)
    _drop(steps, moves, refused)
    while clashing := _clashing(office, steps):
        _drop(steps, moves, clashing)
    while guilty := _guilty(office, steps):
        _drop(steps, moves, guilty)
    for case, step in steps.items():
        if step.held is None:
            office.keep(case, None)
        else:
            office.keep_move(step.file, step.held)
    return frozenset(steps)


def _drop(steps: dict[str, _Step], moves: Moves, cases: Iterable[str]) -> None:
    for case in moves.with_dependents(cases):
        steps.pop(case, None)


def _step(office: Office, move: Move) -> _Step:
    """A move with what it would hold, once every rule that asks about it alone permits it.

    Raises:
        RefusedError: it can no longer be made.
        InputError: the rules ask for something that nothing here can give.
    """
    file = office.files[move.case]
    troubled = bool(file.booked and file.booked.trouble)
    off_drug = off_drug_as_told(file.readiness, told=file.told)
    if move.wastes_hold(off_drug=off_drug, troubled=troubled):
        raise RefusedError("the patient has stopped a drug for the time they were told")
    if move.change is Change.UNBOOKED:
        return _Step(file)
    case = office.case_of(file)
    held = move.held(case)
    for fault in office.faults_alone(file, case, held):
        raise RefusedError(fault)
    return _Step(file, case, held)


def _beside(office: Office, steps: Mapping[str, _Step]) -> dict[str, Held]:
    return {name: held for name, held in office.held.items() if name not in steps}


def _clashing(office: Office, steps: Mapping[str, _Step]) -> set[str]:
    """Moves that want what is held by somebody who does not give it up."""
    beside = Taken(_beside(office, steps))
    return {case for case, s in steps.items() if s.held and any(beside.overlaps(s.held))}


def _guilty(office: Office, steps: Mapping[str, _Step]) -> set[str]:
    """Moves that break a rule in the plan that all would result in."""
    placed = {case: (s.case, s.held) for case, s in steps.items() if s.case and s.held}
    beside = _beside(office, steps)
    if not broken_rules(office.moment, placed, beside):
        return set()
    return set(blamed(office.moment, placed, beside)) or set(steps)
