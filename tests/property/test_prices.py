"""The prices that the search uses, against the scorecard that judges it: two separate codes."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from models.checks.scorecard import score
from models.objective import left_out_cost, start_cost, suite_change_cost
from models.plan import Placement, Plan
from models.problem import PlanningProblem
from tests.unit.models.worlds import booking_data, case_data, problem_data

ORIGIN = datetime(2026, 11, 23, tzinfo=UTC)
ASSIGNED = {"suite": "suite-1", "doctor": "dr-1"}
instants = st.integers(-4000, 4000).map(lambda minute: ORIGIN + timedelta(minutes=minute))


def optional(some: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), some)


cases = st.fixed_dictionaries(
    {
        "priority": st.sampled_from(["emergent", "urgent", "soon", "routine"]),
        "release": instants,
        "due": optional(instants),
        "hold": optional(
            st.fixed_dictionaries(
                {
                    "stage": st.just("started"),
                    "ready_at": optional(instants),
                    "risk": st.integers(1, 3),
                }
            )
        ),
        "booking": optional(
            st.builds(
                lambda start, weight: booking_data(start, move_weight=weight),
                instants,
                st.integers(0, 4),
            )
        ),
    }
)


def problem_of(case: dict[str, Any]) -> PlanningProblem:
    return PlanningProblem.model_validate(problem_data(cases=[case_data("A", **case)]))


@given(cases, instants)
def test_a_start_costs_what_the_scorecard_says(case: dict[str, Any], start: datetime) -> None:
    problem = problem_of(case)
    plan = Plan(placements=(Placement(case="A", start=start, assigned=ASSIGNED),))
    assert start_cost(problem.objective, problem.cases[0], start) == score(problem, plan).cost


@given(cases)
def test_leaving_out_costs_what_the_scorecard_says(case: dict[str, Any]) -> None:
    problem = problem_of(case)
    assert left_out_cost(problem.objective, problem.cases[0]) == score(problem, Plan()).cost


@given(st.lists(st.tuples(st.sampled_from(["s1", "s2", "s3"]), st.integers(0, 47)), max_size=6))
def test_suite_changes_are_counted_by_day(uses: list[tuple[str, int]]) -> None:
    suites = [{"id": s, "kind": "suite", "available": []} for s in ("s1", "s2", "s3")]
    doctor = {"id": "dr-1", "kind": "proceduralist", "available": [], "suite_change_cost": 7}
    names = [f"case-{n}" for n in range(len(uses))]
    made = [case_data(name, priority="routine", release=ORIGIN) for name in names]
    data = problem_data(resources=[*suites, doctor], cases=made)
    data["objective"] = data["objective"] | {
        "wait_per_day": dict.fromkeys(["emergent", "urgent", "soon", "routine"], 0)
    }
    problem = PlanningProblem.model_validate(data)
    plan = Plan(
        placements=tuple(
            Placement(
                case=name,
                start=ORIGIN + timedelta(hours=hour),
                assigned={"suite": suite, "doctor": "dr-1"},
            )
            for name, (suite, hour) in zip(names, uses, strict=True)
        )
    )
    by_day = [[suite for suite, hour in uses if hour // 24 == day] for day in (0, 1)]
    expected = sum(suite_change_cost(problem.resource_by_id["dr-1"], day) for day in by_day)
    assert score(problem, plan).suite_changes == expected
