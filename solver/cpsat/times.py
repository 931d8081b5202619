"""When the cases of one day start: where rooms are decided, or together with the rooms."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from solver.cpsat.days import solved
from solver.cpsat.rooms import Part, Piece, RoomModel
from solver.improve_arrays import Compiled, Flags, Ints


@dataclass(frozen=True, slots=True)
class Times:
    """The start slot of each case, None where none were found; `hopeless` where none exist."""

    starts: dict[int, int] | None
    hopeless: bool = False


class DayTimes:
    """Start times of the cases of a day, of which any is as good as another."""

    def __init__(self, compiled: Compiled) -> None:
        self._compiled, self._data = compiled, compiled.data
        bits = np.unpackbits(compiled.free.view(np.uint8), axis=1, bitorder="little")
        taken = 1 - bits[:, : len(self._data.day_of)].astype(np.int64)
        self._taken = np.cumsum(np.pad(taken, ((0, 0), (1, 0))), axis=1)

    def find(
        self,
        day: int,
        cases: Sequence[int],
        res: Ints,
        hint: Ints,
        *,
        seconds: float,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Times:
        """Times for the cases of a day.

        Args:
            day: on which the cases start; nothing else may use their resources then.
            cases: cases of the day.
            res: resource of each need.
            hint: start slot of each case in a known plan.
            seconds: time limit.
            should_stop: asked several times a second, in another thread.
        """
        program = cp_model.CpModel()
        starts: dict[int, cp_model.IntVar] = {}
        held: dict[int, list[cp_model.IntervalVar]] = defaultdict(list)
        for case in cases:
            slots = self._slots(day, case, {j: int(res[j]) for j in self._needs(case)})
            if not slots.any():
                return Times(None, hopeless=True)
            allowed = (np.flatnonzero(slots) + int(self._data.day_first[day])).tolist()
            domain = cp_model.Domain.from_values(allowed)
            starts[case] = program.new_int_var_from_domain(domain, "")
            program.add_hint(starts[case], int(hint[case]) if hint[case] in allowed else allowed[0])
            for j in self._needs(case):
                begin = starts[case] + int(self._data.need_off[j])
                length = int(self._data.need_len[j])
                held[int(res[j])].append(program.new_fixed_size_interval_var(begin, length, ""))
        for intervals in held.values():
            program.add_no_overlap(intervals)
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = max(seconds, 0.01)
        solver.parameters.num_workers = 1
        status = solved(solver, program, should_stop)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Times(None, hopeless=status == cp_model.INFEASIBLE)
        return Times({case: solver.value(start) for case, start in starts.items()})

    def find_with_rooms(
        self,
        model: RoomModel,
        columns: Ints,
        day: int,
        *,
        seconds: float,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> tuple[Ints, dict[int, int]] | None:
        """Other rooms for the cases of a day such that there are times, or who is left out.

        Args:
            model: all choices.
            columns: the wanted column of each case.
            day: the day; nothing else may use its resources then.
            seconds: time limit.
            should_stop: asked several times a second, in another thread.

        Returns:
            Columns with those of the day changed, and the start slot of each case on it; None where
            nothing was found.
        """
        on = (columns >= 0) & (model.col_day[columns] == day)
        piece = Piece(model, columns, Part(on, np.arange(model.n_days) == day), insist=False)
        starts = self._add_times(piece, day)
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = max(seconds, 0.01)
        solver.parameters.num_workers = 1
        status = solved(solver, piece.program, should_stop)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        found = piece.columns(solver)
        placed = np.flatnonzero(on & (found >= 0)).tolist()
        return found, {case: solver.value(starts[case]) for case in placed}

    def _add_times(self, piece: Piece, day: int) -> dict[int, cp_model.IntVar]:
        model, data, program = piece.model, self._data, piece.program
        starts: dict[int, cp_model.IntVar] = {}
        held: dict[int, list[cp_model.IntervalVar]] = defaultdict(list)
        first, end = int(data.day_first[day]), int(data.day_first[day + 1])
        for col, chosen in piece.x.items():
            case = int(model.col_case[col])
            if case not in starts:
                starts[case] = program.new_int_var(first, end - 1, "")
            res = model.resources(case, col)
            slots = np.flatnonzero(self._slots(day, case, res)) + first
            allowed = cp_model.Domain.from_values(slots.tolist())
            program.add_linear_expression_in_domain(starts[case], allowed).only_enforce_if(chosen)
            for j in self._needs(case):
                interval = program.new_optional_fixed_size_interval_var(
                    starts[case] + int(data.need_off[j]), int(data.need_len[j]), chosen, ""
                )
                held[res[j]].append(interval)
        for intervals in held.values():
            program.add_no_overlap(intervals)
        return starts

    def _needs(self, case: int) -> range:
        return range(int(self._data.need_first[case]), int(self._data.need_first[case + 1]))

    def _slots(self, day: int, case: int, res: Mapping[int, int]) -> Flags:
        """Slots of the day at which the case may start and all its resources are there."""
        first, end = int(self._data.day_first[day]), int(self._data.day_first[day + 1])
        fits = self._compiled.feasible[case, first:end].copy()
        for j in self._needs(case):
            begins = np.flatnonzero(fits) + first + self._data.need_off[j]
            taken = self._taken[res[j]]
            fits[fits] = taken[begins + self._data.need_len[j]] == taken[begins]
        return fits
