"""Ways to make room: which cases an iteration takes out. Compiled."""

from solver.improve_arrays import Data
from solver.improve_jit import compiled
from solver.improve_memory import (
    ALIKE,
    CREW,
    SCATTER,
    STRING,
    SUITE_DAY,
    TARGET,
    TWO_DAYS,
    Memory,
    take_out,
    touch,
)
from solver.improve_state import State, draw


@compiled
def some_placed(data: Data, state: State) -> int:
    """A random placed case that is not locked, or -1."""
    n = len(state.start)
    for _ in range(64):
        case = draw(state.rng, n)
        if state.start[case] >= 0 and not data.fixed[case]:
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
    case = some_placed(data, state)
    if case < 0:
        return n
    first, last = data.need_first[case], data.need_first[case + 1]
    if first == last:
        return take_out(data, state, memory, case, n)
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
    case = some_placed(data, state)
    if case < 0:
        return n
    n = take_out(data, state, memory, case, n)
    if data.need_first[case] == data.need_first[case + 1]:
        return n
    sig = data.need_sig[data.need_first[case]]
    taken = 1
    for _ in range(12 * most):
        if taken >= most:
            break
        other = some_placed(data, state)
        if other < 0:
            break
        if data.need_first[other] == data.need_first[other + 1]:
            continue
        theirs = data.need_sig[data.need_first[other]]
        same = data.sig_group[theirs] == data.sig_group[sig]
        if same and abs(data.sig_len[theirs] - data.sig_len[sig]) <= 2:
            n = take_out(data, state, memory, other, n)
            taken += 1
    return n


@compiled
def uses(data: Data, state: State, case: int, r: int) -> bool:
    """Whether a placed case has the resource."""
    last = data.need_first[case + 1]
    for j in range(data.need_first[case], last):  # noqa: SIM110 - numba has no generators here
        if state.res[j] == r:
            return True
    return False


@compiled
def ruin_crew(data: Data, state: State, memory: Memory, most: int, n: int) -> int:
    """Remove the cases of one resource on two or three days."""
    seed = some_placed(data, state)
    if seed < 0:
        return n
    first, last = data.need_first[seed], data.need_first[seed + 1]
    if first == last:
        return take_out(data, state, memory, seed, n)
    r = state.res[first + draw(state.rng, last - first)]
    left = 2 * most
    for visit in range(2 + draw(state.rng, 2)):
        case = seed
        for _ in range(8 if visit > 0 else 0):
            other = some_placed(data, state)
            if other >= 0 and uses(data, state, other, r):
                case = other
                break
        if state.start[case] < 0:
            continue
        day = data.day_of[state.start[case]]
        for i in range(state.roster_n[day] - 1, -1, -1):
            other = state.roster[day, i]
            if left > 0 and uses(data, state, other, r):
                before = n
                n = take_out(data, state, memory, other, n)
                left -= n - before
    return n


@compiled
def dear_case(data: Data, state: State) -> int:
    """A case left out, or placed well above its cheapest price; -1 where none is found."""
    if state.total[1] > 0 and draw(state.rng, 3) > 0:
        case = state.out[draw(state.rng, state.total[1])]
        for _ in range(8):
            if not data.fixed[case]:
                break
            case = state.out[draw(state.rng, state.total[1])]
        return int(case)
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
    if operator == CREW:
        return ruin_crew(data, state, memory, most, 0)
    if operator == ALIKE:
        return ruin_alike(data, state, memory, most, 0)
    n = 0
    if operator == SCATTER:
        for _ in range(most):
            case = some_placed(data, state)
            if case >= 0:
                n = take_out(data, state, memory, case, n)
        return n
    for _ in range(2 if operator == TWO_DAYS else 1):
        case = some_placed(data, state)
        if case < 0:
            break
        lone = data.lone_suite[case]
        suite = state.res[lone] if lone >= 0 and draw(state.rng, 2) == 0 else -1
        count = most if operator != TWO_DAYS else (most + 1) // 2
        if operator == SUITE_DAY:
            count = 2 * most
        n = ruin_near(data, state, memory, state.start[case], suite, count, n)
    return n
