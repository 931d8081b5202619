"""Ruin and recreate under annealing: the compiled loop that does the bulk of the improving."""

import numpy as np

from solver.improve_arrays import Data, Ints
from solver.improve_insert import EARLIEST, EDGE, LATEST, clashes, insertion, serves
from solver.improve_jit import compiled
from solver.improve_memory import TARGET, Memory, keep_best, revert, touch
from solver.improve_ruin import ruin
from solver.improve_state import State, draw, place, price_at, remove


@compiled
def sort_queue(memory: Memory, n: int) -> None:
    """Shell sort by key, least first."""
    gap = n // 2
    while gap > 0:
        for i in range(gap, n):
            case = memory.queue[i]
            j = i
            while j >= gap and memory.key[memory.queue[j - gap]] > memory.key[case]:
                memory.queue[j] = memory.queue[j - gap]
                j -= gap
            memory.queue[j] = case
        gap //= 2


@compiled
def order_key(data: Data, state: State, case: int, order: int) -> int:
    """Smaller goes first."""
    if order == 0:
        return draw(state.rng, 1 << 20)
    price = data.out_cost[case]
    if order == 1:
        return int(-price * 16 - draw(state.rng, 16))
    if order == 2:
        return int(-data.weight[case] * 16 - draw(state.rng, 16))
    if order == 3:
        return int(-(price * 64) // max(1, data.weight[case]))
    first = data.seg_first[case]
    cheapest = data.seg_cost[first] if first < data.seg_first[case + 1] else 0
    room = data.seg_first[case + 1] - first
    return int(room * 64 + cheapest // 16 + draw(state.rng, 64))


@compiled
def recreate(data: Data, state: State, memory: Memory, n: int, leader: int, extra: int) -> int:
    """Insert the removed cases and some of those left out; how many are touched."""
    size = 0
    order = draw(state.rng, 5)
    for i in range(n):
        case = memory.touched[i]
        memory.queue[size] = case
        memory.key[case] = order_key(data, state, case, order)
        if case == leader:
            memory.key[case] = -(np.int64(1) << np.int64(60))
        size += 1
    waiting = state.total[1] - n
    if waiting > 0:
        at = draw(state.rng, state.total[1])
        for i in range(min(state.total[1], extra)):
            case = state.out[(at + i) % state.total[1]]
            if memory.stamp[case] != memory.clock[0]:
                memory.queue[size] = case
                memory.key[case] = order_key(data, state, case, order)
                size += 1
    sort_queue(memory, size)
    mode = draw(state.rng, 4)
    for i in range(size):
        case = memory.queue[i]
        style = EARLIEST if mode == 0 else (LATEST if mode == 1 else EDGE)
        elsewhere = memory.stamp[case] != memory.clock[0]
        if insertion(data, state, case, memory.days, elsewhere, 50, style):
            n = touch(data, state, memory, case, n)
            place(data, state, case, state.found[0], state.found[1], state.best_pick)
    return n


@compiled
def step(
    data: Data, state: State, memory: Memory, operator: int, most: int, extra: int, slack: float
) -> None:
    """One iteration: kept where the cost rises by at most `slack`."""
    memory.clock[0] += 1
    memory.days[:] = 0
    before = state.total[0]
    n = ruin(data, state, memory, operator, most)
    if n == 0:
        return
    leader = memory.touched[0] if operator == TARGET else -1
    n = recreate(data, state, memory, n, leader, extra)
    memory.stats[operator, 0] += 1
    after = state.total[0]
    if after > before + slack:
        revert(data, state, memory, n)
        return
    if after < before:
        memory.stats[operator, 1] += 1
    if after < memory.best_total[0]:
        memory.stats[operator, 2] += 1
        keep_best(state, memory)


@compiled
def search(
    data: Data,
    state: State,
    memory: Memory,
    iterations: int,
    temperature: float,
    chances: Ints,
    most: int,
    extra: int,
) -> None:
    """Iterate at one temperature; `chances` are cumulative weights of the operators."""
    if len(state.start) == 0:
        return
    for _ in range(iterations):
        at = draw(state.rng, chances[-1])
        operator = 0
        while chances[operator] <= at:
            operator += 1
        size = 1 + draw(state.rng, most)
        luck = (draw(state.rng, 1 << 30) + 1) / (1 << 30)
        step(data, state, memory, operator, size, extra, -temperature * np.log(luck))


@compiled
def insert_all(data: Data, state: State, memory: Memory, order: Ints, blink: int) -> None:
    """Greedy: each case of the order at its cheapest place, earliest first."""
    for i in range(len(order)):
        case = order[i]
        if state.start[case] >= 0:
            continue
        if insertion(data, state, case, memory.days, False, blink, EARLIEST):
            place(data, state, case, state.found[0], state.found[1], state.best_pick)
    if state.total[0] < memory.best_total[0]:
        keep_best(state, memory)


@compiled
def realise(data: Data, state: State, memory: Memory, order: Ints, wanted: Ints) -> None:
    """Take the cases of the order out and put each on its wanted day (-1: none), then anywhere."""
    for i in range(len(order)):
        case = order[i]
        if state.start[case] >= 0 and not data.fixed[case]:
            remove(data, state, case)
    for late in range(2):
        for i in range(len(order)):
            case = order[i]
            if state.start[case] >= 0 or (late == 0 and wanted[case] < 0):
                continue
            memory.days[:] = 0
            if late == 0:
                memory.days[wanted[case]] = 1
            style = EARLIEST if draw(state.rng, 2) == 0 else EDGE
            if insertion(data, state, case, memory.days, late == 0, 0, style):
                place(data, state, case, state.found[0], state.found[1], state.best_pick)
    if state.total[0] < memory.best_total[0]:
        keep_best(state, memory)


@compiled
def place_booked(data: Data, state: State, order: Ints, slots: Ints, chosen: Ints) -> None:
    """Place each booking of the order that still stands, with its own resources."""
    for i in range(len(order)):
        case = order[i]
        slot = slots[case]
        if slot < 0 or state.start[case] >= 0:
            continue
        first, last = data.need_first[case], data.need_first[case + 1]
        state.trial[: last - first] = -1
        stands = True
        for j in range(first, last):
            r = chosen[j]
            begin = slot + data.need_off[j]
            if (
                not belongs(data, j, r)
                or not serves(data, state, j, r, begin, data.day_of[begin])
                or clashes(data, state, case, slot, j, r)
            ):
                stands = False
                break
            state.trial[j - first] = r
        if stands:
            place(data, state, case, slot, price_at(data, case, slot), chosen[first:last])


@compiled
def belongs(data: Data, j: int, r: int) -> bool:
    """Whether a resource may serve a need."""
    sig = data.need_sig[j]
    for k in range(data.res_sig_first[r], data.res_sig_first[r + 1]):
        if data.res_sig[k] == sig:
            return True
    return False
