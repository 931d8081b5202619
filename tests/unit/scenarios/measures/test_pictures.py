"""Frames for pictures, each from a run of a few records."""

from datetime import timedelta
from typing import Any

import pandas as pd

from models.timegrid import local_day
from scenarios.measures.pictures import (
    day_rows,
    hold_hours,
    moved_after_stop,
    use_by_hour,
    waiting_values,
)
from scenarios.records import Outcome
from tests.unit.scenarios.runs import MONDAY, TZ, at, case, moved, off, run, there, use


def _rows(table: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return list(table[list(columns)].itertuples(index=False, name=None))


def test_waiting_values_tell_treated_and_left_apart() -> None:
    cases = (
        case("b", at("00:00", 2)),
        case("a", released=at("00:00", 4)),
        case("later", at("08:00", 8), outcome=Outcome.BOOKED),
    )
    found = waiting_values({"as is": (run(cases),)})
    # to the end of the week: 3 and 7 days
    assert _rows(found, "case", "state", "days") == [
        ("a", "waiting", 3.0),
        ("b", "treated", 2.0),
        ("later", "waiting", 7.0),
    ]


def test_use_by_hour_is_of_weekdays_and_averaged_over_replications() -> None:
    hours = (there("suite-1", at("08:30"), at("10:00")), there("suite-2", at("09:00"), at("10:00")))
    busy = run(uses=(use("suite-1", "a", at("08:45"), 30),), staffed=hours)
    calm = run(staffed=hours, number=1)
    found = use_by_hour({"as is": (busy, calm)})
    columns = ("kind", "weekday", "hour", "staffed_minutes", "used_minutes", "share")
    # 15 minutes of 30 in the eighth hour, 15 of 120 in the ninth; half as much over two runs
    assert _rows(found, *columns) == [
        ("suite", 0, 8, 30.0, 7.5, 0.25),
        ("suite", 0, 9, 120.0, 7.5, 0.0625),
    ]


def test_service_past_midnight_belongs_to_both_days() -> None:
    night = (there("suite-1", at("23:00"), at("01:00", 1)),)
    found = use_by_hour({"as is": (run(staffed=night),)})
    assert _rows(found, "weekday", "hour", "staffed_minutes") == [(0, 23, 60.0), (1, 0, 60.0)]


def test_the_hour_that_the_clocks_repeat_has_two_hours() -> None:
    # Sunday 2026-11-01 in Chicago shows 01:00 to 02:00 twice
    begin, end = at("00:00", -22), at("03:00", -22)
    assert local_day(begin, TZ) == MONDAY - timedelta(days=22)
    one = run(staffed=(there("suite-1", begin, end),), begin=at("00:00", -23))
    found = use_by_hour({"as is": (one,)})
    assert _rows(found, "hour", "staffed_minutes") == [(0, 60.0), (1, 120.0), (2, 60.0)]


def test_hold_hours_list_each_hold() -> None:
    one = case("a", at("08:00"), drug_times=[off(120, "vka", 2, drug="warfarin"), off(48)])
    two = case("b", drug_times=[off(24, wasted=True)])
    found = hold_hours({"as is": (run((one, two)),)})
    assert _rows(found, "drug", "drug_class", "risk", "hours", "wasted") == [
        ("doac", "doac", 1, 24.0, True),
        ("doac", "doac", 1, 48.0, False),
        ("warfarin", "vka", 2, 120.0, False),
    ]


def test_who_was_moved_after_the_stop_date() -> None:
    before, after = at("08:00", 3), at("10:00", 2)
    stopped = moved(before, after, at=at("02:00", 1), after_stop=True)
    other = moved(before, after, at=at("02:00", 1))
    found = moved_after_stop({"as is": (run((case("a", moves=[other, stopped]),)),)})
    # a day earlier, and two hours later in it
    assert _rows(found, "case", "before", "after", "told", "moved_hours") == [
        ("a", before, after, True, -22.0)
    ]


def test_the_rows_of_a_day_are_of_the_local_day() -> None:
    uses = (
        use("suite-2", "c", at("09:00"), 30),
        use("suite-1", "b", at("10:00"), 45, late=15, booked_minutes=60),
        use("suite-1", "late", at("23:30"), 60),  # into Tuesday
        use("suite-1", "tuesday", at("00:30", 1)),
        use("suite-1", "sunday", at("23:00", -1), 60),  # ends as Monday begins
    )
    found = day_rows(run(uses=uses), MONDAY)
    assert _rows(found, "resource", "case") == [
        ("suite-1", "b"),
        ("suite-1", "late"),
        ("suite-2", "c"),
    ]
    first = _rows(found, "begin", "end", "booked_begin", "booked_end")[0]
    assert first == (at("10:00"), at("10:45"), at("09:45"), at("10:45"))


def test_the_second_day_has_what_reaches_into_it() -> None:
    uses = (use("suite-1", "late", at("23:30"), 60), use("suite-1", "x", at("09:00", 1)))
    found = day_rows(run(uses=uses), MONDAY + timedelta(days=1))
    assert found["case"].tolist() == ["late", "x"]
