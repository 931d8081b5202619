"""Placements, bookings and reservations as callers write and read them."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from api.schemas.moments import Moment
from models.base import Frozen, Id
from scheduler.records import BookingRecord, BookingState, Reservation

START = "2026-11-24T09:00:00-06:00"
ASSIGNED = {"suite": "suite-1", "proceduralist": "dr-1", "recovery": "bay-3"}


class PlacementIn(Frozen):
    """Where and when: a start and a resource for each role, as a proposal lists them."""

    start: Moment = Field(examples=[START])
    assigned: dict[Id, Id] = Field(examples=[ASSIGNED], max_length=40)


PROPOSAL = "The id of a proposal, as `POST /v1/cases/{case}/proposals` gave it."


Reason = Annotated[
    str | None,
    Field(
        min_length=10,
        max_length=500,
        description="Why a resource is named that is kept for deliberate overbooking. It needs the "
        "permission to overbook, and stands in the audit.",
        examples=["cord compression, agreed with the charge nurse"],
    ),
]


class BookIn(Frozen):
    """What to book: one of a placement, a proposal, and the token of a reservation."""

    placement: PlacementIn | None = None
    proposal: Id | None = Field(default=None, description=PROPOSAL, examples=["proposal-5f0c"])
    reservation: Id | None = Field(default=None, description="The token of a reservation.")
    reason: Reason = None
    firm: bool = Field(
        default=False, description="Refuse to book provisionally while requirements are open."
    )


class MoveIn(Frozen):
    """Where a booking goes: a start with a resource for each role, or a proposal."""

    start: Moment | None = Field(default=None, examples=[START])
    assigned: dict[Id, Id] | None = Field(default=None, examples=[ASSIGNED], max_length=40)
    proposal: Id | None = Field(default=None, description=PROPOSAL)
    reason: Reason = None


class ReserveIn(Frozen):
    """What to keep for a while: a placement or a proposal."""

    placement: PlacementIn | None = None
    proposal: Id | None = Field(default=None, description=PROPOSAL, examples=["proposal-5f0c"])


class ReleaseIn(Frozen):
    """Which reservation is given up."""

    token: Id = Field(description="As it was given when the reservation was made.")


class CancelIn(Frozen):
    """Why a booking is given up."""

    reason: str = Field(min_length=1, max_length=500, examples=["patient is ill"])


class BookingOut(Frozen):
    """A booking."""

    id: str
    case: str
    state: BookingState
    start: datetime
    assigned: dict[str, str]
    locked: bool
    told_at: datetime | None
    waiting_for: tuple[str, ...] = Field(description="What keeps it provisional.")
    trouble: tuple[str, ...] = Field(description="Why it can no longer stand as it is.")
    reason: str = Field(description="What was typed when it was overbooked or given up.")
    version: int

    @classmethod
    def of(cls, record: BookingRecord) -> Self:
        """A booking as it is kept."""
        return cls(
            start=record.held.start,
            assigned=record.held.assigned,
            **record.model_dump(
                include={
                    "id",
                    "case",
                    "state",
                    "locked",
                    "told_at",
                    "waiting_for",
                    "trouble",
                    "reason",
                    "version",
                }
            ),
        )


class ReservationOut(Frozen):
    """A placement kept for a short while."""

    case: str
    token: str = Field(description="Whoever has it may book the placement.")
    start: datetime
    assigned: dict[str, str]
    state: str
    expires_at: datetime

    @classmethod
    def of(cls, record: Reservation) -> Self:
        """A reservation as it is kept."""
        return cls(
            start=record.held.start,
            assigned=record.held.assigned,
            **record.model_dump(include={"case", "token", "state", "expires_at"}),
        )
