"""A study in a process of its own: it answers, and neither its death nor its length is ours."""

import base64
import gzip
import sys

import pytest

from models.errors import GaveUpError, SolverError
from scenarios.pseudonyms import pseudonymous
from scenarios.scenario import Plan, Settings
from scenarios.scenario_files import scenario_of
from scheduler.demo.practice import demo_practice
from scheduler.whatif.apart import study_apart
from scheduler.whatif.order import StudyOrder, StudyProgress


@pytest.fixture(scope="module")
def order() -> StudyOrder:
    """One edit of a small department."""
    document = scenario_of({"name": "x", "edits": [{"kind": "notice", "hours": 48}]}, "test")
    return StudyOrder(
        practice=pseudonymous(demo_practice(cases=5)),
        document=document,
        settings=Settings(run=Plan(iterations=20)),
    )


def _never() -> bool:
    return False


def _ignore(_progress: StudyProgress) -> None:
    """Nobody follows."""


def test_a_study_apart_answers_with_measures_and_a_page(order: StudyOrder) -> None:
    told: list[StudyProgress] = []
    answer = study_apart(order, seconds=120, on_progress=told.append, should_stop=_never)
    assert answer.measures["runs"]["computed"] == 2
    assert {row["scenario"] for row in answer.measures["differences"]} == {"x"}
    assert gzip.decompress(base64.b64decode(answer.page)).startswith(b"<!doctype html>")
    assert [(one.done, one.total) for one in told] == [(0, 2), (1, 2), (2, 2)]


def test_what_does_not_fit_is_said(order: StudyOrder) -> None:
    edits = [{"kind": "remove-resource", "resource": "suite-9"}]
    bad = order.model_copy(update={"document": scenario_of({"name": "x", "edits": edits}, "test")})
    with pytest.raises(SolverError, match=r"edit 1 \(remove-resource\)"):
        study_apart(bad, seconds=120, on_progress=_ignore, should_stop=_never)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("raise SystemExit(3)", "ended with code 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
    ],
)
def test_a_process_that_dies_is_told_of(order: StudyOrder, program: str, said: str) -> None:
    command = (sys.executable, "-c", program)
    with pytest.raises(SolverError, match=said):
        study_apart(order, seconds=60, on_progress=_ignore, should_stop=_never, command=command)


def test_a_process_that_takes_too_long_is_ended(order: StudyOrder) -> None:
    command = (sys.executable, "-c", "import sys; sys.stdin.read()")
    with pytest.raises(GaveUpError, match=r"ended after 0\.5 s"):
        study_apart(order, seconds=0.5, on_progress=_ignore, should_stop=_never, command=command)


def test_an_error_of_who_asks_whether_to_stop_ends_it(order: StudyOrder) -> None:
    class CancelledError(Exception):
        """Somebody cancelled it."""

    def cancelled() -> bool:
        raise CancelledError

    command = (sys.executable, "-c", "import sys; sys.stdin.read()")
    with pytest.raises(CancelledError):
        study_apart(order, seconds=60, on_progress=_ignore, should_stop=cancelled, command=command)
