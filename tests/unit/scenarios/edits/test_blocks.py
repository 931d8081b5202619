import pytest

from models.errors import InputError
from tests.builders import a_resource, at, between
from tests.unit.scenarios.edits.worlds import CT_BLOCK, edit, pieces, practice, problem

CT = a_resource("ct-1", "ct", available=[between("08:00", "12:00"), between("13:00", "15:00")])


def test_a_block_of_a_calendar_is_moved_and_resized() -> None:
    moved = edit("move-block", calendar="ct", label="morning", at="13:00", minutes=300)
    (block,) = moved.on_practice(practice()).site.calendars["ct"].blocks
    assert (f"{block.at:%H:%M}", block.minutes, block.rrule) == ("13:00", 300, "every 7")


def test_a_block_is_moved_to_other_weekdays() -> None:
    moved = edit("move-block", calendar="ct", begins="08:00", days="tue,thu")
    (block,) = moved.on_practice(practice()).site.calendars["ct"].blocks
    assert block.rrule == "FREQ=WEEKLY;BYDAY=TU,TH"


def test_a_block_that_one_resource_follows_moves_for_it_alone() -> None:
    moved = edit("move-block", resource="ct-1", label="morning", at="13:00")
    other = edit("clone-resource", resource="ct-1").on_practice(practice())
    after = moved.on_practice(other)
    own = after.site.calendars[after.site.resource_by_id["ct-1"].calendar].blocks
    assert own != after.site.calendars["ct"].blocks == practice().site.calendars["ct"].blocks


def test_a_block_of_the_resource_itself_is_found_first() -> None:
    block = {**CT_BLOCK, "label": "evening"}
    added = edit("add-block", resource="ct-1", block=block).on_practice(practice())
    gone = edit("remove-block", resource="ct-1", label="evening").on_practice(added)
    calendar = gone.site.calendars[gone.site.resource_by_id["ct-1"].calendar]
    assert [b.label for b in calendar.blocks] == ["morning"]


def test_an_unknown_block_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="no block 'mornings'; nearest: morning"):
        edit("move-block", calendar="ct", label="mornings", at="13:00").on_practice(practice())


def test_the_interval_that_begins_then_moves_with_its_length() -> None:
    # four hours from 8 move to 14, and join the block of 13 to 15: 13 to 18
    moved = edit("move-block", resource="ct-1", begins="08:00", at="14:00")
    assert pieces(moved.on_problem(problem(resources=(CT,))), "ct-1") == [between("13:00", "18:00")]


def test_intervals_move_to_other_weekdays_of_the_horizon() -> None:
    moved = edit("move-block", resource="ct-1", begins="08:00", days="tue", minutes=60)
    # the horizon ends with Tuesday
    long = problem(resources=(CT,), horizon=(at("00:00"), at("00:00", day=2)))
    assert pieces(moved.on_problem(long), "ct-1") == [
        between("13:00", "15:00"),
        between("08:00", "09:00", day=1),
    ]


def test_an_interval_is_removed() -> None:
    gone = edit("remove-block", resource="ct-1", begins="13:00")
    assert pieces(gone.on_problem(problem(resources=(CT,))), "ct-1") == [between("08:00", "12:00")]


def test_a_planning_file_has_no_labels_and_no_rules() -> None:
    with pytest.raises(InputError, match="neither calendars nor labels"):
        edit("remove-block", resource="ct-1", label="x").on_problem(problem(resources=(CT,)))
    with pytest.raises(InputError, match="needs the facts and rules of a practice"):
        edit("add-block", resource="ct-1", block=CT_BLOCK).on_problem(problem(resources=(CT,)))


def test_a_time_at_which_nothing_begins_is_refused() -> None:
    with pytest.raises(InputError, match="no block '08:30'; nearest: 08:00"):
        edit("remove-block", resource="ct-1", begins="08:30").on_problem(problem(resources=(CT,)))
