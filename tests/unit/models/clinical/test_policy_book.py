"""Precedence, the site's own decisions on rows, and the review of policies."""

from typing import Any

import pytest

from models.clinical.assess import assess
from models.clinical.policy import (
    PolicyBook,
    RowOverride,
    check_policy,
    diff_policies,
    parse_policy,
    shipped_policy,
)
from models.errors import PolicyError
from models.patients import Exposure
from models.procedures import BleedingRisk
from tests.unit.models.clinical.builders import (
    NOW,
    WHO,
    apixaban,
    aspirin,
    chicago,
    facts,
    first_start,
    overridden,
    procedure,
)

MINE = """\
# policy: mine
# version: 1
# bleeding-risk: low
rule,drug,hold_hours_min,hold_hours_max,source
aspirin,aspirin,0,0,[site] our list for low risk
"""


def refused(policy: str, row: str, **columns: Any) -> str:
    with pytest.raises(PolicyError) as caught:
        overridden(policy, row, **columns)
    return str(caught.value)


def test_the_first_policy_that_knows_the_drug_speaks() -> None:
    # Clinic page: aspirin 7 days; SIR: 5 days. Last dose Mon 07:00 of UTC-6.
    held = facts(aspirin(last_dose=chicago(2, 7)))
    assert first_start(held, PolicyBook.of(["clinic-page", "SIR2019-high"])) == chicago(9, 7)
    assert first_start(held, PolicyBook.of(["SIR2019-high", "clinic-page"])) == chicago(7, 7)


def test_a_blank_row_is_knowing_the_drug() -> None:
    book = PolicyBook.of(["clinic-page", "SIR2019-high"])
    assert first_start(facts(apixaban()), book) is None


def test_a_drug_is_found_by_code_before_name() -> None:
    book = PolicyBook.of(["SIR2019-high"])
    by_code = Exposure(drug="ASA 81", rxcui="1191")
    by_atc = Exposure(drug="ASA 81", atc="B01AC06")
    for exposure in (by_code, by_atc, Exposure(drug="Aspirin")):
        assert book.rows_for(exposure, BleedingRisk.HIGH)[0].drug == "aspirin"


def test_a_policy_for_low_risk_never_judges_a_high_risk() -> None:
    book = PolicyBook.of(["mine", "SIR2019-high"], own=[parse_policy(MINE, place="mine.csv")])
    low = facts(aspirin(), of=procedure(bleeding_risk=BleedingRisk.LOW))
    assert first_start(low, book) == NOW
    assert assess(facts(aspirin()), book, NOW).holds[0].ref.policy == "SIR2019-high"


def test_a_decision_replaces_figures_and_keeps_the_source() -> None:
    book = overridden("SIR2019-high", "aspirin", hold_hours_min=24, hold_hours_max=24)
    held = facts(aspirin(last_dose=chicago(2, 7)))
    assert first_start(held, book) == chicago(3, 7)
    ref = assess(held, book, NOW).holds[0].ref
    assert ref.evidence == "K/site"
    assert ref.source.startswith("SIR 2019")
    assert "Dr Vega, 2026-01-05: agreed" in ref.source


def test_a_decision_may_fill_a_blank_and_blank_a_figure() -> None:
    filled = overridden(
        "SIR2019-high", "apixaban/crcl-below-30", hold_hours_min=96, hold_hours_max=96
    )
    rows = filled.rows_for(apixaban(), BleedingRisk.HIGH)
    assert [row.is_blank for row in rows] == [False, False, False]
    blanked = overridden("SIR2019-high", "aspirin", hold_hours_min=None, hold_hours_max=None)
    assert first_start(facts(aspirin()), blanked) is None


def test_a_decision_may_mean_one_regimen() -> None:
    change = RowOverride(
        policy="ASRA2018-high",
        drug="enoxaparin",
        regimen="therapeutic",
        row={"hold_hours_max": 36},
        **WHO,
    )
    rows = PolicyBook.of(["ASRA2018-high"], [change]).rows_for(
        Exposure(drug="enoxaparin"), BleedingRisk.HIGH
    )
    assert [row.hours for row in rows] == [(12, 12), (24, 36)]


def test_decisions_lie_over_each_other_in_order() -> None:
    changes = [
        RowOverride(policy="SIR2019-high", drug="aspirin", row={"hold_hours_max": hours}, **WHO)
        for hours in (96, 144)
    ]
    book = PolicyBook.of(["SIR2019-high"], changes)
    assert book.rows_for(aspirin(), BleedingRisk.HIGH)[0].hours == (72, 144)


def test_a_decision_on_all_patients_changes_a_gate() -> None:
    book = overridden("SIR2019-high", "all/inr", lab_limit="<=1.5", lab_threshold="<=1.5")
    assert str(book.gates_for(BleedingRisk.HIGH)[0].lab.limit) == "<=1.5"


def test_a_decision_without_a_row_is_refused() -> None:
    assert "no such row" in refused("SIR2019-high", "simvastatin", hold_hours_max=1)
    assert "not in force" in refused("EHRA-high", "apixaban", hold_hours_max=1)
    assert "no clinical rule" in refused("clinical-rules", "spacing/moon", hours=1)


def test_a_decision_cannot_break_a_row() -> None:
    assert "hold_hours_max" in refused("SIR2019-high", "aspirin", hold_hours_max="long")
    assert "'source'" in refused("SIR2019-high", "aspirin", source="me")
    assert "'hours'" in refused("SIR2019-high", "aspirin", hours=3)
    assert "overlap" in refused("SIR2019-high", "apixaban/crcl-30-50", crcl_max=60)
    assert "figures.hours" in refused("clinical-rules", "spacing/radiotherapy", hours="long")
    assert "figures.hours" in refused("clinical-rules", "spacing/radiotherapy", hours=1e12)


def test_hours_alone_do_not_replace_a_count_of_doses() -> None:
    hours = {"hold_hours_min": 72, "hold_hours_max": 72}
    assert "hold_doses" in refused("SIR2019-high", "apixaban/crcl-50-up", **hours)
    book = overridden("SIR2019-high", "apixaban/crcl-50-up", **hours, hold_doses=None)
    # Last dose Tue 08:00 and 72 h.
    assert first_start(facts(apixaban()), book) == chicago(6, 8)


def test_a_decision_needs_an_approver_and_a_reason() -> None:
    for missing in ("approver", "reason"):
        with pytest.raises(ValueError, match=missing):
            RowOverride(policy="p", drug="d", row={"x": 1}, **WHO | {missing: ""})


def test_without_any_policy_nothing_is_in_force() -> None:
    with pytest.raises(PolicyError, match="clinic-page"):
        PolicyBook.of([])


def test_the_laboratory_values_of_all_are_those_of_the_first_policy_that_asks() -> None:
    book = PolicyBook.of(["clinic-page", "SIR2019-high"])
    assert [gate.lab.label for gate in book.gates_for(BleedingRisk.HIGH)][:2] == [
        "INR",
        "platelets_10e9_L",
    ]
    assert PolicyBook.of(["clinic-page"]).gates_for(BleedingRisk.HIGH) == ()


def test_check_names_blanks_weak_evidence_and_gaps() -> None:
    found = check_policy(shipped_policy("SIR2019-high"))
    told = {(fault.rule, fault.grade) for fault in found}
    assert ("SIR2019-high/apixaban/crcl-below-30", "ask") in told
    assert ("SIR2019-high/warfarin", "check") in told
    assert any("CrCl below 15" in fault.sentence for fault in found)


def test_check_names_a_policy_that_has_been_superseded() -> None:
    (first, *_) = check_policy(shipped_policy("SIR2012-superseded"))
    assert (first.grade, first.sentence) == ("note", "superseded by SIR2019-high")


def test_diff_names_the_drug_the_row_and_both_figures() -> None:
    found = diff_policies(shipped_policy("SIR2019-high"), shipped_policy("CHEST2022-high"))
    (hold,) = [d for d in found if d.drug == "ticagrelor" and d.column == "hold_hours_min"]
    assert (hold.row, hold.first, hold.second) == ("any", "120", "72")
    (absent,) = [d for d in found if d.drug == "edoxaban"]
    assert (absent.column, absent.first, absent.second) == ("row", "listed", None)


def test_a_policy_does_not_differ_from_itself() -> None:
    sir = shipped_policy("SIR2019-high")
    assert diff_policies(sir, sir) == ()
