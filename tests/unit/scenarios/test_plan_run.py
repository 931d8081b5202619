"""One night of a scenario: on a practice, and on a planning file."""

from dataclasses import replace

import pytest

from models.checks.feasibility import find_violations
from models.errors import InputError
from models.plan import Placement
from models.plan import Plan as PlacedPlan
from scenarios.practice import OutOfUse
from scenarios.records import Outcome, Run
from scenarios.scenario import Plan, Replay
from scenarios.tasks import Task, run_task
from tests.builders import a_case, a_problem, a_resource, at, booked
from tests.contract.department import at as local
from tests.unit.scenarios.replay.departments import RULES, small_practice

PLAN = Plan(iterations=300)


def planned(subject: object) -> Run:
    task = Task("base", subject, PLAN, 0, 0, RULES)  # type: ignore[arg-type]
    return replace(run_task(task), seconds=0.0)


def test_a_practice_is_planned_and_its_cases_have_starts() -> None:
    run = planned(small_practice())
    assert {case.outcome for case in run.cases} == {Outcome.TREATED}
    assert len(run.cases) == 8
    assert run.nights[0].placed == 8
    assert run.nights[0].cost_after == run.cost
    assert {use.case for use in run.uses} == {case.case for case in run.cases}
    assert {time.drug for case in run.cases for time in case.drug_times} == {"apixaban", "aspirin"}


def test_equal_tasks_give_equal_plans() -> None:
    assert planned(small_practice()) == planned(small_practice())


def test_a_loss_to_come_is_planned_around() -> None:
    lost = OutOfUse(
        resource="suite-1",
        start=local("00:00", day=1),
        end=local("00:00", day=14),
        known_at=local("00:00", day=1),
    )
    run = planned(small_practice().changed(out_of_use=(lost,)))
    used = [use for use in run.uses if use.resource == "suite-1"]
    assert all(use.begin < lost.start for use in used)


def test_a_planning_file_is_planned_and_its_moves_are_told() -> None:
    nine = at("09:00")
    kept = a_case("A", booking=booked(nine, {"suite": "s1"}, locked=True))
    moved = a_case("B", booking=booked(nine, {"suite": "s1"}))
    problem = a_problem([kept, moved], [a_resource("s1")])
    run = planned(problem)
    starts = {case.case: case.start for case in run.cases}
    assert starts["A"] == nine
    assert [len(case.moves) for case in run.cases] == [0, 1]
    plan = PlacedPlan(
        placements=tuple(
            Placement(case=case.case, start=case.start, assigned={"suite": "s1"})
            for case in run.cases
            if case.start
        )
    )
    assert find_violations(problem, plan) == []


def test_weeks_of_a_planning_file_cannot_be_replayed() -> None:
    task = Task("base", a_problem([], [a_resource("s1")]), Replay(), 0, 0, RULES)
    with pytest.raises(InputError, match="no facts"):
        run_task(task)
