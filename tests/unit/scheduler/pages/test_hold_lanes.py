"""Hold lanes: verdicts, the arithmetic in words, restart, the axis they share."""

from datetime import datetime, timedelta

import pytest

from models.base import HoldStage
from models.clinical.readiness import Block, HoldPlan, Requirement
from scheduler.views.board import BoardView, board_view
from scheduler.views.holds import HoldLane, HoldVerdict, hold_lane, open_points
from tests.unit.scheduler.pages.sample import (
    DAY,
    TZ,
    at,
    hold,
    readiness,
    ref,
    sample_problem,
    sample_readiness,
)

START, END = at("09:30"), at("10:45")


@pytest.fixture(scope="module")
def view() -> BoardView:
    return board_view(*sample_problem(), sample_readiness(), DAY)


def lane(view: BoardView, case: str, drug: str) -> HoldLane:
    holds = next(c for c in view.holds.cases if c.case == case)
    return next(found for found in holds.lanes if found.drug == drug)


def drawn(plan: HoldPlan) -> HoldLane:
    return hold_lane(plan, START, END, TZ)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_cases_come_by_start_and_drugs_by_name(view: BoardView) -> None:
    assert [c.case for c in view.holds.cases] == ["C-1017", "C-1059", "C-1094", "C-1063", "C-1072"]
    assert [found.drug for found in view.holds.cases[1].lanes] == ["aspirin", "warfarin"]


def test_hours_off_count_elapsed_time_over_the_clock_change(view: BoardView) -> None:
    # Sat 08:00 CDT to Mon 09:30 CST: 49.5 h by the clock and one more by the change.
    found = lane(view, "C-1017", "apixaban")
    assert found.verdict is HoldVerdict.LONG_ENOUGH
    assert found.sentence == (
        "50.5 h off at the start, 4 doses skipped needed; ready Mon 2 Nov 07:00"
    )


def test_a_hold_that_is_too_short_says_so(view: BoardView) -> None:
    assert lane(view, "C-1072", "rivaroxaban").verdict is HoldVerdict.TOO_SHORT


def test_a_hold_is_long_enough_at_the_very_instant() -> None:
    plan = hold("aspirin", HoldStage.STARTED, last_dose=at("08:00"), ready_at=START, hours=96)
    assert drawn(plan).verdict is HoldVerdict.LONG_ENOUGH


def test_no_figure_is_a_question_for_a_clinician(view: BoardView) -> None:
    found = lane(view, "C-1094", "betrixaban")
    assert (found.verdict, found.restart) == (HoldVerdict.ASK, None)
    assert found.sentence == "The rule gives no figure: ask a clinician"


def test_restart_counts_from_the_end_of_the_procedure(view: BoardView) -> None:
    # Begins 09:30, lasts 75 minutes, restart 24 h later.
    assert lane(view, "C-1017", "apixaban").restart == at("10:45") + timedelta(hours=24)


def test_a_hold_without_a_known_last_dose_says_what_is_needed() -> None:
    plan = hold("aspirin", HoldStage.PLANNED, ready_at=at("08:00"), hours=96)
    assert drawn(plan).sentence == "96 h needed; ready Mon 2 Nov 08:00"


@pytest.mark.parametrize(
    ("cap", "said"),
    [
        (at("12:00"), "at most off until Mon 2 Nov 12:00, not reached"),
        (at("09:30"), "at most off until Mon 2 Nov 09:30, reached"),
    ],
)
def test_the_longest_time_off_is_told(cap: datetime, said: str) -> None:
    plan = hold("aspirin", HoldStage.STARTED, last_dose=at("06:00"), ready_at=at("08:00"))
    found = drawn(plan.model_copy(update={"cap_at": cap}))
    assert found.cap_at == cap
    assert found.sentence.endswith(said)


def test_the_axis_has_room_for_all_lanes(view: BoardView) -> None:
    axis = view.holds.axis
    assert axis is not None
    # From the midnight before Tue 18:00 to the midnight after the last restart on Tuesday.
    assert axis.start == instant("2026-10-27T00:00:00-05:00")
    assert axis.end == instant("2026-11-04T00:00:00-06:00")
    assert axis.hours == 8 * 24 + 1


def test_what_is_open_for_this_start_is_listed() -> None:
    later = Requirement(kind="lab", ref=ref("a"), sentence="INR again", applies_from=at("12:00"))
    now = Requirement(kind="review", ref=ref("b"), sentence="decide on cement", latest=at("08:00"))
    block = Block(kind="infection", ref=ref("c"), sentence="fever")
    asked = readiness("C-1017", requirements=(later, now)).model_copy(update={"blocks": (block,)})
    assert open_points(asked, START, TZ) == (
        "Blocked: fever",
        "decide on cement (latest Mon 2 Nov 08:00)",
    )
    assert "INR again" in open_points(asked, at("12:00"), TZ)


def test_a_case_with_nothing_to_say_has_no_lane() -> None:
    shown = board_view(*sample_problem(), {"C-1017": readiness("C-1017")}, DAY)
    assert (shown.holds.cases, shown.holds.axis) == ((), None)


def test_open_points_alone_need_no_axis() -> None:
    asked = Requirement(kind="review", ref=ref("b"), sentence="decide on cement")
    given = {"C-1017": readiness("C-1017", requirements=(asked,))}
    holds = board_view(*sample_problem(), given, DAY).holds
    assert holds.axis is None
    assert holds.cases[0].open_points == ("decide on cement",)
