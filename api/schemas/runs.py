"""Runs as callers ask for them and follow them."""

from datetime import datetime
from typing import Self

from pydantic import Field

from api.schemas.revisions import RevisionSummary
from models.base import Frozen
from scheduler.records import RevisionRecord
from scheduler.records_nights import RunOrder, RunRecord, RunState, RunStatus


class RunIn(Frozen):
    """What a run is asked to do."""

    seconds: int = Field(default=60, ge=1, le=3600, description="Time to search.")
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Seed of the search.")
    apply: bool | None = Field(
        default=None,
        description="True applies every move, false leaves all for approval; else the site's rule.",
    )

    def order(self) -> RunOrder:
        """The same as the store keeps it."""
        return RunOrder(seconds=self.seconds, seed=self.seed, apply=self.apply)


class ProgressOut(Frozen):
    """How far a run has come."""

    step: int = Field(description="Rises with every change; the id of the event.", examples=[7])
    state: RunState
    phase: str = Field(
        description="`freezing`, `searching` or `applying`; of a scenario `comparing`.",
        examples=["searching"],
    )
    seconds: float = Field(description="Since the search began.", examples=[12.4])
    cost: int | None = Field(description="Points of the best plan so far.", examples=[44_900])
    bound: int | None = Field(description="Points that no plan can beat.", examples=[44_100])
    placed: int | None = Field(description="Cases that it places.", examples=[61])
    cases: int | None = Field(description="Cases there are.", examples=[64])
    done: int | None = Field(description="Of a scenario: its runs that have ended.")
    total: int | None = Field(description="Of a scenario: all of its runs.")

    @classmethod
    def of(cls, run: RunRecord) -> Self:
        """How a run stands."""
        return cls(state=run.state, **dict(run.progress))


class RunOut(Frozen):
    """One execution of a job."""

    id: str = Field(examples=["run-0d3e5f7a9b1c2d4e"])
    job: str = Field(examples=["night"])
    night: str = Field(
        description="The local date of a night, or the name of a run on request.",
        examples=["2026-11-24"],
    )
    state: RunState
    status: RunStatus | None = Field(description="What it brought, once it has ended.")
    outcome: str = Field(examples=["3 booked, 2 moved; cost 48,200 to 44,900"])
    seconds: int = Field(description="Time it has to search.", examples=[60])
    seed: int
    apply: bool | None
    requested_at: datetime
    requested_by: str = Field(examples=["clock"])
    started_at: datetime | None
    finished_at: datetime | None
    attempts: int = Field(description="How often it was begun.", examples=[1])
    cancel_requested: bool
    progress: ProgressOut
    version: str = Field(
        description="As in its `ETag`; not another one while a run only comes further.",
        examples=["5f2b8c1e0a9d4c37"],
    )

    @classmethod
    def of(cls, run: RunRecord) -> Self:
        """A run as it is kept."""
        kept = set(cls.model_fields) - {"seconds", "seed", "apply", "progress", "version"}
        return cls(
            **dict(run.order),
            progress=ProgressOut.of(run),
            version=run.version,
            **run.model_dump(include=kept),
        )


class ResultOut(Frozen):
    """What a run that has ended brought."""

    run: RunOut
    revision: RevisionSummary | None = Field(
        description="What it would change or has changed; none where it changes nothing."
    )

    @classmethod
    def of(cls, run: RunRecord, revision: RevisionRecord | None) -> Self:
        """A run with its revision."""
        return cls(run=RunOut.of(run), revision=revision and RevisionSummary.of(revision))
