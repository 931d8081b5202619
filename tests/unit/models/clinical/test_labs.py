"""Laboratory gates: never passed by an unknown, an old or an early result."""

from datetime import timedelta

import pytest

from models.base import HoldStage
from models.clinical.assess import assess
from models.clinical.policy import PolicyBook
from models.clinical.readiness import Requirement, Status
from models.patients import Exposure, ExposureStatus, Finding, LabCode
from tests.unit.models.clinical.builders import (
    ASRA,
    CLINIC,
    NOW,
    SIR,
    asked,
    chicago,
    decided,
    facts,
    lab,
    overridden,
    warfarin,
)

GOOD = (lab(LabCode.INR, 1.0), lab(LabCode.PLATELETS, 200))
HELD = warfarin(status=ExposureStatus.ON_HOLD, last_dose=NOW - timedelta(days=5))
AGREED = decided("approval", "SIR2019-high/warfarin", drug="warfarin")


def inr(value: float, **ago: float) -> tuple[object, ...]:
    return (lab(LabCode.INR, value, NOW - timedelta(**ago)), lab(LabCode.PLATELETS, 200))


def gates(*exposures: Exposure, book: PolicyBook = SIR, **members: object) -> list[Requirement]:
    return asked(assess(facts(*exposures, **members), book, NOW), "lab")


def test_results_within_limits_and_time_pass() -> None:
    readiness = assess(facts(labs=(*GOOD,)), SIR, NOW)
    assert [r for r in readiness.requirements if r.applies_from is None] == []
    assert readiness.status is Status.READY


def test_a_result_that_grows_old_is_asked_for_again_from_then_on() -> None:
    # Drawn now, counts for 30 days: beyond a horizon of 28 it is not asked for; drawn ten days
    # ago it counts for 20 more.
    assert gates(labs=GOOD) == []
    (again,) = gates(labs=(lab(LabCode.INR, 1.0, NOW - timedelta(days=10)), GOOD[1]))
    assert again.applies_from == NOW + timedelta(days=20)
    assert again.latest == NOW + timedelta(days=20)
    assert again.counts_hours == 30 * 24
    readiness = assess(
        facts(labs=(lab(LabCode.INR, 1.0, NOW - timedelta(days=10)), GOOD[1])), SIR, NOW
    )
    assert readiness.status is Status.READY
    assert readiness.open_at(NOW + timedelta(days=19)) == ()
    assert readiness.open_at(NOW + timedelta(days=20)) == (again,)


@pytest.mark.parametrize("missing", [LabCode.INR, LabCode.PLATELETS])
def test_a_missing_result_is_asked_for_until_the_first_start(missing: LabCode) -> None:
    (gate,) = gates(labs=tuple(result for result in GOOD if result.code is not missing))
    assert "no result" in gate.sentence
    assert gate.latest == NOW


@pytest.mark.parametrize(
    ("code", "value", "passes"),
    [
        (LabCode.INR, 1.8, True),
        (LabCode.INR, 1.81, False),
        (LabCode.PLATELETS, 50, True),
        (LabCode.PLATELETS, 49, False),
    ],
)
def test_limits_include_their_figure(code: LabCode, value: float, *, passes: bool) -> None:
    others = tuple(result for result in GOOD if result.code is not code)
    assert (gates(labs=(*others, lab(code, value))) == []) is passes


def test_a_result_too_old_is_as_good_as_none() -> None:
    (gate,) = gates(labs=(lab(LabCode.INR, 1.0, NOW - timedelta(days=30)), GOOD[1]))
    assert "too old" in gate.sentence


def test_the_site_sets_how_long_results_count() -> None:
    book = overridden("clinical-rules", "lab-validity/outpatient", days=90)
    assert gates(labs=(lab(LabCode.INR, 1.0, NOW - timedelta(days=40)), GOOD[1]), book=book) == []


def test_an_accepted_value_passes_and_a_later_one_is_judged_anew() -> None:
    high = (lab(LabCode.INR, 2.0, NOW - timedelta(hours=3)), GOOD[1])
    accepted = decided("lab", "SIR2019-high/all/inr", at=NOW - timedelta(hours=2))
    assert gates(labs=high, decisions=(accepted,)) == []
    later = (*high, lab(LabCode.INR, 2.0, NOW - timedelta(hours=1)))
    assert gates(labs=later, decisions=(accepted,)) != []


def test_no_decision_passes_a_result_that_does_not_exist() -> None:
    accepted = decided("lab", "SIR2019-high/all/inr")
    assert len(gates(labs=GOOD[1:], decisions=(accepted,))) == 1


def test_chronic_liver_disease_has_limits_of_its_own() -> None:
    cirrhosis = (Finding(code="K74.60", system="icd10", text="cirrhosis"),)
    labs = (lab(LabCode.INR, 2.4), lab(LabCode.PLATELETS, 31), lab(LabCode.FIBRINOGEN, 101))
    assert gates(labs=labs, conditions=cirrhosis) == []
    assert len(gates(labs=labs)) == 2  # INR and platelets are beyond the usual limits
    at_limits = (lab(LabCode.INR, 2.5), lab(LabCode.PLATELETS, 30), lab(LabCode.FIBRINOGEN, 100))
    assert len(gates(labs=at_limits, conditions=cirrhosis)) == 3


def test_warfarin_without_inr_is_never_ready() -> None:
    for book in (SIR, ASRA, CLINIC, PolicyBook.of(["CHEST2022-high", "ACC2023AF-high"])):
        for exposure in (warfarin(), HELD):
            readiness = assess(facts(exposure, labs=()), book, NOW)
            assert readiness.status is Status.CONDITIONAL
            assert any(r.firm for r in asked(readiness, "lab"))


def test_an_inr_drawn_on_warfarin_does_not_count() -> None:
    (gate,) = gates(HELD, labs=inr(1.0, days=5, minutes=1))
    assert "drawn after the last warfarin dose" in gate.sentence


def test_an_inr_before_the_hold_has_begun_does_not_count() -> None:
    assert "after the last warfarin dose" in gates(warfarin(), labs=GOOD)[0].sentence


def test_an_inr_drawn_after_the_stop_passes_for_two_days() -> None:
    # Held for exactly the five days of SIR: a start is permitted now. Drawn 20 h ago, it counts
    # for 28 h more.
    readiness = assess(facts(HELD, labs=inr(1.5, hours=20), decisions=(AGREED,)), SIR, NOW)
    (again,) = asked(readiness, "lab")
    assert again.applies_from == NOW + timedelta(hours=28)
    assert readiness.status is Status.READY
    assert readiness.stage is HoldStage.DRAWN


def test_a_result_that_counts_for_a_while_says_from_when_a_new_one_is_needed() -> None:
    # GOOD is of now, Mon 2 March 09:00, and counts for 30 days: to 1 April 10:00 of UTC-5.
    readiness = assess(facts(labs=GOOD), SIR, NOW)
    assert [q.sentence for q in asked(readiness, "lab")] == []
    setting = {"horizon_days": 40}
    inr_again, _ = asked(assess(facts(labs=GOOD, setting=setting), SIR, NOW), "lab")
    assert inr_again.sentence == (
        "INR <=1.8: 1 of 2 Mar 2026 counts for starts before Wed 1 Apr 2026 10:00; "
        "later ones need a new result, at most 30 days before the procedure"
    )


def test_a_limit_of_the_site_is_said_in_words() -> None:
    heparin = Exposure(drug="heparin", route="iv", last_dose=NOW - timedelta(hours=7))
    (gate,) = [g for g in gates(heparin, labs=GOOD) if g.drug]
    assert gate.sentence.startswith("aPTT or anti-Xa in the site's normal range: ")
    (gate,) = [g for g in gates(warfarin(), labs=GOOD, book=CLINIC) if g.drug]
    assert gate.sentence.startswith("INR (no limit is stated): ")
    dabigatran = Exposure(drug="dabigatran etexilate", interval_hours=12)
    slow = (*GOOD, lab(LabCode.CREATININE, 1.75))
    found = asked(assess(facts(dabigatran, labs=slow), SIR, NOW), "lab")
    (doubt,) = [q for q in found if q.drug]
    assert doubt.sentence == "thrombin time or dTT by the site's limits: if in doubt"


def test_an_inr_after_the_stop_too_early_for_the_start_is_too_old() -> None:
    assert "too old" in gates(HELD, labs=inr(1.5, days=2))[0].sentence


def test_a_high_inr_after_the_stop_is_not_passed() -> None:
    (gate,) = gates(HELD, labs=inr(1.9, hours=20))
    assert "1.9" in gate.sentence
    assert "is not <=1.8" in gate.sentence


def test_one_gate_speaks_where_a_drug_asks_the_same_more_strictly() -> None:
    rules = [gate.ref.rule for gate in gates(warfarin(), labs=GOOD)]
    assert rules == ["SIR2019-high/warfarin"]


def test_a_limit_that_is_not_stated_is_judged_by_a_clinician() -> None:
    now_off = warfarin(status=ExposureStatus.ON_HOLD, last_dose=NOW - timedelta(days=3))
    labs = inr(1.1, hours=2)
    (gate,) = gates(now_off, book=CLINIC, labs=labs)
    assert "a clinician must judge it" in gate.sentence
    judged = decided("lab", "clinic-page/warfarin", drug="warfarin")
    left = gates(now_off, book=CLINIC, labs=labs, decisions=(judged,))
    assert all(gate.applies_from is not None for gate in left)


def test_the_day_before_means_the_local_day_before() -> None:
    # CHEST: INR on day -1. Drawn Sun 1 March 23:30, it counts for starts on Mon 2 March only.
    chest = PolicyBook.of(["CHEST2022-high"])
    drawn = (lab(LabCode.INR, 1.2, chicago(1, 23, 30)),)
    (again,) = gates(HELD, book=chest, labs=drawn)
    assert again.applies_from == chicago(3, 0)


def test_values_named_for_doubt_are_not_demanded() -> None:
    labs = (*GOOD, lab(LabCode.CREATININE, 1.75))
    (gate,) = gates(Exposure(drug="apixaban"), labs=labs)
    assert gate.subject == "anti-Xa"
    assert not gate.firm


def test_anti_xa_is_demanded_when_renal_function_is_known_to_be_impaired() -> None:
    enoxaparin = Exposure(drug="enoxaparin", intent="therapeutic")
    assert not gates(enoxaparin, labs=GOOD)[0].firm
    failing = (Finding(code="N18.5", system="icd10", text="kidney disease stage 5"),)
    assert gates(enoxaparin, labs=GOOD, conditions=failing)[0].firm


def test_either_of_two_values_will_do() -> None:
    off = Exposure(
        drug="heparin",
        route="iv",
        status=ExposureStatus.ON_HOLD,
        last_dose=NOW - timedelta(hours=6),
    )
    labs = (*GOOD, lab(LabCode.ANTI_XA, 0.1, NOW - timedelta(hours=1)))
    (gate,) = gates(off, labs=labs)
    assert "0.1" in gate.sentence  # read, and to be judged against the site's normal range
