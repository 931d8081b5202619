"""Edits of prices, priorities, weights, the freeze, the auto-apply rule and assumptions."""

import pytest

from models.base import HoldStage, Priority
from models.errors import InputError
from models.objective import move_cost
from scenarios.assumptions import Assumptions
from tests.builders import a_case, at, booked, need
from tests.unit.scenarios.edits.worlds import case, edit, practice, problem

ROLES = {"suite": "suite-1", "doctor": "dr-1"}


def test_a_price_of_one_priority_changes() -> None:
    change = edit("prices", prices={"wait_per_day": {"routine": 50}, "move": 0})
    after = change.on_practice(practice()).site.prices
    assert (after.wait_per_day[Priority.ROUTINE], after.wait_per_day[Priority.URGENT]) == (50, 300)
    assert after.move == 0


def test_a_move_costs_the_new_price() -> None:
    # half an hour later: 90 for the move, no whole day
    change = edit("prices", prices={"move": 90})
    one = case(booking=booked(at("09:00"), ROLES))
    after = change.on_problem(problem(one))
    assert move_cost(after.objective, one.booking, at("09:30")) == 90


def test_no_price_is_no_edit() -> None:
    with pytest.raises(ValueError, match="give a price"):
        edit("prices", prices={})


def test_priorities_and_due_days_change() -> None:
    change = edit("priorities", priorities={"urgent": "urgent"}, due_days={"routine": None})
    after = change.on_practice(practice()).site
    assert (after.priorities["urgent"], after.priorities["routine"]) == ("urgent", "routine")
    assert after.due(Priority.ROUTINE, practice().now) is None


def test_an_unknown_priority_of_referrals_is_refused() -> None:
    with pytest.raises(InputError, match="no priority of referrals 'urgend'; nearest: urgent"):
        edit("priorities", priorities={"urgend": "urgent"}).on_practice(practice())


def test_moves_weigh_by_the_stage_of_the_hold() -> None:
    change = edit("move-weights", weights={"started": 7})
    assert change.on_practice(practice()).site.move_weights[HoldStage.STARTED] == 7
    begun = case("A", hold={"stage": "started"}, booking=booked(at("09:00"), ROLES))
    none = case("B", booking=booked(at("10:00"), ROLES))
    after = change.on_problem(problem(begun, none))
    weights = {c.id: c.booking.move_weight for c in after.cases if c.booking is not None}
    assert weights == {"A": 7, "B": 1}


def test_a_planning_file_knows_no_drawn_lab() -> None:
    with pytest.raises(InputError, match="tells a drawn lab as a hold that has started"):
        edit("move-weights", weights={"drawn": 2}).on_problem(problem())


def test_the_freeze_of_a_practice() -> None:
    assert edit("freeze", hours=48).on_practice(practice()).site.freeze.hours == 48


def test_the_freeze_locks_what_starts_soon_and_stands() -> None:
    # frozen at midnight: 10 hours lock what starts before 10, if its suite is open then
    soon = a_case("A", need("suite"), booking=booked(at("09:00"), {"suite": "suite-1"}))
    later = a_case("B", need("suite"), booking=booked(at("10:00"), {"suite": "suite-1"}))
    broken = a_case("C", need("suite"), booking=booked(at("07:00"), {"suite": "suite-1"}))
    after = edit("freeze", hours=10).on_problem(problem(soon, later, broken))
    locks = {c.id: c.booking.locked for c in after.cases if c.booking is not None}
    assert locks == {"A": True, "B": False, "C": False}


def test_a_lock_of_old_comes_before_one_of_the_freeze() -> None:
    # both are in the suite at 09:30; B is a person's lock, though A starts earlier
    soon = a_case("A", need("suite"), booking=booked(at("09:00"), {"suite": "suite-1"}))
    pinned = booked(at("09:30"), {"suite": "suite-1"}, locked=True)
    after = edit("freeze", hours=24).on_problem(
        problem(soon, a_case("B", need("suite"), booking=pinned))
    )
    locks = {c.id: c.booking.locked for c in after.cases if c.booking is not None}
    assert locks == {"A": False, "B": True}


def test_the_auto_apply_rule_changes_in_part() -> None:
    before = practice(auto_apply={"enabled": False, "max_moves": 6})
    rule = edit("auto-apply", enabled=True, min_gain=100).on_practice(before).site.auto_apply
    assert (rule.enabled, rule.max_moves, rule.min_gain) == (True, 6, 100)


def test_half_as_many_no_shows() -> None:
    # 2 % x 0.5 = 1 %
    after = edit("assume", name="no_show", factor=0.5).on_practice(practice()).assumptions
    assert after.no_show.share == 0.01
    assert after.no_show.source == f"0.5 times {Assumptions().no_show.source}"


def test_a_chance_is_set() -> None:
    change = edit("assume", name="illness", share=0.1, source="own log")
    after = change.on_practice(practice()).assumptions
    assert (after.illness.share, after.illness.source) == (0.1, "own log")


def test_a_distribution_is_scaled_or_replaced() -> None:
    # 80 minutes at most, twice: 160
    twice = edit("assume", name="first_case_late", factor=2).on_practice(practice())
    assert twice.assumptions.first_case_late.values[-1] == 160
    own = {"levels": [0, 1], "values": [0, 5], "source": "own log", "evidence": "site"}
    set_to = edit("assume", name="first_case_late", quantiles=own).on_practice(practice())
    assert set_to.assumptions.first_case_late.values == (0, 5)


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({"name": "noshow", "factor": 2}, "no assumption 'noshow'; nearest: no_show"),
        ({"name": "durations", "factor": 2}, "no assumption 'durations'"),
        ({"name": "called_off", "factor": 10}, "share: must be at most 1"),
        ({"name": "first_case_late", "share": 0.1}, "first_case_late is a distribution"),
    ],
)
def test_an_assumption_that_cannot_be_is_refused(members: dict[str, object], fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        edit("assume", **members).on_practice(practice())
