"""Which row of a policy speaks: unknown and unlisted drugs, regimens, routes, contrast."""

from datetime import time, timedelta

import pytest

from models.clinical.assess import assess
from models.clinical.policy import PolicyBook
from models.patients import Exposure, Finding, Lab, LabCode
from tests.unit.models.clinical.builders import (
    ASRA,
    NOW,
    SIR,
    asked,
    aspirin,
    chicago,
    facts,
    first_start,
    lab,
    procedure,
)

KIDNEY_FAILURE = Finding(code="", system="", text="Acute renal failure")
KIDNEY_INJURY = Finding(code="N17.9", system="icd10", text="acute kidney injury")
UNLISTED = "clinical-rules/drug/unlisted"


def test_an_unknown_drug_leaves_no_window() -> None:
    given = facts(Exposure(drug="blue pills", known=False))
    (requirement,) = asked(assess(given, SIR, NOW), "unknown-drug")
    assert requirement.sentence == "unknown drug: blue pills"
    assert first_start(given, SIR) is None


def test_a_drug_that_no_policy_lists_leaves_no_window() -> None:
    given = facts(Exposure(drug="simvastatin", rxcui="36567"))
    (requirement,) = asked(assess(given, SIR, NOW), "ask-clinician")
    assert requirement.ref.rule == UNLISTED
    assert first_start(given, SIR) is None


def test_a_site_may_list_drugs_that_are_not_held() -> None:
    book = PolicyBook.of(["SIR2019-high", "common-no-hold"])
    assert first_start(facts(Exposure(drug="simvastatin")), book) == NOW


@pytest.mark.parametrize(
    ("intent", "hours"), [("prophylactic", 12), ("therapeutic", 24), (None, 24)]
)
def test_a_regimen_that_cannot_be_told_takes_the_stricter_row(
    intent: str | None, hours: int
) -> None:
    # ASRA: enoxaparin 12 h and 24 h after told, Tue 09:00.
    given = facts(Exposure(drug="enoxaparin", intent=intent))
    assert first_start(given, ASRA) == chicago(3, 9) + timedelta(hours=hours)


def test_a_regimen_without_figure_is_the_strictest() -> None:
    # ASRA: aspirin for secondary prevention is a shared decision, for primary 6 days.
    assert first_start(facts(aspirin()), ASRA) is None
    # Told Tue 09:00 and 144 h: Mon 9 March 09:00 of UTC-6.
    assert first_start(facts(aspirin(intent="primary")), ASRA) == chicago(9, 9)


def test_a_dose_decides_among_regimens() -> None:
    vascular = Exposure(drug="rivaroxaban", dose_mg=2.5, dose_times=(time(8), time(20)))
    assert first_start(facts(vascular), SIR) is None
    daily = Exposure(drug="rivaroxaban", dose_mg=20, dose_times=(time(18),))
    # Last dose Mon 18:00; the second skipped is Wed 18:00.
    assert first_start(facts(daily), SIR) == chicago(4, 18)


def test_doses_closer_than_the_row_counts_ask() -> None:
    # 15 mg twice daily: two skipped doses would be one day, SIR's row means two days.
    often = Exposure(drug="rivaroxaban", dose_mg=15, dose_times=(time(8), time(20)))
    assert first_start(facts(often), SIR) is None


def test_the_same_hold_prefers_the_regimen_that_is_known() -> None:
    usual = facts(Exposure(drug="clopidogrel", dose_mg=75))
    assert assess(usual, SIR, NOW).holds[0].restart_hours == 6
    unknown = facts(Exposure(drug="clopidogrel"))
    assert assess(unknown, SIR, NOW).holds[0].restart_hours == 24


def test_route_decides_the_row_of_heparin() -> None:
    # ASRA: 6 h after an infusion, 24 h after subcutaneous doses; told Tue 09:00.
    infusion = facts(Exposure(drug="heparin", route="intravenous"))
    assert first_start(infusion, ASRA) == chicago(3, 15)
    assert first_start(facts(Exposure(drug="heparin", route="SC")), ASRA) == chicago(4, 9)


def test_dipyridamole_counts_as_alone_without_aspirin() -> None:
    alone = facts(Exposure(drug="dipyridamole"))
    assert first_start(alone, SIR) is None  # SIR has it with aspirin only
    assert first_start(alone, ASRA) == chicago(5, 9)  # told Tue 09:00 and 48 h
    beside = facts(Exposure(drug="dipyridamole"), aspirin(last_dose=chicago(1, 7)))
    # With aspirin 120 h from told; aspirin itself ends earlier: Sun 09:00 of UTC-6.
    assert first_start(beside, SIR) == chicago(8, 9)


def test_metformin_matters_with_contrast_only() -> None:
    book = PolicyBook.of(["ACR-METFORMIN"])
    metformin = Exposure(drug="metformin", rxcui="6809")
    assert assess(facts(metformin), book, NOW).holds == ()
    given = facts(metformin, of=procedure(contrast=True), labs=(lab(LabCode.EGFR, 25),))
    readiness = assess(given, book, NOW)
    assert first_start(given, book) == NOW
    assert readiness.holds[0].restart_hours == 48
    assert [r.kind for r in readiness.preparation if r.drug == "metformin"] == ["restart"]


def test_metformin_is_read_by_egfr_and_not_by_clearance() -> None:
    book = PolicyBook.of(["ACR-METFORMIN"])
    good = facts(
        Exposure(drug="metformin"), of=procedure(contrast=True), labs=(lab(LabCode.EGFR, 30),)
    )
    assert assess(good, book, NOW).holds == ()


def test_an_old_egfr_that_lets_metformin_go_on_is_to_be_repeated() -> None:
    taken = NOW - timedelta(days=400)
    given = facts(
        Exposure(drug="metformin"),
        of=procedure(contrast=True),
        labs=(lab(LabCode.EGFR, 60, taken),),
    )
    (renal,) = asked(assess(given, PolicyBook.of(["ACR-METFORMIN"]), NOW), "renal")
    assert "400 days old" in renal.sentence
    assert renal.firm


@pytest.mark.parametrize(
    ("labs", "conditions", "missing"),
    [
        ((), (), "eGFR"),
        ((lab(LabCode.EGFR, 60),), (KIDNEY_INJURY,), "acute kidney injury"),
        ((lab(LabCode.EGFR, 60),), (KIDNEY_FAILURE,), "acute kidney injury"),
    ],
)
def test_metformin_with_contrast_and_unknown_egfr_is_stopped_at_the_procedure(
    labs: tuple[Lab, ...], conditions: tuple[Finding, ...], missing: str
) -> None:
    book = PolicyBook.of(["ACR-METFORMIN"])
    given = facts(
        Exposure(drug="metformin"),
        of=procedure(contrast=True),
        labs=labs,
        conditions=conditions,
    )
    readiness = assess(given, book, NOW)
    assert readiness.holds[0].ref.rule == "ACR-METFORMIN/metformin/egfr-below-30"
    assert missing in asked(readiness, "renal")[0].sentence
