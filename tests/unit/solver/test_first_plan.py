"""The plan without a search: sound, the same every time, and in a child that may die."""

import sys
from pathlib import Path
from random import Random

import pytest

from models.checks.feasibility import find_violations
from models.errors import GaveUpError, SolverError
from solver import first_worker
from solver.first_plan import first_plan
from solver.first_worker import first_plan_in_child
from tests.builders import a_case, a_problem, a_resource, at, booked
from tests.strategies import random_problem


def test_bookings_that_stand_are_kept_and_the_rest_is_placed_beside_them() -> None:
    kept = a_case("A", booking=booked(at("08:00"), {"suite": "suite-1"}))
    plan = first_plan(a_problem([kept, a_case("B")], [a_resource("suite-1")]))
    assert plan.by_case["A"].start == at("08:00")
    assert plan.by_case["B"].start == at("09:00")


def test_the_dearest_to_leave_out_is_placed_first() -> None:
    """One hour is open, for a routine case and an urgent one."""
    open_hour = ((at("08:00"), at("09:00")),)
    cases = [a_case("A"), a_case("B", priority="urgent")]
    plan = first_plan(a_problem(cases, [a_resource("suite-1", available=open_hour)]))
    assert set(plan.by_case) == {"B"}


def test_a_booking_that_no_longer_stands_gets_another_place() -> None:
    shut = ((at("12:00"), at("17:00")),)
    case = a_case("A", booking=booked(at("08:00"), {"suite": "suite-1"}))
    plan = first_plan(a_problem([case], [a_resource("suite-1", available=shut)]))
    assert plan.by_case["A"].start == at("12:00")


@pytest.mark.parametrize("seed", range(12))
def test_it_breaks_no_rule_of_the_independent_check(seed: int) -> None:
    problem = random_problem(Random(seed), cases=8)
    broken = find_violations(problem, first_plan(problem))
    assert [v for v in broken if "left out" not in v.sentence] == []


def test_the_child_answers_as_the_function_does() -> None:
    problem = random_problem(Random(1), cases=8)
    assert first_plan_in_child(problem, 10) == first_plan(problem)


def test_too_little_memory_is_an_error() -> None:
    cases = [a_case(f"case-{number:04}") for number in range(2000)]
    problem = a_problem(cases, [a_resource("suite-1")])
    with pytest.raises(SolverError, match="process of the greedy plan"):
        first_plan_in_child(problem, 10, memory_mb=8)


def stand_in(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """Let a script play the child."""
    fake = folder / "fake-python"
    fake.write_text(f"#!{sys.executable}\nimport os, sys, time\n{script}")
    fake.chmod(0o755)
    monkeypatch.setattr(first_worker.sys, "executable", str(fake))


def test_a_child_that_is_killed_is_an_error_that_names_the_signal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stand_in(monkeypatch, tmp_path, "os.kill(os.getpid(), 9)\n")
    with pytest.raises(SolverError, match="ended by SIGKILL"):
        first_plan_in_child(a_problem([a_case("A")], [a_resource("suite-1")]), 10)


def test_a_child_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in(monkeypatch, tmp_path, "sys.stdin.read()\ntime.sleep(600)\n")
    monkeypatch.setattr(first_worker, "GRACE_SECONDS", 0.1)
    with pytest.raises(GaveUpError, match="too long"):
        first_plan_in_child(a_problem([a_case("A")], [a_resource("suite-1")]), 0.1)


def test_a_child_nobody_waits_for_is_killed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stand_in(monkeypatch, tmp_path, "sys.stdin.read()\ntime.sleep(600)\n")
    with pytest.raises(GaveUpError, match="not waited for"):
        first_plan_in_child(
            a_problem([a_case("A")], [a_resource("suite-1")]), 600, should_stop=lambda: True
        )
