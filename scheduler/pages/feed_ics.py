"""A calendar feed (RFC 5545): times and places with the ids of cases, and nothing of patients.

The same bookings give the same bytes, so that whoever has a feed need not get it again.
"""

from datetime import UTC
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar, Event

from scheduler.services.feeds import Entry, FeedContent


def feed_ics(content: FeedContent) -> bytes:
    """The calendar file of a feed; times are in UTC."""
    calendar = Calendar()
    calendar.add("prodid", "-//Holdfast//calendar feed//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", content.feed.label)
    for entry in content.entries:
        calendar.add_component(_event(entry, content.site))
    return bytes(calendar.to_ical())


def _event(entry: Entry, site: str) -> Event:
    event = Event()
    event.add("uid", f"{uuid5(NAMESPACE_URL, f'holdfast:{site}/{entry.key}')}@holdfast")
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("sequence", entry.version)
    event.add("dtstart", entry.start.astimezone(UTC))
    event.add("dtend", entry.end.astimezone(UTC))
    event.add("summary", entry.case)
    event.add("location", ", ".join(entry.places))
    event.add("status", "CONFIRMED" if entry.firm else "TENTATIVE")
    return event
