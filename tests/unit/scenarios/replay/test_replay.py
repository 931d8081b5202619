"""What holds in every replay, on a small department with drugs, surprises and losses."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from scenarios.assumptions import Chance
from scenarios.measures.little import little
from scenarios.measures.view import View
from scenarios.practice import OutOfUse
from scenarios.records import Cause, Outcome, Run
from scenarios.replay.invariants import used_twice
from scenarios.scenario import Replay
from scenarios.tasks import Task, run_task
from tests.contract.department import NOW, at
from tests.unit.scenarios.replay.departments import RULES, WEEK, replayed, small_practice

OFTEN = Chance(share=0.4, source="test", evidence="planning")
NAMES = ("called_off", "no_show", "illness", "hold_missed", "lab_failed", "approval_late")
ALL_SURPRISES = dict.fromkeys(NAMES, OFTEN)


@cache
def eventful() -> Run:
    """Two weeks in which everything goes wrong now and then, and a suite is lost."""
    lost = OutOfUse(
        resource="suite-1",
        start=at("12:00", day=1),
        end=at("17:00", day=3),
        known_at=at("11:00", day=1),
    )
    practice = small_practice(**ALL_SURPRISES).changed(out_of_use=(lost,))
    return replayed(practice, run=Replay(weeks=1, warm_up_weeks=1, iterations=200))


@cache
def plain() -> Run:
    return replayed(small_practice())


@pytest.mark.parametrize("run", [plain, eventful])
def test_littles_law_holds(run: object) -> None:
    terms = little(View(run()))  # type: ignore[operator]
    assert terms.gap == pytest.approx(0, abs=1e-9)
    assert terms.agrees


@pytest.mark.parametrize(("run", "warm_up"), [(plain, 0), (eventful, 1)])
def test_who_is_present_is_counted_at_the_weeks_ends(run: object, warm_up: int) -> None:
    """Eight cases at first; at both ends of what is measured as many as the records have."""
    made = run()  # type: ignore[operator]
    view = View(made)
    before = sum(case.released < made.begin for case in view.present)
    counted = made.headcount
    assert len(made.present) == warm_up + 2
    assert made.present[0] == 8
    if warm_up:
        assert made.present[warm_up] == before
    assert made.present[-1] == before + counted.entered - counted.left


@pytest.mark.parametrize("run", [plain, eventful])
def test_no_resource_is_used_twice(run: object) -> None:
    assert used_twice(run().uses) == ()  # type: ignore[operator]


def test_every_case_is_accounted_for() -> None:
    run = plain()
    known = {case.case for case in run.cases}
    assert {f"C{n}" for n in range(8)} <= known
    for case in run.cases:
        assert (case.actual_minutes is None) == (case.outcome is not Outcome.TREATED)
        assert (case.start is None) == (case.outcome in (Outcome.WAITING, Outcome.CANCELLED))
    treated = {case.case for case in run.cases if case.outcome is Outcome.TREATED}
    assert {use.case for use in run.uses} == treated


def test_all_causes_are_met_and_told() -> None:
    causes = {lost.cause for case in eventful().cases for lost in case.lost}
    assert causes >= {Cause.PATIENT, Cause.NO_SHOW, Cause.ILLNESS, Cause.APPROVAL_LATE}
    wasted = [t for case in eventful().cases for t in case.drug_times if t.wasted]
    assert all(time.hours > 0 for time in wasted)


def test_nothing_is_done_in_a_lost_suite() -> None:
    begin, end = at("12:00", day=1), at("17:00", day=3)
    whole = replayed(
        small_practice().changed(out_of_use=(OutOfUse(resource="suite-1", start=begin, end=end),))
    )
    used = [use for use in whole.uses if use.resource == "suite-1"]
    assert used
    assert not [use for use in used if use.booked_begin < end and begin < use.booked_end]


def test_equal_tasks_give_equal_runs() -> None:
    task = Task("base", small_practice(), WEEK, 3, 0, RULES)
    assert replace(run_task(task), seconds=0.0) == plain()


def test_another_replication_is_another_run() -> None:
    assert replayed(small_practice(), number=1).cases != plain().cases


def test_without_surprises_all_who_are_booked_are_treated() -> None:
    never = {name: Chance(share=0, source="test", evidence="planning") for name in ALL_SURPRISES}
    run = replayed(small_practice(**never))
    assert not [lost for case in run.cases for lost in case.lost]
    assert not [case for case in run.cases if case.outcome is Outcome.CANCELLED]


def test_the_weeks_measured_follow_those_to_warm_up() -> None:
    run = eventful()
    assert run.begin == at("00:00", day=7)
    assert run.end - run.begin == timedelta(days=7)
    assert all(use.begin >= run.begin for use in run.uses)
    assert min(night.day for night in run.nights) >= run.begin.date()
    assert run.begin > NOW


def test_who_was_treated_before_the_weeks_in_which_they_are_due_is_kept() -> None:
    run = eventful()
    early = [c for c in run.cases if c.start is not None and c.start < run.begin]
    assert early
    assert all(case.due is not None and case.due >= run.begin for case in early)
    assert not {case.case for case in early} & {use.case for use in run.uses}
    assert not {case.case for case in early} & {case.case for case in View(run).present}
