"""Bookings that lose what they use are told before a run, each with what it loses.

Case A is booked on suite-2 and dr-1 on Tuesday 24 November 2026 from 9:00 to 10:00.
"""

from typing import Any

import pytest

from models.problem import PlanningProblem
from scenarios.scenario import ScenarioDocument, Settings
from scenarios.study import Base, prepare
from scenarios.study_touched import trials
from scenarios.taken import Booked, places_of, taken
from scenarios.touched import FREED, LEFT_OUT, Trial, touched, touched_in
from tests.builders import at, booked, need
from tests.unit.models.worlds import FakeRules, local
from tests.unit.scenarios.edits import worlds

HOUR = "Tue 24 Nov 2026 09:00 to 10:00"
BIPLANE = worlds.promise(
    needs=(need("suite", tags=("biplane",)), need("doctor", kind="proceduralist"))
)


def _trial(*edits: dict[str, Any]) -> Trial:
    document = ScenarioDocument.model_validate({"name": "x", "edits": edits})
    base = Base.alone(worlds.practice(worlds.known("A", promise=BIPLANE)))
    (found,) = trials(prepare(base, [document], Settings(), rules=FakeRules())).values()
    return found


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        ({"kind": "remove-resource", "resource": "suite-2"}, "suite-2 is not there any more"),
        (
            {"kind": "lose-resource", "resource": "suite-2", "days": 7},
            f"suite-2 is not there {HOUR}",
        ),
        (
            {"kind": "close", "resources": "dr-1", "span": {"first_day": "2026-11-24"}},
            f"dr-1 is not there {HOUR}",
        ),
        (
            # until half past nine: the second half hour is lost
            {"kind": "change-hours", "calendar": "day", "hours": {"tue": ["08:00-09:30"]}},
            "suite-2 is not there Tue 24 Nov 2026 09:30 to 10:00",
        ),
        (
            {"kind": "change-hours", "resources": "dr-1", "breaks": {"tue": ["09:15-09:30"]}},
            "dr-1 is not there Tue 24 Nov 2026 09:15 to 09:30",
        ),
        (
            {"kind": "change-tags", "resources": "suite-2", "remove": "biplane"},
            "suite-2 has no longer biplane",
        ),
        (
            {"kind": "staff-level", "of_kind": "proceduralist", "days": "tue", "change": -1},
            f"dr-1 is not there {HOUR}",
        ),
    ],
    ids=lambda given: given["kind"] if isinstance(given, dict) else "",
)  # fmt: skip
def test_a_booking_that_loses_what_it_uses_falls(edit: dict[str, Any], why: str) -> None:
    found = _trial(edit)
    (one,) = found.touched
    assert (found.assessed, one.case, one.falls) == (1, "A", True)
    assert one.lost[0] == why


@pytest.mark.parametrize(
    "edit",
    [
        {"kind": "lose-resource", "resource": "suite-1", "days": 7},  # another suite
        {"kind": "lose-resource", "resource": "suite-2", "after_days": 2, "days": 7},  # later
        {"kind": "change-hours", "calendar": "day", "hours": {"tue": ["09:00-10:00"]}},  # enough
        {"kind": "change-tags", "resources": "suite-2", "add": "ct"},
        {"kind": "clone-resource", "resource": "suite-2"},
    ],
    ids=lambda edit: edit["kind"],
)
def test_a_booking_that_keeps_what_it_uses_is_not_touched(edit: dict[str, Any]) -> None:
    assert _trial(edit).touched == ()


def test_what_was_not_there_before_is_not_lost() -> None:
    night = worlds.known("A", promise=worlds.promise("11-24 20:00"))  # booked outside of all hours
    before = worlds.practice(night)
    after = worlds.edit("lose-resource", resource="suite-2", days=7).on_practice(before)
    assert touched(before, after, FakeRules()).touched == ()


def test_a_referral_that_is_left_out_is_told_as_such() -> None:
    before = worlds.practice(worlds.known("A", promise=worlds.promise()))
    (one,) = touched(before, before.changed(known=())).touched
    assert (one.lost, one.falls) == ((LEFT_OUT,), True)


def test_a_booking_that_is_dropped_is_told_as_such() -> None:
    before = worlds.practice(worlds.known("A", promise=worlds.promise()))
    (one,) = touched(before, before.changed(known=(worlds.known("A"),))).touched
    assert one.lost == (FREED,)


def test_a_resource_is_named_once() -> None:
    needs = (need("suite", kind="suite"), need("again", kind="suite"))
    booked = Booked("A", local("11-24 09:00"), {"suite": "suite-2", "again": "suite-2"}, needs)
    before = places_of(worlds.practice(), FakeRules())
    after = {name: one for name, one in before.items() if name != "suite-2"}
    tz = worlds.practice().site.tz
    assert taken(booked, before, after, tz) == ("suite-2 is not there any more",)


def test_bookings_of_a_planning_file_are_judged_by_resources_and_windows() -> None:
    def of(**members: Any) -> PlanningProblem:
        placed = booked(at("10:00"), {"suite": "suite-1", "doctor": "dr-1"})
        return worlds.problem(worlds.case("A", booking=placed, **members))

    lost = worlds.edit("lose-resource", resource="dr-1", days=1).on_problem(of())
    (one,) = touched_in(of(), lost).touched
    assert (one.falls, one.before, one.lost[0][:21]) == (True, None, "dr-1 is not there Mon")
    (late,) = touched_in(of(), of(windows=((at("12:00"), at("14:00")),))).touched
    assert late.lost == ("its start lies in none of its windows any more",)
    assert touched_in(of(), of()) == Trial(1, ())
