from typing import Any

import pytest

from models.errors import InputError
from scenarios.applying import apply
from scenarios.practice import Practice
from scenarios.scenario import Scenario
from scheduler.site_files import LibraryDates
from tests.unit.scenarios.edits.worlds import case, edit, known, practice, problem


def scenario(*edits: dict[str, Any]) -> Scenario:
    return Scenario.model_validate({"name": "try", "edits": edits})


def refused(subject: Practice, *edits: dict[str, Any]) -> str:
    with pytest.raises(InputError) as caught:
        apply(scenario(*edits), subject, rules=LibraryDates())
    return str(caught.value)


def test_without_edits_the_subject_comes_back() -> None:
    one, two = practice(known()), problem(case())
    assert apply(scenario(), one) is one
    assert apply(scenario(), two) is two


def test_edits_are_applied_in_order() -> None:
    first = {"kind": "clone-resource", "resource": "suite-1", "names": ["suite-9"]}
    then = {"kind": "remove-resource", "resource": "suite-9"}
    assert apply(scenario(first, then), practice()) == practice()
    assert "there is no resource 'suite-9'" in refused(practice(), then, first)


def test_a_fault_names_the_scenario_and_the_edit() -> None:
    fine = {"kind": "notice", "hours": 48}
    wrong = {"kind": "remove-resource", "resource": "suite-9"}
    assert refused(practice(), fine, wrong) == (
        "scenario try, edit 2 (remove-resource): there is no resource 'suite-9'; nearest: suite-2"
    )


def test_a_policy_that_is_not_known_names_the_edit() -> None:
    wrong = {"kind": "set-policies", "policies": ["SIR2019"]}
    assert refused(practice(), wrong).startswith("scenario try, edit 1 (set-policies): ")


def test_a_recurrence_rule_is_tried() -> None:
    block = {"rrule": "FREQ=HOURLY", "first_day": "2026-11-23", "at": "08:00", "minutes": 60}
    for wrong in (
        {"kind": "add-block", "calendar": "ct", "block": block},
        {"kind": "close", "calendar": "ct", "recurring": block},
    ):
        assert "is no recurrence rule by days" in refused(practice(), wrong)


def test_an_edit_that_a_planning_file_cannot_take_is_refused() -> None:
    with pytest.raises(InputError, match=r"edit 1 \(priorities\): .* run it on a practice file"):
        apply(scenario({"kind": "priorities", "due_days": {"soon": 7}}), problem())


def test_a_practice_with_all_that_is_edited_goes_through_json() -> None:
    found = apply(
        scenario(
            {"kind": "scale-demand", "factor": 2},
            {"kind": "lose-resource", "resource": "suite-1", "days": 2},
            {"kind": "change-hours", "resources": "dr-1", "days": "mon-thu"},
        ),
        practice(known("A"), known("B")),
    )
    assert Practice.model_validate_json(found.model_dump_json()) == found


def test_an_edit_made_in_code_is_an_edit() -> None:
    made = Scenario(name="try", edits=(edit("freeze", hours=4),))
    assert apply(made, practice()).site.freeze.hours == 4
