"""Improving a plan by exact pieces: day and resources of some cases, all else as it stands.

Where a start has the price of its day, who is treated when is a packing of days and rooms. A fine
step solves a part with days and rooms at once. A coarse one solves a larger part by days alone and
then the rooms of each day that has changed. Times of day are found last. Parts grow where they are
solved with time to spare and shrink where they are not; a day without times is not tried again.
"""

from collections.abc import Callable
from random import Random
from time import monotonic

import numpy as np

from solver.bound_day import DayModel
from solver.cpsat.days import assign_days
from solver.cpsat.rooms import Part, RoomModel, assign_rooms, columns_of
from solver.cpsat.times import DayTimes
from solver.improve import Search, Solution
from solver.improve_arrays import Compiled, Ints
from solver.improve_days import piece_of
from solver.improve_parts import Parts

DAY_SECONDS = 0.3
FINE_WAYS, COARSE_WAYS = 100.0, 600.0
MEMORY, LEAST_CHANCE, LEAST_SECONDS = 0.9, 0.1, 0.05
LEAST_WAYS, MOST_WAYS = 20.0, 20000.0
GROWTH, SHRINKING = 1.25, 0.9


class RoomMoves:
    """Steps from plan to plan, none of them dearer than the one before.

    `days` is the relaxation by days, once there is one; without it all steps are fine.
    """

    def __init__(
        self,
        compiled: Compiled,
        rooms: RoomModel,
        days: DayModel | None,
        *,
        seconds: float,
        seed: int,
    ) -> None:
        self._compiled, self._data = compiled, compiled.data
        self._rooms, self.days = rooms, days
        self._seconds = seconds
        self._seed = seed
        self._random = Random(seed)
        self._parts = Parts(compiled, self._random)
        self._times = DayTimes(compiled)
        self._never: list[Ints] = []
        self._kind = 0
        self._own = np.tile(rooms.out, (compiled.data.n_days + 1, 1)).T  # the last day is none
        self._own[rooms.col_case, rooms.col_day] = rooms.col_cost
        self._kinds = self._parts.kinds()
        n = len(self._kinds)
        self._won, self._spent = [1.0] * (2 * n), [2 * seconds] * (2 * n)
        self._sizes = [FINE_WAYS] * n + [COARSE_WAYS] * n

    def step(self, now: Solution, should_stop: Callable[[], bool]) -> Solution | None:
        """Free and solve one part; another plan that is not dearer, or None."""
        began, n = monotonic(), len(self._kinds)
        days = self.days if self._complete(now) else None
        kinds = range(n if days is None else 2 * n)
        (self._kind,) = self._random.choices(kinds, [self._weight(kind) for kind in kinds])
        part = self._kinds[self._kind % n](now, self._sizes[self._kind])
        if days is None or self._kind < n:
            columns = self._fine(now, part, should_stop)
        else:
            columns = self._coarse(days, now, part, should_stop)
        found = self._kept(now, columns, should_stop)
        won = found is not None and found.total < now.total
        self._learn(won, monotonic() - began)
        return found

    def _weight(self, kind: int) -> float:
        """Cheaper plans a second of late, and never so few that the kind is not tried again."""
        return LEAST_CHANCE + self._won[kind] / self._spent[kind]

    def _learn(self, won: bool, seconds: float) -> None:
        kind = self._kind
        self._won[kind] = MEMORY * self._won[kind] + won
        self._spent[kind] = MEMORY * self._spent[kind] + max(seconds, LEAST_SECONDS)

    def follow(
        self, now: Solution, wanted: Ints, should_stop: Callable[[], bool]
    ) -> Solution | None:
        """The plan with every case on its wanted day (-1: none) where that is not dearer."""
        return self._kept(now, self._housed(now, wanted, should_stop), should_stop)

    def merged(
        self, before: Solution, mine: Solution, best: Solution, should_stop: Callable[[], bool]
    ) -> Solution:
        """The cheapest of `mine`, `best`, and `best` with what changed from `before` to `mine`."""
        was, now, other = self._columns(before), self._columns(mine), self._columns(best)
        both = self._realised(best, np.where(was != now, now, other), should_stop)
        plans = [mine, best] if both is None else [both, mine, best]
        return min(plans, key=lambda plan: plan.total)

    def _kept(
        self, now: Solution, columns: Ints | None, should_stop: Callable[[], bool]
    ) -> Solution | None:
        if columns is None or (columns == self._columns(now)).all():
            return None
        found = self._realised(now, columns, should_stop)
        return found if found is not None and found.total <= now.total else None

    def _complete(self, now: Solution) -> bool:
        return bool((now.start[self._rooms.must == 1] >= 0).all())

    def _fine(self, now: Solution, part: Part, should_stop: Callable[[], bool]) -> Ints | None:
        answer = assign_rooms(
            self._rooms,
            self._columns(now),
            part,
            seconds=self._seconds,
            should_stop=should_stop,
            seed=self._random.randrange(1 << 30),
            never=self._never,
        )
        if answer is None:
            self._resize(SHRINKING)
            return None
        self._judge(answer.proven, answer.seconds)
        return answer.columns

    def _coarse(
        self, model: DayModel, now: Solution, part: Part, should_stop: Callable[[], bool]
    ) -> Ints | None:
        """Days first, then the rooms of the days that have changed."""
        days, cases = self._days(now), np.arange(len(now.start))
        answer = assign_days(
            piece_of(model, days, part.free, part.open_days),
            days,
            self._seconds,
            should_stop,
            seed=self._random.randrange(1 << 30),
        )
        if answer.days is None:
            self._resize(SHRINKING)
            return None
        self._judge(answer.proven, answer.seconds)
        wanted = np.where(part.free, answer.days, days)
        if self._own[cases, wanted].sum() >= self._own[cases, days].sum():
            return None
        return self._housed(now, wanted, should_stop)

    def _housed(self, now: Solution, wanted: Ints, should_stop: Callable[[], bool]) -> Ints | None:
        """Columns on the wanted days, or none for those whom the rooms of a day do not hold."""
        days = self._days(now)
        moved = days != wanted
        columns = np.where(moved, -1, self._columns(now))
        for day in sorted({*days[moved].tolist(), *wanted[moved].tolist()} - {-1}):
            on = wanted == day
            # First beside those who were there already, whose rooms are good as they are.
            for free in (on & moved, on):
                if (columns[on] >= 0).all():
                    break
                answer = assign_rooms(
                    self._rooms,
                    columns,
                    Part(free, np.arange(self._data.n_days) == day),
                    seconds=DAY_SECONDS,
                    should_stop=should_stop,
                    never=self._never,
                )
                if answer is None:
                    return None
                columns = answer.columns
        return columns

    def _days(self, now: Solution) -> Ints:
        return np.asarray(np.where(now.start >= 0, self._data.day_of[now.start], -1))

    def _columns(self, now: Solution) -> Ints:
        return columns_of(self._rooms, now.start, now.res, self._data.day_of)

    def _judge(self, proven: bool, seconds: float) -> None:
        if not proven:
            self._resize(SHRINKING)
        elif seconds < self._seconds / 2:
            self._resize(GROWTH)

    def _resize(self, factor: float) -> None:
        size = self._sizes[self._kind] * factor
        self._sizes[self._kind] = min(MOST_WAYS, max(LEAST_WAYS, size))

    def _realised(
        self, now: Solution, columns: Ints, should_stop: Callable[[], bool]
    ) -> Solution | None:
        """The plan with these columns; None where times for a changed day are not found."""
        model, before = self._rooms, self._columns(now)
        moved = columns != before
        touched = np.concatenate((columns[moved], before[moved]))
        start = np.where(columns >= 0, now.start, -1)
        for day in np.unique(model.col_day[touched[touched >= 0]]).tolist():
            found = self._timed(columns, day, now.start, should_stop)
            if found is None:
                return None
            columns, times = found
            start[columns < 0] = -1
            for case, slot in times.items():
                start[case] = slot
        built = Search(self._compiled, self._seed)
        built.build(start, self._resources(columns))
        return built.best()

    def _timed(
        self, columns: Ints, day: int, hint: Ints, should_stop: Callable[[], bool]
    ) -> tuple[Ints, dict[int, int]] | None:
        """Times for a day; with other rooms, or fewer cases, where these rooms have none."""
        cases = np.flatnonzero((columns >= 0) & (self._rooms.col_day[columns] == day))
        res = self._resources(columns)
        times = self._times.find(
            day, cases.tolist(), res, hint, seconds=DAY_SECONDS, should_stop=should_stop
        )
        if times.starts is not None:
            return columns, times.starts
        if times.hopeless:
            self._never.append(columns[cases])
        return self._times.find_with_rooms(
            self._rooms, columns, day, seconds=DAY_SECONDS, should_stop=should_stop
        )

    def _resources(self, columns: Ints) -> Ints:
        """The resource of each need: the one chosen, or the only one there is."""
        res = np.full(len(self._data.need_sig), -1, dtype=np.int64)
        for case in np.flatnonzero(columns >= 0).tolist():
            for j, r in self._rooms.resources(case, int(columns[case])).items():
                res[j] = r
        return res
