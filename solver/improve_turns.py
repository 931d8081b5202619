"""Several searches on one plan at once: each changes the days of its own part, all else held.

The days are dealt out anew at every turn, so that any two come together sooner or later. What the
parts become is put into one plan after each turn; where cases reach into the days of another part
and the parts do not fit together, the cheapest part alone is kept.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from random import Random

import numpy as np

from solver.improve import Search, Solution
from solver.improve_arrays import Compiled, Data, Flags, Ints

Turn = Callable[[Search], None]


class Turns:
    """Turns of searches on parts of the plan that the first stands at."""

    def __init__(self, compiled: Compiled, seed: int) -> None:
        self._data = compiled.data
        cases = np.arange(len(compiled.data.out_cost))
        self._case_of_seg = np.repeat(cases, np.diff(compiled.data.seg_first))
        self._case_of_need = np.repeat(cases, np.diff(compiled.data.need_first))
        self._random = Random(seed)

    def turn(self, searches: Sequence[Search], run: Turn, pool: Executor) -> Solution:
        """Let each search run on a part of its own; the best plan of this turn.

        All searches stand at the plan that the parts make together, afterwards.

        Args:
            searches: two or more; the first runs in this thread, the others in the pool.
            run: what each does.
            pool: of as many threads as there are further searches.
        """
        base = searches[0].present_plan()
        owner = self._dealt(base, len(searches))
        part_of = self._part_of_cases(owner, base, len(searches))
        for number, search in enumerate(searches):
            search.stand_at(base)
            search.limit(self._limited(owner == number, part_of == number))
        running = [pool.submit(run, search) for search in searches[1:]]
        run(searches[0])
        for future in running:
            future.result()
        for search in searches:
            search.limit(None)
        ends = [search.present_plan() for search in searches]
        best = self._together(searches[0], base, [search.best() for search in searches], part_of)
        end = self._together(searches[0], base, ends, part_of)
        for search in searches:
            search.stand_at(end)
        return best

    def _dealt(self, base: Solution, parts: int) -> Ints:
        """The part of each day, about as many placed cases in each."""
        days = self._data.n_days
        placed = np.bincount(self._data.day_of[base.start[base.start >= 0]], minlength=days)
        owner = np.zeros(days, dtype=np.int64)
        size = [0.0] * parts
        order = list(range(days))
        self._random.shuffle(order)
        for day in order:
            least = min(range(parts), key=size.__getitem__)
            owner[day] = least
            size[least] += int(placed[day]) + 0.01
        return owner

    def _part_of_cases(self, owner: Ints, base: Solution, parts: int) -> Ints:
        """The part of each case: that of its day, or any where it is left out."""
        some = np.array([self._random.randrange(parts) for _ in base.start], dtype=np.int64)
        return np.where(base.start >= 0, owner[self._data.day_of[base.start]], some)

    def _limited(self, days: Flags, cases: Flags) -> Data:
        """The problem with nothing to move but some cases, to some days."""
        data = self._data
        keep = days[data.seg_day] & cases[self._case_of_seg]
        kept = np.zeros(len(keep) + 1, dtype=np.int64)
        kept[1:] = np.cumsum(keep)
        return data._replace(
            seg_first=kept[data.seg_first],
            seg_lo=data.seg_lo[keep],
            seg_hi=data.seg_hi[keep],
            seg_cost=data.seg_cost[keep],
            seg_day=data.seg_day[keep],
            fixed=np.where(cases, data.fixed, 1),
        )

    def _together(
        self, search: Search, base: Solution, plans: Sequence[Solution], part_of: Ints
    ) -> Solution:
        """One plan of all parts, or the cheapest of the plans where the parts do not fit."""
        start, res = base.start.copy(), base.res.copy()
        for number, plan in enumerate(plans):
            cases = part_of == number
            start[cases] = plan.start[cases]
            needs = cases[self._case_of_need]
            res[needs] = plan.res[needs]
        total = base.total + sum(plan.total - base.total for plan in plans)
        whole = Solution(total, start, res)
        if search.stand_at(whole):
            return whole
        least = min(plans, key=lambda plan: plan.total)
        search.stand_at(least)
        return least
