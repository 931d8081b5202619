"""What leaves the store, and what somebody must look at: messages, their sendings, alerts."""

from enum import StrEnum

from models.base import Frozen, Id, Instant
from scheduler.versions import version_of


class Message(Frozen):
    """Something that happened, for whoever asked to be told; nothing of a patient is in it."""

    seq: int = 0
    """Its place in the order of all messages; given by the store."""
    id: Id
    """Stays the same when it is sent again: receivers drop what they have seen."""
    kind: Id
    """What happened, such as `booking.move`."""
    subject: Id
    """What it happened to: messages of one subject are sent in their order."""
    body: str
    """A JSON object with ids, times and states."""
    created_at: Instant


class Sending(Frozen):
    """A message on its way to one destination."""

    message: Message
    destination: Id
    attempts: int = 0


class Backlog(Frozen):
    """What waits to be sent to one destination."""

    destination: Id
    waiting: int
    failing: int
    """How many of these were tried in vain."""
    oldest_at: Instant
    error: str = ""
    """Why one of these was tried in vain."""


class AlertLevel(StrEnum):
    """How far an alert has gone."""

    RAISED = "raised"
    ESCALATED = "escalated"
    ACTED = "acted"  # the site's rule was carried out


class AlertRecord(Frozen):
    """Something that a person must see to; nothing of a patient is in it."""

    id: Id
    kind: Id
    """Such as `approval-late` or `night-missed`."""
    subject: Id
    """A case, a night, ..."""
    about: str = ""
    """Tells alerts of one kind and subject apart, such as a requirement and a booked start."""
    level: AlertLevel = AlertLevel.RAISED
    detail: str = ""
    raised_at: Instant
    changed_at: Instant
    ended_at: Instant | None = None

    @property
    def version(self) -> str:
        """Another one once it was escalated, acted on or ended."""
        return version_of(self.id, self.level, self.detail, self.ended_at)


class RoutineRecord(Frozen):
    """When a routine was last done, and what came of it."""

    name: Id
    done_at: Instant
    failed: bool = False
    outcome: str = ""
