"""Measures are not judged where an edit changes what they are measured by."""

from typing import Any

import pytest

from scenarios.rulers import BY_PRIORITY, DEMAND, DUE, PRICES, PRIORITIES, WEIGHTS, unlike
from scenarios.running.digests import Subject
from scenarios.scenario import Plan, Replay, ScenarioDocument, Settings
from scenarios.study import Base, prepare
from tests.unit.models.worlds import FakeRules
from tests.unit.scenarios.edits import worlds


def _unlike(
    *edits: dict[str, Any], on: Subject | None = None, run: Plan | Replay | None = None
) -> dict[str, str]:
    document = ScenarioDocument.model_validate({"name": "x", "edits": edits})
    settings = Settings(run=run or Plan())
    base = Base.alone(on or worlds.practice(worlds.known("A")))
    study = prepare(base, [document], settings, rules=FakeRules())
    return unlike(study).get("x", {})


CHEAPER = {"kind": "prices", "prices": {"unscheduled": {"routine": 1}}}
HEAVIER = {"kind": "move-weights", "weights": {"none": 9}}
SOONER = {"kind": "priorities", "due_days": {"routine": 5}}
DEARER = {"kind": "priorities", "priorities": {"routine": "urgent"}}
MORE = {"kind": "scale-demand", "factor": 2}
CLONE = {"kind": "clone-resource", "resource": "suite-1"}


@pytest.mark.parametrize(
    ("edit", "why"),
    [(CHEAPER, PRICES), (HEAVIER, WEIGHTS), (SOONER, DUE), (DEARER, PRIORITIES), (MORE, DEMAND)],
    ids=lambda given: given["kind"] if isinstance(given, dict) else "",
)
def test_cost_is_not_judged_by_another_ruler(edit: dict[str, Any], why: str) -> None:
    assert _unlike(edit)["cost"] == why


@pytest.mark.parametrize(("edit", "why"), [(CHEAPER, PRICES), (MORE, DEMAND)])
def test_nor_is_that_of_a_planning_file(edit: dict[str, Any], why: str) -> None:
    assert _unlike(edit, on=worlds.problem(worlds.case("A"))) == {"cost": why}


def test_more_resources_are_measured_alike() -> None:
    assert _unlike(CLONE) == {}


def test_reasons_add_up() -> None:
    assert _unlike(CHEAPER, CLONE, MORE)["cost"] == f"{PRICES}, {DEMAND}"


def test_shares_in_time_depend_on_when_one_is_due() -> None:
    assert _unlike(SOONER)["treated_by_due"] == DUE


def test_other_priorities_have_other_cases() -> None:
    assert set(_unlike(DEARER)) > set(BY_PRIORITY)


def test_referrals_to_come_are_demand_of_a_replay_alone() -> None:
    coming = {"kind": "arrivals", "per_day": {"mon": 3}}
    assert _unlike(coming) == {}
    assert _unlike(coming, run=Replay()) == {"cost": DEMAND}
