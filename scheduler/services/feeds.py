"""Calendar feeds: made with a secret that is told once, read by whoever has it, revoked."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.errors import NotFoundError, StaleError
from models.held import Span
from models.timegrid import local_day, start_of_day
from scheduler.records import BookingRecord, BookingState
from scheduler.records_plan import Feed
from scheduler.services.desk import Desk

KEPT = timedelta(days=7)
"""What lies further back is no longer fed."""
LONGEST_STAY = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Made:
    """A new feed with its secret, which is kept nowhere."""

    feed: Feed
    secret: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One time in a feed."""

    key: str
    """The same for every version of it."""
    case: str
    start: datetime
    end: datetime
    places: tuple[str, ...]
    firm: bool
    version: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class FeedContent:
    """What a feed says at a moment."""

    site: str
    feed: Feed
    entries: tuple[Entry, ...]


def secret_digest(secret: str) -> str:
    """What of a secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def make(desk: Desk, *, resource: str | None, label: str) -> Made:
    """A new feed: of one resource, or of everything that is booked.

    Raises:
        NotFoundError: the site has no such resource.
    """
    if resource is not None and resource not in desk.department.site.resource_by_id:
        raise NotFoundError(f"the site has no resource {resource}", remedy="list them")
    secret = desk.ids.token()
    feed = Feed(
        id=desk.ids.new("feed"),
        digest=secret_digest(secret),
        resource=resource,
        label=label,
        created_at=desk.now,
        created_by=desk.actor,
    )
    desk.uow.feeds.add(feed)
    desk.audit("feed.add", feed.id, after=feed, detail=resource or "everything")
    return Made(feed, secret)


def revoke(desk: Desk, name: str, *, version: int) -> Feed:
    """Let a feed end; its secret is worth nothing from now on.

    Raises:
        NotFoundError: there is no such feed.
        StaleError: it is at another version, or was revoked already.
    """
    feed = desk.uow.feeds.get(name)
    if feed.version != version or feed.revoked_at is not None:
        said = "it is revoked already" if feed.revoked_at else f"it is at version {feed.version}"
        raise StaleError(said, place=f"feed {name}", remedy="look at it again")
    ended = feed.model_copy(update={"revoked_at": desk.now, "revoked_by": desk.actor})
    after = desk.uow.feeds.change(ended)
    desk.audit("feed.revoke", name, before=feed, after=after)
    return after


def content(desk: Desk, secret: str) -> FeedContent | None:
    """What the feed of a secret says; None when no feed that stands has it."""
    feed = desk.uow.feeds.by_digest(secret_digest(secret))
    if feed is None or feed.revoked_at is not None:
        return None
    site = desk.department.site
    since = start_of_day(local_day(desk.now, site.tz), site.tz) - KEPT
    booked = desk.uow.bookings.standing(since=since - LONGEST_STAY).values()
    found = [entry for one in booked for entry in _entries(one, feed) if entry.end > since]
    found.sort(key=lambda entry: (entry.start, entry.key))
    return FeedContent(site.id, feed, tuple(found))


def _entries(booking: BookingRecord, feed: Feed) -> Iterator[Entry]:
    """Everything: one entry from start to end of the procedure; a resource: its own times."""
    spans = list(booking.held.spans())
    if feed.resource is None:
        start = booking.held.start
        during = [span for span in spans if span.begin <= start < span.end]
        end = max(span.end for span in during) if during else max(span.end for span in spans)
        yield _entry(booking, "procedure", start, end, during)
        return
    for span in spans:
        if span.resource == feed.resource:
            yield _entry(booking, span.role, span.begin, span.end, [span])


def _entry(
    booking: BookingRecord, role: str, start: datetime, end: datetime, spans: list[Span]
) -> Entry:
    return Entry(
        key=f"{booking.case}/{role}",
        case=booking.case,
        start=start,
        end=end,
        places=tuple(span.resource for span in spans),
        firm=booking.state == BookingState.CONFIRMED,
        version=booking.version,
        changed_at=booking.updated_at,
    )
