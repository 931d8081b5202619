"""Why a plan leaves a case out or places it late: who holds what it wants, and what would help.

The board is that of the planning file booked with the plan, so all answers agree with
`solver.explain` on that file. Costs are those of the file itself: the difference that a change
with the case at the start it opens makes to the cost of the plan.
"""

from dataclasses import dataclass
from typing import Literal

from models.errors import NotFoundError, SolverError
from models.objective import late_cost, left_out_cost
from models.plan import Placement, Plan
from models.problem import Booking, Case, PlanningProblem
from models.windows import Window, WindowSet
from solver.bitrow import lowest, span
from solver.board import Board
from solver.changes.edits import with_case, with_hours
from solver.changes.hours import hours_change
from solver.changes.moves import move_change
from solver.changes.windows import window_change
from solver.compile import compile_problem
from solver.instance import CaseForm
from solver.nowhere import why_nowhere
from solver.proposals import Proposer
from solver.reasons import Answer, Change, HoursChange, WindowChange, listed
from solver.slots import cheapest_slots
from solver.take_back import Returns

Fate = Literal["left-out", "late", "in-time"]
MOST_RIVALS = 10


@dataclass(frozen=True, slots=True)
class Rival:
    """A case that holds what another wants: in `starts` of those lost to bookings, for `roles`."""

    case: str
    starts: int
    roles: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change that lets the case in, and what it adds to the cost of the plan; below 0 it saves.

    The prices of the planning file do not know what longer hours or another window cost.
    """

    change: Change
    cost: int
    sentence: str


@dataclass(frozen=True, slots=True)
class WhyLeftOut(Answer):
    """What became of a case in a plan, why, and what would change it.

    `points` is what being left out or late costs. The wanted starts are the permitted ones, for a
    late case those up to its due time. `open_starts` of them are free; a case left out although
    some are is dearer there than out, or the search missed it. `rivals` come with the most first.
    """

    case: str
    fate: Fate
    points: int
    open_starts: int
    rivals: tuple[Rival, ...]
    remedies: tuple[Remedy, ...]
    sentence: str


def booked_with(problem: PlanningProblem, plan: Plan) -> PlanningProblem:
    """The problem with the placements of a plan as its bookings; locked bookings stay as they are.

    A locked booking that the plan leaves out, as it cannot stand, is held as `solver.board` says.
    """
    after = plan.by_case
    cases = tuple(
        case.model_copy(update={"booking": _booking(case, after.get(case.id))})
        for case in problem.cases
    )
    return problem.model_copy(update={"cases": cases})


def _booking(case: Case, placed: Placement | None) -> Booking | None:
    before = case.booking
    if before is not None and before.locked:
        return before
    if placed is None:
        return None
    weight = 1 if before is None else before.move_weight
    return Booking(start=placed.start, assigned=dict(placed.assigned), move_weight=weight)


def why_left_out(problem: PlanningProblem, plan: Plan, case_id: str) -> WhyLeftOut:
    """Why a plan that keeps the rules leaves a case out or late.

    Raises:
        NotFoundError: the problem has no such case.
    """
    source = problem.case_by_id.get(case_id)
    if source is None:
        raise NotFoundError(f"there is no case {case_id!r}", remedy="use the id of a case")
    instance = compile_problem(booked_with(problem, plan))
    board = Board.of_bookings(instance)
    case = instance.cases[instance.case_index[case_id]]
    if board.placed[case.index] is not None:
        board.remove(case)
    fate, points = _fate(problem, source, plan.by_case.get(case_id))
    if fate == "in-time":
        return WhyLeftOut(case_id, fate, 0, 0, (), (), f"{case_id} is placed in time")
    early = _up_to_due(case) if fate == "late" else -1
    starts = board.starts_within(case, case.permitted & early)
    changes = () if starts else _changes(board, case, early)
    return WhyLeftOut(
        case=case_id,
        fate=fate,
        points=points,
        open_starts=starts.bit_count(),
        rivals=_rivals(board, case, early),
        remedies=tuple(_remedy(problem, plan, change) for change in changes),
        sentence=f"{_head(case_id, fate, points)}: {_cause(board, case, fate, starts)}"
        + _offer(problem, plan, case_id, fate, starts),
    )


def _fate(problem: PlanningProblem, case: Case, placed: Placement | None) -> tuple[Fate, int]:
    prices = problem.objective
    if placed is None:
        return "left-out", left_out_cost(prices, case)
    if case.due is not None and placed.start > case.due:
        return "late", late_cost(prices, case.priority, case.due, placed.start)
    return "in-time", 0


def _up_to_due(case: CaseForm) -> int:
    due = case.case.due
    return -1 if due is None else span(0, max(0, case.frame.grid.floor(due) + 1))


def _head(case_id: str, fate: Fate, points: int) -> str:
    return f"{case_id} is {'left out' if fate == 'left-out' else 'late'} for {points} points"


def _cause(board: Board, case: CaseForm, fate: Fate, starts: int) -> str:
    if starts:
        many = starts.bit_count()
        return f"{many} {'start is' if many == 1 else 'starts are'} free"
    if fate == "left-out":
        return why_nowhere(board, case).sentence
    if Board(board.instance).starts_within(case, case.permitted & _up_to_due(case)):
        return "no start is free in time"
    return "no start in time is possible, whatever is booked"


def _offer(problem: PlanningProblem, plan: Plan, case_id: str, fate: Fate, starts: int) -> str:
    """What the cheapest free start of a case left out costs, by the file's own bookings."""
    if fate == "late" or not starts:
        return ""
    instance = compile_problem(problem)
    board = Returns(instance, plan, frozenset()).board
    slots = cheapest_slots(board, instance.cases[instance.case_index[case_id]])
    return "".join(f", the cheapest at {slot.cost} points" for slot in slots)


def _rivals(board: Board, case: CaseForm, early: int) -> tuple[Rival, ...]:
    """Whose placements overlap what the case wants at starts that an empty board would give it."""
    wanted = Board(board.instance).starts_within(case, case.permitted & early)
    lost = wanted & ~board.starts_within(case, wanted)
    found = []
    for other, placed in zip(board.instance.cases, board.placed, strict=True):
        shut: dict[str, int] = {}
        for use in () if placed is None else placed.uses:
            for need in case.needs:
                if use.taken and use.resource in board.instance.pools[need.pool].members:
                    first = lowest(use.taken) - need.offset - need.length + 1
                    last = use.taken.bit_length() - need.offset
                    row = span(max(first, 0), max(last, 0)) & lost
                    shut[need.role] = shut.get(need.role, 0) | row
        found.append((other, {role: row for role, row in shut.items() if row}))
    rivals = [_rival(other, shut, lost.bit_count()) for other, shut in found if shut]
    return tuple(sorted(rivals, key=lambda rival: (-rival.starts, rival.case))[:MOST_RIVALS])


def _rival(other: CaseForm, shut: dict[str, int], lost: int) -> Rival:
    row = 0
    for starts in shut.values():
        row |= starts
    roles = tuple(sorted(shut))
    said = f"{other.id} ({other.case.priority}) holds what it wants for {listed(roles)}"
    return Rival(
        other.id, row.bit_count(), roles, f"{said} at {row.bit_count()} of {lost} starts lost"
    )


def _changes(board: Board, case: CaseForm, early: int) -> tuple[Change, ...]:
    """As `Explainer.smallest_change`, among the starts up to the due time where that matters."""
    changes = (
        window_change(board, case, case.startable & early),
        hours_change(board, case, case.permitted & early),
        move_change(board, case, case.permitted & early),
    )
    return tuple(change for change in changes if change is not None)


def _remedy(problem: PlanningProblem, plan: Plan, change: Change) -> Remedy:
    changed, after = problem, plan
    if isinstance(change, WindowChange):
        changed = with_case(problem, change.case, windows=_windows(problem, change))
    elif isinstance(change, HoursChange):
        changed = with_hours(problem, change.resource, _hours(problem, change))
    else:
        moved = Placement(case=change.moved, start=change.new, assigned=change.assigned)
        after = _with(plan, moved)
    slot = Proposer(booked_with(changed, after)).propose_at(change.case, change.opens)
    if slot is None:
        raise SolverError(
            f"a change for case {change.case} does not open its start",
            remedy="report this planning file",
        )
    cost = _cost(changed, _with(after, slot.placement)) - _cost(problem, plan)
    told = f"adds {cost} points" if cost >= 0 else f"saves {-cost} points"
    return Remedy(change, cost, f"{change.sentence}: {told}")


def _windows(problem: PlanningProblem, change: WindowChange) -> tuple[tuple[object, object], ...]:
    def edged(window: tuple[object, object]) -> tuple[object, object]:
        a, b = window
        if change.edge == "start":
            return (change.new if a == change.old else a), b
        return a, (change.new if b == change.old else b)

    return tuple(edged(window) for window in problem.case_by_id[change.case].windows)


def _hours(problem: PlanningProblem, change: HoursChange) -> tuple[Window, ...]:
    available = problem.resource_by_id[change.resource].available
    more = sorted((change.old, change.new))
    return WindowSet([*(Window(a, b) for a, b in available), Window(more[0], more[1])]).windows


def _with(plan: Plan, placement: Placement) -> Plan:
    kept = tuple(p for p in plan.placements if p.case != placement.case)
    return Plan(placements=(*kept, placement))


def _cost(problem: PlanningProblem, plan: Plan) -> int:
    return Returns(compile_problem(problem), plan, frozenset()).cost
