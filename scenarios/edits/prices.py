"""Edits of what plans are judged by: prices, priorities, due days and the weight of moves."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeInt, model_validator

from models.base import MAX_DAYS, Frozen, HoldStage, Priority
from models.errors import InputError
from models.problem import Booking, Case, Objective, PlanningProblem, Points
from models.site import DEFAULT_PRIORITIES
from scenarios.edits import practices, problems
from scenarios.edits.base import Edit
from scenarios.edits.naming import joined, unknown
from scenarios.practice import Practice


class PriceChanges(Frozen):
    """Prices by name, in points; what is left out stays."""

    unscheduled: dict[Priority, Points] = Field(default_factory=dict)
    wait_per_day: dict[Priority, Points] = Field(default_factory=dict)
    late_per_day: dict[Priority, Points] = Field(default_factory=dict)
    off_drug_per_day: Points | None = None
    move: Points | None = None
    move_per_day: Points | None = None
    unbook: Points | None = None

    def given(self) -> dict[str, dict[Priority, int] | int]:
        """Those that change."""
        found = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: value for name, value in found.items() if value not in (None, {})}

    def over(self, prices: Objective) -> Objective:
        """Other prices with these in their place."""
        fresh = {
            name: getattr(prices, name) | value if isinstance(value, dict) else value
            for name, value in self.given().items()
        }
        return prices.model_copy(update=fresh)


class ChangePrices(Edit):
    """Other prices, of moves and broken bookings too."""

    kind: Literal["prices"] = "prices"
    prices: PriceChanges

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.prices.given():
            msg = "give a price"
            raise ValueError(msg)
        return self

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with them."""
        return practices.with_site(practice, prices=self.prices.over(practice.site.prices))

    def on_problem(self, problem: PlanningProblem) -> PlanningProblem:
        """The problem with them."""
        return problems.rebuilt(problem, objective=self.prices.over(problem.objective))

    def words(self) -> str:
        """What is changed."""
        said = [f"{name.replace('_', ' ')} {_points(v)}" for name, v in self.prices.given().items()]
        return f"Change prices, in points: {'; '.join(said)}."


def _points(value: Mapping[Priority, int] | int) -> str:
    if isinstance(value, int):
        return f"{value}"
    return ", ".join(f"{priority.value} {points}" for priority, points in value.items())


Days = Annotated[float, Field(gt=0, le=MAX_DAYS)]


class ChangePriorities(Edit):
    """Which priority of ours a referral's becomes, and after how many days one is late."""

    kind: Literal["priorities"] = "priorities"
    priorities: dict[str, Priority] = Field(default_factory=dict)
    """By priority as sent (`routine`, `urgent`, `asap`, `stat`)."""
    due_days: dict[Priority, Days | None] = Field(default_factory=dict)
    """By priority of ours; null: never late."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.priorities or self.due_days):
            msg = "give priorities or due_days"
            raise ValueError(msg)
        return self

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with them."""
        for name in sorted(set(self.priorities) - set(DEFAULT_PRIORITIES)):
            raise unknown("priority of referrals", name, DEFAULT_PRIORITIES)
        site = practice.site
        return practices.with_site(
            practice,
            priorities=site.priorities | self.priorities,
            due_days=site.due_days | self.due_days,
        )

    def words(self) -> str:
        """What is changed."""
        said = [f"take {sent} as {ours}" for sent, ours in sorted(self.priorities.items())]
        said += [
            f"{priority} is {'never late' if days is None else f'late after {days:g} days'}"
            for priority, days in sorted(self.due_days.items())
        ]
        return f"Change priorities: {'; '.join(said)}."


class MoveWeights(Edit):
    """How dear a move is, by how far the hold has come."""

    kind: Literal["move-weights"] = "move-weights"
    weights: dict[HoldStage, NonNegativeInt] = Field(min_length=1)

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with them."""
        weights = practice.site.move_weights | self.weights
        return practices.with_site(practice, move_weights=weights)

    def on_problem(self, problem: PlanningProblem) -> PlanningProblem:
        """The problem whose bookings weigh so much, by the stage of their case's hold.

        Raises:
            InputError: a weight for `drawn`, which a planning file tells as `started`.
        """
        if HoldStage.DRAWN in self.weights:
            raise InputError(
                "a planning file tells a drawn lab as a hold that has started",
                remedy="give a weight for started, or run it on a practice",
            )
        fresh = {
            case.id: _weighed(case, case.booking, self.weights[stage])
            for case in problem.cases
            if case.booking is not None and (stage := _stage(case)) in self.weights
        }
        return problems.changed_cases(problem, fresh)

    def words(self) -> str:
        """What is changed."""
        said = joined(f"{weight} at hold stage {stage}" for stage, weight in self.weights.items())
        return f"Let the move of a booking weigh {said}."


def _stage(case: Case) -> HoldStage:
    return HoldStage.NONE if case.hold is None else case.hold.stage


def _weighed(case: Case, booking: Booking, weight: int) -> Case:
    heavier = booking.model_copy(update={"move_weight": weight})
    return case.model_copy(update={"booking": heavier})
