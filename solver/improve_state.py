"""The state of one search: who is placed where, what is free, and what it costs, kept in step.

Compiled. `place` and `remove` are exact inverses and keep the cost current. Begins at which a need
fits some eligible resource are kept per signature as bits; a change marks the slots to be redone.
"""

from typing import NamedTuple

import numpy as np

from solver.improve_arrays import Compiled, Cube, Data, Ints, Rows, Table, Words
from solver.improve_jit import compiled

ONE = np.uint64(1)
NONE = np.uint64(0)
ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
BITS = np.uint64(64)
LAST = np.uint64(63)


class State(NamedTuple):
    """Arrays that change as cases come and go."""

    free: Rows  # [resource, word]
    fits: Rows  # [signature, word] begins at which some resource serves
    dirty_lo: Table  # [signature, day] slots whose bits are stale
    dirty_hi: Table
    used: Table  # [resource, day] need-minutes
    uses: Table  # [resource, day] needs
    met: Cube  # [changing resource, day, suite] needs times suites
    distinct: Table  # [changing resource, day] suites met
    start: Ints  # [case] slot or -1
    own: Ints  # [case] its price now
    res: Ints  # [need] resource
    roster: Table  # [day, place] cases that start on it
    roster_n: Ints  # [day]
    roster_at: Ints  # [case]
    out: Ints  # cases left out
    out_at: Ints  # [case] or -1
    total: Ints  # [0] cost, [1] how many are left out
    rng: Words  # [0]
    pick: Ints  # [need of a case] resources chosen last
    best_pick: Ints  # [need of a case] resources of the best start found
    trial: Ints  # [need of a case] scratch
    found: Ints  # [0] start, [1] the case's own price there


def new_state(compiled_problem: Compiled, seed: int) -> State:
    """Everything free, every case left out."""
    data = compiled_problem.data
    n, days = len(data.out_cost), data.n_days
    resources = len(data.open_cost)
    most = int(np.diff(data.need_first).max(initial=1))

    def zeros(*shape: int) -> Ints:
        return np.zeros(shape, dtype=np.int64)

    return State(
        free=compiled_problem.free.copy(),
        fits=np.zeros((len(data.sig_len), compiled_problem.free.shape[1]), dtype=np.uint64),
        dirty_lo=np.tile(data.day_first[:-1], (len(data.sig_len), 1)),
        dirty_hi=np.tile(data.day_first[1:], (len(data.sig_len), 1)),
        used=zeros(resources, days),
        uses=zeros(resources, days),
        met=zeros(max(1, data.n_changing), days, max(1, data.n_suites)),
        distinct=zeros(max(1, data.n_changing), days),
        start=np.full(n, -1, dtype=np.int64),
        own=data.out_cost.copy(),
        res=zeros(len(data.need_sig)),
        roster=zeros(days, n),
        roster_n=zeros(days),
        roster_at=zeros(n),
        out=np.arange(n, dtype=np.int64),
        out_at=np.arange(n, dtype=np.int64),
        total=np.array([data.out_cost.sum(), n], dtype=np.int64),
        rng=np.array([(seed + 1) * 0x9E3779B97F4A7C15 % 2**64 or 1], dtype=np.uint64),
        pick=zeros(most),
        best_pick=zeros(most),
        trial=zeros(most),
        found=zeros(2),
    )


@compiled
def draw(rng: Words, below: int) -> int:
    """A number in `0 .. below - 1` (xorshift64*); 0 where there is no such number."""
    x = rng[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    rng[0] = x
    return int(np.int64((x * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(33)) % max(1, below))


@compiled
def bits_at(row: Words, slot: int) -> np.uint64:
    """64 bits from a slot on."""
    word = slot >> 6
    shift = np.uint64(slot & 63)
    if shift == NONE:
        return np.uint64(row[word])
    return np.uint64((row[word] >> shift) | (row[word + 1] << (BITS - shift)))


@compiled
def low_bits(n: int) -> np.uint64:
    """The n lowest bits set."""
    if n >= 64:
        return ALL
    return (ONE << np.uint64(n)) - ONE


@compiled
def is_free(row: Words, slot: int, length: int) -> bool:
    """Whether all slots from `slot` on are free."""
    while length > 0:
        want = low_bits(length)
        if bits_at(row, slot) & want != want:
            return False
        slot += 64
        length -= 64
    return True


@compiled
def flip(row: Words, slot: int, length: int) -> None:
    """Turn free into taken or back."""
    while length > 0:
        word = slot >> 6
        at = slot & 63
        span = min(length, 64 - at)
        row[word] ^= low_bits(span) << np.uint64(at)
        slot += span
        length -= span


@compiled
def eroded(row: Words, word: int, length: int) -> np.uint64:
    """Bits of a word at which `length` free slots begin."""
    low = np.uint64(row[word])
    if low == NONE:
        return low
    if length <= 65:
        high = np.uint64(row[word + 1])
        grown = 1
        while grown < length:
            step = np.uint64(min(grown, length - grown))
            if step == BITS:
                low &= high
            else:
                low &= (low >> step) | (high << (BITS - step))
                high &= high >> step
            grown += min(grown, length - grown)
        return low
    first = 64
    while first > 0 and (low >> np.uint64(first - 1)) & ONE == ONE:
        first -= 1
    end = word + 1
    last_needed = word * 64 + 63 + length
    while end * 64 < last_needed and row[end] == ALL:
        end += 1
    stop = end * 64
    tail = row[end]
    while tail & ONE == ONE:
        stop += 1
        tail >>= ONE
    last = min(63, stop - length - word * 64)
    if last < first:
        return NONE
    return low_bits(last + 1) & ~low_bits(first)


@compiled
def refresh(data: Data, state: State, sig: int, day: int) -> None:
    """Redo the stale bits of a signature on a day."""
    lo, hi = state.dirty_lo[sig, day], state.dirty_hi[sig, day]
    state.dirty_lo[sig, day] = data.day_first[day + 1]
    state.dirty_hi[sig, day] = 0
    length, minutes = data.sig_len[sig], data.sig_minutes[sig]
    at = data.sig_group[sig] * data.n_days + day
    for word in range(lo >> 6, ((hi - 1) >> 6) + 1):
        base = word * 64
        want = low_bits(hi - base) & ~low_bits(max(0, lo - base))
        found = NONE
        for k in range(data.group_first[at], data.group_first[at + 1]):
            r = data.group_member[k]
            if data.extent_hi[r, day] <= base or data.extent_lo[r, day] >= base + 64:
                continue
            if data.limited[r] and state.used[r, day] + minutes > data.limit[r, day]:
                continue
            found |= eroded(state.free[r], word, length) & want
            if found == want:
                break
        state.fits[sig, word] = (state.fits[sig, word] & ~want) | found


@compiled
def stale(data: Data, state: State, r: int, begin: int, length: int) -> None:
    """Mark what a change of one resource makes stale."""
    day = data.day_of[begin]
    whole = data.limited[r]
    for k in range(data.res_sig_first[r], data.res_sig_first[r + 1]):
        sig = data.res_sig[k]
        lo = max(0, begin - data.sig_len[sig] + 1)
        for d in range(data.day_of[lo], data.day_of[begin + length - 1] + 1):
            a = max(lo, data.day_first[d])
            b = min(begin + length, data.day_first[d + 1])
            if whole and d == day:
                a = min(a, data.extent_lo[r, d])
                b = max(b, data.extent_hi[r, d])
            state.dirty_lo[sig, d] = min(state.dirty_lo[sig, d], a)
            state.dirty_hi[sig, d] = max(state.dirty_hi[sig, d], b)


@compiled
def meet(data: Data, state: State, case: int, day: int, by: int) -> int:
    """Count the suites of a case for its resources; the change in suite change costs."""
    change = 0
    first, last = data.need_first[case], data.need_first[case + 1]
    for j in range(first, last):
        k = data.change_no[state.res[j]]
        if k < 0:
            continue
        for i in range(first, last):
            u = data.suite_no[state.res[i]]
            if u < 0:
                continue
            before = state.met[k, day, u]
            state.met[k, day, u] = before + by
            if by > 0 and before == 0:
                state.distinct[k, day] += 1
                if state.distinct[k, day] > 1:
                    change += data.change_cost[state.res[j]]
            elif by < 0 and before + by == 0:
                state.distinct[k, day] -= 1
                if state.distinct[k, day] > 0:
                    change -= data.change_cost[state.res[j]]
    return change


@compiled
def price_at(data: Data, case: int, slot: int) -> int:
    """The case's own price at a start; -1 where it may not start."""
    for g in range(data.seg_first[case], data.seg_first[case + 1]):
        if data.seg_lo[g] <= slot < data.seg_hi[g]:
            return int(data.seg_cost[g])
    return -1


@compiled
def place(data: Data, state: State, case: int, slot: int, price: int, chosen: Ints) -> None:
    """Put a left-out case at a start with resources known to be free."""
    first = data.need_first[case]
    change = price - data.out_cost[case]
    for j in range(first, data.need_first[case + 1]):
        r = chosen[j - first]
        begin, length = slot + data.need_off[j], data.need_len[j]
        day = data.day_of[begin]
        state.res[j] = r
        flip(state.free[r], begin, length)
        state.used[r, day] += data.sig_minutes[data.need_sig[j]]
        if state.uses[r, day] == 0:
            change += data.open_cost[r]
        state.uses[r, day] += 1
        stale(data, state, r, begin, length)
    day = data.day_of[slot]
    change += meet(data, state, case, day, 1)
    state.start[case] = slot
    state.own[case] = price
    state.roster[day, state.roster_n[day]] = case
    state.roster_at[case] = state.roster_n[day]
    state.roster_n[day] += 1
    state.total[0] += change
    at = state.out_at[case]
    state.total[1] -= 1
    moved = state.out[state.total[1]]
    state.out[at] = moved
    state.out_at[moved] = at
    state.out_at[case] = -1


@compiled
def remove(data: Data, state: State, case: int) -> None:
    """Leave a placed case out."""
    first = data.need_first[case]
    slot = state.start[case]
    day = data.day_of[slot]
    change = data.out_cost[case] - state.own[case] + meet(data, state, case, day, -1)
    for j in range(first, data.need_first[case + 1]):
        r = state.res[j]
        begin, length = slot + data.need_off[j], data.need_len[j]
        on = data.day_of[begin]
        flip(state.free[r], begin, length)
        state.used[r, on] -= data.sig_minutes[data.need_sig[j]]
        state.uses[r, on] -= 1
        if state.uses[r, on] == 0:
            change -= data.open_cost[r]
        stale(data, state, r, begin, length)
    state.start[case] = -1
    state.own[case] = data.out_cost[case]
    state.roster_n[day] -= 1
    moved = state.roster[day, state.roster_n[day]]
    state.roster[day, state.roster_at[case]] = moved
    state.roster_at[moved] = state.roster_at[case]
    state.total[0] += change
    state.out_at[case] = state.total[1]
    state.out[state.total[1]] = case
    state.total[1] += 1
