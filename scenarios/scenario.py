"""A scenario: a name, what it asks in words, edits, and how it is to be run."""

from re import fullmatch
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, JsonValue, NonNegativeInt, PositiveInt, model_validator

from models.base import Frozen, Id
from scenarios.edits.kinds import AnyEdit


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
    """Weeks before those measured, in which today's bookings are worked off."""
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
    edits: tuple[AnyEdit, ...] = ()

    def counted_from(self, days: int) -> Self:
        """The scenario with the days of its edits counted from so many days after today."""
        edits = tuple(edit.counted_from(days) for edit in self.edits)
        return self.model_copy(update={"edits": edits})

    def words(self) -> tuple[str, ...]:
        """What is changed, one sentence an edit."""
        return tuple(edit.words() for edit in self.edits)


def _place(at: str) -> str:
    if not fullmatch(r"edits\.\d+(\.\w+)+", at):
        msg = "name a member of an edit by its place, such as edits.0.factor"
        raise ValueError(msg)
    return at


class Sweep(Frozen):
    """One member of the edits that takes several values in turn."""

    at: Annotated[str, AfterValidator(_place)]
    """Where it stands, such as `edits.0.factor`: edits count from 0."""
    values: tuple[JsonValue, ...] = Field(min_length=1, max_length=100)
    labels: tuple[str, ...] = ()
    """One for each value; the values themselves when left out."""

    @model_validator(mode="after")
    def _label_each(self) -> Self:
        if self.labels and len(set(self.labels)) != len(self.values):
            msg = f"{len(self.values)} values need as many labels, each another"
            raise ValueError(msg)
        return self


class ScenarioDocument(Frozen):
    """A scenario as a file has it: with the run it is meant for, and what is swept over."""

    format: Literal["holdfast-scenario"] = "holdfast-scenario"
    version: Literal[1] = 1
    name: Id
    title: str = ""
    about: str = ""
    edits: tuple[AnyEdit, ...] = ()
    run: Plan | Replay | None = Field(default=None, discriminator="mode")
    """None: as whoever runs it says."""
    seed: int | None = None
    sweep: tuple[Sweep, ...] = Field(default=(), max_length=2)
    """One or two; all of their combinations are run."""

    @property
    def scenario(self) -> Scenario:
        """The scenario as it is written, nothing swept."""
        return Scenario(name=self.name, title=self.title, about=self.about, edits=self.edits)

    def settings(self, otherwise: Settings) -> Settings:
        """How to run it: as it says, or as it is run otherwise."""
        return Settings(
            run=self.run or otherwise.run,
            seed=otherwise.seed if self.seed is None else self.seed,
        )
