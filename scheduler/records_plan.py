"""What the store keeps beside the plan: who signed a policy, and which calendars are fed."""

from models.base import Frozen, Id, Instant


class SignOff(Frozen):
    """A clinician's signature under a policy, exactly as it was worded."""

    id: Id
    policy: Id
    version: str
    digest: str
    """Of the whole policy with the site's own decisions in it."""
    by: Id
    at: Instant
    comment: str


class Feed(Frozen):
    """A calendar that somebody subscribes to by a secret in its URL."""

    id: Id
    digest: str
    """Of the secret, which itself is kept nowhere."""
    resource: Id | None
    """None for everything that is booked."""
    label: str
    created_at: Instant
    created_by: Id
    revoked_at: Instant | None = None
    revoked_by: str | None = None
    version: int = 1
