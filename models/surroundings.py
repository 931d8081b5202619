"""What is held around a case at a moment, as whoever proposes for it has to know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.department import Moment
from models.held import Held
from models.night_problem import ground_by_hand, problem_by_hand
from models.problem import Case, PlanningProblem, Resource
from models.windows import Window


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A department at a moment with everything that is held, by case."""

    moment: Moment
    held: Mapping[str, Held]

    @property
    def now(self) -> datetime:
        """The moment."""
        return self.moment.now

    @property
    def horizon(self) -> Window:
        """The days that can be planned."""
        return self.moment.department.site.horizon(self.now)

    @property
    def planned(self) -> Mapping[str, Resource]:
        """The resources that proposals may use, by id."""
        return self.moment.planned

    def made_of(self) -> tuple[object, ...]:
        """What the ground is made of: department, closures, day, what is held from before it."""
        today = self.horizon.start
        before = sorted(
            s for what in self.held.values() if what.start < today for s in what.spans()
        )
        return self.moment.department, self.moment.closed, today, tuple(before)

    def ground(self) -> PlanningProblem:
        """The problem of that moment without any case."""
        return ground_by_hand(self.moment, self.held)

    def frozen_for(self, case: Case) -> PlanningProblem:
        """One case as a person places it, against everything that is held for others.

        Raises:
            InputError: a case contradicts the site.
        """
        return problem_by_hand(self.moment, case, self.held)
