"""Edits of what the night may do: what it leaves alone, and what it applies by itself."""

from datetime import timedelta
from typing import Literal, Self

from pydantic import NonNegativeInt, model_validator

from models.base import Hours
from models.problem import Case, PlanningProblem
from models.site import AutoApply, FreezeRule
from scenarios.edits import practices, problems
from scenarios.edits.base import Edit
from scenarios.edits.naming import counted
from scenarios.practice import Practice


class Freeze(Edit):
    """The night leaves alone what starts within so many hours."""

    kind: Literal["freeze"] = "freeze"
    hours: Hours

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with it."""
        return practices.with_site(practice, freeze=FreezeRule(hours=self.hours))

    def on_problem(self, problem: PlanningProblem) -> PlanningProblem:
        """The problem in which bookings that start so soon are locked, while they can stand.

        A planning file does not say which of its locks are the freeze's, so none is opened: a
        shorter freeze changes nothing.
        """
        soon = problem.now + timedelta(hours=self.hours)
        fresh = {
            case.id: _locked(case)
            for case in problem.cases
            if case.booking is not None
            and not case.booking.locked
            and problem.now <= case.booking.start < soon
            and problem.grid.is_on(case.booking.start)
        }
        return problems.changed_cases(problem, fresh)

    def words(self) -> str:
        """What is changed."""
        return f"Let the night leave alone what starts within {counted(self.hours, 'hour')}."


def _locked(case: Case) -> Case:
    if case.booking is None:
        return case
    return case.model_copy(update={"booking": case.booking.model_copy(update={"locked": True})})


class ChangeAutoApply(Edit):
    """Which moves of the night need nobody's approval; what is left out stays."""

    kind: Literal["auto-apply"] = "auto-apply"
    enabled: bool | None = None
    max_moves: NonNegativeInt | None = None
    max_started_moves: NonNegativeInt | None = None
    min_gain: NonNegativeInt | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self._given():
            msg = "give enabled, max_moves, max_started_moves or min_gain"
            raise ValueError(msg)
        return self

    def _given(self) -> dict[str, int]:
        names = AutoApply.model_fields
        return {n: value for n in names if (value := getattr(self, n)) is not None}

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with the rule."""
        rule = practice.site.auto_apply.model_copy(update=self._given())
        return practices.with_site(practice, auto_apply=rule)

    def words(self) -> str:
        """What is changed."""
        names = {
            "max_moves": "at most {} moves of patients who were told",
            "max_started_moves": "at most {} of them with a hold begun",
            "min_gain": "for at least {} points",
        }
        said = (
            ["without approval" if self.enabled else "after approval"]
            if self.enabled is not None
            else []
        )
        given = self._given()
        said += [text.format(given[name]) for name, text in names.items() if name in given]
        return f"Let the night's moves be applied {', '.join(said)}."
