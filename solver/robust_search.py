"""Spreading fragile cases: local search from a plan by cost and risk together.

A step takes a fragile case off a risky suite-day, with up to three cases of another suite-day that
it may go to, and puts each back at its cheapest slot by cost and risk, the fragile one elsewhere
than it was. What came of it is kept when it is no dearer than the plan of some steps ago (late
acceptance). The best of all is the answer, so it is never dearer than the plan it began with.
Nobody whom that plan places is left out: fragile patients are kept apart, not kept away.
"""

from collections.abc import Sequence
from random import Random

from models.plan import Plan
from models.problem import PlanningProblem
from models.risk import PAIR, Risk
from solver.board import Placed
from solver.instance import CaseForm
from solver.robust_board import MISSING, RiskBoard, SuiteDay

MEMORY = 20
"""Steps for which a plan is remembered as the one to be no dearer than."""
PARTNERS = (0, 0, 1, 1, 2, 3)
"""How many cases make room, each as likely as it stands here."""
TARGETS = 3
"""Suite-days drawn, of which the least fragile is the one to go to."""
LEFT_OUT_CHANCE = 0.1
ANY_CHANCE = 0.15
"""How often a step begins with any case in place of a fragile one."""

Chosen = tuple[CaseForm, SuiteDay | None] | tuple[None, None]
"""A case to begin with, and the suite-day that it must leave where there is one."""

Undo = Sequence[tuple[CaseForm, Placed | None]]
"""Where some cases were before a step."""


class Spread:
    """A plan on its way to less risk; totals are in millionths of a point."""

    def __init__(
        self, problem: PlanningProblem, plan: Plan, cost: int, risk: Risk, seed: int
    ) -> None:
        self._rng = Random(seed)
        self._risk = risk
        self.board = RiskBoard(problem, risk)
        for placement in plan.placements:
            self.board.hold(placement)
        self._cases = self.board.instance.cases
        self.cases = len(self._cases)
        self._free = [c for c in self._cases if c.permitted and not c.locked]
        self._days = [frozenset(group.day for group in case.groups) for case in self._cases]
        self._suites = [self._suites_of(case) for case in self._cases]
        self._out = [self.board.left_out_price(case) for case in self._cases]
        missed = sum(c.case.mandatory and self.board.placed[c.index] is None for c in self._cases)
        self.total = cost * PAIR + risk.weight * self.board.pairs + missed * MISSING
        self._memory = [self.total] * MEMORY
        self.best_total = self.total
        self._keep()
        self.steps = 0
        self.best_step = 0

    def _suites_of(self, case: CaseForm) -> frozenset[int]:
        pools = self.board.instance.pools
        return frozenset().union(*(pools[n.pool].members for n in case.needs if n.is_suite))

    def _keep(self) -> None:
        self._best = list(self.board.placed)
        self.best_pairs = self.board.pairs

    @property
    def best(self) -> Plan:
        """The best plan so far."""
        return self.board.plan(self._best)

    @property
    def best_cost(self) -> int:
        """What the best plan costs, without its risk."""
        plain = self.best_total - self._risk.weight * self.best_pairs
        return plain % MISSING // PAIR

    def step(self) -> None:
        """Move some cases, and keep what comes of it or take it back."""
        self.steps += 1
        case, where = self._any() if self._rng.random() < ANY_CHANCE else self._fragile()
        if case is None:
            return
        before, moved = self.total, (case, *self._partners(case, where))
        undo = [(one, self._take(one)) for one in moved]
        if self._give(case, where) or where is None:
            for one in moved[1:]:
                self._give(one)
            self._decide(before, undo)
        else:
            self._restore(before, undo)

    def _fragile(self) -> Chosen:
        """A case that may move, and where it is: risky suite-days and fragile cases more often."""
        board = self.board
        risky = [where for where, cases in board.on.items() if len(cases) > 1]
        weights = [board.pairs_on(where) for where in risky]
        if not any(weights):
            return self._any()
        where = self._rng.choices(risky, weights)[0]
        listed = [c for c in sorted(board.on[where]) if not self._cases[c].locked]
        fragile = [board.permille[c] for c in listed]
        if not any(fragile):
            return None, None
        return self._cases[self._rng.choices(listed, fragile)[0]], where

    def _any(self) -> Chosen:
        """Any case that may move; it may go where it was."""
        return (self._rng.choice(self._free), None) if self._free else (None, None)

    def _partners(self, case: CaseForm, where: SuiteDay | None) -> list[CaseForm]:
        """Cases that make room on another suite-day, and now and then one that was left out."""
        rng, board = self._rng, self.board
        targets = [
            other
            for other, cases in board.on.items()
            if cases and other != where and self._may_use(case, other)
        ]
        found: list[CaseForm] = []
        if targets:
            drawn = rng.choices(targets, k=TARGETS)
            target = min(drawn, key=lambda other: board.sums[other[0]][other[1]])
            listed = [self._cases[c] for c in sorted(board.on[target] - {case.index})]
            free = [one for one in listed if not one.locked]
            found = rng.sample(free, min(len(free), rng.choice(PARTNERS)))
        if rng.random() < LEFT_OUT_CHANCE:
            out = [c for c in self._free if c is not case and board.placed[c.index] is None]
            found += rng.sample(out, min(1, len(out)))
        return found

    def _may_use(self, case: CaseForm, where: SuiteDay) -> bool:
        suite, day = where
        return day in self._days[case.index] and suite in self._suites[case.index]

    def _take(self, case: CaseForm) -> Placed | None:
        """Take a case off the board, if it is on it: then it is left out."""
        if self.board.placed[case.index] is None:
            return None
        placed = self.board.remove(case)
        self.total += self._out[case.index] - self.board.price_at(case, placed)
        return placed

    def _give(self, case: CaseForm, shunned: SuiteDay | None = None) -> bool:
        """Put a case at its cheapest slot, if that is cheaper than leaving it out; whether."""
        slot = self.board.best_slot(case, shunned)
        if slot is None or slot.cost >= self._out[case.index]:
            return False
        self.board.place(case, slot.start, slot.assigned)
        self.total += slot.cost - self._out[case.index]
        return True

    def _decide(self, before: int, undo: Undo) -> None:
        at = self.steps % MEMORY
        if self.total > max(before, self._memory[at]):
            self._restore(before, undo)
        self._memory[at] = self.total
        if self.total < self.best_total:
            self.best_total, self.best_step = self.total, self.steps
            self._keep()

    def _restore(self, total: int, undo: Undo) -> None:
        for case, _ in undo:
            if self.board.placed[case.index] is not None:
                self.board.remove(case)
        for case, placed in undo:
            if placed is not None:
                self.board.put_back(case, placed)
        self.total = total
