"""Studies: every scenario is applied before anything is run, and what is run is counted."""

from typing import Any

import pytest

from models.errors import InputError
from scenarios.carrying_out import carry_out
from scenarios.practice import Practice
from scenarios.running.crew import Here
from scenarios.scenario import Plan, Replay, ScenarioDocument, Settings
from scenarios.study import Base, Study, by_scenario, prepare
from scenarios.study_touched import trials
from scenarios.touched import touched
from scheduler.demo.practice import demo_practice
from scheduler.site_files import LibraryDates
from tests.builders import a_case, a_problem, a_resource
from tests.unit.models.worlds import FakeRules
from tests.unit.scenarios import runs
from tests.unit.scenarios.edits import worlds

PLAN = Settings(run=Plan(iterations=10))
PROBLEM = a_problem([a_case("a")], [a_resource("suite-1")])


@pytest.fixture(scope="module")
def practice() -> Practice:
    """Six cases, three of them booked."""
    return demo_practice(cases=6)


def _document(*edits: dict[str, Any], name: str = "x", **more: Any) -> ScenarioDocument:
    return ScenarioDocument.model_validate({"name": name, "edits": edits, **more})


def _study(*documents: ScenarioDocument, settings: Settings = PLAN, **more: Any) -> Study:
    return prepare(Base.alone(PROBLEM), documents, settings, rules=FakeRules(), **more)


def test_the_baseline_is_the_subject_itself_and_comes_first() -> None:
    study = _study(_document(), _document(name="y"))
    assert [one.name for one in study.compared] == ["baseline", "x", "y"]
    (subject,) = study.compared[0].subjects.values()
    assert subject is PROBLEM


def test_a_named_baseline_takes_its_place() -> None:
    study = _study(_document(), _document(name="y"), baseline="y")
    assert [one.name for one in study.compared] == ["y", "x"]


@pytest.mark.parametrize(
    ("documents", "more", "said"),
    [
        ([_document(), _document()], {}, "two scenarios have this name"),
        ([_document(name="baseline")], {}, "two scenarios have this name"),
        ([_document()], {"baseline": "z"}, "no scenario is named 'z'"),
        ([_document()], {"settings": Settings(run=Replay())}, "cannot be replayed"),
        ([_document()], {"sites": ("north",)}, "there is no site 'north'"),
    ],
)
def test_what_cannot_be_run_is_refused(
    documents: list[ScenarioDocument], more: dict[str, Any], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        _study(*documents, **more)


def test_equal_replications_of_all_scenarios_go_together(practice: Practice) -> None:
    settings = Settings(run=Replay(weeks=1, replications=2), seed=7)
    study = prepare(Base.alone(practice), [_document()], settings, rules=FakeRules())
    tasks = study.tasks()
    assert [(t.scenario, t.number) for t in tasks] == [
        ("baseline", 0),
        ("x", 0),
        ("baseline", 1),
        ("x", 1),
    ]
    assert {t.seed for t in tasks} == {7}


@pytest.mark.parametrize(
    ("run", "days"),
    [
        # Monday 23 November, 28 days of horizon with it
        (Plan(), ("2026-11-23", "2026-12-20")),
        # a week to warm up, then two
        (Replay(weeks=2, warm_up_weeks=1), ("2026-11-30", "2026-12-13")),
    ],
)
def test_a_study_has_the_days_that_it_plans_or_measures(
    run: Plan | Replay, days: tuple[str, str]
) -> None:
    base = Base.alone(worlds.practice(horizon_days=28))
    study = prepare(base, [_document()], Settings(run=run), rules=FakeRules())
    assert tuple(map(str, study.days)) == days


def test_a_plan_that_is_the_baselines_is_told_as_such() -> None:
    alike = {"kind": "change-tags", "resources": "suite-1", "add": "large"}  # nobody needs it
    found = carry_out(_study(_document(alike)), Here())
    assert found.comparison is not None
    assert found.comparison.notes[-1] == "x: this one night is planned exactly as the baseline's."


def test_runs_come_back_by_scenario_without_those_that_are_missing() -> None:
    tasks = _study(_document()).tasks()
    made = runs.run()
    assert by_scenario(tasks, (made, None)) == {"baseline": (made,), "x": ()}


def test_a_sweep_is_a_scenario_for_each_value(practice: Practice) -> None:
    sweep = [{"at": "edits.0.hours", "values": [24, 96]}]
    document = _document({"kind": "notice", "hours": 24}, sweep=sweep)
    study = prepare(Base.alone(practice), [document], PLAN, rules=LibraryDates())
    found = trials(study)
    assert list(found) == ["x@hours=24", "x@hours=96"]
    assert found["x@hours=24"].touched == ()  # the site's own notice
    assert {trial.assessed for trial in found.values()} == {3}


def test_a_booking_that_an_edit_takes_away_is_touched(practice: Practice) -> None:
    booked = next(known for known in practice.known if known.promise)
    freed = tuple(
        known.model_copy(update={"promise": None}) if known is booked else known
        for known in practice.known
    )
    (one,) = touched(practice, practice.changed(known=freed)).touched
    assert (one.case, one.after, one.falls) == (booked.id, None, True)


def test_nobody_is_touched_by_no_change(practice: Practice) -> None:
    found = touched(practice, practice)
    assert (found.assessed, found.touched, found.falling) == (3, (), 0)
