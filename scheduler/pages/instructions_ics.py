"""The times of an instruction sheet as a calendar file: appointment, arrival, each last dose.

A calendar may be seen by others, so it names neither the patient nor the procedure. Event ids are
the same for every version of a booking, so that a newer file replaces what an older one put there.
Times are in UTC: no calendar program has to know the site's zone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from icalendar import Alarm, Calendar, Event

from models.clinical.instructions import InstructionSheet
from scheduler.pages import instruction_messages as said
from scheduler.pages.instruction_words import Speaker, spoken

DOSE_EVENTS = {
    "drug.last-dose": said.EVENT_LAST_DOSE,
    "drug.last-dose-before": said.EVENT_LAST_CALL,
}
DAY_AHEAD, AT_ONCE = timedelta(days=-1), timedelta()


def instructions_ics(
    sheet: InstructionSheet,
    *,
    site_id: str,
    site: str,
    stamp: datetime,
    sequence: int = 0,
    end: datetime | None = None,
) -> bytes:
    """The calendar file (RFC 5545) of one booking.

    Args:
        sheet: what the patient is told.
        site_id: the department's id; event ids are made of it and the referral's.
        site: the department's name.
        stamp: when the file is made.
        sequence: version of the booking; calendars take the highest.
        end: when the patient may leave, where that is known.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Holdfast//instruction sheet//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    owner = f"{site_id}/{sheet.referral}"
    for entry in (*_visits(sheet, site, end), *_doses(sheet)):
        calendar.add_component(_event(entry, owner, stamp, sequence))
    return bytes(calendar.to_ical())


@dataclass(frozen=True, slots=True)
class _Entry:
    """One event before it is written down; `kind` tells it from the others of its booking."""

    kind: str
    start: datetime
    end: datetime | None
    title: str
    notes: str
    alarm: timedelta
    busy: bool = True


def _visits(sheet: InstructionSheet, site: str, end: datetime | None) -> Iterator[_Entry]:
    """The appointment, and the arrival where a time is given for it."""
    words, speaker = spoken(sheet), Speaker.of(sheet)
    food = [line.sentence.text for line in words.lines if line.key.startswith("fasting")]
    notes = "\n".join((*food, *words.contact_lines))
    title = speaker.say(said.EVENT_START, site=site).text
    yield _Entry("appointment", sheet.start, end, title, notes, DAY_AHEAD)
    for line in words.lines:
        if line.key == "arrival" and line.at is not None:
            title = speaker.say(said.EVENT_ARRIVAL, site=site).text
            yield _Entry("arrival", line.at, sheet.start, title, notes, DAY_AHEAD)


def _doses(sheet: InstructionSheet) -> Iterator[_Entry]:
    """Every last dose that is still to come, with an alarm at its time."""
    speaker = Speaker.of(sheet)
    for line in spoken(sheet).lines:
        if line.key in DOSE_EVENTS and line.at is not None:
            title = speaker.say(DOSE_EVENTS[line.key], drug=line.drug).text
            kind = f"last-dose/{line.drug_id}"
            yield _Entry(kind, line.at, None, title, line.sentence.text, AT_ONCE, busy=False)


def _event(entry: _Entry, owner: str, stamp: datetime, sequence: int) -> Event:
    event = Event()
    event.add("uid", f"{uuid5(NAMESPACE_URL, f'holdfast:{owner}/{entry.kind}')}@holdfast")
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("sequence", sequence)
    event.add("dtstart", entry.start.astimezone(UTC))
    if entry.end is not None:
        event.add("dtend", entry.end.astimezone(UTC))
    event.add("summary", entry.title)
    event.add("description", entry.notes)
    event.add("transp", "OPAQUE" if entry.busy else "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", entry.title)
    alarm.add("trigger", entry.alarm)
    event.add_component(alarm)
    return event
