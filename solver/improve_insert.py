"""Where a left-out case fits best: candidate starts from bits, resources with what they open.

Compiled. The starts are exact; among starts of one price and day a few are tried, and resources are
chosen one need after another, so a fit may be missed where two needs of a case want the same ones.
"""

import numpy as np

from solver.improve_arrays import Data
from solver.improve_jit import compiled
from solver.improve_state import (
    NONE,
    ONE,
    State,
    bits_at,
    draw,
    is_free,
    low_bits,
    refresh,
)

EARLIEST = 0
LATEST = 1
EDGE = 2
NOWHERE = 1 << 60


@compiled
def ones(x: np.uint64) -> int:
    """How many bits are set."""
    x = x - ((x >> ONE) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int(np.int64((x * np.uint64(0x0101010101010101)) >> np.uint64(56)))


@compiled
def trailing_zeros(x: np.uint64) -> int:
    """The place of the lowest bit; 64 for zero."""
    return ones((x & (~x + ONE)) - ONE)


@compiled
def highest(x: np.uint64) -> int:
    """The place of the highest bit of a word that is not zero."""
    x |= x >> ONE
    x |= x >> np.uint64(2)
    x |= x >> np.uint64(4)
    x |= x >> np.uint64(8)
    x |= x >> np.uint64(16)
    x |= x >> np.uint64(32)
    return ones(x) - 1


@compiled
def nth_bit(x: np.uint64, n: int) -> int:
    """The place of the n-th set bit, counted from 0."""
    for _ in range(n):
        x &= x - ONE
    return trailing_zeros(x)


@compiled
def starts_in(data: Data, state: State, case: int, slot: int, last: int) -> np.uint64:
    """Feasible starts in `[slot, last)`, at most 64, as bits from `slot` on."""
    found = bits_at(data.window[case], slot) & low_bits(last - slot)
    for j in range(data.need_first[case], data.need_first[case + 1]):
        if found == NONE:
            break
        found &= bits_at(state.fits[data.need_sig[j]], slot + data.need_off[j])
    return found


@compiled
def freshen(data: Data, state: State, case: int, lo: int, hi: int) -> None:
    """Bring the bits of a case's signatures up to date for starts in `[lo, hi)`."""
    for j in range(data.need_first[case], data.need_first[case + 1]):
        sig, off = data.need_sig[j], data.need_off[j]
        for d in range(data.day_of[lo + off], data.day_of[hi - 1 + off] + 1):
            if state.dirty_lo[sig, d] < state.dirty_hi[sig, d]:
                refresh(data, state, sig, d)


@compiled
def candidate(data: Data, state: State, case: int, lo: int, hi: int, style: int) -> int:
    """A feasible start in `[lo, hi)` by style, or -1."""
    chosen = -1
    edges = 0
    for slot in range(lo, hi, 64):
        found = starts_in(data, state, case, slot, hi)
        if found == NONE:
            continue
        if style == EARLIEST:
            return slot + trailing_zeros(found)
        if style == LATEST:
            chosen = slot + highest(found)
            continue
        rims = found & (~(found << ONE) | ~(found >> ONE))
        here = ones(rims)
        edges += here
        if draw(state.rng, edges) < here:
            chosen = slot + nth_bit(rims, draw(state.rng, here))
    return chosen


@compiled
def serves(data: Data, state: State, j: int, r: int, begin: int, day: int) -> bool:
    """Whether a resource is free and within its limit for a need."""
    if begin < data.extent_lo[r, day] or begin >= data.extent_hi[r, day]:
        return False
    minutes = data.sig_minutes[data.need_sig[j]]
    if data.limited[r] and state.used[r, day] + minutes > data.limit[r, day]:
        return False
    return is_free(state.free[r], begin, data.need_len[j])


@compiled
def clashes(data: Data, state: State, case: int, slot: int, j: int, r: int) -> bool:
    """Whether needs of the case chosen before leave no room for this one on the resource."""
    first = data.need_first[case]
    begin = slot + data.need_off[j]
    end = begin + data.need_len[j]
    day = data.day_of[begin]
    minutes = state.used[r, day] + data.sig_minutes[data.need_sig[j]]
    for i in range(first, data.need_first[case + 1]):
        if i == j or state.trial[i - first] != r:
            continue
        other = slot + data.need_off[i]
        if other < end and begin < other + data.need_len[i]:
            return True
        if data.day_of[other] == day:
            minutes += data.sig_minutes[data.need_sig[i]]
    return bool(data.limited[r] == 1 and minutes > data.limit[r, day])


@compiled
def opening(data: Data, state: State, r: int, day: int, suite: int, start_day: int) -> int:
    """What the use of a resource adds: opening it, and a change of suite (`suite` -1: unknown)."""
    extra = 0
    if state.uses[r, day] == 0:
        extra += data.open_cost[r]
    k = data.change_no[r]
    if k >= 0 and suite >= 0:
        u = data.suite_no[suite]
        if state.distinct[k, start_day] > 0 and state.met[k, start_day, u] == 0:
            extra += data.change_cost[r]
    return int(extra)


@compiled
def looseness(data: Data, state: State, r: int, begin: int, length: int) -> int:
    """Free slots on both sides, and how many others could use the resource; less fits tighter."""
    after = trailing_zeros(~bits_at(state.free[r], begin + length))
    taken_before = ~bits_at(state.free[r], begin - 64)
    before = 64
    if taken_before != NONE:
        before = 63 - highest(taken_before)
    return int(min(after, 24) + min(before, 24) + 2 * data.flex[r])


@compiled
def cheapest(data: Data, state: State, case: int, slot: int, j: int, suite: int) -> int:
    """Choose the resource of a need into `trial`; what it adds, or NOWHERE."""
    begin = slot + data.need_off[j]
    day = data.day_of[begin]
    start_day = data.day_of[slot]
    at = data.sig_group[data.need_sig[j]] * data.n_days + day
    noise = draw(state.rng, 4) == 0
    least, least_score, chosen = NOWHERE, NOWHERE, -1
    for k in range(data.group_first[at], data.group_first[at + 1]):
        r = data.group_member[k]
        extra = 0
        if data.need_coupled[j]:
            extra = opening(data, state, r, day, suite, start_day)
            if extra > least:
                continue
        if not serves(data, state, j, r, begin, day):
            continue
        if data.need_clash[j] and clashes(data, state, case, slot, j, r):
            continue
        score = draw(state.rng, 64) if noise else looseness(data, state, r, begin, data.need_len[j])
        if extra < least or score < least_score:
            least, least_score, chosen = extra, score, r
    state.trial[j - data.need_first[case]] = chosen
    return least


@compiled
def fit(data: Data, state: State, case: int, slot: int, below: int) -> int:
    """Choose all resources for a start into `pick`; what they add, or NOWHERE if not `below`."""
    first, last = data.need_first[case], data.need_first[case + 1]
    state.trial[: last - first] = -1
    lone = data.lone_suite[case]
    fixed = 0
    for j in range(first, last):
        if lone < 0 or not data.need_coupled[j]:
            suite = -1 if lone >= 0 else known_suite(data, state, first, last)
            fixed += cheapest(data, state, case, slot, j, suite)
            if fixed >= below:
                return NOWHERE
    if lone < 0:
        state.pick[: last - first] = state.trial[: last - first]
        return fixed
    return fit_suite(data, state, case, slot, below, fixed)


@compiled
def known_suite(data: Data, state: State, first: int, last: int) -> int:
    """A suite already chosen for the case, or -1."""
    for i in range(last - first):
        if state.trial[i] >= 0 and data.suite_no[state.trial[i]] >= 0:
            return int(state.trial[i])
    return -1


@compiled
def fit_suite(data: Data, state: State, case: int, slot: int, below: int, fixed: int) -> int:
    """Try every suite with the resources that cost least beside it."""
    first, last = data.need_first[case], data.need_first[case + 1]
    lone = data.lone_suite[case]
    begin = slot + data.need_off[lone]
    day = data.day_of[begin]
    at = data.sig_group[data.need_sig[lone]] * data.n_days + day
    least, least_score = below, NOWHERE
    noise = draw(state.rng, 4) == 0
    for k in range(data.group_first[at], data.group_first[at + 1]):
        u = data.group_member[k]
        extra = fixed + opening(data, state, u, day, u, data.day_of[slot])
        if extra > least or not serves(data, state, lone, u, begin, day):
            continue
        for j in range(first, last):
            if data.need_coupled[j]:
                state.trial[j - first] = -1
        if data.need_clash[lone] and clashes(data, state, case, slot, lone, u):
            continue
        state.trial[lone - first] = u
        for j in range(first, last):
            if data.need_coupled[j] and j != lone and extra <= least:
                extra += cheapest(data, state, case, slot, j, u)
        if extra > least or extra >= below:
            continue
        score = draw(state.rng, 64)
        if not noise:
            score = looseness(data, state, u, begin, data.need_len[lone])
        if extra < least or score < least_score:
            least, least_score = extra, score
            state.pick[: last - first] = state.trial[: last - first]
    return least if least < below else NOWHERE


@compiled
def insertion(
    data: Data, state: State, case: int, days: np.ndarray, restricted: bool, blink: int, style: int
) -> bool:
    """Look for the cheapest place of a case that is not locked.

    The start and own price go to `found`, the resources to `best_pick`.

    `days` are the flags of the days allowed when `restricted`; `blink` skips a run of starts once
    in so many draws (0: never).
    """
    if data.fixed[case]:
        return False
    best = data.out_cost[case]
    first, last = data.need_first[case], data.need_first[case + 1]
    hit = False
    for g in range(data.seg_first[case], data.seg_first[case + 1]):
        price = data.seg_cost[g]
        if price >= best:
            break
        if restricted and not days[data.seg_day[g]]:
            continue
        if blink > 0 and draw(state.rng, blink) == 0:
            continue
        lo, hi = data.seg_lo[g], data.seg_hi[g]
        freshen(data, state, case, lo, hi)
        slot = candidate(data, state, case, lo, hi, style)
        if slot < 0:
            continue
        extra = fit(data, state, case, slot, best - price)
        if extra < best - price:
            best = price + extra
            hit = True
            state.found[0] = slot
            state.found[1] = price
            state.best_pick[: last - first] = state.pick[: last - first]
    return hit
