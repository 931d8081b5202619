"""What the packing bound reads of the resources: a bin for each resource and day.

A bin is cut into pieces wherever no need of the day can lie across: between two runs of hours, and
where a break of others leaves no start that would cover it. A piece is as long as from the first
begin to the last end of the needs that fit in it. What is packed into a bin in a plan fits into
its pieces by length, and all of it into the minutes of the day: both are necessary, not sufficient.
"""

from collections import Counter, defaultdict
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from solver.bound_day import closed_sets
from solver.bound_frame import FRACTION, CaseReader, ints
from solver.bound_locked import Unlocked
from solver.improve_arrays import Compiled, Ints, Table

MOST_SUMS = 1 << 22

Piece = tuple[int, tuple[int, ...]]


class Bins(NamedTuple):
    """Bins and their pieces as arrays. Money is in points times FRACTION, time in slots."""

    bin_first: Ints  # [bin + 1]
    bin_limit: Ints  # slots that may be taken on the day
    bin_open: Ints  # price of using it at all
    bin_count: Ints  # how many are alike
    piece_len: Ints
    piece_first: Ints  # [piece + 1]
    piece_row: Ints  # rows whose needs fit
    row_len: Ints
    row_count: Ints  # needs that can be in a row at once


class Room(NamedTuple):
    """Resources by set and slot, and for each group of resources the sets it lies in."""

    over_first: Ints  # [group + 1]
    over_set: Ints
    there: Table  # [set, slot]


class BinReader:
    """Reads resources one by one, after all cases."""

    def __init__(self, compiled: Compiled, rest: Unlocked, cases: CaseReader) -> None:
        self._compiled, self._data, self._rest, self._cases = compiled, compiled.data, rest, cases
        self._len = [int(compiled.data.sig_len[sig]) for sig, _ in cases.rows]
        self._rows_on: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for (sig, day), row in cases.rows.items():
            self._rows_on[day].append((sig, row))
        self._known: dict[tuple[object, ...], tuple[Piece, ...]] = {}
        self._found: Counter[tuple[tuple[Piece, ...], int, int]] = Counter()

    def add(self, resource: int) -> None:
        """Read the bins of a resource."""
        data, rest = self._data, self._rest
        serves = data.res_sig[data.res_sig_first[resource] : data.res_sig_first[resource + 1]]
        edges = np.diff(np.pad(rest.free[resource], 1).astype(np.int8))
        hours: dict[int, list[tuple[int, int]]] = defaultdict(list)
        begins, ends = np.flatnonzero(edges > 0).tolist(), np.flatnonzero(edges < 0).tolist()
        for a, b in zip(begins, ends, strict=True):
            for day in range(int(data.day_of[a]), int(data.day_of[b - 1]) + 1):
                hours[day].append((a, b))
        for day in sorted(hours):
            pieces = self._pieces(tuple(serves.tolist()), day, hours[day])
            if not pieces:
                continue
            limit = int(rest.limit[resource, day]) // self._compiled.slot_minutes
            total = sum(length for length, _ in pieces)
            if limit < total and len(pieces) > 1 and limit * total > MOST_SUMS:
                rows = sorted({row for _, some in pieces for row in some})
                pieces, total = ((limit, tuple(rows)),), limit
            opened = (resource, day) in rest.opened
            price = 0 if opened else int(data.open_cost[resource]) * FRACTION
            self._found[pieces, min(limit, total), price] += 1

    def _pieces(
        self, serves: tuple[int, ...], day: int, runs: list[tuple[int, int]]
    ) -> tuple[Piece, ...]:
        """The pieces of the needs that begin on a day; the last may end after it."""
        first, end = int(self._data.day_first[day]), int(self._data.day_first[day + 1])
        spill = int(self._data.sig_len.max(initial=1))
        hours = tuple((max(a, first), min(b, end + spill)) for a, b in runs)
        key = serves, day, hours
        if key not in self._known:
            mine = set(serves)
            rows = [row for sig, row in self._rows_on.get(day, []) if sig in mine]
            self._known[key] = tuple(
                piece for a, b in hours for piece in self._cut(rows, first, a, b)
            )
        return self._known[key]

    def _cut(self, rows: list[int], first: int, a: int, b: int) -> list[Piece]:
        fits: dict[int, Ints] = {}
        across = np.zeros(b - a + 1, dtype=np.int64)
        for row in rows:
            length = self._len[row]
            flags = self._cases.begins[row][a - first : max(a, b - length + 1) - first]
            begins = a + np.flatnonzero(flags)
            if len(begins):
                fits[row] = begins
                across[begins - a + 1] += 1
                across[begins - a + length] -= 1
        inner = np.flatnonzero(np.cumsum(across)[1:-1] == 0) + 1
        cuts = [a, *(a + inner).tolist(), b]
        return [piece for low, high in pairwise(cuts) for piece in self._between(fits, low, high)]

    def _between(self, fits: dict[int, Ints], low: int, high: int) -> list[Piece]:
        inside = []
        begin, end = high, low
        for row, begins in fits.items():
            some = begins[(begins >= low) & (begins + self._len[row] <= high)]
            if len(some):
                inside.append(row)
                begin, end = min(begin, int(some[0])), max(end, int(some[-1]) + self._len[row])
        return [(end - begin, tuple(inside))] if inside else []

    def arrays(self) -> Bins:
        """All resources read."""
        bins = [pieces for pieces, _, _ in self._found]
        all_pieces = [piece for pieces in bins for piece in pieces]
        return Bins(
            bin_first=ints([0, *np.cumsum([len(pieces) for pieces in bins])]),
            bin_limit=ints([limit for _, limit, _ in self._found]),
            bin_open=ints([price for _, _, price in self._found]),
            bin_count=ints(list(self._found.values())),
            piece_len=ints([length for length, _ in all_pieces]),
            piece_first=ints([0, *np.cumsum([len(rows) for _, rows in all_pieces])]),
            piece_row=ints([row for _, rows in all_pieces for row in rows]),
            row_len=ints(self._len),
            row_count=ints([self._cases.count[row] for row in range(len(self._len))]),
        )


def room_by_slot(compiled: Compiled, rest: Unlocked) -> Room:
    """How many resources of each set are there in each slot."""
    sets = closed_sets(compiled)
    over = [
        [s for s, members in enumerate(sets) if set(group) <= members] for group in compiled.groups
    ]
    there = [rest.free[sorted(members)].sum(axis=0, dtype=np.int64) for members in sets]
    return Room(
        over_first=ints([0, *np.cumsum([len(some) for some in over])]),
        over_set=ints([s for some in over for s in some]),
        there=np.array(there, dtype=np.int64).reshape(len(sets), len(compiled.data.day_of)),
    )
