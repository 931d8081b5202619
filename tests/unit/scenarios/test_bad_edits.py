"""One bad edit of every kind: each is one clear line with the edit, the member and the remedy."""

import json
from typing import Any

import pytest

from models.errors import InputError
from scenarios.edits.kinds import KINDS
from scenarios.scenario import Settings
from scenarios.scenario_files import parse_scenario
from scenarios.study import Base, prepare
from scheduler.demo.practice import demo_practice
from scheduler.site_files import LibraryDates

DEPARTMENT = Base.alone(demo_practice(cases=2))
NOTICE = {"kind": "notice", "hours": 24}
WEEKLY = {"rrule": "WEEKLY", "first_day": "2026-01-02", "at": "15:00", "minutes": 60}
SUITE = {"resources": "suite-1"}
BAD: list[tuple[str, dict[str, Any], str]] = [
    ("add-resource", {"resource": "s9"}, "resource: must have members of its own, as in"),
    ("clone-resource", {"resource": "suit-1"}, "there is no resource 'suit-1'; nearest: suite-1"),
    ("remove-resource", {"resource": "ct-1"}, "ct-1 is the last ct, and nobody could be treated"),
    ("arrival-slots", {"slots": "arrivals", "per_time": 3}, "nearest: arrival"),
    ("change-hours", {"calendar": "ct", "hours": {"tu": ["08:00-09:00"]}}, "'tu' is not a weekday"),
    ("close", SUITE | {"span": {"first_day": "soon"}}, "span.first_day: must be a date such as"),
    ("open", SUITE | {"span": {"firstday": "2026-11-02"}}, "no member 'firstday'; nearest: first_"),
    ("lift-closures", SUITE | {"label": "x"}, "suite-1 has no closure 'x'; name another"),
    ("move-block", {"calendar": "ct-shared", "label": "x", "at": "25:00"}, "write it as 07:30"),
    ("add-block", {"resource": "ct-1", "block": WEEKLY}, "is no recurrence rule by days; write"),
    ("remove-block", {"resource": "ct-1", "begins": "13:17"}, "no block '13:17'; nearest: 13:00"),
    ("staff-level", {"of_kind": "sedatin", "change": -1}, "'sedatin'; nearest: sedation"),
    ("change-tags", {"resources": "suite-3", "remove": "x"}, "no tag 'x'; it has fluoroscopy"),
    ("scale-demand", {"factor": "lots"}, "factor: must be a number; correct the scenario file"),
    ("add-referrals", {"count": 0}, "count: must be above 0; correct the scenario file"),
    ("arrivals", {"per_day": {"monday": 3}}, "per_day.monday: must be mon, tue, wed, thu, fri"),
    ("set-policies", {"policies": ["ASRA2018"]}, "policy 'ASRA2018'; nearest: ASRA2018-high"),
    ("override-row", {"override": {"policy": "a"}}, "override.drug: is missing (and 4 more)"),
    ("own-policy", {"csv": "rule"}, "csv: the head has no policy; write a line `# policy: ...`"),
    ("notice", {"hour": 24}, "there is no member 'hour'; nearest: hours"),
    ("scale-durations", {"factor": 0}, "factor: must be above 0; correct the scenario file"),
    ("set-durations", {"planned_quantile": 1.7}, "planned_quantile: must be at most 1; correct"),
    ("from-history", {"fitted": {}}, "fitted.assumptions: is missing"),
    ("turnover", {"minutes": 2.5}, "minutes: must be a whole number; correct the scenario file"),
    ("prices", {"prices": {"move": "much"}}, "prices.move: must be a whole number; correct"),
    ("priorities", {"priorities": {"urgnt": "urgent"}}, "'urgnt'; nearest: urgent"),
    ("move-weights", {"weights": {"planed": 2}}, "weights.planed: must be none, planned, started"),
    ("freeze", {"hours": -1}, "hours: must be at least 0; correct the scenario file"),
    ("auto-apply", {"enabled": "perhaps"}, "enabled: must be true or false; correct the scenario"),
    ("assume", {"name": "no_shows", "factor": 0.5}, "'no_shows'; nearest: no_show"),
    ("lose-resource", {"resource": "suite-2", "days": 0}, "days: must be above 0; correct the"),
]


def test_every_kind_of_edit_is_tried() -> None:
    assert [kind for kind, _, _ in BAD] == list(KINDS)


@pytest.mark.parametrize(("kind", "members", "said"), BAD, ids=[kind for kind, _, _ in BAD])
def test_a_bad_edit_is_one_clear_line(kind: str, members: dict[str, Any], said: str) -> None:
    text = json.dumps({"name": "bad", "edits": [NOTICE, {"kind": kind} | members]})
    with pytest.raises(InputError) as caught:
        prepare(DEPARTMENT, [parse_scenario(text, "bad.json")], Settings(), rules=LibraryDates())
    sentence = str(caught.value)
    assert sentence.startswith(("bad.json, ", "scenario bad, "))
    assert f"edit 2 ({kind}): " in sentence
    assert said in sentence
    assert caught.value.remedy
    assert "\n" not in sentence
    assert "should" not in sentence  # how pydantic speaks
