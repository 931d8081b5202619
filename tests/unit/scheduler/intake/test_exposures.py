"""Medication records as exposures."""

import pytest

from models.patients import ExposureStatus
from tests.unit.scheduler.intake.resources import (
    ICD,
    RXNORM,
    Json,
    about,
    concept,
    condition,
    exposure,
    facts,
    order,
    patient,
    read,
    reasons,
    statement,
)

HELD = {"effectivePeriod": {"end": "2026-11-22T08:00:00-06:00"}}


def drugs(*resources: Json) -> list[tuple[str, bool]]:
    return [(e.drug, e.known) for e in facts(*resources).exposures]


def test_an_exposure_carries_the_codes_of_its_ingredient() -> None:
    found = exposure(order("Plavix"))
    assert (found.drug, found.rxcui, found.atc) == ("clopidogrel", "32968", "B01AC04")


def test_a_combination_is_several_exposures_with_one_regimen() -> None:
    daily = [{"timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}}]
    found = facts(order("Aggrenox", dosageInstruction=daily)).exposures
    assert [(e.drug, e.interval_hours) for e in found] == [("aspirin", 12), ("dipyridamole", 12)]


def test_the_same_order_twice_is_one_exposure() -> None:
    assert len(facts(order(), order(id="r2")).exposures) == 1


def test_a_medication_in_the_bundle_is_found() -> None:
    medicine = {
        "resourceType": "Medication",
        "id": "m1",
        "code": concept("Warfarin Sodium 5 MG Oral Tablet"),
    }
    ordered = order(
        medicationCodeableConcept=None, medicationReference={"reference": "Medication/m1"}
    )
    assert drugs(medicine, ordered) == [("warfarin", True)]


def test_a_contained_medication_is_found_by_its_ingredients() -> None:
    medicine = {
        "resourceType": "Medication",
        "id": "m1",
        "ingredient": [{"itemCodeableConcept": concept("", (RXNORM, "1364430"))}],
    }
    ordered = order(
        medicationCodeableConcept=None,
        medicationReference={"reference": "#m1"},
        contained=[medicine],
    )
    assert drugs(ordered) == [("apixaban", True)]


def test_a_medication_that_is_not_there_is_an_unknown_drug() -> None:
    ordered = order(
        medicationCodeableConcept=None, medicationReference={"reference": "Medication/m9"}
    )
    assert drugs(ordered) == [("medication Medication/m9", False)]


def test_a_medication_that_is_not_there_may_be_named_by_its_reference() -> None:
    reference = {"reference": "Medication/m9", "display": "Eliquis 5 MG"}
    ordered = order(medicationCodeableConcept=None, medicationReference=reference)
    assert drugs(ordered) == [("apixaban", True)]


def test_an_unreadable_medication_is_an_unknown_drug() -> None:
    medicine = {"resourceType": "Medication", "id": "m1", "code": concept("Warfarin"), "what": 1}
    ordered = order(
        medicationCodeableConcept=None, medicationReference={"reference": "Medication/m1"}
    )
    assert drugs(medicine, ordered) == [("unreadable medication: Warfarin", False)]


def test_an_unreadable_order_is_an_unknown_drug_beside_the_readable_ones() -> None:
    broken = order("Warfarin Sodium 5 MG Oral Tablet", id="r2", intent=None, authoredOn="yesterday")
    found = read(patient(), order(), broken)
    assert [(e.drug, e.known) for e in found.patients[0].exposures] == [
        ("apixaban", True),
        ("unreadable medication: MedicationRequest/r2 (Warfarin Sodium 5 MG Oral Tablet)", False),
    ]
    assert [(f.resource_type, f.resource_id) for f in found.faults] == [("MedicationRequest", "r2")]


def test_a_hold_that_has_begun_stands_for_the_order_written_before() -> None:
    found = exposure(order(), statement("on-hold", **HELD))
    assert found.status == ExposureStatus.ON_HOLD
    assert found.last_dose is not None
    assert found.last_dose.isoformat() == "2026-11-22T14:00:00+00:00"


def test_an_order_written_after_the_last_dose_starts_the_drug_again() -> None:
    # Written on 22 Nov at noon, four hours after the last dose.
    later = order(authoredOn="2026-11-22T12:00:00-06:00")
    found = facts(later, statement("stopped", **HELD)).exposures
    assert {e.status for e in found} == {ExposureStatus.ACTIVE, ExposureStatus.STOPPED}


def test_a_statement_that_names_the_order_stands_for_it_whenever_it_was_written() -> None:
    named = statement("on-hold", basedOn=[{"reference": "MedicationRequest/r1"}], **HELD)
    assert exposure(order(authoredOn=None), named).status == ExposureStatus.ON_HOLD


def test_without_a_last_dose_a_statement_stands_for_nothing() -> None:
    found = facts(order(), statement("on-hold")).exposures
    assert {e.status for e in found} == {ExposureStatus.ACTIVE, ExposureStatus.ON_HOLD}


def test_a_hold_of_another_drug_stands_for_nothing() -> None:
    found = facts(order(), statement("on-hold", "warfarin 5 MG", **HELD)).exposures
    assert [(e.drug, e.status.value) for e in found] == [
        ("apixaban", "active"),
        ("warfarin", "on-hold"),
    ]


def _dosed(text: str, mg: float, times: list[str], **members: object) -> Json:
    quantity = {"doseQuantity": {"value": mg, "unit": "mg"}}
    timing = {"repeat": {"timeOfDay": times}}
    return order(text, dosageInstruction=[{"timing": timing, "doseAndRate": [quantity]}], **members)


def test_a_label_dose_for_prophylaxis_is_prophylactic() -> None:
    assert exposure(_dosed("enoxaparin", 40, ["08:00:00"])).intent == "prophylactic"


def test_a_higher_dose_is_not_prophylactic_whatever_the_words_say() -> None:
    said = [concept("VTE prophylaxis")]
    dosed = _dosed("enoxaparin", 80, ["08:00:00", "20:00:00"], reasonCode=said)
    assert exposure(dosed).intent is None


def test_a_label_dose_for_prophylaxis_with_a_reason_of_treatment_tells_nothing() -> None:
    said = [concept("treatment of pulmonary embolism")]
    assert exposure(_dosed("enoxaparin", 40, ["08:00:00"], reasonCode=said)).intent is None


@pytest.mark.parametrize(
    "reason", ["secondary prevention of venous thrombosis", "not for prophylaxis"]
)
def test_words_that_do_not_mean_prophylaxis_tell_nothing(reason: str) -> None:
    assert exposure(order("enoxaparin", reasonCode=[concept(reason)])).intent is None


def test_without_a_dose_the_reason_tells_prophylaxis() -> None:
    assert (
        exposure(order("enoxaparin", reasonCode=[concept("DVT prophylaxis")])).intent
        == "prophylactic"
    )


def test_prophylaxis_and_treatment_together_are_not_prophylactic() -> None:
    said = [concept("treatment, then prophylaxis")]
    assert exposure(order("enoxaparin", reasonCode=said)).intent == "therapeutic"


def test_aspirin_for_heart_disease_is_secondary_prevention() -> None:
    reason = condition("Coronary disease", (ICD, "I25.10"), id="c1")
    ordered = order("aspirin 81 MG", reasonReference=[{"reference": "Condition/c1"}])
    found = exposure(reason, ordered)
    assert (found.intent, found.reason) == ("secondary", "Coronary disease")


def test_aspirin_for_primary_prevention_says_so() -> None:
    found = exposure(order("aspirin 81 MG", reasonCode=[concept("primary prevention")]))
    assert (found.intent, found.thrombotic_risk) == ("primary", 1)


def test_aspirin_without_a_reason_tells_no_intent() -> None:
    assert exposure(order("aspirin 81 MG")).intent is None


def test_a_heart_valve_entered_in_error_is_no_risk() -> None:
    retracted = {"verificationStatus": {"coding": [{"code": "entered-in-error"}]}}
    valve = condition("Mechanical valve", (ICD, "Z95.2"), **retracted)
    assert exposure(order(), valve).thrombotic_risk == 2


def test_thrombotic_risk_is_high_within_91_days_of_a_clot() -> None:
    # 25 Aug to 23 Nov 2026 is 90 days; 23 Aug is 92.
    for onset, risk in (("2026-08-25", 3), ("2026-08-22", 2)):
        clot = condition("Deep vein thrombosis", (ICD, "I82.401"), onsetDateTime=onset)
        assert exposure(order(), clot).thrombotic_risk == risk


def test_a_refuted_clot_raises_no_risk() -> None:
    refuted = {"coding": [{"code": "refuted"}]}
    clot = condition("Pulmonary embolism", (ICD, "I26.99"), onsetDateTime="2026-11-01")
    assert exposure(order(), {**clot, "verificationStatus": refuted}).thrombotic_risk == 2


def test_a_drug_that_prevents_no_clot_has_no_thrombotic_risk() -> None:
    assert exposure(order("Naproxen 500 MG Oral Tablet")).thrombotic_risk == 1


def test_the_prescriber_is_named_by_the_order_or_the_practitioner() -> None:
    doctor = {
        "resourceType": "Practitioner",
        "id": "d1",
        "name": [{"family": "Holloway", "given": ["Ines"]}],
    }
    by_reference = order(requester={"reference": "Practitioner/d1"})
    assert exposure(doctor, by_reference).prescriber == "Ines Holloway"
    assert exposure(order(requester={"display": "Dr. Andrade"})).prescriber == "Dr. Andrade"
    assert exposure(order(requester={"reference": "Practitioner/d9"})).prescriber is None


def test_medications_of_nobody_known_are_reported_once() -> None:
    stray = {**order(id="r7"), "subject": {"reference": "Patient/p7"}}
    found = read(patient(), stray, {**stray, "id": "r8"})
    assert found.patients[0].exposures == ()
    assert reasons(found) == ["patient p7 is not in the files: not used (and 1 more)"]


def test_an_administration_is_not_read() -> None:
    given = about("MedicationAdministration", status="completed")
    assert facts(given).exposures == ()
