"""Who may take a gap, as callers ask and read it."""

from datetime import datetime
from typing import Self

from pydantic import Field

from models.base import MAX_HOURS, Frozen
from scheduler.records_promises import OfferRecord
from scheduler.services.backfill import Candidate, NotThen, Verdict


class GapIn(Frozen):
    """What to ask of a gap."""

    top: int = Field(default=10, ge=1, le=100, description="How many cases at most.")
    notice_hours: float | None = Field(
        default=None,
        ge=0,
        le=MAX_HOURS,
        allow_inf_nan=False,
        description="Hours it takes to tell a patient; the site's when left out. What a hold of "
        "a drug takes is not shortened by it.",
        examples=[4],
    )


class PlaceOut(Frozen):
    """A case in the gap, why it may be there, and what must happen for it."""

    case: str = Field(examples=["referral-7"])
    start: datetime
    assigned: dict[str, str] = Field(examples=[{"suite": "suite-1", "proceduralist": "dr-1"}])
    role: str = Field(description="The need that the gap serves.", examples=["suite"])
    saved: int = Field(description="Points by which the plan gets cheaper.")
    booked: datetime | None = Field(description="Where it is booked now.")
    version: int | None = Field(description="The version of that booking, for `If-Match`.")
    allowed: tuple[str, ...] = Field(
        description="Why it may.",
        examples=[["it is not booked", "the rules permit it from 08:00 to Fri 27 Nov 17:00"]],
    )
    to_do: tuple[str, ...] = Field(
        description="What must happen for it.", examples=[["tell the patient the time, 09:00"]]
    )

    @classmethod
    def of(cls, found: Candidate) -> Self:
        """A candidate as it was found."""
        booking = found.file.booking
        return cls(
            case=found.file.id,
            start=found.proposal.start,
            assigned=dict(found.proposal.assigned),
            role=found.role,
            saved=found.saved,
            booked=booking.held.start if booking else None,
            version=booking.version if booking else None,
            allowed=found.allowed,
            to_do=found.to_do,
        )


class CandidateOut(Frozen):
    """A case that may take the gap, as a proposal: book it, or move its booking to it."""

    proposal: str = Field(examples=["proposal-5f0c"])
    expires_at: datetime
    place: PlaceOut

    @classmethod
    def of(cls, kept: OfferRecord, found: Candidate) -> Self:
        """A candidate with the id of its proposal."""
        return cls(proposal=kept.id, expires_at=kept.expires_at, place=PlaceOut.of(found))


class CandidatesOut(Frozen):
    """Who may take the gap: what saves most first."""

    resource: str = Field(examples=["suite-1"])
    begin: datetime
    end: datetime
    candidates: tuple[CandidateOut, ...]


class NotThenOut(Frozen):
    """What is against one start in the gap."""

    start: datetime
    reasons: tuple[str, ...]

    @classmethod
    def of(cls, found: NotThen) -> Self:
        """One start as it was judged."""
        return cls(start=found.start, reasons=found.reasons)


class GapVerdictOut(Frozen):
    """Whether one case may take the gap, and if not, why not."""

    case: str = Field(examples=["referral-7"])
    may: bool
    place: PlaceOut | None
    reasons: tuple[str, ...] = Field(examples=[["its booking, Tue 24 Nov 09:00, is locked"]])
    starts: tuple[NotThenOut, ...] = Field(description="Start by start, where it comes to that.")

    @classmethod
    def of(cls, found: Verdict) -> Self:
        """A verdict as the services give it."""
        candidate = found.candidate
        return cls(
            case=found.case,
            may=candidate is not None,
            place=PlaceOut.of(candidate) if candidate else None,
            reasons=found.reasons,
            starts=tuple(map(NotThenOut.of, found.starts)),
        )
