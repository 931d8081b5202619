"""One board for a whole gap: what is held stays on it, and one case after another is tried."""

from datetime import datetime, timedelta

from models.problem import Case, Objective, PlanningProblem
from scheduler.services.case_files import CaseFile
from scheduler.services.problems import Gathered, ground_of, problem_for
from solver.explain import Explainer
from solver.held_board import HeldBoard, HeldGround, holdings_of
from solver.proposals import Proposal, propose


class GapBoard:
    """Answers for cases whose needs or windows were narrowed, everybody else held as they are."""

    def __init__(self, gathered: Gathered) -> None:
        self._gathered = gathered
        scene = gathered.scene
        horizon = scene.department.site.horizon(scene.now)
        held = {name: what for name, what in gathered.held.items() if what.start in horizon}
        needs = {need for what in held.values() for need in what.needs}
        ground = HeldGround(ground_of(gathered), tuple(needs))
        come = holdings_of(held, scene.planned)
        self._held = frozenset(held)
        self._board = ground.empty().changed((), come)
        """None where what is held cannot be told on one board: then each problem is frozen anew."""
        self.prices: Objective = ground.problem.objective

    def cheapest(self, file: CaseFile, variant: Case) -> Proposal | None:
        """The cheapest place of a narrowed case, its own booking lifted."""
        found = None
        board = self._without(variant.id)
        if board is not None:
            found = board.propose(self._gathered.scene.now, variant, top=1)
        if found is None:
            found = propose(self._problem(file, variant), variant.id, top=1)
        return found[0] if found else None

    def as_booked(self, file: CaseFile, case: Case) -> Proposal | None:
        """The case exactly where it is booked, priced; None where that does not stand."""
        booking = case.booking
        if booking is None:
            return None
        needs = tuple(
            need.model_copy(update={"among": (booking.assigned[need.role],)}) for need in case.needs
        )
        there = [(a, b) for a, b in case.windows if a <= booking.start < b]
        if not there:
            return None
        tick = self._gathered.scene.department.site.tick_minutes
        windows = ((booking.start, booking.start + timedelta(minutes=tick)),)
        variant = case.model_copy(update={"needs": needs, "windows": windows})
        return self.cheapest(file, variant)

    def against(
        self, file: CaseFile, variant: Case, start: datetime, *, clinical: bool
    ) -> list[str]:
        """What is against a narrowed case at a start, in sentences.

        Args:
            file: whose case.
            variant: the case, with its needs narrowed and its own windows.
            start: the start asked for.
            clinical: the clinical rules have spoken already: that it lies in no window says less.
        """
        found = Explainer(self._problem(file, variant)).at(variant.id, start)
        starts = [r.sentence for r in found.starts if not (clinical and r.kind == "window")]
        return [
            *starts,
            *(need.sentence for need in found.needs),
            *(clash.sentence for clash in found.clashes),
        ]

    def _without(self, case: str) -> HeldBoard | None:
        if self._board is None or case not in self._held:
            return self._board
        return self._board.changed([case], {})

    def _problem(self, file: CaseFile, variant: Case) -> PlanningProblem:
        problem = problem_for(self._gathered, file)
        cases = (variant if case.id == variant.id else case for case in problem.cases)
        return problem.model_copy(update={"cases": tuple(cases)})
