"""The clock and the worker, turn by turn: what they do, and what they outlive."""

import threading
from datetime import timedelta

import pytest

from models.errors import AwayError, BusyError
from models.problem import PlanningProblem
from scheduler.bootstrap import Container
from scheduler.jobs.registry import Chore
from scheduler.nights.processes import Clock, Worker
from scheduler.records_nights import RunOrder, RunState
from scheduler.services import runs
from scheduler.services.desk import Desk
from scheduler.services.night import Answer, Search
from tests.contract import searches
from tests.contract.department import at, at_hour

ORDER = RunOrder(seconds=7)


def worker(site: Container, search: Search = searches.one_by_one, *chores: Chore) -> Worker:
    return Worker([site], lambda _pulse: search, "worker-1", chores)


def test_a_tick_asks_for_the_night_as_ordered_and_shows_that_the_clock_lives(
    small: Container,
) -> None:
    Clock([small], ORDER, "clock-1").tick()
    tuesday = at_hour(small, at("02:00", day=1))
    Clock([tuesday], ORDER, "clock-1").tick()
    run = tuesday.runs()[0]
    assert (run.night, run.order, run.requested_by) == ("2026-11-17", ORDER, "clock")
    (sign,) = small.read(lambda desk: desk.uow.heartbeats.all())
    assert (sign.process, sign.kind, sign.at) == ("clock-1", "clock", at("02:00", day=1))


def test_a_site_that_cannot_be_reached_does_not_keep_the_clock_from_the_others(
    small: Container, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Busy:
        def acting(self, _actor: str) -> "Busy":
            return self

        def write(self, _service: object) -> None:
            raise BusyError("the store is busy")

    Clock([Busy(), small], ORDER, "clock-1").tick()  # type: ignore[list-item]
    assert small.runs() != ()
    assert "a tick failed" in caplog.text


def test_a_worker_runs_what_was_asked_for_one_at_a_time(small: Container) -> None:
    for _ in range(2):
        small.write(runs.request)
    working = worker(small)
    assert [working.turn() for _ in range(3)] == [True, True, False]
    assert {run.state for run in small.runs()} == {RunState.DONE}


def test_a_worker_whose_store_is_away_waits_before_its_next_turn() -> None:
    class Away:
        def acting(self, _actor: str) -> "Away":
            return self

        def read(self, _service: object) -> None:
            raise AwayError("it cannot be used now")

        write = read

    assert not worker(Away()).turn()  # type: ignore[arg-type]


def test_a_fault_of_the_program_ends_the_night_and_not_the_worker(
    small: Container, caplog: pytest.LogCaptureFixture
) -> None:
    def faulty(problem: PlanningProblem, seconds: int, seed: int) -> Answer:
        msg = "CANARY of a patient"
        raise ZeroDivisionError(msg)

    small.write(runs.request)
    assert worker(small, faulty).turn()
    (run,) = small.runs()
    assert run.state == RunState.FAILED
    assert "ZeroDivisionError" in run.outcome
    assert "CANARY" not in run.outcome + caplog.text
    assert [record.kind for record in caplog.records if record.levelname == "ERROR"] == [
        "ZeroDivisionError"
    ]


def test_a_worker_that_is_told_to_end_ends(small: Container) -> None:
    told = threading.Event()

    def last(problem: PlanningProblem, seconds: int, seed: int) -> Answer:
        told.set()
        return searches.one_by_one(problem, seconds, seed)

    small.write(runs.request)
    worker(small, last).run(told, poll=0.01)
    assert [sign.kind for sign in small.read(lambda desk: desk.uow.heartbeats.all())] == ["worker"]
    assert small.runs()[0].state == RunState.DONE


def test_a_chore_is_done_at_its_time_and_outlives_its_own_failure(
    small: Container, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    def fails(_site: Container) -> None:
        msg = "no"
        raise ValueError(msg)

    def writes(site: Container) -> None:
        done.append(site.actor)
        site.write(_look)

    often, seldom = timedelta(0), timedelta(days=1)
    working = worker(
        small,
        searches.one_by_one,
        Chore("fails", often, fails),
        Chore("often", often, writes),
        Chore("seldom", seldom, writes),
    )
    working.do_chores()
    working.do_chores()
    assert done == ["worker"] * 3  # twice often, once seldom
    assert "a chore failed" in caplog.text


def _look(desk: Desk) -> None:
    desk.audit("look", "A")
