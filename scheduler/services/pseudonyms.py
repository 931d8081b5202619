"""Names for the search process that say nothing: it is given neither a referral nor a patient."""

from dataclasses import dataclass, replace
from functools import cached_property

from models.plan import Plan
from models.problem import PlanningProblem
from models.risk import Risk


@dataclass(frozen=True)
class Pseudonyms:
    """A problem under other names: its cases are counted, in the order of their ids."""

    problem: PlanningProblem

    @cached_property
    def _names(self) -> dict[str, str]:
        """By id: the name; names are as long as each other, so that they sort like the ids."""
        cases = sorted(case.id for case in self.problem.cases)
        return {case: f"case-{number:06}" for number, case in enumerate(cases, start=1)}

    @cached_property
    def hidden(self) -> PlanningProblem:
        """The problem under these names."""
        cases = (
            case.model_copy(update={"id": self._names[case.id]}) for case in self.problem.cases
        )
        return self.problem.model_copy(update={"cases": tuple(cases)})

    def risk(self, risk: Risk) -> Risk:
        """A risk under these names; of cases that are not in the problem nothing is said."""
        told = {self._names[c]: f for c, f in risk.fragility.items() if c in self._names}
        return replace(risk, fragility=told)

    def plan(self, plan: Plan) -> Plan:
        """A plan found under these names, under the ids again."""
        ids = {name: case for case, name in self._names.items()}
        return Plan(
            placements=tuple(
                placement.model_copy(update={"case": ids[placement.case]})
                for placement in plan.placements
            )
        )
