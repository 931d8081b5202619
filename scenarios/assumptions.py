"""What is assumed of the weeks to come: every figure with its source, each to be overridden."""

from collections.abc import Mapping
from datetime import time
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Self

from pydantic import Field, NonNegativeFloat, PositiveFloat, model_validator

from models.base import Frozen, Id
from models.calendars import ClockSpan, Weekday

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Chance(Frozen):
    """How likely something is, with where the figure comes from."""

    share: Share
    source: str = Field(min_length=1)
    evidence: str = Field(min_length=1)
    """`published`, `fitted`, `planning` (a planning value that nobody measured) or `site`."""


class Quantiles(Frozen):
    """A distribution by its quantiles, linear in between; draws beyond the ends take the ends."""

    levels: tuple[Share, ...] = Field(min_length=2)
    """Rising; the first is 0 and the last 1."""
    values: tuple[Annotated[float, Field(allow_inf_nan=False)], ...] = Field(min_length=2)
    """As many, never falling."""
    source: str = Field(min_length=1)
    evidence: str = Field(min_length=1)

    @model_validator(mode="after")
    def _is_a_distribution(self) -> Self:
        if len(self.levels) != len(self.values):
            msg = f"{len(self.levels)} levels and {len(self.values)} values are not as many"
            raise ValueError(msg)
        if self.levels[0] != 0 or self.levels[-1] != 1:
            msg = "the first level is not 0, or the last is not 1"
            raise ValueError(msg)
        if any(a >= b for a, b in pairwise(self.levels)):
            msg = "levels do not rise"
            raise ValueError(msg)
        if any(a > b for a, b in pairwise(self.values)):
            msg = "values fall as levels rise"
            raise ValueError(msg)
        return self


class Arrivals(Frozen):
    """How many referrals come in, and of which kind."""

    per_day: dict[Weekday, NonNegativeFloat] = Field(default_factory=dict)
    """Mean number by weekday; empty: as many a day as the open cases' authored dates say, which is
    too low, as who was treated is not among them."""
    by_procedure: dict[Id, NonNegativeFloat] = Field(default_factory=dict)
    """Factor on referrals for a procedure; 1 where left out."""
    by_priority: dict[Id, NonNegativeFloat] = Field(default_factory=dict)
    """Factor on referrals of a priority of ours; 1 where left out."""
    by_weekday: dict[Weekday, NonNegativeFloat] = Field(default_factory=dict)
    """Factor on referrals of a weekday; 1 where left out."""
    scale: NonNegativeFloat = 1.0
    hours: ClockSpan = Field(default=ClockSpan(start=time(8), end=time(16)))
    """Local hours in which referrals come in, evenly."""
    source: str = "dates of the cases that are still open: too low a figure"
    evidence: str = "planning"


class DurationGroup(Frozen):
    """Quantiles of actual procedure minutes over the catalogue's for one group of cases."""

    key: tuple[str, ...]
    """From general to special: (), (procedure,), (procedure, levels), ... with sedation, then
    proceduralist."""
    ratio: Quantiles
    cases: int = Field(ge=0)
    """Cases the quantiles rest on before shrinkage."""


class Durations(Frozen):
    """How long procedures really take against the minutes the catalogue gives."""

    groups: tuple[DurationGroup, ...] = Field(min_length=1)
    """The first has the key (): everything."""
    scale: PositiveFloat = 1.0
    planned_quantile: Share | None = None
    """The quantile that the planner books; None: the catalogue's minutes."""

    @model_validator(mode="after")
    def _each_group_once(self) -> Self:
        if self.groups[0].key != ():
            msg = "the first group is not the one of all cases, whose key is empty"
            raise ValueError(msg)
        if len(self.by_key) != len(self.groups):
            msg = "a group is given twice"
            raise ValueError(msg)
        return self

    @cached_property
    def by_key(self) -> dict[tuple[str, ...], DurationGroup]:
        """The groups by key."""
        return {group.key: group for group in self.groups}

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy that finds its groups anew: pydantic copies what is cached along with the data."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("by_key", None)
        return copied


class Assumptions(Frozen):
    """All of them, each with the figure that is used where a site says nothing."""

    arrivals: Arrivals = Arrivals()
    called_off: Chance = Chance(
        share=0.156,
        source="22.3 % of 79,000 imaging outpatients cancelled, 70 % by the patient: 15.6 % "
        "(Aijaz, Acad Radiol 2024); imaging, no figure of interventional radiology was found",
        evidence="published",
    )
    """A booked patient calls off before the day."""
    returns: Chance = Chance(
        share=0.7,
        source="planning value: most who call off ask for another day; no figure was found",
        evidence="planning",
    )
    """One who called off, or could not be treated on the day, is to be booked again."""
    no_show: Chance = Chance(
        share=0.02,
        source="imaging no-show 2.0 % (Aijaz, Acad Radiol 2024); 2.26-3.36 % over 16 years "
        "(ACR Bulletin 2018)",
        evidence="published",
    )
    illness: Chance = Chance(
        share=0.02,
        source="planning value: acute illness is a top reason of cancelling on the day "
        "(Lu, UCLA 2021), without a figure",
        evidence="planning",
    )
    hold_missed: Chance = Chance(
        share=0.03,
        source="planning value: a dose taken after the stop; no figure was found",
        evidence="planning",
    )
    """One who should have stopped a drug takes a dose within the hold."""
    lab_failed: Chance = Chance(
        share=0.03,
        source="planning value: a result outside the limits; no figure was found",
        evidence="planning",
    )
    """One with a laboratory gate."""
    approval_late: Chance = Chance(
        share=0.05,
        source="planning value: the prescriber is late; no figure was found",
        evidence="planning",
    )
    """One whose booking waits for a prescriber."""
    accepts_day: Chance = Chance(
        share=0.9, source="planning value: a day offered suits the patient", evidence="planning"
    )
    """A patient accepts a proposal on a local day; if no day suits, the best is taken."""
    agrees_to_move: Chance = Chance(
        share=0.8,
        source="planning value: a patient who was told a time agrees to another",
        evidence="planning",
    )
    """Asked of moves of a night that wait for approval; other moves a person always accepts."""
    answer_hours: Quantiles = Quantiles(
        levels=(0.0, 0.5, 1.0),
        values=(2.0, 24.0, 72.0),
        source="planning value: a clinician answers within three days",
        evidence="planning",
    )
    """Hours until a clinician answers a question without which there is no window."""
    answered_hold_hours: Quantiles | None = None
    """Hours off a drug that such an answer names; None: as one row or other of the policies in
    force says, each as likely. There is no figure of our own."""
    first_case_late: Quantiles = Quantiles(
        levels=(0.0, 0.35, 0.5, 0.75, 0.9, 1.0),
        values=(0.0, 0.0, 10.0, 25.0, 40.0, 80.0),
        source="35 % by their target, mean start 16 min after it (8:31, goal 8:15): Routman (UAB), "
        "by radiologybusiness 2024; the shape between is a planning value",
        evidence="published",
    )
    """Minutes by which the first case of a suite's day starts late."""
    durations: Durations = Durations(
        groups=(
            DurationGroup(
                key=(),
                cases=0,
                ratio=Quantiles(
                    levels=(0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0),
                    values=(0.6, 0.75, 0.87, 1.0, 1.15, 1.35, 2.0),
                    source="planning value: fit a history with `holdfast scenario fit`",
                    evidence="planning",
                ),
            ),
        )
    )
