"""Edits on random small problems and on one patient: pure, composable, and right in direction."""

from datetime import date, timedelta
from itertools import combinations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import InputError
from models.problem import PlanningProblem, dump_problem, parse_problem
from scenarios.applying import apply
from scenarios.edits.base import Edit
from scenarios.practice import Practice
from scenarios.scenario import Scenario
from tests.strategies import TAGS, random_problem
from tests.unit.scenarios.edits.worlds import earliest, edit, known, on_aspirin, practice
from tests.unit.solver.whole_plans import cheapest_plan_cost

MOST_BEFORE, MOST_AFTER = 150, 6_000
OVERRIDE: dict[str, Any] = {
    "policy": "clinic-page",
    "drug": "aspirin",
    "approver": "Dr A. Example",
    "reason": "a try",
    "decided_on": "2026-11-20",
}


def days(problem: PlanningProblem) -> dict[str, date]:
    """All local days of the horizon, as a dated span."""
    last = problem.horizon.end + timedelta(days=1)
    return {"first_day": problem.horizon.start.date(), "last_day": last.date()}


def random_edit(rng: Random, problem: PlanningProblem) -> Edit:
    """Some edit that a planning file can take, if not always this one."""
    resource = rng.choice(problem.resources)
    kind = rng.choice(("suite", "doctor", "bay"))
    made: list[dict[str, Any]] = [
        {"kind": "clone-resource", "resource": resource.id},
        {"kind": "remove-resource", "resource": resource.id},
        {"kind": "close", "resources": resource.id, "span": days(problem)},
        {"kind": "open", "of_kind": kind, "span": days(problem)},
        {"kind": "lose-resource", "resource": resource.id, "days": 1},
        {"kind": "change-hours", "of_kind": kind, "days": rng.choice(("sat", "sun,mon"))},
        {"kind": "staff-level", "of_kind": kind, "change": rng.choice((-1, 1))},
        {"kind": "change-tags", "of_kind": kind, "add": rng.choice(TAGS)},
        {"kind": "scale-demand", "factor": rng.choice((0.5, 1.5)), "seed": rng.randint(0, 9)},
        {"kind": "scale-durations", "factor": rng.choice((0.5, 0.9, 1.4))},
        {"kind": "turnover", "minutes": rng.choice((0, 20))},
        {"kind": "notice", "hours": rng.choice((1, 3))},
        {"kind": "freeze", "hours": rng.choice((1, 3))},
        {"kind": "prices", "prices": {"move": rng.randint(0, 500)}},
        {"kind": "move-weights", "weights": {"planned": rng.randint(0, 5)}},
    ]
    chosen = rng.choice(made)
    return edit(**chosen)


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_edits_of_a_planning_file_are_pure_repeatable_and_give_planning_files(seed: int) -> None:
    rng = Random(seed)
    problem = random_problem(rng)
    before = dump_problem(problem)
    change = random_edit(rng, problem)
    try:
        after = change.on_problem(problem)
    except InputError:
        return
    assert dump_problem(problem) == before
    assert change.on_problem(parse_problem(before, place="again")) == after
    assert type(change).model_validate_json(change.model_dump_json()) == change
    assert parse_problem(dump_problem(after), place="after") == after


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_what_is_under_way_stays_whatever_is_edited(seed: int) -> None:
    rng = Random(seed)
    problem = random_problem(rng)
    running = {
        case.id: case.booking
        for case in problem.cases
        if case.booking is not None and case.booking.start < problem.now
    }
    edited = problem
    for _ in range(3):
        try:
            edited = random_edit(rng, edited).on_problem(edited)
        except InputError:
            continue
    kept = {name: edited.case_by_id[name].booking for name in running}
    assert {n: b and (b.start, b.assigned) for n, b in kept.items()} == {
        n: (b.start, b.assigned) for n, b in running.items()
    }


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_removing_a_clone_gives_back_the_problem(seed: int) -> None:
    rng = Random(seed)
    problem = random_problem(rng)
    name = rng.choice(problem.resources).id
    more = edit("clone-resource", resource=name, names=["new"]).on_problem(problem)
    assert edit("remove-resource", resource="new").on_problem(more) == problem


def test_more_capacity_never_raises_the_least_cost() -> None:
    rng = Random(11)
    judged = cheaper = 0
    for _ in range(150):
        problem = random_problem(rng, cases=2)
        least = cheapest_plan_cost(problem, most=MOST_BEFORE)
        if least is None:
            continue
        resource = rng.choice(problem.resources)
        for more in (
            edit("clone-resource", resource=resource.id),
            edit("open", of_kind=resource.kind, span=days(problem)),
            edit("change-tags", of_kind=resource.kind, add=list(TAGS)),
        ):
            now = cheapest_plan_cost(more.on_problem(problem), most=MOST_AFTER)
            if now is not None:
                judged += 1
                cheaper += now < least
                assert now <= least, (more, dump_problem(problem))
    assert judged > 50
    assert cheaper > 5


hours = st.integers(1, 500)


@settings(max_examples=60, deadline=None)
@given(one=hours, other=hours, dose=st.integers(0, 23))
def test_a_longer_hold_never_starts_earlier(one: int, other: int, dose: int) -> None:
    starts = [
        earliest(
            edit(
                "override-row",
                override=OVERRIDE | {"row": {"hold_hours_min": hold, "hold_hours_max": hold}},
            ).on_practice(on_aspirin(dose))
        )
        for hold in sorted((one, other))
    ]
    assert starts[0] <= starts[1]


@settings(max_examples=60, deadline=None)
@given(one=st.integers(0, 300), other=st.integers(0, 300), dose=st.integers(0, 23))
def test_longer_notice_never_starts_earlier(one: int, other: int, dose: int) -> None:
    starts = [
        earliest(edit("notice", hours=notice).on_practice(on_aspirin(dose)))
        for notice in sorted((one, other))
    ]
    assert starts[0] <= starts[1]


APART: tuple[dict[str, Any], ...] = (
    {"kind": "notice", "hours": 48},
    {"kind": "freeze", "hours": 48},
    {"kind": "turnover", "minutes": 30},
    {"kind": "assume", "name": "no_show", "factor": 0.5},
    {"kind": "prices", "prices": {"move": 1}},
    {"kind": "set-policies", "policies": ["SIR2019-high"]},
    {"kind": "scale-demand", "factor": 1.5},
    {"kind": "lose-resource", "resource": "suite-1", "days": 2},
    {"kind": "change-tags", "resources": "suite-1", "add": "biplane"},
)


@pytest.mark.parametrize(("one", "other"), [*combinations(APART, 2)])
def test_edits_of_different_things_can_be_applied_in_any_order(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    def applied(*edits: dict[str, Any]) -> Practice:
        scenario = Scenario.model_validate({"name": "try", "edits": edits})
        return apply(scenario, practice(known("A"), known("B")))

    assert applied(one, other) == applied(other, one)
