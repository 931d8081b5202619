"""The search in a child process: its answer, a stop request, and how it may fail."""

import io
import json
import sys
from pathlib import Path
from random import Random

import pytest

from models.checks.scorecard import score
from models.errors import SolverError
from models.problem import dump_problem
from solver import worker
from solver.optimize import Settings, Status
from solver.worker import main, solve_in_child
from tests.builders import a_case, a_problem, a_resource
from tests.strategies import random_problem

QUICK = Settings(seconds=1, workers=1)
PROGRESS = {
    "plan": {"placements": []},
    "seconds": 0.1,
    "cost": 4000,
    "bound": 0,
    "placed": 0,
    "iterations": 0,
    "missing": [],
}


def a_small_problem() -> worker.PlanningProblem:
    return a_problem([a_case("A"), a_case("B")], [a_resource("suite-1")])


def stand_in(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """Let a script play the child."""
    fake = folder / "fake-python"
    fake.write_text(f"#!{sys.executable}\nimport json, sys, time\n{script}")
    fake.chmod(0o755)
    monkeypatch.setattr(worker.sys, "executable", str(fake))


def test_child_answers_as_the_search_does() -> None:
    problem = a_small_problem()
    result = solve_in_child(problem, QUICK)
    assert (result.cost, result.placed, result.status) == (0, 2, Status.OPTIMAL)
    assert score(problem, result.plan).cost == result.cost
    assert result.note == ""


def test_stop_request_ends_the_child_with_its_plan() -> None:
    problem = random_problem(Random(3), cases=8)
    seen: list[int] = []
    result = solve_in_child(
        problem,
        Settings(seconds=500),
        on_progress=lambda progress: seen.append(progress.cost),
        should_stop=lambda: bool(seen),
    )
    assert result.seconds < 400
    assert score(problem, result.plan).cost == result.cost


def test_too_little_memory_is_an_error_that_says_so() -> None:
    with pytest.raises(SolverError, match="more memory"):
        solve_in_child(a_small_problem(), QUICK, memory_mb=30)


def test_death_before_the_first_plan_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stand_in(monkeypatch, tmp_path, "sys.exit('cannot begin')")
    with pytest.raises(SolverError, match="ended with code 1: cannot begin"):
        solve_in_child(a_small_problem(), QUICK)


def test_death_after_a_plan_returns_that_plan_with_a_note(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    line = json.dumps({"progress": PROGRESS})
    script = f"print({line!r}, flush=True)\nimport os\nos.kill(os.getpid(), 9)\n"
    stand_in(monkeypatch, tmp_path, script)
    result = solve_in_child(a_small_problem(), QUICK)
    assert result.cost == 4000
    assert "SIGKILL" in result.note


def test_child_that_ignores_a_stop_request_is_killed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    line = json.dumps({"progress": PROGRESS})
    stand_in(monkeypatch, tmp_path, f"print({line!r}, flush=True)\ntime.sleep(600)\n")
    seen: list[int] = []
    result = solve_in_child(
        a_small_problem(),
        Settings(seconds=500),
        on_progress=lambda progress: seen.append(progress.cost),
        should_stop=lambda: bool(seen),
        grace_seconds=0.2,
    )
    assert "was killed" in result.note


def test_child_reports_progress_and_result_as_json_lines() -> None:
    order = {
        "settings": {"seconds": 20, "seed": 0, "workers": 1, "max_iterations": 50},
        "risk": None,
        "memory_mb": None,
        "problem": dump_problem(a_small_problem()),
    }
    sink = io.StringIO()
    assert main(io.StringIO(json.dumps(order) + "\n"), sink) == 0
    said = [json.loads(line) for line in sink.getvalue().splitlines()]
    assert "progress" in said[0]
    assert said[-1]["result"]["cost"] == 0
