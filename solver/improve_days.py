"""Improving a plan day by day: which cases belong on which day is solved exactly for a part.

Where days are full to the last minute, exchanging single cases gets stuck. A step frees the cases
of one resource, or of a few days, keeps the rest, solves the day assignment of the freed ones by
CP-SAT, and lets the search find the times of day.
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import numpy as np

from solver.bound_day import DayModel
from solver.cpsat.days import assign_days
from solver.improve import Search, Solution
from solver.improve_arrays import Compiled, Flags, Ints

PIECE_SECONDS = 1.0
MOST_FREED = 140
TRIES = 4


class DayMoves:
    """Steps on one search; the plan it stands at is never made worse."""

    def __init__(self, compiled: Compiled, model: DayModel, search: Search, seed: int) -> None:
        self._data = compiled.data
        self._model = model
        self._search = search
        self._random = Random(seed)

    def step(self, should_stop: Callable[[], bool]) -> bool:
        """Free, solve and realise one part; whether the plan became cheaper."""
        now = self._search.best()
        days = np.where(now.start >= 0, self._data.day_of[now.start], -1)
        free, open_days = self._part(now, days)
        piece = piece_of(self._model, days, free, open_days)
        answer = assign_days(
            piece, days, PIECE_SECONDS, should_stop, seed=self._random.randrange(1 << 30)
        )
        if answer.days is None:
            return False
        wanted = np.where(free, answer.days, days)
        if (wanted == days).all():
            return False
        return self._realised(now, np.flatnonzero(free), wanted)

    def follow(self, wanted: Ints) -> bool:
        """Try to put every case on its wanted day; whether the plan became cheaper."""
        return self._realised(self._search.best(), np.flatnonzero(self._data.fixed == 0), wanted)

    def _realised(self, now: Solution, cases: Ints, wanted: Ints) -> bool:
        for _ in range(TRIES):
            noise = np.array([self._random.random() for _ in cases])
            order = cases[np.argsort(-self._data.weight[cases] * (1 + 0.3 * noise))]
            self._search.adopt(now)
            self._search.realise(order, wanted)
            if self._search.total < now.total:
                return True
        self._search.adopt(now)
        return False

    def _part(self, now: Solution, days: Ints) -> tuple[Flags, Flags]:
        """Cases to free, and days that they may go to."""
        data = self._data
        movable = data.fixed == 0
        left_out = movable & (days < 0)
        every_day = np.ones(data.n_days, dtype=bool)
        if self._random.random() < 0.5:
            using = self._users(now)
            return movable & (using | left_out), every_day
        used = np.unique(days[days >= 0])
        some = self._random.sample(used.tolist(), min(len(used), self._random.randint(3, 8)))
        open_days = np.zeros(data.n_days, dtype=bool)
        size = 0
        for day in some:
            size += int((days == day).sum())
            if size > MOST_FREED and open_days.any():
                break
            open_days[day] = True
        return movable & ((days >= 0) & open_days[days] | left_out), open_days

    def _users(self, now: Solution) -> Flags:
        """Cases placed with one resource, drawn with those who have most to do likelier."""
        data = self._data
        using = np.zeros(len(data.out_cost), dtype=bool)
        placed = np.flatnonzero(now.start >= 0)
        if len(placed) == 0:
            return using
        seed = int(self._random.choice(placed.tolist()))
        own = now.res[data.need_first[seed] : data.need_first[seed + 1]]
        if len(own) == 0:
            return using
        resource = int(self._random.choice(own.tolist()))
        case_of = np.repeat(np.arange(len(using)), np.diff(data.need_first))
        using[case_of[now.res == resource]] = True
        return np.asarray(using & (now.start >= 0), dtype=bool)


def piece_of(model: DayModel, days: Ints, free: Flags, open_days: Flags) -> DayModel:
    """The relaxation of the freed cases on the open days, in what the others leave."""
    stays = ~free[model.col_case] & (days[model.col_case] == model.col_day)
    held = stays[model.entry_col]
    load = np.zeros(len(model.row_cap), dtype=np.int64)
    np.add.at(load, model.entry_row[held], model.entry_minutes[held])
    there = open_days[model.col_day] | (days[model.col_case] == model.col_day)
    cols = free[model.col_case] & there
    number = np.cumsum(cols) - 1
    entries = cols[model.entry_col]
    return replace(
        model,
        col_case=model.col_case[cols],
        col_cost=model.col_cost[cols],
        col_day=model.col_day[cols],
        entry_col=number[model.entry_col[entries]],
        entry_row=model.entry_row[entries],
        entry_minutes=model.entry_minutes[entries],
        row_cap=model.row_cap - load,
    )
