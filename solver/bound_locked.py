"""Locked bookings as the bound sees them: a constant cost, and time that others cannot have."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.improve_arrays import Compiled, Flags, Ints, Table

Free = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Unlocked:
    """What locked bookings leave, and what they cost, which every plan pays."""

    locked: Flags  # [case] taken out
    free: Free  # [resource, slot] 1 where it is there and not taken
    limit: Table  # [resource, day] need-minutes left
    opened: frozenset[tuple[int, int]]  # resource and day that are open in every plan
    points: int


def without_locked(compiled: Compiled) -> Unlocked:
    """Take out each locked case that stands exactly as booked; one that cannot is left in."""
    data, problem = compiled.data, compiled.problem
    number = {resource.id: r for r, resource in enumerate(problem.resources)}
    bits = np.unpackbits(compiled.free.view(np.uint8), axis=1, bitorder="little")
    free = bits[:, : len(data.day_of)]
    limit = data.limit.copy()
    locked = np.zeros(len(data.out_cost), dtype=bool)
    opened: set[tuple[int, int]] = set()
    points = 0
    for case in np.flatnonzero(data.fixed).tolist():
        booking = problem.cases[case].booking
        price = _only_price(compiled, case)
        if booking is None or price is None:
            continue
        taken = [
            (number[booking.assigned[need.role]], price[1] + int(data.need_off[j]), j)
            for j, need in enumerate(problem.cases[case].needs, start=int(data.need_first[case]))
        ]
        if not _take(free, taken, data.need_len):
            continue
        for r, begin, j in taken:
            day = int(data.day_of[begin])
            limit[r, day] -= data.sig_minutes[data.need_sig[j]]
            opened.add((r, day))
        locked[case] = True
        points += price[0]
    points += sum(int(data.open_cost[r]) for r, _ in opened)
    return Unlocked(locked, free, np.maximum(limit, 0), frozenset(opened), points)


def _only_price(compiled: Compiled, case: int) -> tuple[int, int] | None:
    """Price and slot of a case that has just one start."""
    starts = np.flatnonzero(compiled.feasible[case])
    if len(starts) != 1:
        return None
    return int(compiled.data.seg_cost[compiled.data.seg_first[case]]), int(starts[0])


def _take(free: Free, taken: list[tuple[int, int, int]], lengths: Ints) -> bool:
    """Take the time of each need; all or nothing."""
    before = {r: free[r].copy() for r, _, _ in taken}
    for r, begin, j in taken:
        span = slice(begin, begin + int(lengths[j]))
        if not free[r, span].all():
            for resource, row in before.items():
                free[resource] = row
            return False
        free[r, span] = 0
    return True
