"""PyJobShop, the library nearest to this problem: one task per need, first fit as warm start.

What its objective cannot say is said as closely as it can: costs rise evenly from their first day
instead of by whole days; leaving out and moving are tasks as long as they are dear; a move to an
earlier day costs the same however far; opening and suite changes cost nothing. Its own objective
therefore differs from the cost, and of all plans it finds the one of least cost is kept.
Closed hours are fixed tasks, a resource's limit by day is a consumable for every day.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from itertools import pairwise
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from benchmarks.peers.first_fit import first_fit
from benchmarks.peers.frame import CaseForm, Frame, Placed, bits, first_of, runs
from benchmarks.peers.peer import Answer, Limits, Offer
from models.checks.scorecard import score
from models.problem import PlanningProblem

if TYPE_CHECKING:
    from pyjobshop import Job, Mode, ScheduledTask, Task
    from pyjobshop.solvers.ortools import CPModel

    from models.plan import Plan

MINUTES_PER_DAY = 1_440


def missing() -> str:
    """Why it cannot run here, or an empty text."""
    found = find_spec("pyjobshop") is not None
    return "" if found else "pyjobshop is not installed; install the extra 'bench'"


def job_shop(problem: PlanningProblem, limits: Limits, offer: Offer) -> Answer:
    """Build, warm-start and solve; building counts as time."""
    from pyjobshop import Solution  # noqa: PLC0415 - an optional extra
    from pyjobshop.solvers.ortools import CPModel  # noqa: PLC0415 - an optional extra

    began = time.monotonic()
    frame = Frame(problem)
    shop = _Shop(frame, first_fit(frame))
    data = shop.model.data()
    built = CPModel(data)
    built.variables.warmstart(Solution(data, shop.warm))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = limits.workers
    solver.parameters.random_seed = limits.seed
    solver.parameters.max_time_in_seconds = max(1.0, limits.seconds - (time.monotonic() - began))
    watch = _Watch(shop, built, offer)
    status = solver.status_name(solver.solve(built.model, watch)).lower()
    return Answer(watch.best, "feasible" if watch.best else status)


class _Watch(cp_model.CpSolverSolutionCallback):
    """Reads every solution, and keeps the one of least cost."""

    def __init__(self, shop: "_Shop", built: "CPModel", offer: Offer) -> None:
        super().__init__()
        self._shop, self._built, self._offer = shop, built, offer
        self._least: int | None = None
        self.best: Plan | None = None

    def on_solution_callback(self) -> None:
        """Price the plan as the planning file does."""
        plan = self._shop.frame.plan(self._shop.read(self, self._built))
        cost = score(self._shop.frame.problem, plan).cost
        if self._least is None or cost < self._least:
            self._least, self.best = cost, plan
            self._offer(cost)


@dataclass(frozen=True, slots=True)
class _Option:
    """A mode: resources by number, length, and what it takes of each."""

    resources: tuple[int, ...]
    length: int
    takes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Added:
    """A task with its number and its modes; `modes` and `mode_numbers` in the order given."""

    task: "Task"
    number: int
    modes: list["Mode"]
    mode_numbers: list[int]


class _Shop:
    """The model, with a warm start for each task in the order in which they were added.

    Times count from `back` units before the horizon, so that no due date is negative.
    """

    def __init__(self, frame: Frame, placed: Placed) -> None:
        from pyjobshop import Model  # noqa: PLC0415 - an optional extra

        self.frame, self.placed = frame, placed
        self.model = Model()
        self.warm: list[ScheduledTask] = []
        self.per_day = MINUTES_PER_DAY // frame.unit
        marks = [mark for form in frame.cases for _, mark in _costs(frame, form)]
        self.back = (
            frame.pad - min(0, *(frame.unit_at(mark) for mark in marks)) if marks else frame.pad
        )
        self.end = self.back + frame.length + 2 * frame.pad
        self.limits = frame.tight_limits()
        for _ in frame.lanes:
            self.model.add_machine()
        self._close_lanes()
        self.budgets = self._add_budgets()
        self.starts: dict[int, _Added] = {}
        self.needs: dict[int, list[_Added]] = {}
        for number, form in enumerate(frame.cases):
            if form.pieces:
                self._add_case(number, form)
        self.model.set_objective(weight_total_tardiness=1)

    def _add(
        self,
        options: list[_Option],
        at: int,
        chosen: int | None,
        job: "Job | None" = None,
        **bounds: int,
    ) -> _Added:
        """Add a task with its modes and its warm start: from when, in which mode, None for out."""
        from pyjobshop import ScheduledTask  # noqa: PLC0415 - an optional extra

        task = self.model.add_task(job=job, **bounds)
        first = len(self.model.modes)
        resources = self.model.resources
        modes = [
            self.model.add_mode(
                task, [resources[r] for r in option.resources], option.length, list(option.takes)
            )
            for option in options
        ]
        numbers = [first + n for n in range(len(modes))]
        if chosen is None:
            self.warm.append(ScheduledTask(0, [], 0, 0, present=False))
        else:
            option = options[chosen]
            self.warm.append(
                ScheduledTask(numbers[chosen], list(option.resources), at, at + option.length)
            )
        return _Added(task, len(self.warm) - 1, modes, numbers)

    def _fixed(self, lane: int, begin: int, end: int) -> None:
        self._add(
            [_Option((lane,), end - begin)], begin, 0, earliest_start=begin, latest_start=begin
        )

    def _close_lanes(self) -> None:
        """Fixed tasks while a lane is closed; of no length where another resource takes over."""
        for number, lane in enumerate(self.frame.lanes):
            edges = [0]
            for begin, end, _ in lane.openings:
                edges += [max(0, begin + self.back), min(self.end, end + self.back)]
            edges.append(self.end)
            for begin, end in zip(edges[::2], edges[1::2], strict=True):
                self._fixed(number, begin, max(begin, end))

    def _add_budgets(self) -> dict[tuple[int, int], tuple[int, ...]]:
        """The resources of a limit by lane and day: one open on that day alone, and the minutes."""
        budgets: dict[tuple[int, int], tuple[int, ...]] = {}
        days: dict[int, int] = {}
        midnights = self.frame.midnights
        for lane in sorted({lane for lane, _ in self.limits}):
            for day, (midnight, next_one) in enumerate(pairwise(midnights)):
                first, after = max(0, midnight + self.back), min(self.end, next_one + self.back)
                if first >= after:
                    continue
                if day not in days:
                    days[day] = len(self.model.resources)
                    breaks = [b for b in ((0, first), (after, self.end)) if b[0] < b[1]]
                    self.model.add_renewable(capacity=len(self.frame.cases), breaks=breaks)
                budgets[lane, day] = (days[day],)
                if (lane, day) in self.limits:
                    budgets[lane, day] = (days[day], len(self.model.resources))
                    self.model.add_consumable(capacity=self.limits[lane, day])
        return budgets

    def _add_case(self, number: int, form: CaseForm) -> None:
        start, lanes = self.placed.get(number, (None, ()))
        at = 0 if start is None else start + self.back
        begun = self.starts[number] = self._add_start(form, at, present=start is not None)
        together = [begun]
        self.needs[number] = []
        for n, need in enumerate(form.needs):
            lane = lanes[n] if lanes else None
            added = self._add_need(form, n, at, lane)
            self.needs[number].append(added)
            together.append(added)
            self.model.add_start_at_start(begun.task, added.task, need.offset)
            begins = None if start is None else start + need.offset
            self._add_budget(form, n, added, begins, lane)
        for price, mark in _costs(self.frame, form):
            due = self.frame.unit_at(mark) + self.back + 1
            job = self.model.add_job(weight=price, due_date=due)
            present = None if start is None else 0
            mirror = self._add([_Option((), 1)], at, present, job, optional=True)
            self.model.add_start_at_start(begun.task, mirror.task)
            together.append(mirror)
        self.model.add_select_all_or_none([added.task for added in together])
        self._add_alternatives(form, begun, start)

    def _add_start(self, form: CaseForm, at: int, *, present: bool) -> _Added:
        """The procedure's start, kept to the windows by a resource of its own where they matter."""
        pad = self.frame.pad
        first, after = first_of(form.starts, pad), form.starts.bit_length() - pad
        open_to_it = bits(first, after, pad)
        for need, source in zip(form.needs, form.case.needs, strict=True):
            some = 0
            for lane in need.fits:
                some |= self.frame.fit(lane, source)
            open_to_it &= some
        resources: tuple[int, ...] = ()
        if open_to_it != form.starts:
            resources = (len(self.model.resources),)
            edges = [0, *(e + self.back for run in runs(form.starts, pad) for e in run), self.end]
            self.model.add_machine(breaks=list(zip(edges[::2], edges[1::2], strict=True)))
        option = _Option(resources, 1)
        chosen = 0 if present else None
        return self._add(
            [option],
            at,
            chosen,
            optional=True,
            earliest_start=first + self.back,
            latest_start=after - 1 + self.back,
        )

    def _add_need(self, form: CaseForm, n: int, at: int, lane: int | None) -> _Added:
        need = form.needs[n]
        options = [_Option((number,), need.length) for number in need.fits]
        chosen = None if lane is None else list(need.fits).index(lane)
        return self._add(options, at + need.offset, chosen, optional=True)

    def _add_budget(
        self, form: CaseForm, n: int, added: _Added, begins: int | None, lane: int | None
    ) -> None:
        """A task beside a need on limited lanes that takes its minutes of the right day."""
        need = form.needs[n]
        keys = [
            (r, day) for r in need.fits for day in form.days_on(n, r) if (r, day) in self.budgets
        ]
        if not keys:
            return
        options = [
            _Option(self.budgets[key], 1, (0, need.length)[: len(self.budgets[key])])
            for key in keys
        ]
        wanted = (lane, self.frame.day_of(begins)) if begins is not None else None
        chosen = keys.index(wanted) if wanted in keys else None
        at = 0 if begins is None else begins + self.back
        budget = self._add(options, at, chosen, optional=True)
        self.model.add_start_at_start(added.task, budget.task)
        for mode, number in zip(added.modes, need.fits, strict=True):
            paying = [m for m, key in zip(budget.modes, keys, strict=True) if key[0] == number]
            if paying:
                self.model.add_mode_dependency(mode, paying)

    def _add_alternatives(self, form: CaseForm, begun: _Added, start: int | None) -> None:
        """Placed or left out; and with a booking, where it is booked, elsewhere or left out."""
        booking, locked = form.case.booking, form.case.booking and form.case.booking.locked
        out = []
        if not (form.case.mandatory or locked):
            out = [self._priced(form.left_out, present=start is None).task]
        self.model.add_select_exactly_one([begun.task, *out])
        if booking:
            kept = self.frame.unit_at(booking.start)
            stays, at = start == kept, kept + self.back
            staying = self._add(
                [_Option((), 1)],
                at,
                0 if stays else None,
                optional=True,
                earliest_start=at,
                latest_start=at,
            )
            self.model.add_start_at_start(begun.task, staying.task)
            price = self.frame.problem.objective.move * booking.move_weight
            moving = self._priced(price, present=start is not None and not stays)
            self.model.add_select_exactly_one([staying.task, moving.task, *out])

    def _priced(self, points: int, *, present: bool) -> _Added:
        """A task from time 0 that ends, hence costs, as many units as there are points in days."""
        job = self.model.add_job(due_date=0)
        option = _Option((), points * self.per_day)
        return self._add([option], 0, 0 if present else None, job, optional=True, latest_start=0)

    def read(self, values: _Watch, built: "CPModel") -> Placed:
        """The plan of a solution."""
        tasks, modes = built.variables.task_vars, built.variables.mode_vars
        placed: Placed = {}
        for number, begun in self.starts.items():
            if values.value(tasks[begun.number].present):
                lanes = tuple(
                    next(
                        lane
                        for lane, mode in zip(need.fits, added.mode_numbers, strict=True)
                        if values.value(modes[mode])
                    )
                    for need, added in zip(
                        self.frame.cases[number].needs, self.needs[number], strict=True
                    )
                )
                start = values.value(tasks[begun.number].start) - self.back
                placed[number] = (start, lanes)
        return placed


def _costs(frame: Frame, form: CaseForm) -> Iterator[tuple[int, datetime]]:
    """Points a day and from when, for each price that rises with time."""
    case, prices = form.case, frame.problem.objective
    found = [(prices.wait_per_day[case.priority], case.release)]
    if case.due:
        found.append((prices.late_per_day[case.priority], case.due))
    if case.hold and case.hold.ready_at:
        found.append((prices.off_drug_per_day * case.hold.risk, case.hold.ready_at))
    if case.booking:
        found.append((prices.move_per_day * case.booking.move_weight, case.booking.start))
    yield from ((price, mark) for price, mark in found if price)
