import json
from typing import Any

import pytest

from models.errors import InputError
from scenarios.scenario import Plan, Replay, Scenario, ScenarioDocument, Settings
from scenarios.scenario_files import parse_scenario, scenario_of

SMALL = """
name: try
edits:
  - {kind: clone-resource, resource: suite-1}
  - {kind: notice, hours: 48}
"""


def refused(text: str) -> str:
    with pytest.raises(InputError) as caught:
        parse_scenario(text, "own.yaml")
    return str(caught.value)


def with_edit(text: str) -> str:
    return f"{SMALL}  - {text}\n"


def test_a_scenario_is_read() -> None:
    found = parse_scenario(SMALL, "own.yaml")
    assert [edit.kind for edit in found.edits] == ["clone-resource", "notice"]
    assert (found.name, found.run, found.sweep) == ("try", None, ())


def test_json_is_read_too() -> None:
    found = parse_scenario(SMALL, "own.yaml")
    assert parse_scenario(found.model_dump_json(), "own.json") == found
    tabbed = json.dumps(found.model_dump(mode="json"), indent="\t")
    assert parse_scenario(tabbed, "own.json") == found


def test_a_scenario_goes_through_json_unchanged() -> None:
    found = parse_scenario(SMALL, "own.yaml")
    assert Scenario.model_validate_json(found.scenario.model_dump_json()) == found.scenario
    assert ScenarioDocument.model_validate_json(found.model_dump_json()) == found


def test_a_scenario_says_how_it_is_run_or_leaves_it_open() -> None:
    otherwise = Settings(run=Plan(iterations=5), seed=3)
    assert parse_scenario(SMALL, "own.yaml").settings(otherwise) == otherwise
    own = parse_scenario(f"{SMALL}run: {{mode: replay, weeks: 2}}\nseed: 0\n", "own.yaml")
    assert own.settings(otherwise) == Settings(run=Replay(weeks=2), seed=0)


def test_a_scenario_without_edits_is_the_baseline() -> None:
    assert parse_scenario("name: baseline", "own.yaml").edits == ()


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (
            "{kind: clone-resorce, resource: suite-1}",
            "own.yaml, edit 3: there is no kind of edit 'clone-resorce'; nearest: clone-resource",
        ),
        (
            "{kind: clone-resource, resorce: suite-1}",
            "own.yaml, edit 3 (clone-resource): there is no member 'resorce'; nearest: resource",
        ),
        (
            "{kind: clone-resource}",
            "own.yaml, edit 3 (clone-resource): resource: is missing; correct the",
        ),
        (
            "{kind: notice, hours: -1}",
            "own.yaml, edit 3 (notice): hours: must be at least 0;",
        ),
        (
            "{kind: staff-level, of_kind: sedation}",
            "own.yaml, edit 3 (staff-level): give one of count, change and off; correct the",
        ),
        (
            "{kind: prices, prices: {wait_per_dya: {routine: 5}}}",
            "own.yaml, edit 3 (prices): prices: there is no member 'wait_per_dya'; nearest: wait_",
        ),
        (
            "{kind: close, resources: suite-1, span: {first: 2026-12-01}}",
            "own.yaml, edit 3 (close): span: there is no member 'first'; nearest: first_day",
        ),
        ("suite-1", "own.yaml, edit 3: not an edit; give its kind and members"),
    ],
)
def test_a_fault_names_the_edit(edit: str, sentence: str) -> None:
    assert refused(with_edit(edit)).startswith(sentence)


def test_an_edit_without_a_kind_is_told_all_kinds() -> None:
    assert "edit 3: it has no kind; give one of add-resource" in refused(with_edit("{hours: 1}"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name: [", "own.yaml: line 1: "),
        ("name: a\nname: b", "own.yaml: line 1: 'name' is given 2 times; correct the scenario"),
        ('{"name": "a", "name": "b"}', "'name' is given 2 times"),
        ("- just a list", "own.yaml: this is no scenario; give a name and edits"),
        ("edits: []", "own.yaml: name: is missing"),
        ("name: a\nedits: {kind: notice}", "own.yaml: edits: not a list"),
        ("name: a\nedit: []", "own.yaml: there is no member 'edit'; nearest: edits"),
        ("name: a\nrun: {mode: replay, weks: 2}", "there is no member 'weks'; nearest: weeks"),
        ("name: a\nsweep: [{at: edits.0.x, vals: [1]}]", "no member 'vals'; nearest: values"),
        ("name: a\nrun: {mode: replya}", "own.yaml: run: "),
        ("name: a\nversion: 2", "own.yaml: version: "),
        ("name: " + "[" * 5000, "own.yaml: "),
    ],
)
def test_a_file_that_is_no_scenario_is_refused(text: str, sentence: str) -> None:
    assert sentence in refused(text)


def test_a_body_of_json_is_checked_alike() -> None:
    body: dict[str, Any] = {"name": "try", "edits": [{"kind": "notise", "hours": 1}]}
    with pytest.raises(InputError, match="body, edit 1: there is no kind of edit 'notise'"):
        scenario_of(body, "body")


def test_a_file_that_an_edit_names_is_read() -> None:
    ratio = {"levels": [0, 1], "values": [1, 2], "source": "log", "evidence": "fitted"}
    fitted = json.dumps({"groups": [{"key": [], "cases": 9, "ratio": ratio}]})
    text = "name: a\nedits: [{kind: set-durations, durations_file: fit.json}]"
    found = parse_scenario(text, "own.yaml", read={"fit.json": fitted}.__getitem__)
    assert found.edits[0].words() == "Procedures last as 9 cases of a history did."


def test_a_file_cannot_be_named_where_none_can_be_read() -> None:
    text = "name: a\nedits: [{kind: set-durations, durations_file: fit.json}]"
    assert "edit 1 (set-durations): durations_file: no file can be read here" in refused(text)


def test_a_member_is_not_given_as_text_and_as_file() -> None:
    text = "name: a\nedits: [{kind: own-policy, csv: x, csv_file: own.csv}]"
    assert "csv is given twice" in refused(text)
