from typing import Any

import pytest

from models.checks.feasibility import find_violations
from models.plan import Plan
from tests.unit.models.worlds import booking_data, case_data, problem, problem_data

ASSIGNED = {"suite": "suite-1", "doctor": "dr-1"}


def placed(case: str, clock: str, day: int = 23, **changes: Any) -> dict[str, Any]:
    start = f"2026-11-{day}T{clock}:00+00:00"
    return {"case": case, "start": start, "assigned": ASSIGNED} | changes


def rules(placements: list[dict[str, Any]], **changes: Any) -> list[str]:
    plan = Plan.model_validate({"placements": placements})
    return [v.rule for v in find_violations(problem(**changes), plan)]


def test_a_sound_plan_has_no_violation() -> None:
    assert rules([placed("A", "08:00")]) == []


def test_leaving_a_case_out_is_allowed() -> None:
    assert rules([]) == []


def test_an_unknown_case_is_named() -> None:
    assert rules([placed("Z", "08:00")]) == ["known-case"]


def test_a_case_is_placed_once() -> None:
    assert "placed-once" in rules([placed("A", "08:00"), placed("A", "10:00")])


def test_a_mandatory_case_must_be_placed() -> None:
    assert rules([], cases=[case_data("A", mandatory=True)]) == ["mandatory"]


def test_a_start_off_the_ticks_is_found() -> None:
    assert rules([placed("A", "08:03")]) == ["tick"]


@pytest.mark.parametrize(("clock", "broken"), [("07:55", True), ("08:00", False), ("11:00", False)])
def test_windows_are_half_open_at_the_start(clock: str, *, broken: bool) -> None:
    assert ("window" in rules([placed("A", clock)])) is broken


def test_the_end_of_a_window_is_outside() -> None:
    window = ["2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z"]
    assert rules([placed("A", "09:00")], cases=[case_data("A", windows=[window])]) == ["window"]


def test_outside_the_horizon() -> None:
    found = rules([placed("A", "00:00", day=26)])
    assert found == ["available", "available", "horizon", "window"]


def test_nothing_new_begins_before_now() -> None:
    assert rules([placed("A", "08:00")], now="2026-11-23T08:01:00Z") == ["past"]
    assert rules([placed("A", "08:00")], now="2026-11-23T08:00:00Z") == []


def test_what_is_booked_before_now_may_stay() -> None:
    cases = [case_data("A", booking=booking_data("2026-11-23T08:00:00Z"))]
    assert rules([placed("A", "08:00")], cases=cases, now="2026-11-23T09:00:00Z") == []


def locked() -> list[dict[str, Any]]:
    return [case_data("A", booking=booking_data("2026-11-23T08:00:00Z", locked=True))]


def test_a_locked_booking_is_kept_exactly() -> None:
    assert rules([placed("A", "08:00")], cases=locked()) == []
    assert rules([placed("A", "08:05")], cases=locked()) == ["locked"]
    assert rules([], cases=locked()) == ["locked"]


def test_a_locked_booking_keeps_its_resources() -> None:
    other = {"suite": "suite-2", "doctor": "dr-1"}
    resources = [*problem_data()["resources"], suite("suite-2")]
    found = rules([placed("A", "08:00", assigned=other)], cases=locked(), resources=resources)
    assert found == ["locked"]


def suite(name: str, **changes: Any) -> dict[str, Any]:
    piece = ["2026-11-23T08:00:00Z", "2026-11-23T12:00:00Z"]
    return {"id": name, "kind": "suite", "available": [piece]} | changes


@pytest.mark.parametrize(
    ("assigned", "rule"),
    [
        ({"suite": "suite-1"}, "roles"),
        (ASSIGNED | {"nurse": "dr-1"}, "roles"),
        ({"suite": "suite-1", "doctor": "dr-9"}, "known-resource"),
        ({"suite": "dr-1", "doctor": "dr-1"}, "eligible"),
    ],
)
def test_assignments_are_judged(assigned: dict[str, str], rule: str) -> None:
    assert rule in rules([placed("A", "08:00", assigned=assigned)])


def test_tags_and_names_decide_who_is_eligible() -> None:
    base = {"role": "suite", "kind": "suite", "from": 0, "minutes": 60}
    doctor = {"role": "doctor", "kind": "proceduralist", "from": 0, "minutes": 60}
    for change in ({"tags": ["bariatric"]}, {"among": ["dr-1"]}):
        cases = [case_data("A", needs=[base | change, doctor])]
        assert rules([placed("A", "08:00")], cases=cases) == ["eligible"]


def test_a_need_must_end_within_the_hours() -> None:
    # 11:00-12:00 just fits, 11:05-12:05 does not
    assert rules([placed("A", "11:00")]) == []
    assert rules([placed("A", "11:05")]) == ["available", "available"]


def test_touching_pieces_of_availability_count_as_one() -> None:
    pieces = [
        ["2026-11-23T08:30:00Z", "2026-11-23T12:00:00Z"],
        ["2026-11-23T08:00:00Z", "2026-11-23T08:30:00Z"],
    ]
    resources = [suite("suite-1", available=pieces), problem_data()["resources"][1]]
    assert rules([placed("A", "08:00")], resources=resources) == []


def test_a_gap_in_availability_is_found() -> None:
    pieces = [
        ["2026-11-23T08:00:00Z", "2026-11-23T08:30:00Z"],
        ["2026-11-23T08:31:00Z", "2026-11-23T12:00:00Z"],
    ]
    resources = [suite("suite-1", available=pieces), problem_data()["resources"][1]]
    assert rules([placed("A", "08:00")], resources=resources) == ["available"]


def test_two_cases_may_touch_and_not_overlap() -> None:
    cases = [case_data("A"), case_data("B")]
    assert rules([placed("A", "08:00"), placed("B", "09:00")], cases=cases) == []
    assert rules([placed("A", "08:00"), placed("B", "08:55")], cases=cases) == ["overlap"] * 2


def test_a_long_need_is_compared_beyond_its_neighbour() -> None:
    long = {"role": "suite", "kind": "suite", "from": 0, "minutes": 180}
    short = {"role": "suite", "kind": "suite", "from": 0, "minutes": 15}
    cases = [
        case_data("A", needs=[long]),
        case_data("B", needs=[short]),
        case_data("C", needs=[short]),
    ]
    only = {"suite": "suite-1"}
    starts = {"A": "08:00", "B": "08:05", "C": "10:00"}
    placements = [placed(case, start, assigned=only) for case, start in starts.items()]
    # A lasts to 11:00 and overlaps both B and C, which do not touch each other
    assert rules(placements, cases=cases) == ["overlap", "overlap"]


def test_needs_of_one_case_may_not_share_a_resource() -> None:
    needs = [
        {"role": "suite", "kind": "suite", "from": 0, "minutes": 60},
        {"role": "doctor", "kind": "suite", "from": 30, "minutes": 60},
    ]
    both = {"suite": "suite-1", "doctor": "suite-1"}
    cases = [case_data("A", needs=needs)]
    assert rules([placed("A", "08:00", assigned=both)], cases=cases) == ["overlap"]


@pytest.mark.parametrize(("limit", "broken"), [(120, False), (119, True)])
def test_minutes_per_day_are_summed(limit: int, *, broken: bool) -> None:
    resources = [problem_data()["resources"][0], problem_data()["resources"][1]]
    resources[1] = resources[1] | {"minutes_per_day": limit}
    cases = [case_data("A"), case_data("B")]
    found = rules([placed("A", "08:00"), placed("B", "09:00")], cases=cases, resources=resources)
    assert (found == ["minutes-per-day"]) is broken
    assert found == [] or broken


def test_the_day_of_a_need_is_the_local_day_on_which_it_begins() -> None:
    # 23:30 local on the 23rd in New York; the need of 60 min counts wholly for the 23rd
    piece = ["2026-11-23T23:00:00-05:00", "2026-11-24T12:00:00-05:00"]
    nurse = {
        "id": "n",
        "kind": "nurse",
        "available": [piece],
        "minutes_per_day": {"2026-11-23": 59, "2026-11-24": 0},
    }
    need = {"role": "n", "kind": "nurse", "from": 0, "minutes": 60}
    case = case_data("A", needs=[need], windows=[["2026-11-24T04:30:00Z", "2026-11-24T04:35:00Z"]])
    placement = {"case": "A", "start": "2026-11-23T23:30:00-05:00", "assigned": {"n": "n"}}
    changed = problem(timezone="America/New_York", resources=[nurse], cases=[case])
    found = find_violations(changed, Plan.model_validate({"placements": [placement]}))
    assert [v.sentence for v in found] == ["60 minutes on 2026-11-23, at most 59 allowed"]
