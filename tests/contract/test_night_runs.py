"""Runs on both engines: asked for once, begun under a lease, fenced off once that is lost."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from models.errors import ConflictError, OvertakenError
from models.problem import PlanningProblem
from scheduler.bootstrap import Container
from scheduler.nights.leading import Fenced, Leader
from scheduler.nights.ticking import tick
from scheduler.records import MoveState, RevisionRecord, RevisionState
from scheduler.records_nights import RunOrder, RunRecord, RunState, RunStatus
from scheduler.services import runs
from scheduler.services.case_files import CaseFile
from scheduler.services.night import Answer, Search
from scheduler.services.search import child_search, or_greedy
from scheduler.store.engine import Store
from scheduler.store.runs import SqlRuns
from tests.contract import searches
from tests.contract.department import (
    NOW,
    at,
    at_hour,
    department_at,
    seats,
    small_site,
    with_cases,
)

ALL = RunOrder(seconds=1, apply=True)
TEN = at("10:00", day=2)
LATER = NOW + runs.LEASE


@pytest.fixture
def small(store: Store) -> Container:
    """Two cases that wait."""
    return with_cases(department_at(store, search=searches.one_by_one), "A", "B")


def asked(container: Container, night: str | None = None) -> RunRecord:
    return container.write(lambda desk: runs.request(desk, ALL, night=night))


def run_of(container: Container, run: RunRecord) -> RunRecord:
    return container.read(lambda desk: desk.uow.runs.get(run.id))


def leader(container: Container, owner: str = "w1", search: Search | None = None) -> Leader:
    found = search or container.search
    return Leader(container.read, container.write, lambda _pulse: found, owner)


def begun(container: Container, owner: str = "w1") -> runs.Claim:
    claim = leader(container, owner).next()
    assert claim is not None
    return claim


# asking


def test_a_night_is_asked_for_once(small: Container) -> None:
    asked(small, "2026-11-17")
    with pytest.raises(ConflictError, match="2026-11-17"):
        asked(small, "2026-11-17")


def test_runs_on_request_are_no_business_nights(small: Container) -> None:
    asked(small, "2026-11-17")
    first, second = asked(small), asked(small)
    assert first.night != second.night
    assert small.read(lambda desk: desk.uow.runs.last_night(runs.NIGHT)) == "2026-11-17"


def test_runs_are_paged_newest_first(small: Container) -> None:
    names = [asked(at_hour(small, NOW + timedelta(hours=h))).id for h in range(3)]
    page = small.read(lambda desk: desk.uow.runs.latest(2))
    rest = small.read(lambda desk: desk.uow.runs.latest(2, before=page[-1].id))
    assert [run.id for run in (*page, *rest)] == names[::-1]


def test_the_clock_begins_with_the_next_night_and_asks_for_each_once(small: Container) -> None:
    """Nights begin at 02:00; it is Monday, 09:00."""
    assert small.write(tick).asked is None
    (skipped,) = small.runs()
    assert (skipped.night, skipped.status) == ("2026-11-16", RunStatus.BEFORE)
    assert small.read(lambda desk: desk.uow.alerts.open("night-missed")) == ()
    tuesday = at_hour(small, at("02:00", day=1))
    assert at_hour(small, at("01:59", day=1)).write(tick).asked is None
    run = tuesday.write(tick).asked
    assert run is not None
    assert (run.night, run.state) == ("2026-11-17", RunState.QUEUED)
    assert tuesday.write(tick).asked is None


def test_after_an_outage_the_newest_night_is_run_and_the_others_are_told(
    small: Container,
) -> None:
    small.write(tick)
    friday = at_hour(small, at("12:00", day=4))
    found = friday.write(tick)
    assert found.asked is not None
    assert (found.asked.night, found.missed) == (
        "2026-11-20",
        ("2026-11-17", "2026-11-18", "2026-11-19"),
    )
    kept = {run.night: run.status for run in friday.runs()}
    assert kept["2026-11-18"] is RunStatus.MISSED
    alerts = friday.read(lambda desk: desk.uow.alerts.open("night-missed"))
    assert sorted(alert.subject for alert in alerts) == list(found.missed)


# beginning


def test_one_process_leads_at_a_time(small: Container) -> None:
    asked(small)
    asked(small)
    begun(small)
    assert leader(small, "w2").next() is None


def test_a_silent_leader_is_overtaken_with_a_higher_epoch(small: Container) -> None:
    run = asked(small)
    first = begun(small)
    second = begun(at_hour(small, LATER), "w2")
    assert (second.run.id, second.run.attempts) == (run.id, 2)
    assert second.lease.epoch == first.lease.epoch + 1


def test_an_epoch_never_comes_again(small: Container) -> None:
    epochs = []
    for _ in range(3):
        asked(small)
        claim = begun(small)
        epochs.append(claim.lease.epoch)
        leader(small).carry_out(claim)
    assert epochs == [1, 2, 3]


def test_a_run_whose_workers_all_die_is_given_up(small: Container) -> None:
    run = asked(small)
    for turn in range(runs.MOST_ATTEMPTS):
        begun(at_hour(small, NOW + turn * runs.LEASE))
    last = at_hour(small, NOW + runs.MOST_ATTEMPTS * runs.LEASE)
    assert leader(last).next() is None
    ended = run_of(last, run)
    assert (ended.state, ended.status) == (RunState.FAILED, RunStatus.GAVE_UP)
    assert [a.subject for a in last.read(lambda d: d.uow.alerts.open("night-failed"))] == [
        run.night
    ]


# fencing


@dataclass
class Overtaking:
    """While this leader searches, silent for too long, another one does the whole night."""

    container: Container

    def __call__(self, problem: PlanningProblem, seconds: int, seed: int) -> Answer:
        answer = searches.one_by_one(problem, seconds, seed)
        later = at_hour(self.container, LATER)
        leader(later, "w2").carry_out(begun(later, "w2"))
        return answer


def ends(container: Container, run: RunRecord) -> int:
    return sum(e.action == "run.end" and e.subject == run.id for e in container.audit())


def test_what_an_overtaken_leader_writes_is_refused(small: Container) -> None:
    run = asked(small)
    first = leader(small, "w1", Overtaking(small))
    with pytest.raises(OvertakenError, match="taken over"):
        first.carry_out(begun(small))
    (revision,) = small.revisions()
    assert revision.cases(MoveState.APPLIED) == ("A", "B")
    assert (run_of(small, run).state, ends(small, run)) == (RunState.DONE, 1)
    assert small.faults() == ()


def test_without_the_fence_it_would_leave_a_second_revision(
    small: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: writes look neither at the lease nor at how the run stands."""
    monkeypatch.setattr(Fenced, "__call__", lambda self, service: self.write(service))
    monkeypatch.setattr(SqlRuns, "change", lambda *_, **_was: None)
    monkeypatch.setattr(SqlRuns, "note_progress", lambda *_: None)
    asked(small)
    leader(small, "w1", Overtaking(small)).carry_out(begun(small))
    assert len(small.revisions()) == 2


def test_every_write_of_a_run_looks_at_the_lease(small: Container) -> None:
    asked(small)
    claim = begun(small)
    begun(at_hour(small, LATER), "w2")
    fenced = Fenced(small.write, claim.lease, runs.LEASE)
    with pytest.raises(OvertakenError):
        fenced(lambda desk: desk.audit("look", "A"))
    assert "look" not in {entry.action for entry in small.audit()}


def test_a_lease_that_has_run_out_is_still_held_while_nobody_wants_it(small: Container) -> None:
    asked(small)
    claim = begun(small)
    later = at_hour(small, LATER)
    leader(later).carry_out(claim)
    assert run_of(small, claim.run).state == RunState.DONE


# the end


def test_the_end_and_the_effects_are_one_transaction(store: Store, store_target: str) -> None:
    """Power fails when all claims have changed hands: nothing is booked, and no revision kept."""
    small = with_cases(department_at(store, search=searches.one_by_one), "A")
    run = asked(small)

    def fail(point: str) -> None:
        if point == "apply.claimed":
            raise KeyboardInterrupt

    other = Store.at(store_target, sync=fail)
    failing = replace(department_at(other, search=searches.one_by_one), clock=small.clock)
    claim = begun(failing)
    with pytest.raises(KeyboardInterrupt):
        leader(failing).carry_out(claim)
    other.close()
    assert small.revisions() == ()
    assert small.show_case("A").booking is None
    assert run_of(small, run).outcome.startswith("the run was broken off (KeyboardInterrupt)")


@pytest.mark.parametrize(
    ("search", "status"),
    [
        (searches.dies, RunStatus.SOLVER_CRASH),
        (searches.overlaps, RunStatus.UNSOUND),
        (searches.lies_about_cost, RunStatus.UNSOUND),
    ],
)
def test_a_search_that_fails_is_told_by_its_status(
    small: Container, search: Search, status: RunStatus
) -> None:
    asked(small)
    report = leader(small, search=search).carry_out(begun(small))
    assert (report.run.state, report.run.status) == (RunState.FAILED, status)
    assert small.show_case("A").booking is None


def test_where_the_search_dies_a_plan_without_one_is_used_and_the_run_says_so(
    small: Container,
) -> None:
    asked(small)
    search = or_greedy(searches.dies, searches.one_by_one)
    ended = leader(small, search=search).carry_out(begun(small)).run
    assert (ended.state, ended.status) == (RunState.DONE, RunStatus.FALLBACK_GREEDY)
    assert "SIGSEGV" in ended.outcome
    assert small.show_case("A").booking is not None
    (alert,) = small.read(lambda desk: desk.uow.alerts.open("night-fell-back"))
    assert alert.detail.startswith("solver-crash")


@pytest.mark.parametrize("without", [searches.dies, searches.overlaps, searches.one_by_one])
def test_where_a_plan_without_a_search_is_no_better_the_previous_plan_stands(
    small: Container, without: Search
) -> None:
    """All is booked already: without a search nothing cheaper is found than what is published."""
    small.night(apply=True)
    before = small.show_case("A").booking
    asked(small)
    search = or_greedy(searches.dies, without)
    ended = leader(small, search=search).carry_out(begun(small)).run
    assert (ended.state, ended.status) == (RunState.FAILED, RunStatus.SOLVER_CRASH)
    assert "SIGSEGV" in ended.outcome
    assert "the plan stands as it was" in ended.outcome
    assert small.show_case("A").booking == before


def test_a_search_out_of_memory_leaves_a_plan_of_another_process(small: Container) -> None:
    """120 MB are too few to load the search, and enough for a plan without one."""
    asked(small)
    search = child_search(memory_mb=120)
    ended = leader(small, search=search).carry_out(begun(small)).run
    assert ended.status is RunStatus.FALLBACK_GREEDY


def test_what_a_run_brought_is_told_by_its_status(small: Container) -> None:
    small.init(small_site(auto_apply={"enabled": False}))
    left = small.night()
    applied = small.night(apply=True)
    unchanged = small.night(apply=True)
    assert [report.run.status for report in (left, applied, unchanged)] == [
        RunStatus.LEFT,
        RunStatus.APPLIED_OPTIMAL,
        RunStatus.UNCHANGED,
    ]


def test_a_booking_made_while_it_searches_stays(small: Container) -> None:
    """B is booked by hand where the night would have put A."""

    def booking_meanwhile(problem: PlanningProblem, seconds: int, seed: int) -> Answer:
        answer = searches.one_by_one(problem, seconds, seed)
        place = answer.plan.by_case["A"]
        small.acting("bob").book("B", place.start, dict(place.assigned))
        return answer

    report = replace(small, search=booking_meanwhile).night(apply=True)
    assert report.revision is not None
    assert report.revision.state == RevisionState.STALE
    assert "refused" in report.run.outcome
    booked = small.show_case("B").booking
    assert booked is not None
    assert small.faults() == ()


def mind_changed(container: Container) -> RevisionRecord:
    """A night during which B is booked and cancelled: it waits as before, but somebody said so."""

    def search(problem: PlanningProblem, seconds: int, seed: int) -> Answer:
        container.book("B", TEN, seats(1, TEN))
        container.cancel("B", reason="not this week")
        return searches.one_by_one(problem, seconds, seed)

    report = replace(container, search=search).night(apply=True)
    assert report.revision is not None
    return report.revision


def test_a_case_booked_and_cancelled_while_it_searches_stays_cancelled(small: Container) -> None:
    assert mind_changed(small).cases(MoveState.STALE) == ("B",)
    assert small.show_case("B").booking is None


def test_without_a_mark_the_night_would_book_it(
    small: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: no case ever looks changed."""
    monkeypatch.setattr(CaseFile, "mark_since", lambda *_: "")
    assert mind_changed(small).cases(MoveState.APPLIED) == ("A", "B")


def test_who_asked_and_who_ran_it_is_in_the_audit(small: Container) -> None:
    run = small.acting("bob").write(lambda desk: runs.request(desk, ALL))
    leader(small).carry_out(begun(small))
    told = [(e.action, e.actor) for e in small.audit(run.id)]
    assert told == [("run.request", "bob"), ("run.start", "ann"), ("run.end", "ann")]


def test_seats_are_those_of_the_plan(small: Container) -> None:
    """A run by the worker books as a night by hand does."""
    small.book("B", TEN, seats(1, TEN))
    asked(small)
    report = leader(small).carry_out(begun(small))
    assert report.revision is not None
    assert report.revision.cases(MoveState.APPLIED) == ("A",)
