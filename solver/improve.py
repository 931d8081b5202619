"""One search: compiled arrays and state behind plain methods; a worker thread owns one each.

Costs inside count a heavy penalty for every mandatory case left out; `Solution.cost` does not.
"""

import time
from dataclasses import dataclass

import numpy as np

from models.plan import Placement, Plan
from solver import improve_search as loop
from solver.improve_arrays import Compiled, Ints
from solver.improve_memory import new_memory, restore
from solver.improve_record import data_record, memory_record, state_record
from solver.improve_state import new_state

CHANCES = np.cumsum(np.array([3, 2, 2, 1, 4, 1, 1, 2], dtype=np.int64))
MOST_REMOVED = 10
MOST_LEFT_OUT_TRIED = 30
HOT = 0.05
COLD = 0.0008
FIRST_SLICE = 50


@dataclass(frozen=True, slots=True)
class Solution:
    """A plan in arrays: start slot of each case (-1: left out), resource of each need."""

    total: int
    start: Ints
    res: Ints


class Search:
    """Ruin and recreate from what stands of the bookings and a greedy completion."""

    def __init__(self, compiled: Compiled, seed: int) -> None:
        self._compiled = compiled
        self._data = compiled.data
        self._state = new_state(compiled, seed)
        self._memory = new_memory(compiled.data)
        self._records = (
            data_record(compiled.data),
            state_record(self._state),
            memory_record(self._memory),
        )
        self._slice = FIRST_SLICE
        self._scale = _price_scale(compiled)
        self.iterations = 0

    @property
    def total(self) -> int:
        """Cost of the best plan with penalties."""
        return int(self._memory.best_total[0])

    @property
    def incomplete(self) -> bool:
        """Whether the best plan leaves out a case that must be placed."""
        must = self._data.out_cost >= self._compiled.penalty
        return bool((must & (self._memory.best_start < 0)).any())

    @property
    def present(self) -> int:
        """Cost of the plan the search stands at, with penalties."""
        return int(self._state.total[0])

    def construct(self) -> None:
        """Bookings that still stand, then every other case by what leaving it out costs."""
        self.build(*_bookings(self._compiled))

    def build(self, slots: Ints, chosen: Ints) -> None:
        """From nothing: given starts (-1: none) and resources where they stand, then the rest."""
        order = _first_order(self._compiled)
        standing = np.concatenate((order[self._data.fixed[order] == 1], order))
        loop.place_booked(*self._records[:2], standing, slots, chosen)
        loop.insert_all(*self._records, order, 0)

    def best(self) -> Solution:
        """The best plan so far."""
        memory = self._memory
        return Solution(self.total, memory.best_start.copy(), memory.best_res.copy())

    def adopt(self, solution: Solution) -> None:
        """Go on from another search's plan."""
        memory = self._memory
        memory.best_start[:] = solution.start
        memory.best_res[:] = solution.res
        memory.best_total[0] = solution.total
        restore(*self._records)

    def realise(self, order: Ints, wanted: Ints) -> int:
        """Put the cases of the order on their wanted days; the cost then, with penalties."""
        loop.realise(*self._records, order, wanted)
        return self.present

    def run(self, iterations: int, progress: float) -> None:
        """So many iterations at the temperature of a progress in `0 .. 1`."""
        temperature = self._scale * HOT * (COLD / HOT) ** progress
        loop.search(
            *self._records,
            iterations,
            temperature,
            CHANCES,
            MOST_REMOVED,
            MOST_LEFT_OUT_TRIED,
        )
        self.iterations += iterations

    def run_for(self, seconds: float, progress: float) -> None:
        """About so many seconds of iterations, by the speed seen so far."""
        began = time.monotonic()
        self.run(self._slice, progress)
        spent = max(time.monotonic() - began, 1e-6)
        grown = self._slice * seconds / spent
        self._slice = max(1, int(min(grown, 4 * self._slice)))


def _first_order(compiled: Compiled) -> Ints:
    """The dearest to leave out first; among equals those with few starts for what they take."""
    data = compiled.data
    ease = compiled.feasible.sum(axis=1) / np.maximum(data.weight, 1) ** 2
    return np.lexsort((ease, -data.out_cost)).astype(np.int64)


def _price_scale(compiled: Compiled) -> float:
    """The middle price of leaving a case out: what a temperature is measured by."""
    prices = compiled.data.out_cost % compiled.penalty
    return float(np.median(prices)) if len(prices) else 1.0


def _bookings(compiled: Compiled) -> tuple[Ints, Ints]:
    """Start slot of each booking (-1: none) and resource of each need (-1: none)."""
    problem, data = compiled.problem, compiled.data
    number = {resource.id: r for r, resource in enumerate(problem.resources)}
    slots = np.full(len(problem.cases), -1, dtype=np.int64)
    chosen = np.full(len(data.need_sig), -1, dtype=np.int64)
    for c, case in enumerate(problem.cases):
        if case.booking is None:
            continue
        slot = compiled.slot(case.booking.start)
        if not 0 <= slot < compiled.feasible.shape[1] or not compiled.feasible[c, slot]:
            continue
        if compiled.instant(slot) != case.booking.start:
            continue
        slots[c] = slot
        for j, need in enumerate(case.needs, start=int(data.need_first[c])):
            chosen[j] = number[case.booking.assigned[need.role]]
    return slots, chosen


def plan_of(compiled: Compiled, solution: Solution) -> Plan:
    """The plan of a solution, placements in the order of the cases."""
    problem, data = compiled.problem, compiled.data
    return Plan(
        placements=tuple(
            Placement(
                case=case.id,
                start=compiled.instant(int(solution.start[c])),
                assigned={
                    need.role: problem.resources[solution.res[j]].id
                    for j, need in enumerate(case.needs, start=int(data.need_first[c]))
                },
            )
            for c, case in enumerate(problem.cases)
            if solution.start[c] >= 0
        )
    )
