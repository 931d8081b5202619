"""The night of a replay: frozen, searched, judged, and applied as the site's rule says."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from models.checks.judging import cost_of, judge_plan
from models.errors import ConflictError
from models.fragility import risk_of
from models.held import Held
from models.night_problem import NightProblem, night_problem
from models.plan import Plan
from models.problem import Case, PlanningProblem
from models.resulting import Placed, guilty
from models.risk import NO_RISK, Risk
from scenarios.replay.files import File
from scenarios.replay.office import Office, Taken
from solver.moves import Move, Moves, moves_of
from solver.optimize import Settings
from solver.robust import optimize_robust
from solver.settling_risk import judged_and_settled
from solver.sifting import Step, sift

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
    standings, unplanned = [], {}
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
    found = optimize_robust(problem, risk or NO_RISK, settings).result
    plan, cost = judged_and_settled(
        problem, found.plan, found.cost, risk, judge=judge_plan, cost_of=cost_of
    )
    return Answer(plan, cost, found.bound or None)


def night_risk(office: Office) -> Risk | None:
    """How fragile the open cases are, where the site minds it."""
    cases = (
        (case, file.readiness, file.booked.start if file.booked else None)
        for case, file in sorted(office.files.items())
    )
    return risk_of(office.department.site.risk, cases)


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
    before = cost_of(found.problem, found.problem.published)
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


def apply_moves(office: Office, moves: Moves, chosen: Iterable[str]) -> frozenset[str]:
    """Carry out moves; one that a rule forbids is left, with all that waits for it.

    Nothing is carried out where a rule would be broken and no move is to blame: the service plans
    such a night anew, which finds the same, and leaves it for approval.

    Returns:
        The cases that were moved, booked or unbooked.

    Raises:
        RefusedError: the moves wait for others that are not among them.
    """
    wanted = frozenset(chosen)
    moves.refuse_part(wanted)
    try:
        found = sift(moves, wanted, wanted, _Kept(office))
    except ConflictError:
        return frozenset()
    for step in found.steps:
        if step.held is None:
            office.keep(step.case, None)
        else:
            office.keep_move(step.file, step.held)
    return frozenset(found.standing)


class _Kept:
    """The department as the office keeps it."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def file(self, move: Move) -> File:
        """The case of a move; in a replay nothing happens between a night and its moves."""
        return self._office.refresh(move.case)

    def planned(self, file: File) -> Case:
        """The case for the planning problems of this moment."""
        return self._office.case_of(file)

    def faults(self, file: File, planned: Case, held: Held) -> Iterable[str]:
        """What forbids a placement whatever others hold."""
        return self._office.faults_alone(file, planned, held)

    def blocked(self, standing: Mapping[str, Step[File]]) -> dict[str, str]:
        """Moves that want what is held by somebody who does not give it up."""
        beside = Taken(self._beside(standing))
        found = {}
        for case, step in standing.items():
            others = list(beside.overlaps(step.held)) if step.held else []
            if others:
                found[case] = others[0]
        return found

    def guilty(self, placed: Placed, moved: Collection[str]) -> dict[str, str]:
        """Moves that break a rule in the plan that all would result in."""
        return guilty(self._office.moment, placed, self._beside(moved))

    def _beside(self, moved: Collection[str]) -> dict[str, Held]:
        return {name: held for name, held in self._office.held.items() if name not in moved}
