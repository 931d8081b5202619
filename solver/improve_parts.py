"""Which part of a plan to free for an exact piece: cases, and the days that they may go to."""

from collections.abc import Callable
from random import Random

import numpy as np

from solver.cpsat.rooms import Part
from solver.improve import Solution
from solver.improve_arrays import Compiled, Flags, Ints, Table

SPANS = (5, 7, 10, 14)
SPREAD_DAYS = 3
WITH_LEFT_OUT = 0.7


class Parts:
    """Parts of about a wanted number of ways, a way being a case on a day, drawn at random."""

    def __init__(self, compiled: Compiled, random: Random) -> None:
        self._compiled, self._data, self._random = compiled, compiled.data, random
        self._ways = _ways(compiled)
        self._able = _able(compiled)

    def kinds(self) -> tuple[Callable[[Solution, float], Part], ...]:
        """The ways to draw a part from a plan, given the number of ways wanted."""
        return self.near_days, self.any_days, self.resource, self.span

    def near_days(self, now: Solution, size: float) -> Part:
        """All cases of days close to each other, mostly with those left out."""
        days = self._days(now)
        used = np.unique(days[days >= 0]).tolist()
        middle = self._random.choice(used) if used else 0
        used.sort(key=lambda day: abs(day - middle) + SPREAD_DAYS * self._random.random())
        return self._grown(days, used, size, with_out=self._random.random() < WITH_LEFT_OUT)

    def any_days(self, now: Solution, size: float) -> Part:
        """All cases of some days, and those left out."""
        days = self._days(now)
        used = np.unique(days[days >= 0]).tolist()
        self._random.shuffle(used)
        return self._grown(days, used, size, with_out=True)

    def resource(self, now: Solution, size: float) -> Part:
        """Cases that have one resource, or could have it and are left out, on any day."""
        data = self._data
        using = self._able & (now.start < 0)[:, np.newaxis]
        case_of = np.repeat(np.arange(len(now.start)), np.diff(data.need_first))
        placed = now.start[case_of] >= 0
        using[case_of[placed], now.res[placed]] = True
        known = np.flatnonzero(using.any(axis=0)).tolist()
        cases = np.flatnonzero(using[:, self._random.choice(known)]) if known else case_of[:0]
        return self._drawn(cases, size, np.ones(data.n_days, dtype=bool))

    def span(self, now: Solution, size: float) -> Part:
        """Some cases of a span of days, which may go anywhere in it, and some left out."""
        days = self._days(now)
        placed = days[days >= 0].tolist()
        middle = self._random.choice(placed) if placed else 0
        reach = self._random.choice(SPANS) / 2
        inside = (np.abs(days - middle) <= reach) | (days < 0)
        open_days = np.abs(np.arange(self._data.n_days) - middle) <= reach
        return self._drawn(np.flatnonzero(inside), size, open_days)

    def _days(self, now: Solution) -> Ints:
        return np.asarray(np.where(now.start >= 0, self._data.day_of[now.start], -1))

    def _grown(self, days: Ints, order: list[int], size: float, *, with_out: bool) -> Part:
        free = days < 0 if with_out else np.zeros(len(days), dtype=bool)
        open_days = np.zeros(self._data.n_days, dtype=bool)
        for day in order:
            free = free | (days == day)
            open_days[day] = True
            if self._ways[free][:, open_days].sum() > size:
                break
        return Part(free & (self._data.fixed == 0), open_days)

    def _drawn(self, cases: Ints, size: float, open_days: Flags) -> Part:
        """Cases at random until their ways are enough."""
        drawn = self._random.sample(cases.tolist(), len(cases))
        order = np.array(drawn, dtype=np.int64)
        enough = np.cumsum(self._ways[order][:, open_days].sum(axis=1)) <= size
        free = np.zeros(len(self._ways), dtype=bool)
        free[order[enough]] = True
        return Part(free & (self._data.fixed == 0), open_days)


def _ways(compiled: Compiled) -> Table:
    """[case, day] 1 where the case could start on the day in an empty department."""
    data = compiled.data
    ways = np.zeros((len(data.out_cost), data.n_days), dtype=np.int64)
    case_of = np.repeat(np.arange(len(ways)), np.diff(data.seg_first))
    ways[case_of, data.seg_day] = 1
    return ways


def _able(compiled: Compiled) -> Flags:
    """[case, resource] whether the case could have the resource."""
    data = compiled.data
    able = np.zeros((len(data.out_cost), len(data.open_cost)), dtype=bool)
    for case in range(len(able)):
        for sig in data.need_sig[data.need_first[case] : data.need_first[case + 1]]:
            able[case, list(compiled.groups[data.sig_group[sig]])] = True
    return able
