"""Whatever becomes of the search, the run says so."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from models.checks.scorecard import score
from models.plan import Plan
from models.problem import PlanningProblem
from scheduler.bootstrap import Container
from scheduler.records import RunRecord, RunState
from scheduler.services.night import Answer
from scheduler.store.engine import Store
from tests.contract.department import NOW


def stopped(problem: PlanningProblem, seconds: int, seed: int) -> Answer:
    """Somebody presses Ctrl-C."""
    raise KeyboardInterrupt


def test_a_night_broken_off_is_written_down_and_goes_on_breaking(small: Container) -> None:
    with pytest.raises(KeyboardInterrupt):
        replace(small, search=stopped).night()
    (run,) = small.runs()
    assert run.state == RunState.FAILED
    assert run.outcome.startswith("the run was broken off")


def keeping(problem: PlanningProblem, seconds: int, seed: int) -> Answer:
    """Finds nothing better than an empty plan."""
    plan = Plan()
    return Answer(plan=plan, cost=score(problem, plan).cost, bound=None)


def begun(store: Store, name: str, at: datetime) -> None:
    """A run of one minute that has not ended."""
    run = RunRecord(
        id=name,
        job="night",
        state=RunState.RUNNING,
        fingerprint="f",
        seed=0,
        seconds=60,
        started_at=at,
        started_by="test",
    )
    store.write(lambda uow: uow.runs.add(run))


def test_the_next_night_says_of_a_killed_run_that_it_is_over(
    store: Store, small: Container
) -> None:
    begun(store, "killed", NOW - timedelta(hours=24))
    begun(store, "alive", NOW - timedelta(minutes=1))
    replace(small, search=keeping).night(apply=False)
    states = {run.id: (run.state, run.outcome) for run in small.runs()}
    assert states["killed"][0] == RunState.FAILED
    assert "killed" in states["killed"][1]
    assert states["alive"][0] == RunState.RUNNING
