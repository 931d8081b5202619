"""Ruin and recreate under annealing: the compiled loop that does the bulk of the improving."""

from typing import NamedTuple

import numpy as np

from solver.improve_arrays import Data, Ints
from solver.improve_insert import EARLIEST, EDGE, LATEST, clashes, insertion, serves
from solver.improve_jit import compiled
from solver.improve_state import State, draw, place, price_at, remove

OPERATORS = 7
NEIGHBOURS, TWO_DAYS, STRING, SCATTER, TARGET, ALIKE, SUITE_DAY = range(OPERATORS)


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
    stats: Ints  # [operator, 3] tries, accepted gains, new bests
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
def some_placed(state: State) -> int:
    """A random placed case, or -1."""
    n = len(state.start)
    for _ in range(64):
        case = draw(state.rng, n)
        if state.start[case] >= 0:
            return case
    return -1


@compiled
def ruin_near(
    data: Data, state: State, memory: Memory, slot: int, suite: int, most: int, n: int
) -> int:
    """Remove up to `most` cases of the slot's day, nearest first, those in `suite` nearer."""
    day = data.day_of[slot]
    size = state.roster_n[day]
    for i in range(size):
        case = state.roster[day, i]
        gap = abs(state.start[case] - slot) + draw(state.rng, 8)
        if suite >= 0 and data.lone_suite[case] >= 0:
            gap = gap if state.res[data.lone_suite[case]] == suite else 2 * gap + 16
        memory.near[i] = gap
        memory.key[i] = case
    for _ in range(min(most, size)):
        nearest = -1
        for i in range(size):
            if memory.key[i] >= 0 and (nearest < 0 or memory.near[i] < memory.near[nearest]):
                nearest = i
        if nearest < 0:
            break
        n = take_out(data, state, memory, memory.key[nearest], n)
        memory.key[nearest] = -1
    return n


@compiled
def ruin_string(data: Data, state: State, memory: Memory, most: int, n: int) -> int:
    """Remove neighbours in time on one resource of a random case."""
    case = some_placed(state)
    if case < 0:
        return n
    first, last = data.need_first[case], data.need_first[case + 1]
    r = state.res[first + draw(state.rng, last - first)]
    slot = state.start[case]
    day = data.day_of[slot]
    size = 0
    for i in range(state.roster_n[day]):
        other = state.roster[day, i]
        for j in range(data.need_first[other], data.need_first[other + 1]):
            if state.res[j] == r:
                memory.key[size] = other
                memory.near[size] = abs(state.start[other] - slot)
                size += 1
                break
    for _ in range(min(most, size)):
        nearest = -1
        for i in range(size):
            if memory.key[i] >= 0 and (nearest < 0 or memory.near[i] < memory.near[nearest]):
                nearest = i
        n = take_out(data, state, memory, memory.key[nearest], n)
        memory.key[nearest] = -1
    return n


@compiled
def ruin_alike(data: Data, state: State, memory: Memory, most: int, n: int) -> int:
    """Remove cases that want much the same resources for much the same time."""
    case = some_placed(state)
    if case < 0:
        return n
    n = take_out(data, state, memory, case, n)
    sig = data.need_sig[data.need_first[case]]
    taken = 1
    for _ in range(12 * most):
        if taken >= most:
            break
        other = some_placed(state)
        if other < 0:
            break
        theirs = data.need_sig[data.need_first[other]]
        same = data.sig_group[theirs] == data.sig_group[sig]
        if same and abs(data.sig_len[theirs] - data.sig_len[sig]) <= 2:
            n = take_out(data, state, memory, other, n)
            taken += 1
    return n


@compiled
def dear_case(data: Data, state: State) -> int:
    """A case left out, or placed well above its cheapest price; -1 where none is found."""
    if state.total[1] > 0 and draw(state.rng, 3) > 0:
        return int(state.out[draw(state.rng, state.total[1])])
    worst, most = -1, 0
    for _ in range(8):
        case = draw(state.rng, len(state.start))
        if data.fixed[case] or data.seg_first[case] == data.seg_first[case + 1]:
            continue
        regret = state.own[case] - data.seg_cost[data.seg_first[case]]
        if regret > most:
            worst, most = case, regret
    return worst


@compiled
def ruin_target(data: Data, state: State, memory: Memory, most: int, n: int) -> int:
    """Take a dear case and clear room at a cheaper start of it; it is then first in the queue."""
    case = dear_case(data, state)
    if case < 0:
        return n
    first, last = data.seg_first[case], data.seg_first[case + 1]
    cheaper = first
    while cheaper < last and data.seg_cost[cheaper] < state.own[case]:
        cheaper += 1
    if cheaper == first:
        return n
    if state.start[case] >= 0:
        n = take_out(data, state, memory, case, n)
    else:
        n = touch(data, state, memory, case, n)
    g = first + draw(state.rng, cheaper - first)
    lo, hi = data.seg_lo[g], data.seg_hi[g]
    slot = lo + draw(state.rng, hi - lo)
    suite = -1
    lone = data.lone_suite[case]
    if lone >= 0:
        at = data.sig_group[data.need_sig[lone]] * data.n_days + data.seg_day[g]
        size = data.group_first[at + 1] - data.group_first[at]
        if size > 0:
            suite = data.group_member[data.group_first[at] + draw(state.rng, size)]
    memory.days[data.seg_day[g]] = 1
    return ruin_near(data, state, memory, slot, suite, most, n)


@compiled
def ruin(data: Data, state: State, memory: Memory, operator: int, most: int) -> int:
    """Remove cases by an operator; how many are touched."""
    if operator == TARGET:
        return ruin_target(data, state, memory, most, 0)
    if operator == STRING:
        return ruin_string(data, state, memory, most, 0)
    if operator == ALIKE:
        return ruin_alike(data, state, memory, most, 0)
    n = 0
    if operator == SCATTER:
        for _ in range(most):
            case = some_placed(state)
            if case >= 0:
                n = take_out(data, state, memory, case, n)
        return n
    for _ in range(2 if operator == TWO_DAYS else 1):
        case = some_placed(state)
        if case < 0:
            break
        lone = data.lone_suite[case]
        suite = state.res[lone] if lone >= 0 and draw(state.rng, 2) == 0 else -1
        count = most if operator != TWO_DAYS else (most + 1) // 2
        if operator == SUITE_DAY:
            count = 2 * most
        n = ruin_near(data, state, memory, state.start[case], suite, count, n)
    return n


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
