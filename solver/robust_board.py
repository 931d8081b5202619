"""A board that prices risk too: what a case adds on a suite-day grows with how fragile that is.

All prices are counted in millionths of a point (`PAIR` to a point), so that the weight of a pair
times whole millionths of a pair stays a whole number and the slots found are exact. A case of
fragility p adds p times the sum of the fragilities on its suite-day, which is a price of using a
suite on a day, as opening one is: so `solver.slots` finds the cheapest slots by the sum of both.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

from models.base import Priority
from models.objective import left_out_cost
from models.plan import Placement, Plan
from models.problem import PlanningProblem, Resource
from models.risk import PAIR, SUITE, Risk
from solver.board import Board, Placed
from solver.compile import compile_problem
from solver.instance import CaseForm, Instance
from solver.slots import Slot, cheapest_slots

MISSING = 10**18 * PAIR
"""Dearer than any plan: what leaving out a case that must be in is compared with."""
SuiteDay = tuple[int, int]
"""A suite by its number and a day by its index."""


class RiskBoard(Board):
    """Placements with the fragility of every suite-day; prices in millionths of a point."""

    def __init__(self, problem: PlanningProblem, risk: Risk) -> None:
        instance = _in_millionths(problem)
        super().__init__(instance)
        days = len(instance.frame.days)
        suites = [n for n, form in enumerate(instance.resources) if form.is_suite]
        self.permille = [risk.of(case.id) for case in instance.cases]
        self.sums = {suite: [0] * days for suite in suites}
        self.on: dict[SuiteDay, set[int]] = {}
        self.pairs = 0
        self._weight = risk.weight
        self._free = frozenset(
            suite for suite in suites if not problem.resource_by_id[_id(instance, suite)].open_cost
        )
        self._asking = 0
        self._shunned: SuiteDay | None = None

    def hold(self, placement: Placement) -> None:
        """Place a case as a plan has it."""
        case = self.case(placement.case)
        start = self.instance.frame.grid.floor(placement.start)
        index = self.instance.resource_index
        assigned = [index[placement.assigned[need.role]] for need in case.needs]
        self.place(case, start, assigned)

    def case(self, name: str) -> CaseForm:
        """A case by its id."""
        return self.instance.cases[self.instance.case_index[name]]

    def put_back(self, case: CaseForm, placed: Placed) -> None:
        """Put a case on the board, and its fragility on the suite-days it uses."""
        super().put_back(case, placed)
        permille = self.permille[case.index]
        for suite, day in self.suite_days(placed):
            self.pairs += permille * self.sums[suite][day]
            self.sums[suite][day] += permille
            self.on.setdefault((suite, day), set()).add(case.index)

    def remove(self, case: CaseForm) -> Placed:
        """Take a case off the board with its fragility; gives what `put_back` takes."""
        placed = super().remove(case)
        permille = self.permille[case.index]
        for suite, day in self.suite_days(placed):
            self.sums[suite][day] -= permille
            self.pairs -= permille * self.sums[suite][day]
            self.on[suite, day].discard(case.index)
        return placed

    def suite_days(self, placed: Placed) -> set[SuiteDay]:
        """The suite-days that a placement uses; each once."""
        return {
            (use.resource, use.day)
            for use in placed.uses
            if use.day is not None and use.resource in self.sums
        }

    def pairs_on(self, where: SuiteDay) -> int:
        """Twice the expected pairs of a suite-day, in millionths."""
        suite, day = where
        return self.sums[suite][day] ** 2 - sum(self.permille[c] ** 2 for c in self.on[where])

    def opening_price(self, resource: int, day: int) -> int:
        """Opening a resource on a day, and meeting the fragile cases there."""
        price = 0 if resource in self._free else super().opening_price(resource, day)
        if resource not in self.sums:
            return price
        if (resource, day) == self._shunned:
            return MISSING
        return price + self._weight * self._asking * self.sums[resource][day]

    def best_slot(self, case: CaseForm, shunned: SuiteDay | None = None) -> Slot | None:
        """The cheapest slot of a case that is not on the board, or None where there is none.

        Args:
            case: the case.
            shunned: a suite-day that it may not use.
        """
        self._asking, self._shunned = self.permille[case.index], shunned
        found = next(iter(cheapest_slots(self, case, 1)), None)
        self._shunned = None
        return None if found is None or found.cost >= MISSING else found

    def price_at(self, case: CaseForm, placed: Placed) -> int:
        """What a case that is not on the board would add with a placement of its own."""
        self._asking = self.permille[case.index]
        if placed.start is None:
            return 0
        added = self.added_prices(case, placed.start, placed.assigned)
        return case.cost_at(placed.start) + sum(added)

    def left_out_price(self, case: CaseForm) -> int:
        """What leaving a case out costs: more than any risk where it is on the board already."""
        price = left_out_cost(self.instance.problem.objective, case.case)
        must = case.case.mandatory or self.placed[case.index] is not None
        return price + MISSING if must else price

    def plan(self, placed: Sequence[Placed | None]) -> Plan:
        """Placements of this board by number of case, as a plan in the order of the problem."""
        cases = (self.case(case.id) for case in self.instance.problem.cases)
        found = (self._placement(case, placed[case.index]) for case in cases)
        return Plan(placements=tuple(chain.from_iterable(found)))

    def _placement(self, case: CaseForm, placed: Placed | None) -> Iterator[Placement]:
        if placed is not None and placed.start is not None:
            roles = (need.role for need in case.needs)
            names = (_id(self.instance, resource) for resource in placed.assigned)
            yield Placement(
                case=case.id,
                start=self.instance.frame.instant(placed.start),
                assigned=dict(zip(roles, names, strict=True)),
            )


def _id(instance: Instance, resource: int) -> str:
    return instance.resources[resource].id


def _in_millionths(problem: PlanningProblem) -> Instance:
    """The compiled problem with every price in millionths, and every suite as one with a price.

    A suite that costs nothing to open is given a mark, so that the choice of suite is weighed at
    all; `RiskBoard.opening_price` leaves it out again.
    """
    prices = problem.objective
    scaled = prices.model_copy(
        update={name: _scaled(getattr(prices, name)) for name in type(prices).model_fields}
    )
    resources = tuple(_scaled_resource(resource) for resource in problem.resources)
    return compile_problem(problem.model_copy(update={"objective": scaled, "resources": resources}))


def _scaled(price: int | dict[Priority, int]) -> int | dict[Priority, int]:
    if isinstance(price, int):
        return price * PAIR
    return {name: points * PAIR for name, points in price.items()}


def _scaled_resource(resource: Resource) -> Resource:
    opening = resource.open_cost * PAIR
    return resource.model_copy(
        update={
            "open_cost": opening or int(resource.kind == SUITE),
            "suite_change_cost": resource.suite_change_cost * PAIR,
        }
    )
