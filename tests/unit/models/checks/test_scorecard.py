from typing import Any

from models.checks.scorecard import Scorecard, score
from models.plan import Plan
from tests.unit.models.worlds import booking_data, case_data, problem, problem_data

ASSIGNED = {"suite": "suite-1", "doctor": "dr-1"}


def card(placements: list[dict[str, Any]], **changes: Any) -> Scorecard:
    return score(problem(**changes), Plan.model_validate({"placements": placements}))


def at(start: str, case: str = "A", **assigned: str) -> dict[str, Any]:
    return {"case": case, "start": f"2026-11-{start}:00Z", "assigned": ASSIGNED | assigned}


def test_an_empty_plan_costs_what_is_left_out() -> None:
    cases = [case_data("A"), case_data("B", priority="urgent")]
    # routine 4000 + urgent 20000
    assert card([], cases=cases) == Scorecard(left_out=24000)


def test_a_broken_booking_costs_by_its_weight() -> None:
    booking = booking_data("2026-11-23T08:00:00Z", move_weight=3)
    # 3000 * 3
    assert card([], cases=[case_data("A", booking=booking)]).unbooked == 9000


def test_terms_of_one_case() -> None:
    case = case_data(
        "A",
        priority="urgent",
        due="2026-11-23T09:00:00Z",
        hold={"stage": "started", "ready_at": "2026-11-23T06:00:00Z", "risk": 2},
        booking=booking_data("2026-11-24T10:00:00Z"),
    )
    found = card([at("25T10:00")], cases=[case])
    # 52 h after release: 2 days * 300; 49 h late: 3 days begun * 1500; 52 h off: 2 * 60 * 2;
    # moved by 24 h: 150 + 40
    assert found == Scorecard(waiting=600, lateness=4500, off_drug=240, moves=190)
    assert found.cost == 5530


def test_another_resource_at_the_same_start_is_free() -> None:
    resources = [*problem_data()["resources"], {"id": "s2", "kind": "suite", "available": []}]
    case = case_data("A", booking=booking_data("2026-11-23T08:00:00Z"))
    found = card([at("23T08:00", suite="s2")], cases=[case], resources=resources)
    assert found.cost == 0


def priced(**costs: int) -> list[dict[str, Any]]:
    resources = [r | costs for r in problem_data()["resources"]]
    return [*resources, {"id": "suite-2", "kind": "suite", "available": []}]


def test_each_used_day_opens_a_resource_once() -> None:
    cases = [case_data(name) for name in "ABC"]
    placements = [at("23T08:00"), at("23T09:00", "B"), at("24T09:00", "C")]
    # suite-1 and dr-1 on 2 days at 40
    assert card(placements, cases=cases, resources=priced(open_cost=40)).opening == 160


def test_further_suites_of_a_day_cost_a_change() -> None:
    cases = [case_data(name) for name in "ABC"]
    placements = [at("23T08:00"), at("23T09:00", "B", suite="suite-2"), at("24T09:00", "C")]
    found = card(placements, cases=cases, resources=priced(suite_change_cost=25))
    # the doctor works in two suites on the 23rd; each suite only in itself
    assert found.suite_changes == 25


def test_an_infeasible_plan_has_a_price_too() -> None:
    assert card([at("25T23:00")]).cost == 50  # 65 h of waiting: 2 days * 25
