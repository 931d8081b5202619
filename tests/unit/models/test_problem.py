import json
from datetime import date
from typing import Any

import pytest

from models.errors import InputError
from models.problem import PlanningProblem, Resource, dump_problem, parse_problem
from tests.unit.models.worlds import booking_data, case_data, problem, problem_data, utc


def refused(data: dict[str, Any]) -> str:
    with pytest.raises(InputError) as caught:
        parse_problem(json.dumps(data), place="week.json")
    return str(caught.value)


def test_a_problem_is_read_and_written_alike() -> None:
    text = dump_problem(problem())
    assert parse_problem(text, place="x") == problem()
    assert dump_problem(parse_problem(text, place="x")) == text


def test_members_of_a_later_minor_version_are_kept() -> None:
    data = problem_data(cases=[case_data("A", colour="blue")], comment="trial")
    written = json.loads(dump_problem(parse_problem(json.dumps(data), place="x")))
    assert written["comment"] == "trial"
    assert written["cases"][0]["colour"] == "blue"


def test_optional_members_stay_away_when_unset() -> None:
    case = json.loads(dump_problem(problem()))["cases"][0]
    assert "booking" not in case
    assert case["needs"][0]["from"] == 0


def test_offsets_are_kept_as_written() -> None:
    data = problem_data(now="2026-11-23T00:00:00-06:00")
    now = json.loads(dump_problem(parse_problem(json.dumps(data), place="x")))["now"]
    assert now == "2026-11-23T00:00:00-06:00"


def test_broken_json_names_the_file() -> None:
    with pytest.raises(InputError, match=r"^week.json: not JSON: .* give a planning file$"):
        parse_problem("{", place="week.json")


@pytest.mark.parametrize("version", [2, 0, "1", True, None, 1.5])
def test_another_version_is_refused(version: object) -> None:
    assert "only version 1" in refused(problem_data(version=version))


def test_another_format_is_refused() -> None:
    assert refused(problem_data(format="fullcalendar")).startswith("week.json: format: ")


def test_an_instant_without_an_offset_is_refused() -> None:
    said = refused(problem_data(now="2026-11-23T06:00:00"))
    assert "now: '2026-11-23T06:00:00' has no time zone; write an offset such as -06:00" in said


def test_an_unknown_zone_is_refused() -> None:
    assert "'Mars/Olympus' is not a time zone" in refused(problem_data(timezone="Mars/Olympus"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"priority": "later"}, "cases.A.priority"),
        ({"windows": [["2026-11-23T12:00:00Z", "2026-11-23T08:00:00Z"]]}, "ends before it starts"),
        ({"windows": [["2026-11-22T23:00:00Z", "2026-11-23T08:00:00Z"]]}, "outside the horizon"),
        ({"windows": [["2026-11-25T23:00:00Z", "2026-11-26T00:05:00Z"]]}, "outside the horizon"),
        ({"needs": [{"role": "suite", "kind": "suite", "from": 0, "minutes": 0}]}, "minutes"),
        (
            {"needs": [{"role": "s", "kind": "suite", "from": 0, "minutes": 5}] * 2},
            "names the role 's' twice",
        ),
        (
            {"needs": [{"role": "s", "kind": "x", "from": 0, "minutes": 5, "among": ["y"]}]},
            "need 's' names the unknown resource 'y'",
        ),
        ({"hold": {"stage": "started", "risk": 4}}, "hold.risk"),
    ],
)
def test_a_faulty_case_is_named(change: dict[str, Any], said: str) -> None:
    assert said in refused(problem_data(cases=[case_data("A", **change)]))


@pytest.mark.parametrize(
    ("assigned", "said"),
    [
        ({"suite": "suite-1"}, "role 'doctor' is missing in its booking"),
        ({"suite": "suite-1", "doctor": "dr-1", "nurse": "rn"}, "role 'nurse' is unknown"),
        ({"suite": "suite-1", "doctor": "dr-9"}, "gives 'doctor' the unknown resource 'dr-9'"),
    ],
)
def test_a_booking_has_exactly_the_roles(assigned: dict[str, str], said: str) -> None:
    booking = booking_data("2026-11-23T08:00:00Z", assigned=assigned)
    assert said in refused(problem_data(cases=[case_data("A", booking=booking)]))


def test_overlapping_locked_bookings_are_refused() -> None:
    cases = [
        case_data("A", booking=booking_data("2026-11-23T08:00:00Z", locked=True)),
        case_data("B", booking=booking_data("2026-11-23T08:55:00Z", locked=True)),
    ]
    said = refused(problem_data(cases=cases))
    assert "the locked bookings of A and B overlap on suite-1" in said


def test_touching_locked_bookings_are_fine() -> None:
    cases = [
        case_data("A", booking=booking_data("2026-11-23T08:00:00Z", locked=True)),
        case_data("B", booking=booking_data("2026-11-23T09:00:00Z", locked=True)),
    ]
    assert len(problem(cases=cases).cases) == 2


@pytest.mark.parametrize("start", ["2026-11-23T08:02:00Z", "2026-11-26T00:00:00Z"])
def test_a_locked_booking_lies_on_a_tick_of_the_horizon(start: str) -> None:
    cases = [case_data("A", booking=booking_data(start, locked=True))]
    assert "does not start on a tick" in refused(problem_data(cases=cases))


@pytest.mark.parametrize("what", ["resources", "cases"])
def test_ids_are_unique(what: str) -> None:
    data = problem_data()
    data[what] = data[what] + data[what][-1:]
    assert "is used 2 times" in refused(data)


def test_every_priority_has_a_price() -> None:
    data = problem_data()
    unscheduled = {"urgent": 1, "soon": 1, "routine": 1}
    data["objective"] = data["objective"] | {"unscheduled": unscheduled}
    assert "unscheduled has no price for emergent" in refused(data)


def test_availability_runs_forward() -> None:
    data = problem_data()
    piece = ["2026-11-23T12:00:00Z", "2026-11-23T12:00:00Z"]
    data["resources"] = [{"id": "r", "kind": "suite", "available": [piece]}]
    assert "availability of r" in refused(data)


def test_more_faults_are_counted() -> None:
    assert "(and 1 more)" in refused(problem_data(tick_minutes=0, site=""))


def test_a_day_limit_is_a_number_or_by_date() -> None:
    day, other = date(2026, 11, 23), date(2026, 11, 24)
    plain = Resource(id="r", kind="k", available=(), minutes_per_day=90)
    dated = Resource(id="r", kind="k", available=(), minutes_per_day={day: 90})
    assert (plain.limit_on(day), plain.limit_on(other)) == (90, 90)
    assert (dated.limit_on(day), dated.limit_on(other)) == (90, None)


@pytest.mark.parametrize(
    ("kind", "tags", "among", "accepted"),
    [
        ("suite", ("biplane",), None, True),
        ("suite", (), ("suite-1",), True),
        ("suite", ("biplane", "bariatric"), None, False),
        ("ct", (), None, False),
        ("suite", (), (), False),
        ("suite", (), ("suite-2",), False),
    ],
)
def test_a_need_accepts_by_kind_tags_and_names(
    kind: str, tags: tuple[str, ...], among: tuple[str, ...] | None, *, accepted: bool
) -> None:
    need = {"role": "x", "kind": kind, "tags": tags, "from": 0, "minutes": 5}
    data = problem_data(resources=[*problem_data()["resources"], suite_2()])
    if among is not None:
        need["among"] = among
    made = PlanningProblem.model_validate(data | {"cases": [case_data("A", needs=[need])]})
    assert made.cases[0].needs[0].accepts(made.resource_by_id["suite-1"]) is accepted


def suite_2() -> dict[str, Any]:
    return {"id": "suite-2", "kind": "suite", "available": []}


def test_a_need_spans_from_its_offset() -> None:
    case = problem(
        cases=[case_data("A", needs=[{"role": "x", "kind": "k", "from": -30, "minutes": 45}])]
    ).cases[0]
    # 08:00 - 30 min, for 45 min
    assert case.needs[0].span(utc("11-23 08:00")) == (utc("11-23 07:30"), utc("11-23 08:15"))


def test_the_grid_counts_elapsed_ticks() -> None:
    # 3 days of 288 ticks
    assert problem().grid.ticks == 864


def test_a_day_of_25_hours_has_300_ticks() -> None:
    horizon = {"start": "2026-11-01T00:00:00-05:00", "end": "2026-11-02T00:00:00-06:00"}
    assert problem(horizon=horizon, cases=[]).grid.ticks == 300


def test_a_horizon_of_part_of_a_tick_keeps_its_last_tick() -> None:
    horizon = {"start": "2026-11-23T00:00:00Z", "end": "2026-11-23T00:07:00Z"}
    # ticks at 0 and 5 minutes lie before 7 minutes
    assert problem(horizon=horizon, cases=[]).grid.ticks == 2


def test_a_case_may_start_within_its_windows() -> None:
    case = problem().cases[0]
    assert case.may_start(utc("11-23 08:00"))
    assert not case.may_start(utc("11-23 12:00"))


def test_a_booking_is_a_placement() -> None:
    booked = problem(cases=[case_data("A", booking=booking_data("2026-11-23T08:00:00Z"))]).cases[0]
    assert booked.booked_placement is not None
    assert booked.booked_placement.assigned == {"suite": "suite-1", "doctor": "dr-1"}
    assert problem().cases[0].booked_placement is None
