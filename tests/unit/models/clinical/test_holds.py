"""Holds by time and by doses: edges, ranges, regimens, renal bands, caps, approvals, records."""

from datetime import date, time, timedelta

import pytest

from models.base import HoldStage
from models.clinical.assess import assess
from models.clinical.facts import PlannedStop
from models.clinical.permitted import permitted
from models.clinical.policy import PolicyBook
from models.clinical.readiness import Status
from models.patients import Exposure, ExposureStatus, Finding, Implant, Lab, LabCode
from models.procedures import BleedingRisk
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
    last_end,
    overridden,
    procedure,
    warfarin,
)

KIDNEY_FAILURE = Finding(code="", system="", text="Acute renal failure")
KIDNEY_INJURY = Finding(code="N17.9", system="icd10", text="acute kidney injury")
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


def test_a_prescriber_must_agree_a_notice_before_the_first_skipped_dose() -> None:
    readiness = assess(facts(apixaban(prescriber="Dr Ode")), SIR, NOW)
    (approval,) = asked(readiness, "approval")
    assert approval.latest == chicago(2, 20)  # Tue 20:00 is skipped first, less 24 h
    assert approval.sentence.startswith("Dr Ode must agree to hold apixaban")
    assert readiness.windows
    assert readiness.status is Status.CONDITIONAL


def test_without_dose_times_the_prescriber_must_agree_before_the_notice_begins() -> None:
    given = facts(aspirin(), setting={"approval_lead_hours": 6})
    # Told Tue 15:00, less a notice of 24 h: Mon 15:00, six hours from now.
    (approval,) = asked(assess(given, CLINIC, NOW), "approval")
    assert approval.latest == chicago(2, 15)


def test_an_agreement_on_record_closes_the_approval() -> None:
    agreed = decided("approval", "clinic-page/aspirin", drug="aspirin")
    readiness = assess(facts(aspirin(), decisions=(agreed,)), CLINIC, NOW)
    assert readiness.requirements == ()
    assert readiness.status is Status.READY


def test_a_refusal_on_record_keeps_it_open() -> None:
    refused = decided("approval", "clinic-page/aspirin", drug="aspirin", accepted=False)
    readiness = assess(facts(aspirin(), decisions=(refused,)), CLINIC, NOW)
    assert asked(readiness, "approval")


def test_a_soft_cap_is_reported_only() -> None:
    book = overridden("SIR2019-high", "aspirin", max_off_hours=200)
    held = facts(aspirin(last_dose=chicago(2, 7)))
    (hold,) = assess(held, book, NOW).holds
    assert hold.cap_at == chicago(2, 7) + timedelta(hours=200)
    assert not hold.cap_hard
    assert last_end(held, book) == NOW + timedelta(days=28)


def test_a_hard_cap_ends_the_windows() -> None:
    book = overridden("SIR2019-high", "aspirin", max_off_hours=200, max_off_hard=1)
    held = facts(aspirin(last_dose=chicago(2, 7)))
    assert last_end(held, book) == chicago(2, 7) + timedelta(hours=200)


def test_a_cap_says_nothing_before_the_hold_begins() -> None:
    book = overridden("SIR2019-high", "aspirin", max_off_hours=130, max_off_hard=1)
    assert last_end(facts(aspirin()), book) == NOW + timedelta(days=28)


def test_a_hold_that_has_begun_says_how_far_it_is() -> None:
    begun = apixaban(status=ExposureStatus.ON_HOLD, last_dose=chicago(1, 20))
    (hold,) = assess(facts(begun), SIR, chicago(3, 9)).holds
    # From Sun 20:00 to Tue 09:00: 37 h. Skipped Mon 08:00, 20:00, Tue 08:00, 20:00: 48 h.
    assert hold.sentence == (
        "37 h since the last apixaban dose, 48 h (4 doses) needed; first legal start Tue 20:00"
    )
    assert hold.stage is HoldStage.STARTED


def test_a_refusal_says_how_long_is_needed_and_the_first_legal_start() -> None:
    begun = apixaban(status=ExposureStatus.ON_HOLD, last_dose=chicago(1, 20))
    (refusal,) = permitted(facts(begun), SIR, NOW, chicago(3, 9))
    assert refusal.sentence == (
        "37 h since the last apixaban dose, 48 h (4 doses) needed; first legal start Tue 20:00"
    )
    assert refusal.ref.rule == "SIR2019-high/apixaban/crcl-50-up"


def test_the_first_legal_start_of_a_sentence_is_on_a_tick() -> None:
    # Last dose Mon 07:58:30 and 120 h end between ticks: Sat 07:58:30; starts begin at 08:00.
    held = facts(aspirin(last_dose=chicago(2, 7, 58) + timedelta(seconds=30)))
    assert assess(held, SIR, NOW).holds[0].sentence.endswith("first legal start Sat 08:00")
    (refusal,) = permitted(held, SIR, NOW, NOW)
    assert refusal.sentence.endswith("first legal start Sat 08:00")


def test_one_dose_is_one_dose() -> None:
    enoxaparin = Exposure(drug="enoxaparin", intent="prophylactic", dose_times=(time(20),))
    known = facts(enoxaparin)
    assert "24 h (1 dose)" in assess(known, SIR, NOW).holds[0].sentence
    assert "24 h (1 dose)" in permitted(known, SIR, NOW, NOW)[0].sentence


def test_an_agreement_names_the_regimen_only_where_one_is_meant() -> None:
    (any_dose,) = asked(assess(facts(aspirin()), SIR, NOW), "approval")
    assert any_dose.sentence.startswith("the prescriber must agree to hold aspirin by ")


def test_an_agreement_does_not_claim_a_renal_function_that_is_unknown() -> None:
    (approval,) = asked(assess(facts(apixaban(), labs=()), SIR, NOW), "approval")
    assert "(q12h, renal function unknown, taken as CrCl 30 to below 50)" in approval.sentence


def test_a_question_about_a_blank_row_says_that_the_regimen_is_not_on_record() -> None:
    (question,) = asked(assess(facts(Exposure(drug="rivaroxaban")), SIR, NOW), "ask-clinician")
    assert "regimen not on record, by the strictest row: 2.5 mg q12h" in question.sentence


def test_a_refusal_while_the_drug_is_taken_says_so() -> None:
    (refusal,) = permitted(facts(aspirin()), CLINIC, NOW, chicago(3, 8))
    assert refusal.sentence.startswith("aspirin is still taken then, 7 d needed")


def test_a_hold_without_recorded_last_dose_counts_from_told() -> None:
    paused = facts(apixaban(status=ExposureStatus.ON_HOLD))
    readiness = assess(paused, SIR, NOW)
    assert first_start(paused, SIR) == chicago(5, 8)
    assert not asked(readiness, "last-dose")[0].firm


def test_a_planned_stop_takes_the_place_of_told() -> None:
    stop = PlannedStop(drug="apixaban", last_dose=chicago(3, 8))
    promised = facts(apixaban()).model_copy(update={"stops": (stop,)})
    # Wed 10:00: without the plan told would be Thu 10:00; with it the hold has run since Tue 08:00.
    now = chicago(4, 10)
    assert first_start(promised, SIR, now) == chicago(5, 8)
    assert assess(promised, SIR, now).stage is HoldStage.STARTED
    assert assess(promised, SIR, NOW).stage is HoldStage.PLANNED


def test_a_recorded_dose_beats_a_planned_stop() -> None:
    stop = PlannedStop(drug="apixaban", last_dose=chicago(3, 8))
    late = facts(apixaban(last_dose=chicago(3, 20))).model_copy(update={"stops": (stop,)})
    # Taken Tue 20:00 after all: skipped Wed 08:00, 20:00, Thu 08:00, 20:00.
    assert first_start(late, SIR, chicago(4, 10)) == chicago(5, 20)


def test_an_early_last_dose_is_to_be_confirmed() -> None:
    # Sun 19:50 is not a dose time: the 20:00 dose counts as skipped and was the one taken.
    early = apixaban(status=ExposureStatus.ON_HOLD, last_dose=chicago(1, 19, 50))
    (requirement,) = asked(assess(facts(early), SIR, NOW), "last-dose")
    assert requirement.firm
    assert "36.1667 h" in requirement.sentence  # to Tue 08:00


def test_a_drug_stopped_for_good_and_long_enough_asks_nothing() -> None:
    done = aspirin(status=ExposureStatus.STOPPED, last_dose=NOW - timedelta(days=20))
    readiness = assess(facts(done), CLINIC, NOW)
    assert readiness.holds == ()
    assert readiness.requirements == ()


def test_a_drug_stopped_lately_still_has_to_wash_out() -> None:
    lately = aspirin(status=ExposureStatus.STOPPED, last_dose=chicago(1, 9))
    assert first_start(facts(lately), CLINIC) == chicago(8, 9)
    (hold,) = assess(facts(lately), CLINIC, NOW).holds
    assert hold.restart_hours is None


def test_a_drug_no_policy_lists_matters_until_results_would_have_changed() -> None:
    def stopped(days: int) -> Exposure:
        return Exposure(
            drug="amoxicillin",
            status=ExposureStatus.STOPPED,
            last_dose=NOW - timedelta(days=days),
        )

    assert first_start(facts(stopped(29)), SIR) is None
    assert first_start(facts(stopped(30)), SIR) == NOW


def test_high_risk_figures_for_a_low_risk_procedure_are_kept_and_named() -> None:
    low = facts(apixaban(), of=procedure(bleeding_risk=BleedingRisk.LOW))
    assert first_start(low, SIR) == chicago(5, 8)
    (review,) = asked(assess(low, SIR, NOW), "review")
    assert not review.firm


def test_holding_warfarin_with_a_heart_valve_asks_about_bridging() -> None:
    valve = Implant(kind="heart-valve", placed_on=NOW.date())
    given = facts(warfarin(), implants=(valve,))
    assert asked(assess(given, SIR, NOW), "review")[0].ref.rule == "clinical-rules/drug/bridging"
    assert not asked(assess(facts(warfarin()), SIR, NOW), "review")


def test_one_drug_on_two_prescriptions_is_one_hold() -> None:
    twice = facts(aspirin(last_dose=chicago(1, 7)), aspirin(last_dose=chicago(2, 7)))
    (hold,) = assess(twice, CLINIC, NOW).holds
    assert hold.last_dose == chicago(2, 7)
    assert first_start(twice, CLINIC) == chicago(9, 7)
