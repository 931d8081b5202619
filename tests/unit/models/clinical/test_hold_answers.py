"""What is said of a hold: approvals, caps, sentences, records, risks."""

from datetime import time, timedelta

from models.base import HoldStage
from models.clinical.assess import assess
from models.clinical.facts import PlannedStop
from models.clinical.permitted import permitted
from models.clinical.readiness import Status
from models.patients import Exposure, ExposureStatus, Implant
from models.procedures import BleedingRisk
from tests.unit.models.clinical.builders import (
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
    last_end,
    overridden,
    procedure,
    warfarin,
)


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
