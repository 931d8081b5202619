"""The facts of one referral, or the one reason why there are none."""

import pytest

from models.catalogue import Catalogue, shipped_catalogue
from models.clinical.facts import ClinicSetting, Facts
from scheduler.intake.facts import FactsProblem, facts_for
from scheduler.intake.intake import take_referrals
from tests.unit.scheduler.intake.resources import TIMEZONE, Json, concept, patient, read, request

SETTING = ClinicSetting(timezone=TIMEZONE)


def given(**members: object) -> Facts | FactsProblem:
    (referral,) = take_referrals([request(**members)], timezone=TIMEZONE).referrals
    return facts_for(read(patient()), referral, shipped_catalogue(), SETTING)


def test_patient_and_procedure_come_together() -> None:
    found = given()
    assert isinstance(found, Facts)
    assert (found.patient.id, found.procedure.cpt) == ("p1", ("22511",))


@pytest.mark.parametrize(
    ("members", "kind", "words"),
    [
        ({"subject": {"reference": "Patient/p9"}}, "patient-not-found", "patient p9"),
        ({"code": concept("Tap", ("urn:x", "1"))}, "unknown-procedure", "procedure 1 (Tap)"),
        ({"code": concept("Tap")}, "unknown-procedure", "procedure without a code (Tap)"),
        (
            {"code": concept("", ("http://www.ama-assn.org/go/cpt", "22512"))},
            "unknown-procedure",
            "procedure 22512 stands for further levels only",
        ),
    ],
)
def test_what_is_missing_is_said(members: Json, kind: str, words: str) -> None:
    found = given(**members)
    assert isinstance(found, FactsProblem)
    assert (found.kind, found.referral) == (kind, "ref-1")
    assert found.sentence.startswith(words)


def test_a_procedure_the_catalogue_lacks_is_unknown() -> None:
    (referral,) = take_referrals([request()], timezone=TIMEZONE).referrals
    found = facts_for(
        read(patient()), referral, Catalogue(version="0", systems={}, procedures=()), SETTING
    )
    assert isinstance(found, FactsProblem)
    assert found.procedure == "22511"
