"""What is offered and what was there before: proposals that expire, changes that can be undone."""

from models.base import Frozen, Id, Instant
from scheduler.records import BookingRecord


class OfferedMove(Frozen):
    """A booking of another case that has to move for an offer."""

    case: Id
    version: int
    """The version of the booking when it was offered; at another one the offer is stale."""
    start: Instant
    assigned: dict[Id, Id]


class OfferRecord(Frozen):
    """A proposal with an id: until it expires it can be reserved, booked or moved to."""

    id: Id
    case: Id
    start: Instant
    assigned: dict[Id, Id]
    moved: tuple[OfferedMove, ...] = ()
    mark: str
    """What was known of the case when it was made; a case with another mark has changed."""
    expires_at: Instant
    created_at: Instant
    created_by: Id


class BookingChange(Frozen):
    """The last change of a case's booking."""

    case: Id
    action: str
    before: BookingRecord | None
    """What was there before; None where there was no booking."""
    version: int
    """The version of the booking that the change left behind."""
    at: Instant
    by: Id
