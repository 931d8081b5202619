"""A scenario: a name, what it asks in words, edits, and how it is to be run."""

from typing import Any, Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from models.base import Frozen, Id


class Plan(Frozen):
    """One night on the edited problem."""

    mode: Literal["plan"] = "plan"
    iterations: PositiveInt = 20_000
    """Steps of the search: the same plan on every machine."""


class Replay(Frozen):
    """Weeks of simulated operation, day by day."""

    mode: Literal["replay"] = "replay"
    weeks: PositiveInt = 12
    warm_up_weeks: NonNegativeInt = 2
    """Weeks before those measured, in which the department fills up."""
    replications: PositiveInt = 20
    iterations: PositiveInt = 2_000
    """Steps of each night's search."""


class Settings(Frozen):
    """How scenarios are run; a comparison runs all of its scenarios alike."""

    run: Plan | Replay = Field(default_factory=Plan, discriminator="mode")
    seed: int = 0


class Scenario(Frozen):
    """A list of edits with a name. Edits are applied in order."""

    name: Id
    title: str = ""
    about: str = ""
    """What is asked, in words."""
    edits: tuple[Any, ...] = ()
