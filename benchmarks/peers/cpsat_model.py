"""The whole problem as one CP-SAT model: an optional interval for every need on every lane.

Nothing is decomposed and nothing is left out: the objective is the cost of the planning file. The
first-fit plan is a complete hint. This is what one gets from a good solver without a method.
"""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from benchmarks.peers.first_fit import first_fit
from benchmarks.peers.frame import CaseForm, Frame, Placed, bits, first_of, runs
from benchmarks.peers.peer import Answer, Limits, Offer
from models.problem import PlanningProblem

Literal = cp_model.IntVar
DayOfLane = tuple[int, int]


def one_model(problem: PlanningProblem, limits: Limits, offer: Offer) -> Answer:
    """Build, hint and solve; building counts as time."""
    began = time.monotonic()
    frame = Frame(problem)
    built = _Model(frame)
    built.hint(first_fit(frame))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = limits.workers
    solver.parameters.random_seed = limits.seed
    # More rounds of presolve eat most of a minute on the larger files, before any search.
    solver.parameters.max_presolve_iterations = 1
    solver.parameters.max_time_in_seconds = max(1.0, limits.seconds - (time.monotonic() - began))
    status = solver.solve(built.model, _Watch(offer))
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return Answer(None, solver.status_name(status).lower())
    bound = max(0, -int(-solver.best_objective_bound // 1))
    plan = frame.plan(built.read(solver))
    return Answer(plan, solver.status_name(status).lower(), bound, "cp-sat")


class _Watch(cp_model.CpSolverSolutionCallback):
    def __init__(self, offer: Offer) -> None:
        super().__init__()
        self._offer = offer

    def on_solution_callback(self) -> None:
        """Pass on the cost of a better plan."""
        self._offer(round(self.objective_value))


@dataclass(slots=True)
class _CaseVars:
    """The variables of one case; `pieces` and `lanes` in the order of its form."""

    start: cp_model.IntVar
    absent: Literal
    pieces: list[Literal]
    lanes: list[dict[int, Literal]]
    days: dict[int, Literal] = field(default_factory=dict)


class _Model:
    """The model with its variables, by number of case."""

    def __init__(self, frame: Frame) -> None:
        self.model = cp_model.CpModel()
        self.frame = frame
        self.vars: dict[int, _CaseVars] = {}
        self.used: dict[tuple[int, int, int, int], Literal] = {}
        self.opened: dict[DayOfLane, Literal] = {}
        self.met: dict[tuple[int, int, int], Literal] = {}
        self.further: dict[DayOfLane, cp_model.IntVar] = {}
        self.terms: list[cp_model.LinearExprT] = []
        self.on_lane: dict[int, list[cp_model.IntervalVar]] = defaultdict(list)
        for number, form in enumerate(frame.cases):
            if form.pieces:
                self._add_case(number, form)
            else:
                self.terms.append(form.left_out)
        for intervals in self.on_lane.values():
            self.model.add_no_overlap(intervals)
        self._add_day_limits()
        self._add_opening()
        self._add_suite_changes()
        self.model.minimize(cp_model.LinearExpr.sum(self.terms))

    def _add_case(self, number: int, form: CaseForm) -> None:
        model = self.model
        start = model.new_int_var_from_domain(self._domain(form.starts), f"start_{number}")
        absent = model.new_bool_var(f"absent_{number}")
        pieces = [model.new_bool_var("") for _ in form.pieces]
        model.add_exactly_one(*pieces, absent)
        for piece, chosen in zip(form.pieces, pieces, strict=True):
            self._restrict(start, form, piece.starts, chosen)
            self.terms.append(piece.cost * chosen)
        if form.case.mandatory or (form.case.booking and form.case.booking.locked):
            model.add(absent == 0)
        self.terms.append(form.left_out * absent)
        found = _CaseVars(start, absent, pieces, [])
        for need in form.needs:
            lanes = {}
            for lane, fits in need.fits.items():
                chosen = lanes[lane] = model.new_bool_var("")
                if fits != form.starts:
                    self._restrict(start, form, fits, chosen)
                self.on_lane[lane].append(
                    model.new_optional_fixed_size_interval_var(
                        start + need.offset, need.length, chosen, ""
                    )
                )
            model.add_exactly_one(*lanes.values(), absent)
            found.lanes.append(lanes)
        self.vars[number] = found

    def _restrict(self, start: cp_model.IntVar, form: CaseForm, starts: int, when: Literal) -> None:
        """Keep a start among some of the case's starts; gaps of the case itself are filled."""
        pad = self.frame.pad
        hull = bits(first_of(starts, pad), starts.bit_length() - pad, pad)
        domain = self._domain(hull & ~(form.starts & ~starts))
        self.model.add_linear_expression_in_domain(start, domain).only_enforce_if(when)

    def _domain(self, starts: int) -> cp_model.Domain:
        spans = runs(starts, self.frame.pad)
        return cp_model.Domain.from_intervals([[first, after - 1] for first, after in spans])

    def _day(self, number: int, need: int | None, day: int) -> Literal:
        """Whether a need begins on a day, or the case itself; false when it is left out."""
        found = self.vars[number]
        key = day * (len(found.lanes) + 1) + (0 if need is None else need + 1)
        if key not in found.days:
            form = self.frame.cases[number]
            literals = [
                literal
                for piece, literal in zip(form.pieces, found.pieces, strict=True)
                if (piece.day if need is None else piece.need_days[need]) == day
            ]
            found.days[key] = literals[0] if len(literals) == 1 else self._either(literals)
        return found.days[key]

    def _either(self, literals: list[Literal]) -> Literal:
        chosen = self.model.new_bool_var("")
        self.model.add(cp_model.LinearExpr.sum(literals) == chosen)
        return chosen

    def _uses(self, wanted: set[int]) -> list[tuple[int, int, int, int]]:
        """Every number of case, need, lane and day on which the need may begin on a lane wanted."""
        return [
            (number, n, lane, day)
            for number in self.vars
            for n, need in enumerate(self.frame.cases[number].needs)
            for lane in need.fits
            if lane in wanted
            for day in self.frame.cases[number].days_on(n, lane)
        ]

    def _add_day_limits(self) -> None:
        """Sum the units that begin on a lane on a day, where they could be too many."""
        limits = self.frame.tight_limits()
        sums: dict[DayOfLane, list[cp_model.LinearExprT]] = defaultdict(list)
        for number, n, lane, day in self._uses({lane for lane, _ in limits}):
            if (lane, day) in limits:
                used = self.used[number, n, lane, day] = self.model.new_bool_var("")
                there, then = self.vars[number].lanes[n][lane], self._day(number, n, day)
                self.model.add_bool_or(~there, ~then, used)
                sums[lane, day].append(self.frame.cases[number].needs[n].length * used)
        for day_of_lane, units in sums.items():
            self.model.add(cp_model.LinearExpr.sum(units) <= limits[day_of_lane])

    def _add_opening(self) -> None:
        lanes = self.frame.lanes
        priced = {n for n, lane in enumerate(lanes) if lane.resource.open_cost}
        for number, n, lane, day in self._uses(priced):
            if (lane, day) not in self.opened:
                opened = self.opened[lane, day] = self.model.new_bool_var("")
                self.terms.append(lanes[lane].resource.open_cost * opened)
            there, then = self.vars[number].lanes[n][lane], self._day(number, n, day)
            self.model.add_bool_or(~there, ~then, self.opened[lane, day])

    def _add_suite_changes(self) -> None:
        """Count the suites that a priced lane meets in one day; each but the first has a price."""
        lanes = self.frame.lanes
        suites = {n for n, lane in enumerate(lanes) if lane.resource.kind == "suite"}
        priced = {n for n, lane in enumerate(lanes) if lane.resource.suite_change_cost}
        for number, found in self.vars.items():
            days = sorted({piece.day for piece in self.frame.cases[number].pieces})
            pairs = {
                (lane, suite): (there, beside)
                for chosen in found.lanes
                for lane, there in chosen.items()
                if lane in priced
                for others in found.lanes
                for suite, beside in others.items()
                if suite in suites
            }
            for (lane, suite), (there, beside) in pairs.items():
                for day in days:
                    key = (lane, day, suite)
                    if key not in self.met:
                        self.met[key] = self.model.new_bool_var("")
                    then = self._day(number, None, day)
                    self.model.add_bool_or(~there, ~beside, ~then, self.met[key])
        by_day: dict[DayOfLane, list[Literal]] = defaultdict(list)
        for (lane, day, _), literal in self.met.items():
            by_day[lane, day].append(literal)
        for (lane, day), literals in by_day.items():
            if len(literals) > 1:
                further = self.model.new_int_var(0, len(literals) - 1, "")
                self.model.add(cp_model.LinearExpr.sum(literals) - 1 <= further)
                self.further[lane, day] = further
                self.terms.append(lanes[lane].resource.suite_change_cost * further)

    def hint(self, placed: Placed) -> None:
        """Hint every variable with a plan."""
        busy: set[tuple[int, int, int, int]] = set()
        opened: set[DayOfLane] = set()
        met: set[tuple[int, int, int]] = set()
        suites = {n for n, lane in enumerate(self.frame.lanes) if lane.resource.kind == "suite"}
        for number, found in self.vars.items():
            form = self.frame.cases[number]
            start, lanes = placed.get(number, (None, ()))
            here = 0 if start is None else bits(start, start + 1, self.frame.pad)
            self._hint_case(found, form, start, lanes, here)
            piece = next((p for p in form.pieces if p.starts & here), None)
            if piece is None:
                continue
            for n, lane in enumerate(lanes):
                busy.add((number, n, lane, piece.need_days[n]))
                opened.add((lane, piece.need_days[n]))
                met |= {(lane, piece.day, suite) for suite in suites.intersection(lanes)}
        for key, literal in self.used.items():
            self.model.add_hint(literal, key in busy)
        for day_of_lane, literal in self.opened.items():
            self.model.add_hint(literal, day_of_lane in opened)
        for meeting, literal in self.met.items():
            self.model.add_hint(literal, meeting in met)
        counts = Counter((lane, day) for lane, day, _ in met)
        for day_of_lane, further in self.further.items():
            self.model.add_hint(further, max(0, counts[day_of_lane] - 1))

    def _hint_case(
        self, found: _CaseVars, form: CaseForm, start: int | None, lanes: tuple[int, ...], here: int
    ) -> None:
        model = self.model
        first = runs(form.starts, self.frame.pad)[0][0]
        model.add_hint(found.start, first if start is None else start)
        model.add_hint(found.absent, start is None)
        for piece, literal in zip(form.pieces, found.pieces, strict=True):
            model.add_hint(literal, bool(piece.starts & here))
        for n, chosen in enumerate(found.lanes):
            for lane, literal in chosen.items():
                model.add_hint(literal, start is not None and lanes[n] == lane)
        own = {literal.index for literal in found.pieces}
        for key, literal in found.days.items():
            if literal.index in own:
                continue
            day, which = divmod(key, len(found.lanes) + 1)
            true = any(
                (p.day if which == 0 else p.need_days[which - 1]) == day and p.starts & here
                for p in form.pieces
            )
            model.add_hint(literal, true)

    def read(self, solver: cp_model.CpSolver) -> Placed:
        """The plan that the solver found."""
        return {
            number: (
                solver.value(found.start),
                tuple(
                    next(lane for lane, literal in chosen.items() if solver.value(literal))
                    for chosen in found.lanes
                ),
            )
            for number, found in self.vars.items()
            if not solver.value(found.absent)
        }
