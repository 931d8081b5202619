"""What a plan of one night cannot show is told by what an edit changes."""

from typing import Any

import pytest

from scenarios.scenario import Plan, Replay, ScenarioDocument, Settings
from scenarios.study import Base, Study, prepare
from scenarios.unseen import ONLY_REPLAY, SO_ALREADY, unseen
from tests.unit.models.worlds import FakeRules
from tests.unit.scenarios.edits import worlds

FEWER = {"kind": "assume", "name": "no_show", "factor": 0.5}
CLONE = {"kind": "clone-resource", "resource": "suite-1"}


def _study(*edits: dict[str, Any], run: Plan | Replay | None = None) -> Study:
    document = ScenarioDocument.model_validate({"name": "x", "edits": edits})
    base, settings = Base.alone(worlds.practice()), Settings(run=run or Plan())
    return prepare(base, [document], settings, rules=FakeRules())


@pytest.mark.parametrize(
    "edit",
    [
        FEWER,
        {"kind": "arrivals", "per_day": {"mon": 3}},
        {"kind": "auto-apply", "enabled": True},
        {"kind": "scale-durations", "factor": 1.3, "planned": False},
    ],
    ids=lambda edit: edit["kind"],
)
def test_what_only_weeks_would_show_is_told(edit: dict[str, Any]) -> None:
    found = unseen(_study(edit))
    assert found.whole == {"x": ONLY_REPLAY}
    assert list(found.sentences(["x"])) == [f"x: {ONLY_REPLAY}."]


def test_a_replay_shows_it() -> None:
    assert unseen(_study(FEWER, run=Replay())).whole == {}


@pytest.mark.parametrize("run", [Plan(), Replay()], ids=lambda run: run.mode)
def test_what_is_so_already_is_told_in_either_mode(run: Plan | Replay) -> None:
    notice = worlds.practice().site.notice_hours
    assert unseen(_study({"kind": "notice", "hours": notice}, run=run)).whole == {"x": SO_ALREADY}


def test_an_edit_among_others_is_told_by_its_number() -> None:
    found = unseen(_study(CLONE, FEWER))
    assert (found.whole, found.parts) == ({}, {"x": ("edit 2 (assume)",)})
    (said,) = found.sentences(["x"])
    assert said.startswith("x: edit 2 (assume) cannot be seen here: ")


def test_what_a_plan_shows_needs_no_word() -> None:
    found = unseen(_study(CLONE))
    assert (found.whole, found.parts) == ({}, {})


def test_no_edits_need_no_word() -> None:
    assert unseen(_study()).whole == {}
