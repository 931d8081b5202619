"""The frozen base of all domain data, and the kinds of value every module shares."""

from datetime import datetime, timezone
from enum import StrEnum
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)

MINUTES_PER_HOUR = 60
SECONDS_PER_DAY = 86_400
MAX_HOURS = 100_000
"""Eleven years: a longer span is a slip of the pen, and would leave the calendar."""
MAX_DAYS = MAX_HOURS // 24


class Frozen(BaseModel):
    """Immutable data that refuses members it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _fixed_offset(instant: datetime) -> datetime:
    """Whole seconds, and an offset in place of a zone, so that adding hours adds elapsed hours."""
    if instant.microsecond:
        msg = "an instant has whole seconds"
        raise ValueError(msg)
    offset = instant.utcoffset()
    return instant.replace(tzinfo=timezone(offset), fold=0) if offset is not None else instant


Instant = Annotated[
    AwareDatetime,
    AfterValidator(_fixed_offset),
    PlainSerializer(datetime.isoformat, return_type=str, when_used="json"),
]
Hours = Annotated[float, Field(ge=0, le=MAX_HOURS, allow_inf_nan=False)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Priority(StrEnum):
    """How soon a case must be treated, most pressing first."""

    EMERGENT = "emergent"
    URGENT = "urgent"
    SOON = "soon"
    ROUTINE = "routine"


class HoldStage(StrEnum):
    """How far a medication hold has come."""

    NONE = "none"
    PLANNED = "planned"
    STARTED = "started"
    DRAWN = "drawn"


BEGUN = frozenset({HoldStage.STARTED, HoldStage.DRAWN})
"""Stages at which a patient is off a drug already."""
