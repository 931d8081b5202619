from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from models.calendars import Calendar, open_windows
from models.resources import (
    ArrivalSlots,
    SiteResource,
    arrival_resources,
    free_windows,
    to_planning_resource,
)
from models.windows import Window
from tests.unit.models.worlds import MONDAY, dates, local

DAY = Calendar.model_validate({"weekly": {"mon-fri": ["08:00-12:00"]}})
SPAN = Window(local("11-23 00:00"), local("11-25 00:00"))


def resource(**changes: Any) -> SiteResource:
    return SiteResource.model_validate({"id": "r", "kind": "bay", "calendar": "day"} | changes)


def starts(**changes: Any) -> list[tuple[str, str]]:
    whole = {"calendar": "day", "first": "07:30", "last": "08:30", "per_time": 2} | changes
    slots = ArrivalSlots.model_validate(whole)
    open_at = open_windows(DAY, SPAN, dates(date(2026, 11, 24)))
    found = arrival_resources(slots, open_at, SPAN, dates())
    return [(r.id, f"{r.available[0][0]:%H:%M}-{r.available[0][1]:%H:%M}") for r in found]


def test_one_of_a_kind_keeps_its_id() -> None:
    assert [unit.id for unit in resource().units()] == ["r"]


def test_a_count_is_so_many_resources() -> None:
    units = resource(count=2, label="Bay").units()
    assert [(u.id, u.name, u.count) for u in units] == [("r-1", "Bay 1", 1), ("r-2", "Bay 2", 1)]


def test_without_a_label_the_id_is_the_name() -> None:
    assert [u.name for u in resource(count=2).units()] == ["r-1", "r-2"]


def test_absences_and_closures_of_its_own_are_cut_out() -> None:
    absent = {"start": "2026-11-23T10:00", "end": "2026-11-23T11:00"}
    closed = {"first_day": "2026-11-24"}
    found = free_windows(resource(absences=[absent], closures=[closed]), DAY, SPAN, dates())
    assert [(w.start, w.end) for w in found] == [
        (local("11-23 08:00"), local("11-23 10:00")),
        (local("11-23 11:00"), local("11-23 12:00")),
    ]


def test_openings_of_its_own_are_added() -> None:
    late = {"start": "2026-11-23T12:00", "end": "2026-11-23T14:00"}
    first = free_windows(resource(openings=[late]), DAY, SPAN, dates()).windows[0]
    assert first == Window(local("11-23 08:00"), local("11-23 14:00"))


@pytest.mark.parametrize(
    "special", ["blocks", "openings", "closures", "absences", "recurring_closures"]
)
def test_what_sets_a_resource_apart_from_its_calendar(special: str) -> None:
    block = {"rrule": "every 1", "first_day": str(MONDAY), "at": "08:00", "minutes": 60}
    dated = {"first_day": str(MONDAY)}
    given = block if special in {"blocks", "recurring_closures"} else dated
    assert resource().follows_calendar
    assert not resource(**{special: [given]}).follows_calendar


def test_a_planning_resource_shows_local_offsets() -> None:
    site_resource = resource(tags=["x"], minutes_per_day=60, open_cost=4, suite_change_cost=2)
    free = free_windows(site_resource, DAY, SPAN, dates())
    made = to_planning_resource(site_resource, free, dates())
    assert made.available[0][0].isoformat() == "2026-11-23T08:00:00-06:00"
    costs = (made.tags, made.minutes_per_day, made.open_cost, made.suite_change_cost)
    assert costs == (("x",), 60, 4, 2)


def test_arrival_slots_lie_wholly_within_the_hours() -> None:
    # 07:30 is before opening; the 24th is a holiday
    assert starts() == [
        ("arrival-2026-11-23-0800-1", "08:00-08:30"),
        ("arrival-2026-11-23-0800-2", "08:00-08:30"),
        ("arrival-2026-11-23-0830-1", "08:30-09:00"),
        ("arrival-2026-11-23-0830-2", "08:30-09:00"),
    ]


def test_the_last_slot_may_end_at_closing_time() -> None:
    found = starts(first="11:30", last="11:45", every_minutes=15, minutes=30, per_time=1)
    assert found == [("arrival-2026-11-23-1130-1", "11:30-12:00")]


def test_a_time_that_the_clock_skips_makes_no_second_slot() -> None:
    slots = ArrivalSlots.model_validate({"calendar": "c", "first": "02:00", "last": "03:30"})
    # 02:00 and 02:30 count as 03:00 and 03:30, which are there already
    assert slots.starts(date(2026, 3, 8), dates()) == (local("03-08 03:00"), local("03-08 03:30"))


def test_the_last_time_is_not_before_the_first() -> None:
    with pytest.raises(ValidationError, match="08:00 lies before the first, 09:00"):
        ArrivalSlots.model_validate({"calendar": "c", "first": "09:00", "last": "08:00"})
