"""Lengths within the needs of a planning file, which names no phases.

The procedure is taken to last until the first of the needs that run through its start ends: the
team's. What rooms are held for after that is turnover; what begins later is recovery.
"""

from collections.abc import Callable

from models.problem import Case, Need, PlanningProblem
from scenarios.edits import problems

ROOMS = frozenset({"suite", "ct", "procedure-room"})


def procedure_end(case: Case) -> int | None:
    """Minutes from the start to the end of the procedure; None where no need runs through it."""
    ends = (need.offset + need.minutes for need in case.needs if need.offset <= 0)
    return min((end for end in ends if end > 0), default=None)


def stretched(case: Case, factor: float, tick: int) -> Case:
    """The case with its procedure so many times as long, on whole ticks and at least one.

    What ends with the procedure or after it ends later by the difference; what is before stays.
    """
    old = procedure_end(case)
    if old is None:
        return case
    new = max(tick, _up(old * factor, tick))
    return _remapped(case, lambda minute: _at(minute, old, new, tick))


def _at(minute: int, old: int, new: int, tick: int) -> int:
    if minute <= 0:
        return minute
    return minute + new - old if minute >= old else min(new, _up(minute * new / old, tick))


def _up(minutes: float, tick: int) -> int:
    """Whole ticks, a rounding error of floats forgiven."""
    return -int(-round(minutes, 6) // tick) * tick


def _remapped(case: Case, where: Callable[[int], int]) -> Case:
    needs = tuple(
        _spanning(need, where(need.offset), where(need.offset + need.minutes))
        for need in case.needs
    )
    return case.model_copy(update={"needs": needs})


def _spanning(need: Need, begin: int, end: int) -> Need:
    return need.model_copy(update={"offset": begin, "minutes": max(1, end - begin)})


def with_turnover(case: Case, minutes: int, tick: int) -> Case:
    """The case whose rooms are held so long after the procedure, on whole ticks."""
    end = procedure_end(case)
    if end is None:
        return case
    held = end + _up(minutes, tick)
    needs = tuple(
        _spanning(need, need.offset, held)
        if need.kind in ROOMS and need.offset <= 0 and need.offset + need.minutes >= end
        else need
        for need in case.needs
    )
    return case.model_copy(update={"needs": needs})


def each_case(problem: PlanningProblem, change: Callable[[Case], Case]) -> PlanningProblem:
    """The problem with every case changed that is not under way."""
    return problems.changed_cases(
        problem,
        {c.id: change(c) for c in problem.cases if not problems.begun(c, problem.now)},
    )
