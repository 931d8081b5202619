"""Scenarios as callers hand them in, check them and ask for runs of them."""

from datetime import datetime
from typing import Literal, Self

from pydantic import Field, JsonValue, model_validator

from api.schemas.policies import TouchedOut
from api.schemas.runs import RunOut
from models.base import Frozen, Id
from scenarios.library.shipped import library_scenario
from scenarios.scenario import Plan, Replay, ScenarioDocument, Settings
from scenarios.scenario_files import scenario_of
from scenarios.sweeps import expand
from scenarios.touched import Trial
from scheduler.records_scenarios import ScenarioRecord
from scheduler.services.scenarios import Checked, Result, document_of

EXAMPLE = {
    "name": "two-nurses-fewer",
    "title": "Two sedation nurses fewer on Wednesdays",
    "edits": [{"kind": "staff-level", "of_kind": "sedation", "days": "wed", "change": -2}],
}


class ScenarioIn(Frozen):
    """A scenario: a document of its own, or one of the library."""

    document: dict[str, JsonValue] | None = Field(
        default=None,
        description="A scenario file as JSON. Edits cannot name other files.",
        examples=[EXAMPLE],
    )
    library: Id | None = Field(
        default=None, description="The name of a ready scenario.", examples=[None]
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.document is None) == (self.library is None):
            msg = "give either a document or the name of a library scenario"
            raise ValueError(msg)
        return self

    def read(self) -> ScenarioDocument:
        """The scenario, wholly checked.

        Raises:
            InputError: a member or an edit is wrong; names the edit.
            NotFoundError: the library has no such scenario.
        """
        if self.library is not None:
            return library_scenario(self.library)
        return scenario_of(self.document, "scenario")


class DescribedOut(Frozen):
    """A scenario in words."""

    name: str = Field(examples=["two-nurses-fewer"])
    title: str = Field(examples=["Two sedation nurses fewer on Wednesdays"])
    about: str = Field(examples=["What would it cost to do with two sedation nurses fewer?"])
    changes: tuple[str, ...] = Field(
        description="What is changed, a sentence for each edit.",
        examples=[["Have 2 sedation fewer on Wednesdays."]],
    )
    points: tuple[str, ...] = Field(
        description="Of a sweep: what it is run with in turn.", examples=[["hours=24", "hours=48"]]
    )
    document: dict[str, JsonValue] = Field(description="The scenario file.", examples=[EXAMPLE])

    @classmethod
    def described(cls, document: ScenarioDocument) -> "DescribedOut":
        """A scenario file in words."""
        return DescribedOut(
            name=document.name,
            title=document.title,
            about=document.about,
            changes=document.scenario.words(),
            points=tuple(point.label for point in expand(document) if point.label),
            document=document.model_dump(mode="json"),
        )


class ScenarioOut(DescribedOut):
    """A scenario that is kept."""

    id: str = Field(examples=["scenario-7d1e5f3a9b0c2d46"])
    created_at: datetime
    created_by: str = Field(examples=["ann"])
    updated_at: datetime
    version: int

    @classmethod
    def of(cls, record: ScenarioRecord) -> Self:
        """A scenario as it is kept."""
        kept = record.model_dump(
            include={"id", "created_at", "created_by", "updated_at", "version"}
        )
        return cls(**dict(DescribedOut.described(document_of(record))), **kept)


class PointTrialOut(Frozen):
    """The bookings that a scenario, or one point of its sweep, touches."""

    scenario: str = Field(examples=["notice@hours=48"])
    assessed: int = Field(description="Bookings that were looked at.", examples=[64])
    falling: int = Field(description="Bookings that would no longer stand.", examples=[3])
    touched: tuple[TouchedOut, ...]

    @classmethod
    def of(cls, scenario: str, trial: Trial) -> Self:
        """What was found."""
        touched = tuple(map(TouchedOut.of, trial.touched))
        return cls(
            scenario=scenario, assessed=trial.assessed, falling=trial.falling, touched=touched
        )


class CheckOut(Frozen):
    """What a scenario changes, and whom it touches; nothing was run and nothing was changed."""

    changes: tuple[str, ...] = Field(examples=[["Give patients 48 hours of notice."]])
    trials: tuple[PointTrialOut, ...]

    @classmethod
    def of(cls, checked: Checked) -> Self:
        """What was found."""
        trials = tuple(PointTrialOut.of(name, trial) for name, trial in checked.trials.items())
        return cls(changes=checked.document.scenario.words(), trials=trials)


class StudyIn(Frozen):
    """How a scenario is run; what is left out is as its file says, or as usual."""

    mode: Literal["plan", "replay"] | None = Field(
        default=None, description="One night, or weeks of operation day by day.", examples=["plan"]
    )
    weeks: int | None = Field(default=None, ge=1, le=520, examples=[None])
    warm_up_weeks: int | None = Field(default=None, ge=0, le=52, examples=[None])
    replications: int | None = Field(default=None, ge=1, le=10_000, examples=[None])
    iterations: int | None = Field(
        default=None, ge=1, description="Steps of each search.", examples=[2000]
    )
    seed: int | None = Field(default=None, ge=0, le=2**31 - 1, examples=[0])

    def settings(self, document: ScenarioDocument) -> Settings:
        """How the scenario is run; figures that its mode does not have are left out."""
        modes: dict[str, Plan | Replay] = {"plan": Plan(), "replay": Replay()}
        run = modes[self.mode] if self.mode else document.settings(Settings()).run
        names = set(type(run).model_fields) - {"mode"}
        given = self.model_dump(include=names, exclude_none=True)
        seed = self.seed if self.seed is not None else document.settings(Settings()).seed
        return Settings(run=type(run).model_validate(run.model_dump() | given), seed=seed)


class StudyOut(Frozen):
    """A run of a scenario."""

    scenario: str = Field(examples=["scenario-7d1e5f3a9b0c2d46"])
    version: int = Field(description="Of the scenario, when the run was asked for.", examples=[1])
    settings: Settings
    run: RunOut

    @classmethod
    def of(cls, result: Result) -> Self:
        """A run as it is kept."""
        asked = result.comparison
        return cls(
            scenario=asked.scenario,
            version=asked.version,
            settings=Settings.model_validate_json(asked.settings),
            run=RunOut.of(result.run),
        )


class MeasuresOut(Frozen):
    """What a run of a scenario found: its figures and differences, measure by measure."""

    run: str = Field(examples=["run-0d3e5f7a9b1c2d4e"])
    measures: dict[str, JsonValue] = Field(
        description="`baseline`, `scenarios`, `settings`, `notes`; `intervals`: the mean of each "
        "measure with its 95 % interval; `differences`: scenario less baseline, paired, with a "
        "verdict.",
        examples=[{"baseline": "baseline", "differences": []}],
    )
