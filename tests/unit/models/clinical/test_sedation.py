"""Sedation or anaesthesia, and who takes the patient home."""

import pytest

from models.clinical.assess import assess
from models.clinical.readiness import Readiness, Status
from tests.unit.models.clinical.builders import (
    CLINIC,
    NOW,
    asked,
    decided,
    facts,
    procedure,
    spine_referral,
    vertebroplasty,
)


def assessed(**members: object) -> Readiness:
    return assess(facts(of=vertebroplasty(), order=spine_referral(), **members), CLINIC, NOW)


@pytest.mark.parametrize(("asa", "tags"), [(3, ()), (4, ("anaesthesia",)), (5, ("anaesthesia",))])
def test_asa_four_and_above_need_anaesthesia(asa: int, tags: tuple[str, ...]) -> None:
    assert assessed(asa_class=asa).needs == tags


def test_anaesthesia_follows_an_assessment() -> None:
    readiness = assessed(asa_class=4)
    assert readiness.status is Status.CONDITIONAL
    rule = asked(readiness, "review")[0].ref.rule
    assert assessed(asa_class=4, decisions=(decided("review", rule),)).status is Status.READY


def test_an_unknown_asa_class_is_named_and_not_firm() -> None:
    readiness = assessed(asa_class=None)
    assert [r.firm for r in asked(readiness, "asa-class")] == [False]
    assert readiness.status is Status.READY


@pytest.mark.parametrize(
    "flag", ["mallampati-4", "difficult-airway", "asa-3-unstable", "sleep-apnoea"]
)
def test_airway_flags_need_anaesthesia(flag: str) -> None:
    assert assessed(airway_flags=(flag,)).needs == ("anaesthesia",)


@pytest.mark.parametrize(("kilos", "tags"), [(101.1, ()), (101.2, ("anaesthesia",))])
def test_a_body_mass_index_of_35_needs_anaesthesia(kilos: float, tags: tuple[str, ...]) -> None:
    # 1.70 m: 35 * 1.70 ** 2 = 101.15 kg.
    assert assessed(weight_kg=kilos, height_cm=170).needs == tags


def test_nothing_of_this_concerns_a_procedure_without_sedation() -> None:
    readiness = assess(facts(of=procedure(), asa_class=None, has_escort=False), CLINIC, NOW)
    assert readiness.requirements == ()
    assert readiness.needs == ()


def test_sedation_without_company_home_is_not_firm_to_book() -> None:
    assert asked(assessed(has_escort=False), "escort")[0].firm
    assert not asked(assessed(has_escort=None), "escort")
    assert "escort" in [r.kind for r in assessed(has_escort=None).preparation]
    order = spine_referral(flags=frozenset({"failed-conservative", "recent-imaging", "inpatient"}))
    stays = facts(of=vertebroplasty(), order=order, has_escort=False)
    assert not asked(assess(stays, CLINIC, NOW), "escort")
