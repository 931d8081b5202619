from typing import Any

import pytest

from models.base import HoldStage
from models.errors import InputError
from models.problem import Hold
from tests.builders import a_case, at, between, booked, need
from tests.unit.models.worlds import local
from tests.unit.scenarios.edits.worlds import earliest, edit, on_aspirin, practice, problem

OWN = """# policy: house
# version: 1
# bleeding-risk: any
# counts: hours
rule,drug,hold_hours_min,hold_hours_max,source
aspirin,aspirin,24,24,[K] our own
"""
CHANGE: dict[str, Any] = {
    "policy": "clinic-page",
    "drug": "aspirin",
    "row": {"hold_hours_min": 240, "hold_hours_max": 240},
    "approver": "Dr A. Example",
    "reason": "a try",
    "decided_on": "2026-11-20",
}


def test_the_clinics_page_holds_aspirin_for_seven_days() -> None:
    # told on Tuesday at 8 after the dose of Tuesday at 7; 168 h later
    assert earliest(on_aspirin()) == local("12-01 07:00")


def test_a_row_overridden_holds_longer() -> None:
    # 240 h after Tuesday at 7
    after = edit("override-row", override=CHANGE).on_practice(on_aspirin())
    assert earliest(after) == local("12-04 07:00")


def test_a_policy_of_the_site_speaks_first() -> None:
    # 24 h after Tuesday at 7
    after = edit("own-policy", csv=OWN).on_practice(on_aspirin())
    assert after.site.policies == ("house", "clinic-page")
    assert earliest(after) == local("11-25 07:00")


def test_a_policy_of_the_site_speaks_last() -> None:
    after = edit("own-policy", csv=OWN, first=False).on_practice(on_aspirin())
    assert after.site.policies == ("clinic-page", "house")
    assert earliest(after) == earliest(on_aspirin())


def test_other_policies_drop_decisions_on_those_left_out() -> None:
    decided = edit("override-row", override=CHANGE).on_practice(on_aspirin())
    after = edit("set-policies", policies="SIR2019-high").on_practice(decided)
    assert (after.site.policies, after.site.overrides) == (("SIR2019-high",), ())
    assert [policy.name for policy in after.book.policies] == ["SIR2019-high"]


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(InputError, match="SIR2019"):
        edit("set-policies", policies=["SIR2019"]).on_practice(practice())


def test_an_override_of_a_row_that_is_not_there_is_refused() -> None:
    wrong = edit("override-row", override=CHANGE | {"drug": "aspirine"})
    with pytest.raises(InputError, match="the policy has no such row"):
        wrong.on_practice(practice())


def test_a_policy_file_that_cannot_be_trusted_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no column 'source'"):
        edit("own-policy", csv=OWN.replace(",source", ",sauce"))


@pytest.mark.parametrize(
    ("hours", "start"), [(24, "12-01 07:00"), (48, "12-02 07:00"), (72, "12-03 07:00")]
)
def test_a_day_more_of_notice_is_a_dose_more(hours: int, start: str) -> None:
    assert earliest(edit("notice", hours=hours).on_practice(on_aspirin())) == local(start)


def test_notice_in_a_planning_file_cuts_what_holds_are_planned_for() -> None:
    # frozen at midnight: 10 h of notice leave 10 to 17 of the window of 8 to 17
    held = a_case("A", need("suite"), hold=Hold(stage=HoldStage.PLANNED))
    begun = a_case("B", need("suite"), hold=Hold(stage=HoldStage.STARTED))
    early = a_case(
        "C",
        need("suite"),
        hold=Hold(stage=HoldStage.PLANNED),
        booking=booked(at("08:00"), {"suite": "suite-1"}),
    )
    after = edit("notice", hours=8, approval_lead_hours=2).on_problem(problem(held, begun, early))
    assert after.case_by_id["A"].windows == (between("10:00", "17:00"),)
    assert after.case_by_id["B"] == begun
    assert after.case_by_id["C"] == early
