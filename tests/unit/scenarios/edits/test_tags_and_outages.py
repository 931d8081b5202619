from typing import Any

import pytest

from models.errors import InputError
from scenarios.practice import OutOfUse
from tests.builders import a_case, at, between, booked, need
from tests.unit.models.worlds import local
from tests.unit.scenarios.edits.worlds import case, edit, pieces, practice, problem


def test_tags_are_added_and_removed() -> None:
    change = edit("change-tags", resources="suite-2", add="bariatric", remove="biplane")
    after = change.on_practice(practice())
    assert after.site.resource_by_id["suite-2"].tags == ("fluoroscopy", "bariatric")


def test_a_tag_that_is_not_there_cannot_be_removed() -> None:
    with pytest.raises(InputError, match="suite-1 has no tag 'biplane'; it has fluoroscopy"):
        edit("change-tags", resources="suite-1", remove="biplane").on_practice(practice())


def test_in_a_planning_file_a_tag_makes_a_resource_eligible() -> None:
    asks = a_case("A", need("suite", tags=["biplane"]))
    after = edit("change-tags", of_kind="suite", add="biplane").on_problem(problem(asks))
    assert asks.needs[0].accepts(after.resource_by_id["suite-1"])


def test_an_outage_of_days_begins_at_midnight() -> None:
    # on Monday at 8: from the midnight of Wednesday, for seven days
    lost = edit("lose-resource", resource="suite-2", after_days=2, days=7)
    assert lost.on_practice(practice()).out_of_use == (
        OutOfUse(resource="suite-2", start=local("11-25 00:00"), end=local("12-02 00:00")),
    )


def test_an_outage_from_today_begins_now() -> None:
    (out,) = edit("lose-resource", resource="suite-2", days=1).on_practice(practice()).out_of_use
    assert (out.start, out.end) == (local("11-23 08:00"), local("11-24 00:00"))


def test_an_unforeseen_outage_becomes_known_when_it_begins() -> None:
    lost = edit("lose-resource", resource="suite-2", after_days=2, days=7, unforeseen=True)
    (out,) = lost.on_practice(practice()).out_of_use
    assert out.known_at == out.start == local("11-25 00:00")
    with pytest.raises(InputError, match="one plan cannot be surprised"):
        lost.on_problem(problem())


def test_an_outage_is_cut_out_of_a_planning_file_and_opens_locks() -> None:
    fixed = booked(at("11:00"), {"suite": "suite-1", "doctor": "dr-1"}, locked=True)
    lost = edit(
        "lose-resource",
        resource="suite-1",
        start="2026-11-23T10:00:00-06:00",
        end="2026-11-23T14:00:00-06:00",
    )
    after = lost.on_problem(problem(case(booking=fixed)))
    assert pieces(after, "suite-1") == [between("08:00", "10:00"), between("14:00", "17:00")]
    kept = after.case_by_id["A"].booking
    assert kept is not None
    assert (kept.locked, kept.start) == (False, fixed.start)


TEN = "2026-11-23T10:00:00-06:00"
ELEVEN = "2026-11-23T11:00:00-06:00"


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({}, "give start and end"),
        ({"after_days": 1}, "give start and end"),
        ({"start": TEN}, "give start and end"),
        ({"start": TEN, "end": ELEVEN, "days": 1}, "give start and end"),
        ({"start": ELEVEN, "end": TEN}, "the end is not after the start"),
    ],
)
def test_an_outage_that_says_too_little_or_too_much_is_refused(
    members: dict[str, Any], fault: str
) -> None:
    with pytest.raises(ValueError, match=fault):
        edit("lose-resource", resource="suite-1", **members)


def test_an_unknown_resource_is_refused() -> None:
    with pytest.raises(InputError, match="there is no resource 'ct-2'; nearest: ct-1"):
        edit("lose-resource", resource="ct-2", days=1).on_practice(practice())
