"""The demo's patients: valid FHIR, the same every time, and read back as they were meant."""

import json
from collections import Counter
from datetime import datetime

import pytest

from models.catalogue import shipped_catalogue
from models.clinical.facts import ClinicSetting, Facts
from models.patients import ExposureStatus, LabCode, PatientFacts, Pregnancy, Sex
from models.timegrid import zone
from scheduler.demo.fhir_stories import OPENING
from scheduler.demo.patients import generate
from scheduler.intake.facts import facts_for
from scheduler.intake.intake import Intake, ReferralIntake, take_bundles, take_referrals
from scheduler.intake.resources import READ_TYPES, fault_of

TIMEZONE = "America/Chicago"
NOW = datetime.fromisoformat("2026-11-23T08:00:00-06:00")
COUNT = 60


@pytest.fixture(scope="module")
def demo() -> tuple[Intake, ReferralIntake]:
    bundles, requests = generate(7, COUNT, NOW, TIMEZONE)
    patients = take_bundles(bundles, now=NOW, timezone=TIMEZONE)
    return patients, take_referrals(requests, timezone=TIMEZONE, patients=patients)


def told(demo: tuple[Intake, ReferralIntake], story: str) -> PatientFacts:
    """The patient of an opening story; referrals stand in the order of the stories."""
    patients, given = demo
    found = patients.patient(given.referrals[OPENING.index(story)].patient)
    assert found is not None
    return found


def test_every_resource_is_valid() -> None:
    bundles, requests = generate(3, COUNT, NOW, TIMEZONE)
    resources = [entry["resource"] for bundle in bundles for entry in bundle["entry"]]
    for resource in [*resources, *requests]:
        assert resource["resourceType"] in READ_TYPES
        assert fault_of(resource) == ""


def test_the_same_seed_gives_the_same_bytes() -> None:
    first, second = (json.dumps(generate(5, 40, NOW, TIMEZONE)) for _ in range(2))
    assert first == second
    assert json.dumps(generate(6, 40, NOW, TIMEZONE)) != first


def test_a_longer_list_begins_with_the_shorter_one() -> None:
    assert generate(5, 50, NOW, TIMEZONE)[0][:10] == generate(5, 10, NOW, TIMEZONE)[0]


def test_everything_is_read_without_a_fault(demo: tuple[Intake, ReferralIntake]) -> None:
    patients, given = demo
    assert (patients.faults, patients.notes, given.faults) == ((), (), ())
    assert (len(patients.patients), len(given.referrals)) == (COUNT, COUNT)


def test_every_referral_can_be_assessed(demo: tuple[Intake, ReferralIntake]) -> None:
    patients, given = demo
    setting = ClinicSetting(timezone=TIMEZONE)
    catalogue = shipped_catalogue()
    for referral in given.referrals:
        assert isinstance(facts_for(patients, referral, catalogue, setting), Facts)


def clearance(patient: PatientFacts) -> float:
    """Cockcroft-Gault: (140 - age) * kg / (72 * mg/dL), times 0.85 for women."""
    age = patient.age_on(NOW.astimezone(zone(TIMEZONE)).date())
    creatinine = patient.latest(LabCode.CREATININE)
    assert age is not None
    assert creatinine is not None
    assert patient.weight_kg is not None
    factor = 0.85 if patient.sex is Sex.FEMALE else 1.0
    return (140 - age) * patient.weight_kg * factor / (72 * creatinine.value)


@pytest.mark.parametrize(
    ("story", "low", "high"),
    [
        ("apixaban", 50, 200),
        ("apixaban-moderate", 30, 50),  # the creatinine comes in umol/L
        ("apixaban-severe", 15, 30),
        ("dabigatran", 30, 50),
    ],
)
def test_renal_bands_are_as_meant(
    demo: tuple[Intake, ReferralIntake], story: str, low: float, high: float
) -> None:
    assert low <= clearance(told(demo, story)) < high


@pytest.mark.parametrize(
    ("story", "drug", "times"),
    [
        ("apixaban", "apixaban", 2),
        ("rivaroxaban", "rivaroxaban", 1),
        ("dabigatran", "dabigatran etexilate", 2),
        ("edoxaban", "edoxaban", 1),
        ("warfarin", "warfarin", 1),
        ("clopidogrel", "clopidogrel", 1),
        ("enoxaparin", "enoxaparin", 2),
    ],
)
def test_drugs_come_with_their_dose_times(
    demo: tuple[Intake, ReferralIntake], story: str, drug: str, times: int
) -> None:
    (found,) = told(demo, story).exposures
    assert (found.drug, len(found.dose_times), found.known) == (drug, times, True)


def test_warfarin_comes_with_and_without_an_inr(demo: tuple[Intake, ReferralIntake]) -> None:
    assert told(demo, "warfarin").latest(LabCode.INR) is not None
    assert told(demo, "warfarin-no-inr").latest(LabCode.INR) is None


def test_a_hold_has_begun(demo: tuple[Intake, ReferralIntake]) -> None:
    (held,) = told(demo, "hold-begun").exposures
    assert held.status is ExposureStatus.ON_HOLD
    assert held.last_dose is not None
    assert held.last_dose < NOW


def test_the_other_stories(demo: tuple[Intake, ReferralIntake]) -> None:
    assert told(demo, "dead").deceased
    assert told(demo, "pregnant").pregnancy is Pregnancy.POSITIVE
    assert told(demo, "pregnancy-excluded").pregnancy is Pregnancy.NEGATIVE
    assert [e.known for e in told(demo, "unknown-drug").exposures] == [False]
    assert [f.code for f in told(demo, "contrast-allergy").allergies] == ["Z91.041"]
    assert told(demo, "recent-stent").implants[0].kind == "coronary-stent-drug-eluting"
    assert {c.kind for c in told(demo, "dialysis").commitments} == {"dialysis"}
    assert told(demo, "sleep-apnoea").airway_flags == ("sleep-apnoea",)


def test_everyday_drugs_are_all_known(demo: tuple[Intake, ReferralIntake]) -> None:
    patients, _ = demo
    taken = {e.drug for p in patients.patients for e in p.exposures if e.known}
    assert {"amlodipine", "atorvastatin"} <= taken


def test_the_department_sees_a_mix(demo: tuple[Intake, ReferralIntake]) -> None:
    patients, given = demo
    assert set(Counter(p.language for p in patients.patients)) == {"en", "es"}
    assert {p.sex for p in patients.patients} == {Sex.FEMALE, Sex.MALE}
    vertebral = [r for r in given.referrals if r.code.startswith("225")]
    assert len(vertebral) > COUNT / 3
    assert all(r.levels and r.reasons for r in vertebral)
    assert {"failed-conservative", "corset"} <= {flag for r in vertebral for flag in r.flags}
