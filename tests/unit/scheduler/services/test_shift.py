"""Whatever becomes of the search, the run says so."""

from dataclasses import replace

import pytest

from models.checks.scorecard import score
from models.errors import BusyError
from models.plan import Plan
from models.problem import PlanningProblem
from scheduler.bootstrap import Container
from scheduler.records_nights import RunOrder, RunState, RunStatus
from scheduler.services import runs
from scheduler.services.night import Answer
from tests.contract.department import NOW, at_hour


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


def test_a_killed_run_is_over_once_its_lease_has_run_out(small: Container) -> None:
    night = replace(small, search=keeping)
    killed = small.write(lambda desk: runs.begin_at_once(desk, "killed", RunOrder())).run
    with pytest.raises(BusyError, match="under way"):
        night.night()
    at_hour(night, NOW + runs.LEASE).night(apply=False)
    ended = small.read(lambda desk: desk.uow.runs.get(killed.id))
    assert (ended.state, ended.status) == (RunState.FAILED, RunStatus.GAVE_UP)
    assert "killed" in ended.outcome
