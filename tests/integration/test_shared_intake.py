"""The reference patients and referrals beside the checkout, read as of 1 April 2021."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from models.catalogue import shipped_catalogue
from models.clinical.facts import ClinicSetting, Facts
from models.patients import LabCode, Pregnancy
from scheduler.intake.facts import facts_for
from scheduler.intake.intake import Intake, ReferralIntake, read_bundles, read_referrals
from tests.shared_data import shared

TIMEZONE = "America/New_York"
NOW = datetime.fromisoformat("2021-04-01T08:00:00-04:00")

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def patients() -> Intake:
    path = shared("data/referrals/patients.ndjson.gz")
    return read_bundles(path, now=NOW, timezone=TIMEZONE)


@pytest.fixture(scope="module")
def referrals(patients: Intake) -> ReferralIntake:
    path = shared("data/referrals/referrals.ndjson")
    return read_referrals(path, timezone=TIMEZONE, patients=patients)


def test_all_are_read_without_a_fault(patients: Intake, referrals: ReferralIntake) -> None:
    assert (len(patients.patients), len(referrals.referrals)) == (64, 74)
    assert (patients.faults, referrals.faults) == ((), ())


def test_every_referral_has_its_facts(patients: Intake, referrals: ReferralIntake) -> None:
    catalogue = shipped_catalogue()
    setting = ClinicSetting(timezone=TIMEZONE)
    made = [facts_for(patients, r, catalogue, setting) for r in referrals.referrals]
    assert all(isinstance(facts, Facts) for facts in made)


def test_the_dead_and_the_pregnant(patients: Intake) -> None:
    assert sum(p.deceased for p in patients.patients) == 3
    # Five records carry an active pregnancy; one of them, from 1990, is of a woman who has died.
    pregnant = [p for p in patients.patients if p.pregnancy is Pregnancy.POSITIVE]
    assert len(pregnant) == 5
    assert sum(not p.deceased for p in pregnant) == 4


def test_drugs(patients: Intake) -> None:
    found = Counter(
        e.drug for p in patients.patients for e in {e.drug: e for e in p.exposures}.values()
    )
    assert {drug: found[drug] for drug in ("warfarin", "clopidogrel", "sertraline", "aspirin")} == {
        "warfarin": 5, "clopidogrel": 2, "sertraline": 1, "aspirin": 0,
    }  # fmt: skip
    assert all(e.known for p in patients.patients for e in p.exposures)


def test_nobody_has_an_inr_and_some_a_creatinine(patients: Intake) -> None:
    codes = Counter(lab.code for p in patients.patients for lab in p.labs)
    assert LabCode.INR not in codes
    assert codes[LabCode.CREATININE] == 37
    assert codes[LabCode.PLATELETS] == 64


def test_nothing_from_after_now_is_used(patients: Intake) -> None:
    for patient in patients.patients:
        assert all(lab.taken_at <= NOW for lab in patient.labs)
        assert all(f.since is None or f.since <= NOW for f in patient.conditions)


def test_at_an_earlier_clock_less_is_known() -> None:
    # The three pregnancies of 2020 and 2021 have not begun; the labs of later years are not used.
    path = shared("data/referrals/patients.ndjson.gz")
    early = datetime(2015, 1, 1, tzinfo=UTC)
    found = read_bundles(path, now=early, timezone=TIMEZONE)
    assert all(lab.taken_at <= early for p in found.patients for lab in p.labs)
    assert any(note.reason == "begins after now: not used" for note in found.notes)
    assert all(f.since is None or f.since <= early for p in found.patients for f in p.conditions)


def test_levels_of_the_vertebral_referrals(referrals: ReferralIntake) -> None:
    vertebral = [r for r in referrals.referrals if r.code.startswith("225")]
    assert len(vertebral) == 18
    assert all(r.levels for r in vertebral)
    assert sum(len(r.levels) == 2 for r in vertebral) == 4
