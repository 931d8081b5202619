"""Holds by time and by doses: edges, ranges, renal bands, blanks."""

from datetime import date, time, timedelta

import pytest

from models.clinical.assess import assess
from models.clinical.policy import PolicyBook
from models.clinical.readiness import Status
from models.patients import Exposure, LabCode
from tests.unit.models.clinical.builders import (
    ASRA,
    CLINIC,
    NOW,
    SIR,
    apixaban,
    asked,
    aspirin,
    chicago,
    decided,
    facts,
    first_start,
    lab,
    overridden,
)

UNLISTED = "clinical-rules/drug/unlisted"


def test_without_dose_times_the_longest_hours_run_from_told() -> None:
    # Told Tue 09:00 and 60 h (four doses at most five intervals): Thu 21:00.
    assert first_start(facts(apixaban(dose_times=())), SIR) == chicago(5, 21)


def test_doses_as_needed_have_no_known_times() -> None:
    assert first_start(facts(apixaban(as_needed=True)), SIR) == chicago(5, 21)


def test_a_weekly_drug_at_a_known_hour_has_no_known_day() -> None:
    # Told Tue 09:00 and 168 h, six days of 24 h and one of 23: Tue 10 March 09:00 of UTC-6.
    weekly = Exposure(drug="semaglutide", dose_times=(time(8),), interval_hours=168, route="sc")
    book = PolicyBook.of(["ASA2023-GLP1-superseded"])
    assert first_start(facts(weekly), book) == chicago(10, 9)


def test_notice_and_approval_lead_shift_told() -> None:
    # 12 h and 6 h after Mon 09:00 is Tue 03:00; the last dose before it Mon 20:00; the fourth
    # skipped after it Wed 20:00.
    given = facts(apixaban(), setting={"notice_hours": 12, "approval_lead_hours": 6})
    assert first_start(given, SIR) == chicago(4, 20)


def test_a_dose_due_exactly_when_told_is_taken() -> None:
    # Told Tue 08:00 sharp, which is a dose: the fourth skipped is Thu 08:00.
    assert first_start(facts(apixaban()), SIR, chicago(2, 8)) == chicago(5, 8)


def test_edges_round_up_to_the_tick() -> None:
    # Last dose 07:03 and 168 h; the next tick of 5 minutes is 07:05.
    held = facts(aspirin(last_dose=chicago(2, 7, 3)))
    assert first_start(held, CLINIC) == chicago(2, 7, 5) + timedelta(days=7)


def test_a_range_means_its_longer_end() -> None:
    # SIR: aspirin 3 to 5 days. Last dose Mon 07:00, so Sat 07:00.
    assert first_start(facts(aspirin(last_dose=chicago(2, 7))), SIR) == chicago(7, 7)


def test_a_site_may_take_the_shorter_end() -> None:
    book = overridden("SIR2019-high", "aspirin", shorter_end=1)
    assert first_start(facts(aspirin(last_dose=chicago(2, 7))), book) == chicago(5, 7)


def test_a_range_of_doses_means_the_larger() -> None:
    # Dabigatran at 40 mL/min: 6 to 8 doses. L Tue 08:00; the eighth after it is Sat 08:00.
    twice = Exposure(drug="dabigatran etexilate", dose_times=(time(8), time(20)))
    slow = facts(twice, labs=(lab(LabCode.CREATININE, 1.75),))
    assert first_start(slow, SIR) == chicago(7, 8)


def test_hours_of_a_policy_that_counts_days_are_not_read_as_doses() -> None:
    # PAUSE: two drug-free days are about 60 to 68 h, whatever doses fall into them. L Tue 08:00,
    # 68 h: Fri 04:00.
    assert first_start(facts(apixaban()), PolicyBook.of(["PAUSE2019-high"])) == chicago(6, 4)


def test_several_drugs_wait_for_the_last() -> None:
    both = facts(apixaban(), aspirin(dose_times=(time(8),)))
    # Aspirin: L Tue 08:00 and 120 h, Sun 08:00 of UTC-6; apixaban Thu 08:00.
    assert first_start(both, SIR) == chicago(8, 8)
    assert [hold.drug for hold in assess(both, SIR, NOW).holds] == ["apixaban", "aspirin"]


def test_a_drug_that_need_not_be_held_does_nothing() -> None:
    given = facts(Exposure(drug="cilostazol"))
    readiness = assess(given, SIR, NOW)
    assert first_start(given, SIR) == NOW
    assert readiness.holds == ()
    assert not asked(readiness, "approval")


def test_the_band_below_includes_its_lower_end_only() -> None:
    # Creatinine 1.4: (140 - 70) * 72 / (72 * 1.4) = 50.0, which is in [50, inf).
    at_50 = facts(apixaban(), labs=(lab(LabCode.CREATININE, 1.4),))
    (hold,) = assess(at_50, SIR, NOW).holds
    assert hold.ref.rule == "SIR2019-high/apixaban/crcl-50-up"


def test_a_clearance_that_is_exactly_an_edge_is_not_a_hair_below_it() -> None:
    # (140 - 41) * 68 / (72 * 1.87) = 6732 / 134.64 = 50, for which floats give 49.999999999999993.
    at_50 = facts(
        apixaban(),
        birth_date=date(1985, 1, 1),
        weight_kg=68,
        labs=(lab(LabCode.CREATININE, 1.87),),
    )
    (hold,) = assess(at_50, SIR, NOW).holds
    assert hold.ref.rule == "SIR2019-high/apixaban/crcl-50-up"


def test_an_unknown_clearance_takes_the_longest_hold_and_says_what_a_result_gains() -> None:
    readiness = assess(facts(apixaban(), labs=()), SIR, NOW)
    (renal,) = asked(readiness, "renal")
    assert readiness.windows[0][0] == chicago(6, 8)  # six doses after Tue 08:00
    assert "creatinine" in renal.sentence
    assert "CrCl 50 or more would end the hold on Thu 08:00" in renal.sentence
    assert "CrCl below 30 has no figure and asks a clinician" in renal.sentence
    assert renal.firm


def test_an_unknown_clearance_that_could_only_help_is_not_firm() -> None:
    # ASRA: dabigatran has a figure in every band.
    readiness = assess(facts(Exposure(drug="dabigatran etexilate"), labs=()), ASRA, NOW)
    (renal,) = asked(readiness, "renal")
    assert not renal.firm
    assert readiness.windows


@pytest.mark.parametrize("missing", ["weight_kg", "birth_date", "sex"])
def test_clearance_needs_weight_age_and_sex(missing: str) -> None:
    unknown = {"weight_kg": None, "birth_date": None, "sex": "unknown"}
    readiness = assess(facts(apixaban(), **{missing: unknown[missing]}), SIR, NOW)
    assert asked(readiness, "renal")
    assert readiness.windows[0][0] == chicago(6, 8)


def test_a_result_older_than_results_count_is_to_be_repeated() -> None:
    old = facts(apixaban(), labs=(lab(LabCode.CREATININE, 1.0, NOW - timedelta(days=40)),))
    (renal,) = asked(assess(old, SIR, NOW), "renal")
    assert "40 days old" in renal.sentence


def test_a_band_without_figure_asks_and_leaves_no_window() -> None:
    # Creatinine 3.5: (140 - 70) * 72 / (72 * 3.5) = 20 mL/min; SIR has no value below 30.
    failing = facts(apixaban(), labs=(lab(LabCode.CREATININE, 3.5),))
    readiness = assess(failing, SIR, NOW)
    assert first_start(failing, SIR) is None
    (requirement,) = asked(readiness, "ask-clinician")
    assert requirement.ref.rule == "SIR2019-high/apixaban/crcl-below-30"
    assert requirement.closes_windows
    assert readiness.holds[0].ready_at is None
    assert readiness.status is Status.CONDITIONAL


def test_a_value_in_no_band_asks() -> None:
    # Rivaroxaban 20 mg daily at 10 mL/min (creatinine 7): SIR's lowest band begins at 15.
    daily = Exposure(drug="rivaroxaban", dose_times=(time(18),), dose_mg=20)
    known = facts(daily, labs=(lab(LabCode.CREATININE, 7),))
    assert first_start(known, SIR) is None
    assert "no row" in asked(assess(known, SIR, NOW), "ask-clinician")[0].sentence


def test_a_blank_row_asks() -> None:
    known = facts(apixaban())
    assert first_start(known, CLINIC) is None
    assert asked(assess(known, CLINIC, NOW), "ask-clinician")[0].ref.rule == "clinic-page/apixaban"


def test_a_clinicians_figure_opens_a_blank_row() -> None:
    decision = decided("ask-clinician", "clinic-page/apixaban", drug="apixaban", hold_hours=50)
    # L Tue 08:00 and 50 h: Thu 10:00.
    given = facts(apixaban(), decisions=(decision,))
    assert first_start(given, CLINIC) == chicago(5, 10)
    assert "Dr Vega" in assess(given, CLINIC, NOW).holds[0].ref.source


def test_an_agreement_without_a_figure_opens_nothing() -> None:
    decision = decided("ask-clinician", "clinic-page/apixaban", drug="apixaban")
    assert first_start(facts(apixaban(), decisions=(decision,)), CLINIC) is None


def test_a_figure_for_one_drug_says_nothing_of_another() -> None:
    decision = decided("ask-clinician", UNLISTED, drug="simvastatin", hold_hours=0)
    given = facts(Exposure(drug="simvastatin"), Exposure(drug="verapamil"), decisions=(decision,))
    readiness = assess(given, SIR, NOW)
    assert [r.drug for r in asked(readiness, "ask-clinician")] == ["verapamil"]
