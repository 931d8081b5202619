"""Whatever becomes of the search, the run says so."""

from dataclasses import replace

import pytest

from models.problem import PlanningProblem
from scheduler.bootstrap import Container
from scheduler.records import RunState
from scheduler.services.night import Answer


def stopped(problem: PlanningProblem, seconds: int, seed: int) -> Answer:
    """Somebody presses Ctrl-C."""
    raise KeyboardInterrupt


def test_a_night_broken_off_is_written_down_and_goes_on_breaking(small: Container) -> None:
    with pytest.raises(KeyboardInterrupt):
        replace(small, search=stopped).night()
    (run,) = small.runs()
    assert run.state == RunState.FAILED
    assert run.outcome.startswith("the run was broken off")
