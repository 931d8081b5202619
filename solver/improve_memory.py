"""What one search remembers: its best plan, and how to undo the iteration under way. Compiled."""

from typing import NamedTuple

import numpy as np

from solver.improve_arrays import Data, Ints, Table
from solver.improve_jit import compiled
from solver.improve_state import State, place, price_at, remove

OPERATORS = 8
NEIGHBOURS, TWO_DAYS, STRING, SCATTER, TARGET, ALIKE, SUITE_DAY, CREW = range(OPERATORS)


class Memory(NamedTuple):
    """Scratch of one iteration, and the best plan so far."""

    best_start: Ints  # [case]
    best_res: Ints  # [need]
    best_total: Ints  # [0] cost
    old_start: Ints  # [case]
    old_own: Ints
    old_res: Ints  # [need]
    touched: Ints  # cases touched in this iteration
    stamp: Ints  # [case] iteration in which it was touched last
    queue: Ints  # cases to insert
    key: Ints  # [case] order of insertion
    near: Ints  # [case] scratch: distance
    days: Ints  # [day] 1 where this iteration removed something
    stats: Table  # [operator, 3] tries, accepted gains, new bests
    clock: Ints  # [0] iteration


def new_memory(data: Data) -> Memory:
    """Empty scratch; the best plan is the one with every case left out."""
    n, needs = len(data.out_cost), len(data.need_sig)

    def zeros(*shape: int) -> Ints:
        return np.zeros(shape, dtype=np.int64)

    return Memory(
        best_start=np.full(n, -1, dtype=np.int64),
        best_res=zeros(needs),
        best_total=np.array([data.out_cost.sum()], dtype=np.int64),
        old_start=zeros(n),
        old_own=zeros(n),
        old_res=zeros(needs),
        touched=zeros(n),
        stamp=zeros(n),
        queue=zeros(2 * n + 1),
        key=zeros(n),
        near=zeros(n),
        days=zeros(data.n_days),
        stats=zeros(OPERATORS, 3),
        clock=zeros(1),
    )


@compiled
def keep_best(state: State, memory: Memory) -> None:
    """Note the plan as the best."""
    memory.best_total[0] = state.total[0]
    memory.best_start[:] = state.start
    memory.best_res[:] = state.res


@compiled
def touch(data: Data, state: State, memory: Memory, case: int, n: int) -> int:
    """Remember how a case stood before this iteration; how many are touched now."""
    if memory.stamp[case] == memory.clock[0]:
        return n
    memory.stamp[case] = memory.clock[0]
    memory.touched[n] = case
    memory.old_start[case] = state.start[case]
    memory.old_own[case] = state.own[case]
    first, last = data.need_first[case], data.need_first[case + 1]
    memory.old_res[first:last] = state.res[first:last]
    return n + 1


@compiled
def take_out(data: Data, state: State, memory: Memory, case: int, n: int) -> int:
    """Remove a placed case that is not locked."""
    if state.start[case] < 0 or data.fixed[case]:
        return n
    n = touch(data, state, memory, case, n)
    memory.days[data.day_of[state.start[case]]] = 1
    remove(data, state, case)
    return n


@compiled
def revert(data: Data, state: State, memory: Memory, n: int) -> None:
    """Put every touched case back as it was."""
    for i in range(n):
        case = memory.touched[i]
        if state.start[case] >= 0:
            remove(data, state, case)
    for i in range(n):
        case = memory.touched[i]
        if memory.old_start[case] >= 0:
            first, last = data.need_first[case], data.need_first[case + 1]
            place(
                data,
                state,
                case,
                memory.old_start[case],
                memory.old_own[case],
                memory.old_res[first:last],
            )


@compiled
def restore(data: Data, state: State, memory: Memory) -> None:
    """Make the best plan the present one."""
    for case in range(len(state.start)):
        if state.start[case] >= 0:
            remove(data, state, case)
    for case in range(len(state.start)):
        slot = memory.best_start[case]
        if slot >= 0:
            first, last = data.need_first[case], data.need_first[case + 1]
            price = price_at(data, case, slot)
            place(data, state, case, slot, price, memory.best_res[first:last])
