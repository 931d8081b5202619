"""What the packing bound reads of the cases: their starts, needs and rows.

A row is a signature on a local day: the needs of one length, for one group of resources, that begin
on that day. A way of a case is how its needs fall on days, hence on rows; each start has one way.
Locked bookings are taken out first (`bound_locked`).
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from solver.bound_locked import Unlocked
from solver.improve_arrays import Compiled, Flags, Ints

FRACTION = 1 << 16


class CaseRows(NamedTuple):
    """The cases as arrays. Money is in points times FRACTION, time in slots."""

    start_first: Ints  # [case + 1], the cheapest starts of a case first
    start_slot: Ints
    start_cost: Ints
    start_way: Ints
    way_first: Ints  # [way + 1]
    way_row: Ints
    need_first: Ints  # [case + 1]
    need_off: Ints
    need_len: Ints
    need_group: Ints
    out: Ints  # [case] price of leaving it out
    must: Ints  # [case] 1 where it must be placed


class CaseReader:
    """Reads cases one by one; `rows`, `begins` and `count` grow with them."""

    def __init__(self, compiled: Compiled, rest: Unlocked) -> None:
        self._compiled, self._data, self._locked = compiled, compiled.data, rest.locked
        self._width = int(np.diff(compiled.data.day_first).max())
        self.rows: dict[tuple[int, int], int] = {}  # number by signature and day
        self.begins: list[Flags] = []  # [row][slot of the day] whether a need may begin there
        self.count: Counter[int] = Counter()  # needs that can be in a row at once
        self._starts: list[tuple[Ints, Ints, Ints]] = []
        self._way_first, self._way_row = [0], list[int]()

    def add(self, case: int) -> None:
        """Read the next case; a locked one has no starts."""
        data = self._data
        needs = slice(int(data.need_first[case]), int(data.need_first[case + 1]))
        offsets, sigs = data.need_off[needs], data.need_sig[needs].tolist()
        slots, costs = _by_price(self._compiled, case)
        if self._locked[case]:
            slots, costs = slots[:0], costs[:0]
        days = data.day_of[slots[:, None] + offsets[None, :]]
        turns = np.flatnonzero((days[1:] != days[:-1]).any(axis=1)) + 1
        ways: dict[tuple[int, ...], int] = {}
        number = np.zeros(len(slots), dtype=np.int64)
        for first, end in pairwise([0, *turns.tolist(), len(slots)]):
            if first == end:
                continue
            on = tuple(days[first].tolist())
            rows = [self._row(sig, day) for sig, day in zip(sigs, on, strict=True)]
            if on not in ways:
                ways[on] = len(self._way_first) - 1
                self._way_row += rows
                self._way_first.append(len(self._way_row))
            number[first:end] = ways[on]
            for row, offset, day in zip(rows, offsets.tolist(), on, strict=True):
                self.begins[row][slots[first:end] + offset - data.day_first[day]] = True
        self._starts.append((slots, costs, number))
        self._count_rows(sigs, list(ways))

    def _count_rows(self, sigs: list[int], ways: list[tuple[int, ...]]) -> None:
        """Count a case once in each row, as often as one of its ways is in it."""
        most: dict[int, int] = {}
        for on in ways:
            rows = Counter(self.rows[key] for key in zip(sigs, on, strict=True))
            for row, times in rows.items():
                most[row] = max(times, most.get(row, 0))
        for row, times in most.items():
            self.count[row] += times

    def _row(self, sig: int, day: int) -> int:
        row = self.rows.setdefault((sig, day), len(self.rows))
        if row == len(self.begins):
            self.begins.append(np.zeros(self._width, dtype=bool))
        return row

    def arrays(self) -> CaseRows:
        """All cases read."""
        data, penalty = self._data, self._compiled.penalty
        slots, costs, ways = (_joined([each[k] for each in self._starts]) for k in range(3))
        return CaseRows(
            start_first=ints([0, *np.cumsum([len(each[0]) for each in self._starts])]),
            start_slot=slots,
            start_cost=costs * FRACTION,
            start_way=ways,
            way_first=ints(self._way_first),
            way_row=ints(self._way_row),
            need_first=data.need_first,
            need_off=data.need_off,
            need_len=data.need_len,
            need_group=data.sig_group[data.need_sig],
            out=np.where(self._locked, 0, data.out_cost % penalty) * FRACTION,
            must=(data.out_cost >= penalty).astype(np.int64),
        )


def cheapest_starts(cases: CaseRows) -> CaseRows:
    """One start for each way, its cheapest: all that counts while slots have no price."""
    _, first = np.unique(cases.start_way, return_index=True)
    kept = np.sort(first)
    return cases._replace(
        start_first=ints(np.searchsorted(kept, cases.start_first)),
        start_slot=cases.start_slot[kept],
        start_cost=cases.start_cost[kept],
        start_way=cases.start_way[kept],
    )


def ints(values: Sequence[int] | Ints) -> Ints:
    """An array as the compiled code takes it."""
    return np.array(values, dtype=np.int64)


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts])


def _by_price(compiled: Compiled, case: int) -> tuple[Ints, Ints]:
    """Starts and their prices, run by run, the cheapest run first."""
    data = compiled.data
    slots, costs = [], []
    for g in range(int(data.seg_first[case]), int(data.seg_first[case + 1])):
        lo, hi = int(data.seg_lo[g]), int(data.seg_hi[g])
        found = lo + np.flatnonzero(compiled.feasible[case, lo:hi])
        slots.append(found)
        costs.append(np.full(len(found), data.seg_cost[g], dtype=np.int64))
    return _joined(slots), _joined(costs)
