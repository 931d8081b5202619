"""Runs that are cancelled, handed back, and tell how far they are."""

from dataclasses import replace

import pytest

from models.errors import ConflictError, NotFoundError
from models.problem import PlanningProblem
from scheduler.bootstrap import Container
from scheduler.nights.leading import HandBackError, Leader, Pulse
from scheduler.records_nights import RunState, RunStatus
from scheduler.services import runs
from scheduler.services.night import Answer, Search
from scheduler.services.runs import CancelledError
from tests.contract import searches
from tests.contract.department import NOW, HandClock, at_hour
from tests.contract.test_night_runs import LATER, asked, begun, leader, run_of, small

__all__ = ["small"]


def test_a_run_that_waits_is_cancelled_at_once(small: Container) -> None:
    run = asked(small)
    assert small.write(lambda desk: runs.cancel(desk, run.id)).state == RunState.CANCELLED
    assert leader(small).next() is None
    with pytest.raises(ConflictError, match="cancelled already"):
        small.write(lambda desk: runs.cancel(desk, run.id))


def test_there_is_no_run_that_was_never_asked_for(small: Container) -> None:
    with pytest.raises(NotFoundError):
        small.write(lambda desk: runs.cancel(desk, "nothing"))


def pulsing(container: Container, meanwhile: Search) -> Leader:
    """A leader whose search asks its pulse, which beats whenever it is asked."""

    def made(pulse: Pulse) -> Search:
        def search(problem: PlanningProblem, seconds: int, seed: int) -> Answer:
            answer = meanwhile(problem, seconds, seed)
            pulse.every = 0
            pulse.should_stop()
            return answer

        return search

    return Leader(container.read, container.write, made, "w1")


def test_a_run_under_way_is_cancelled_and_changes_nothing(small: Container) -> None:
    run = asked(small)

    def cancelling(problem: PlanningProblem, seconds: int, seed: int) -> Answer:
        small.acting("bob").write(lambda desk: runs.cancel(desk, run.id))
        return searches.one_by_one(problem, seconds, seed)

    with pytest.raises(CancelledError):
        pulsing(small, cancelling).carry_out(begun(small))
    ended = run_of(small, run)
    assert (ended.state, ended.status) == (RunState.CANCELLED, RunStatus.CANCELLED)
    assert small.revisions() == ()


def test_a_run_cancelled_at_the_last_moment_changes_nothing(small: Container) -> None:
    """The search has ended, and its pulse is asked no more."""
    run = asked(small)

    def cancelling(problem: PlanningProblem, seconds: int, seed: int) -> Answer:
        small.write(lambda desk: runs.cancel(desk, run.id))
        return searches.one_by_one(problem, seconds, seed)

    with pytest.raises(CancelledError):
        leader(small, search=cancelling).carry_out(begun(small))
    assert run_of(small, run).state == RunState.CANCELLED
    assert small.show_case("A").booking is None


def test_a_cancelled_run_whose_worker_died_is_ended_by_the_next(small: Container) -> None:
    run = asked(small)
    begun(small)
    small.write(lambda desk: runs.cancel(desk, run.id))
    assert leader(at_hour(small, LATER)).next() is None
    assert run_of(small, run).state == RunState.CANCELLED


def test_a_worker_that_is_told_to_end_leaves_the_run_to_the_next_at_once(
    small: Container,
) -> None:
    run = asked(small)
    ending = replace(pulsing(small, searches.one_by_one), to_end=lambda: True)
    with pytest.raises(HandBackError):
        ending.carry_out(begun(small))
    assert (run_of(small, run).state, run_of(small, run).attempts) == (RunState.QUEUED, 0)
    assert begun(small, "w2").run.id == run.id


def test_signs_of_life_renew_the_lease_and_tell_how_far_it_is(small: Container) -> None:
    run = asked(small)
    clock = small.clock
    assert isinstance(clock, HandClock)

    def slow(problem: PlanningProblem, seconds: int, seed: int) -> Answer:
        clock.instant = NOW + runs.LEASE / 2
        return searches.one_by_one(problem, seconds, seed)

    seen = []

    def look(problem: PlanningProblem, seconds: int, seed: int) -> Answer:
        answer = slow(problem, seconds, seed)
        seen.append(run_of(small, run).progress)
        return answer

    pulsing(small, look).carry_out(begun(small))
    lease = small.read(lambda desk: desk.uow.leases.find(runs.NIGHT))
    assert lease is not None
    after = run_of(small, run).progress
    assert [seen[0].phase, after.phase] == ["searching", "applying"]
    assert after.step == seen[0].step + 2  # a sign of life, and the end
