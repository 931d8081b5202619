"""What people watch: alerts, and the morning's report."""

from datetime import date, datetime
from typing import Self

from pydantic import Field

from models.base import Frozen
from scheduler.records_notices import AlertLevel, AlertRecord
from scheduler.services.deadlines import Wait
from scheduler.services.morning import Line, Report, Standing


class AlertOut(Frozen):
    """Something that a person must see to; nothing of a patient is in it."""

    id: str = Field(examples=["alert-5f0c2b7e9a1d3846"])
    kind: str = Field(examples=["night-missed"])
    subject: str = Field(description="A case, a night, a destination.", examples=["2026-11-24"])
    level: AlertLevel
    detail: str = Field(examples=["no clock was running"])
    raised_at: datetime
    changed_at: datetime
    ended_at: datetime | None = Field(description="When somebody had seen to it.", examples=[None])
    version: str = Field(description="As in its `ETag`.", examples=["5f2b8c1e0a9d4c37"])

    @classmethod
    def of(cls, alert: AlertRecord) -> Self:
        """An alert as it is kept."""
        kept = alert.model_dump(include=set(cls.model_fields))
        return cls(version=alert.version, **kept)


class SeenIn(Frozen):
    """How it was seen to."""

    reason: str = Field(
        min_length=1,
        max_length=500,
        description="What was done; nothing of a patient.",
        examples=["the clock runs again"],
    )


class WaitOut(Frozen):
    """Something that a booking waits for."""

    what: str = Field(examples=["approval of holding apixaban"])
    due_at: datetime

    @classmethod
    def of(cls, wait: Wait) -> Self:
        """As it is told."""
        return cls(what=wait.sentence, due_at=wait.due_at)


class LineOut(Frozen):
    """One booked case of today or tomorrow."""

    case: str = Field(examples=["referral-7"])
    procedure: str = Field(examples=["vertebral augmentation"])
    start: datetime
    stands: Standing = Field(description="The worst that is true of it.")
    trouble: tuple[str, ...] = Field(description="Why it cannot stand as it is booked.")
    late: tuple[WaitOut, ...] = Field(description="What should have been there by now.")
    waiting: tuple[WaitOut, ...] = Field(description="What is still to come in time.")

    @classmethod
    def of(cls, line: Line) -> Self:
        """A line of the report."""
        return cls(
            case=line.case,
            procedure=line.procedure,
            start=line.start,
            stands=line.standing,
            trouble=line.trouble,
            late=tuple(map(WaitOut.of, line.late)),
            waiting=tuple(map(WaitOut.of, line.waiting)),
        )


class MorningOut(Frozen):
    """The booked cases of today and tomorrow, by start."""

    site: str = Field(examples=["Demo hospital"])
    today: date
    made_at: datetime
    cases: tuple[LineOut, ...]

    @classmethod
    def of(cls, report: Report) -> Self:
        """The report of a moment."""
        cases = tuple(map(LineOut.of, report.lines))
        return cls(site=report.site, today=report.today, made_at=report.made_at, cases=cases)
