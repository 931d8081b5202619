"""The calendar file of a sheet: what is in it, ids that stay, times in UTC, nothing private."""

from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar, Event

from scheduler.pages.instructions_ics import instructions_ics
from tests.unit.scheduler.pages.sheets import LINES, STARTS, sheet

STAMP = datetime(2026, 10, 24, 12, tzinfo=UTC)
SITE = {"site_id": "riverside", "site": "Riverside Radiology", "stamp": STAMP}


def events(language: str = "en", **members: Any) -> list[Event]:
    made = instructions_ics(sheet(*LINES, language=language), **SITE | members)
    return list(Calendar.from_ical(made).walk("VEVENT"))


def titled(found: list[Event]) -> dict[str, datetime]:
    return {str(event["summary"]): event.decoded("dtstart") for event in found}


def test_appointment_arrival_and_each_last_dose_to_come() -> None:
    assert titled(events()) == {
        "Appointment: Riverside Radiology": datetime(2026, 11, 2, 15, 30, tzinfo=UTC),
        "Arrive: Riverside Radiology": datetime(2026, 11, 2, 13, 30, tzinfo=UTC),
        "Last dose: apixaban": datetime(2026, 10, 31, 13, tzinfo=UTC),
        "No more from now on: aspirin": datetime(2026, 10, 28, 14, 30, tzinfo=UTC),
    }


def test_times_are_written_in_utc() -> None:
    made = instructions_ics(sheet(*LINES), **SITE).decode()
    assert "DTSTART:20261102T153000Z" in made
    assert "TZID" not in made


def test_every_event_rings_and_the_doses_do_so_at_their_time() -> None:
    rings = {
        str(event["summary"]): event.walk("VALARM")[0].decoded("trigger") for event in events()
    }
    assert rings["Last dose: apixaban"] == timedelta(0)
    assert rings["Appointment: Riverside Radiology"] == timedelta(days=-1)


def test_only_visits_make_busy() -> None:
    busy = {str(event["summary"]): str(event["transp"]) for event in events()}
    assert busy["Arrive: Riverside Radiology"] == "OPAQUE"
    assert busy["Last dose: apixaban"] == "TRANSPARENT"


def test_ids_stay_when_a_booking_moves_or_the_language_changes() -> None:
    def ids(found: list[Event]) -> set[str]:
        return {str(event["uid"]) for event in found}

    later = sheet(*LINES, start=STARTS + timedelta(days=2))
    moved = Calendar.from_ical(instructions_ics(later, **SITE | {"sequence": 1})).walk("VEVENT")
    assert ids(events()) == ids(events("es")) == ids(moved)
    assert len(ids(events())) == 4
    assert {event.decoded("sequence") for event in moved} == {1}


def test_ids_differ_by_site_and_referral() -> None:
    def first(site: str, referral: str) -> str:
        made = instructions_ics(sheet(referral=referral), **SITE | {"site_id": site})
        return str(Calendar.from_ical(made).walk("VEVENT")[0]["uid"])

    assert len({first("a", "1"), first("a", "2"), first("b", "1")}) == 3


def test_the_same_sheet_is_the_same_file() -> None:
    assert instructions_ics(sheet(*LINES), **SITE) == instructions_ics(sheet(*LINES), **SITE)


def test_neither_patient_nor_procedure_nor_other_drugs_are_named() -> None:
    made = b"".join(instructions_ics(sheet(*LINES), **SITE).split(b"\r\n ")).decode()
    for private in ("P-1", "R-1", "Vertebro", "warfarin", "INR"):
        assert private not in made


def test_the_end_is_told_where_it_is_known() -> None:
    leaves = STARTS + timedelta(hours=4)
    visit = events(end=leaves)[0]
    assert visit.decoded("dtend") == leaves
    assert "dtend" not in events()[0]


def test_the_events_speak_the_patients_language() -> None:
    assert "Última dosis: apixabán" in titled(events("es"))
