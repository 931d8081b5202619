"""The packing bound: the day relaxation, but with needs that must fit into resources as wholes.

Two kinds of prices stand for what a plan must share. A need pays a price for its row (a signature
on a day); each resource and day may then pack, of all needs, those worth most that fit its pieces:
a knapsack, solved exactly. And it pays for every slot that it lasts, by set of resources. At any
prices >= 0, what all cases pay at their cheapest, less what the packed bins and the slots are
worth, is a bound (Lagrangian relaxation). Only the prices come from floating-point steps: the bound
itself is added up in integers. They begin at the day relaxation's, are first improved for rows
alone (one start for each way of a case is enough then), and then for both.

The steps follow a damped subgradient whose length shrinks geometrically with the time used.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from solver.bound import Bound, whole_prices
from solver.bound_bins import BinReader, Bins, Room, room_by_slot
from solver.bound_day import DayModel, closed_sets
from solver.bound_frame import FRACTION, CaseReader, CaseRows, cheapest_starts
from solver.bound_kernels import Floats, blend, choose, excess, fill, move, price_slots
from solver.bound_locked import without_locked
from solver.improve_arrays import Compiled, Ints

MOST_CELLS = 1 << 23
MOST_STEPS = 4000
KEPT = 0.95
SHRUNK = 1e-3
ROW_REACH = 0.3
BOTH_REACH = 0.05
SLOT_SCALE = 0.1
LEAST_REACH = 0.01
ROW_SHARE = 0.3
REPORTED_STEPS = 50


@dataclass(frozen=True, slots=True)
class Packing:
    """All that the bound reads, and the signature and day of each row."""

    cases: CaseRows
    bins: Bins
    room: Room
    row_sig: Ints
    row_day: Ints
    locked_points: int

    @property
    def steps(self) -> int:
        """Most steps of choice in a piece."""
        bins = self.bins
        own = np.repeat(bins.piece_len, np.diff(bins.piece_first)) // bins.row_len[bins.piece_row]
        each = np.minimum(bins.row_count[bins.piece_row], own)
        total = np.concatenate(([0], np.cumsum(each)))
        return int(np.diff(total[bins.piece_first]).max(initial=0))

    @property
    def cells(self) -> int:
        """Size of the largest tables that filling the bins and pricing the slots take."""
        longest = int(self.bins.piece_len.max(initial=0)) + 1
        pieces = int(np.diff(self.bins.bin_first).max(initial=0))
        return max(pieces * self.steps * longest, self.room.there.size)


def read_packing(compiled: Compiled, stopped: Callable[[], bool] = lambda: False) -> Packing | None:
    """Read a problem for the packing bound; None when stopped."""
    rest = without_locked(compiled)
    cases = CaseReader(compiled, rest)
    for case in range(len(rest.locked)):
        if stopped():
            return None
        cases.add(case)
    bins = BinReader(compiled, rest, cases)
    for resource in range(len(rest.free)):
        if stopped():
            return None
        bins.add(resource)
    keys = np.array(list(cases.rows), dtype=np.int64).reshape(-1, 2)
    return Packing(
        cases=cases.arrays(),
        bins=bins.arrays(),
        room=room_by_slot(compiled, rest),
        row_sig=keys[:, 0].copy(),
        row_day=keys[:, 1].copy(),
        locked_points=rest.points,
    )


class Prices:
    """The bound of a packing as a function of prices, and where it rises."""

    def __init__(self, packing: Packing, cases: CaseRows) -> None:
        groups, slots = len(packing.room.over_first) - 1, packing.room.there.shape[1]
        self._packing, self._cases = packing, cases
        self._steps = packing.steps
        self._paid = np.zeros((groups, slots + 1), dtype=np.int64)
        self._load = np.zeros((groups, slots + 1), dtype=np.int64)
        self._over = np.zeros(packing.room.there.shape, dtype=np.int64)
        self._taken = np.zeros(len(packing.row_sig), dtype=np.int64)
        self._packed = np.zeros(len(packing.row_sig), dtype=np.int64)

    def bound(self, row_price: Ints, slot_price: Ints | None) -> int:
        """The bound at integer prices >= 0, in points times FRACTION."""
        room, worth = self._packing.room, 0
        if slot_price is not None:
            priced = slot_price.reshape(room.there.shape)
            worth = price_slots(priced, room, self._paid)
        paid = choose(self._cases, row_price, self._paid, self._taken, self._load)
        worth += fill(self._packing.bins, row_price, self._steps, self._packed)
        return paid - worth + self._packing.locked_points * FRACTION

    def row_slope(self) -> Floats:
        """How the last bound changes with the price of each row."""
        return np.asarray(self._taken - self._packed, dtype=np.float64)

    def slot_slope(self) -> Floats:
        """How the last bound changes with the price of each set and slot."""
        excess(self._load, self._packing.room, self._over)
        return self._over.reshape(-1).astype(np.float64)


@dataclass(slots=True)
class Climb:
    """Where an ascent stands: the best bound, and the prices that give it."""

    best: int
    rows: Floats
    slots: Floats | None


def climb(
    prices: Prices, start: Climb, reach: float, seconds: float, stopped: Callable[[], bool]
) -> Iterator[Climb]:
    """Follow the slope for some seconds; yields from time to time, so that others get a turn.

    Args:
        prices: what to raise.
        start: where to begin; moved along.
        reach: length of the first step in points times FRACTION.
        seconds: time for all steps.
        stopped: asked at every step.
    """
    rows = start.rows.copy()
    slots = None if start.slots is None else start.slots.copy()
    row_way = np.zeros_like(rows)
    slot_way = np.zeros(0) if slots is None else np.zeros_like(slots)
    began = time.monotonic()
    for step in range(MOST_STEPS):
        value = prices.bound(_whole(rows), None if slots is None else _whole(slots))
        if value > start.best:
            start.best, start.rows = value, rows.copy()
            start.slots = None if slots is None else slots.copy()
        if step % REPORTED_STEPS == 0:
            yield start
        used = max(step / MOST_STEPS, (time.monotonic() - began) / max(seconds, 1e-3))
        if used >= 1 or stopped():
            break
        square = blend(row_way, prices.row_slope(), rows, KEPT)
        if slots is not None:
            square += SLOT_SCALE**3 * blend(slot_way, prices.slot_slope(), slots, KEPT)
        if square == 0:
            break
        length = reach * SHRUNK**used / square**0.5
        move(rows, row_way, length)
        if slots is not None:
            move(slots, slot_way, length * SLOT_SCALE**2)
    yield start


def _whole(prices: Floats) -> Ints:
    return np.rint(prices).astype(np.int64)


def packing_bounds(
    compiled: Compiled,
    model: DayModel,
    minute_prices: list[Fraction] | None,
    seconds: float,
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[Bound]:
    """Bounds that never fall: of packed days, then of packed hours.

    Args:
        compiled: the problem.
        model: its day relaxation.
        minute_prices: of the rows of the relaxation, to begin with; None where there are none.
        seconds: time for all of them.
        stopped: asked often; the bounds end soon after it says so.
    """
    until = time.monotonic() + seconds
    packing = read_packing(compiled, stopped)
    if packing is None or packing.cells > MOST_CELLS:
        return
    rows = _first_prices(compiled, model, packing, minute_prices)
    top = Climb(best=0, rows=rows, slots=None)
    usual = LEAST_REACH * FRACTION * _norm(_usual_worth(compiled, packing))
    left = until - time.monotonic()
    alone = Prices(packing, cheapest_starts(packing.cases))
    reach = max(ROW_REACH * _norm(rows), usual)
    for here in climb(alone, top, reach, ROW_SHARE * left, stopped):
        yield _bound(compiled, here, "packed-days")
    top.slots = np.zeros(packing.room.there.size)
    reach = max(BOTH_REACH * _norm(top.rows), usual)
    both = Prices(packing, packing.cases)
    for here in climb(both, top, reach, until - time.monotonic(), stopped):
        yield _bound(compiled, here, "packed-hours")


def _bound(compiled: Compiled, here: Climb, kind: str) -> Bound:
    return Bound(whole_prices(compiled, -(-here.best // FRACTION)), kind)


def _norm(prices: Floats) -> float:
    return float(np.linalg.norm(prices))


def _first_prices(
    compiled: Compiled,
    model: DayModel,
    packing: Packing,
    minute_prices: list[Fraction] | None,
) -> Floats:
    """Prices of rows that say what the prices of minutes say."""
    sets = closed_sets(compiled)
    price = {
        (s, day): float(p)
        for s, day, p in zip(
            model.row_set.tolist(), model.row_day.tolist(), minute_prices or (), strict=False
        )
    }
    over = [
        [s for s, members in enumerate(sets) if set(group) <= members] for group in compiled.groups
    ]
    data = compiled.data
    return FRACTION * np.array(
        [
            int(data.sig_minutes[sig])
            * sum(price.get((s, day), 0.0) for s in over[data.sig_group[sig]])
            for sig, day in zip(packing.row_sig.tolist(), packing.row_day.tolist(), strict=True)
        ],
        dtype=np.float64,
    )


def _usual_worth(compiled: Compiled, packing: Packing) -> Floats:
    """What the needs of each row would pay if leaving out cost all minutes alike."""
    data = compiled.data
    minutes = max(1, int(data.sig_minutes[data.need_sig].sum()))
    total = int((data.out_cost % compiled.penalty).sum())
    return np.asarray(data.sig_minutes[packing.row_sig] * (total / minutes), dtype=np.float64)
