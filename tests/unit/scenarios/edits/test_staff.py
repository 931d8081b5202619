from typing import Any

import pytest

from models.errors import InputError
from tests.builders import a_resource, between
from tests.unit.scenarios.edits.worlds import edit, hours, pieces, practice, problem

NURSES: dict[str, Any] = {"of_kind": "sedation", "with_tags": "moderate", "days": "wed"}
BOTH = [between("08:00", "17:00"), between("08:00", "17:00", day=1)]


def test_one_fewer_is_the_last_of_those_with_the_fewest_tags() -> None:
    # rn-1, rn-2 and an-1 give moderate sedation; an-1 gives deep sedation, too
    after = edit("staff-level", **NURSES, change=-1).on_practice(practice())
    there = {name for name in ("rn-1", "rn-2", "an-1") if hours(after, name, "wed")}
    assert there == {"rn-1", "an-1"}
    assert hours(after, "rn-2", "tue") == ["06:00-18:00"]


def test_those_named_are_off() -> None:
    after = edit("staff-level", **NURSES, off="rn-1").on_practice(practice())
    assert hours(after, "rn-1", "wed") == []
    assert hours(after, "rn-2", "wed") == ["06:00-18:00"]


def test_one_more_is_there_on_those_weekdays_only() -> None:
    after = edit("staff-level", **NURSES, change=1, names="rn-9").on_practice(practice())
    assert hours(after, "rn-9", "wed") == ["06:00-18:00"]
    assert hours(after, "rn-9", "tue") == []
    assert after.site.resource_by_id["rn-9"].tags == ("moderate",)


def test_a_count_adds_or_takes_away_by_weekday() -> None:
    fewer = edit("staff-level", **NURSES, change=-1).on_practice(practice())
    # two are there on Wednesday, three on Tuesday; with three on both, one joins on Wednesday
    level = edit("staff-level", **NURSES | {"days": "tue,wed"}, count=3, like="rn-1")
    after = level.on_practice(fewer)
    assert hours(after, "rn-1~1", "wed") == ["06:00-18:00"]
    assert hours(after, "rn-1~1", "tue") == []


def test_without_days_every_day_of_work_is_meant() -> None:
    fewer = edit("staff-level", of_kind="sedation", change=-1)
    after = fewer.on_practice(practice())
    assert [hours(after, "rn-2", day) for day in ("mon", "fri", "sat")] == [[], [], []]
    assert hours(after, "rn-1", "fri") == ["06:00-18:00"]


def test_fewer_than_none_is_refused() -> None:
    with pytest.raises(InputError, match="only 3 of sedation are there on Wednesdays"):
        edit("staff-level", **NURSES, change=-4).on_practice(practice())


def test_nobody_to_be_like_is_refused() -> None:
    with pytest.raises(InputError, match="no sedation to be like is there on Sundays"):
        edit("staff-level", **NURSES | {"days": "sun"}, change=1).on_practice(practice())


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(InputError, match="'rn-3'; nearest: rn-"):
        edit("staff-level", **NURSES, off="rn-3").on_practice(practice())


def test_names_must_be_as_many_as_are_added() -> None:
    with pytest.raises(InputError, match="1 name given and 2 added"):
        edit("staff-level", **NURSES, change=2, names="rn-9").on_practice(practice())


@pytest.mark.parametrize("members", [{}, {"change": 0}, {"count": 1, "change": 1}])
def test_one_way_is_said(members: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="give one of count, change and off"):
        edit("staff-level", **NURSES, **members)


def test_in_a_planning_file_whole_days_are_cut() -> None:
    nurses = (a_resource("rn-1", "rn", available=BOTH), a_resource("rn-2", "rn", available=BOTH))
    fewer = edit("staff-level", of_kind="rn", days="tue", change=-1)
    after = fewer.on_problem(problem(resources=nurses))
    assert pieces(after, "rn-1") == BOTH
    assert pieces(after, "rn-2") == BOTH[:1]


def test_in_a_planning_file_one_more_is_there_on_those_days() -> None:
    nurse = a_resource("rn-1", "rn", available=BOTH)
    more = edit("staff-level", of_kind="rn", days="tue", change=1)
    after = more.on_problem(problem(resources=(nurse,)))
    assert pieces(after, "rn-1~1") == BOTH[1:]
