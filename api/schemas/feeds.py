"""Calendar feeds as callers make and list them."""

from datetime import datetime
from typing import Self

from pydantic import Field

from models.base import Frozen, Id
from scheduler.records_plan import Feed


class FeedIn(Frozen):
    """What shall be fed."""

    resource: Id | None = Field(
        default=None,
        description="A suite, a doctor or another resource; everything booked when left out.",
        examples=["suite-1"],
    )
    label: str = Field(
        default="Holdfast",
        min_length=1,
        max_length=200,
        description="The calendar's name, as subscribers see it.",
        examples=["Suite 1"],
    )


class FeedOut(Frozen):
    """A feed; its secret is kept nowhere and cannot be shown again."""

    id: str = Field(examples=["feed-7d1e5f3a9b0c2d46"])
    resource: str | None = Field(examples=["suite-1"])
    label: str = Field(examples=["Suite 1"])
    created_at: datetime
    created_by: str = Field(examples=["ann"])
    revoked_at: datetime | None
    revoked_by: str | None
    version: int

    @classmethod
    def of(cls, feed: Feed) -> Self:
        """A feed as it is kept."""
        return cls(**feed.model_dump(exclude={"digest"}))


class MadeFeedOut(FeedOut):
    """A new feed with its address."""

    url: str | None = Field(
        default=None,
        description="Whoever has it can read the feed. It is told once: the same request sent "
        "again gets the feed without it; then revoke the feed and make another.",
        examples=["https://holdfast.example.org/v1/calendar/q0cXw1...Zk.ics"],
    )
