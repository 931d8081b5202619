"""Vertebroplasty: indications, simpler treatment, levels, order details, age."""

from datetime import date

import pytest

from models.clinical.assess import assess
from models.clinical.facts import Facts
from models.clinical.levels import position
from models.clinical.readiness import Readiness, Status
from models.patients import Finding
from tests.unit.models.clinical.builders import (
    CLINIC,
    NOW,
    asked,
    facts,
    overridden,
    spine_referral,
    vertebroplasty,
)


def spine(order: dict[str, object] | None = None, **members: object) -> Facts:
    return facts(of=vertebroplasty(), order=spine_referral(**(order or {})), **members)


def assessed(order: dict[str, object] | None = None, **members: object) -> Readiness:
    return assess(spine(order, **members), CLINIC, NOW)


def reviews(readiness: Readiness) -> list[str]:
    return [r.ref.rule.removeprefix("clinical-rules/") for r in asked(readiness, "review")]


def test_a_complete_lumbar_order_is_ready() -> None:
    readiness = assessed()
    assert readiness.requirements == ()
    assert readiness.status is Status.READY
    assert readiness.needs == ()
    assert readiness.extra_minutes == 0


@pytest.mark.parametrize(
    "code", ["M80.88XD", "M48.56XA", "S22.080A", "C79.51", "D18.09", "109989006"]
)
def test_every_kind_of_indication_counts(code: str) -> None:
    found = (Finding(code=code, system="any", text=""),)
    assert reviews(assessed({"reasons": found})) == []
    assert reviews(assessed({"reasons": ()}, conditions=found)) == []


def test_osteoporosis_alone_is_no_indication() -> None:
    alone = (Finding(code="64859006", system="snomed", text="Osteoporosis"),)
    assert reviews(assessed({"reasons": alone})) == ["review/indication"]


def test_failed_simpler_treatment_must_be_on_record() -> None:
    readiness = assessed({"flags": frozenset({"recent-imaging"})})
    (requirement,) = asked(readiness, "failed-simpler-treatment")
    assert requirement.firm
    assert readiness.status is Status.CONDITIONAL


def test_missing_imaging_does_not_hinder_a_booking() -> None:
    readiness = assessed({"flags": frozenset({"failed-conservative"})})
    assert [r.firm for r in asked(readiness, "recent-imaging")] == [False]
    assert readiness.status is Status.READY


@pytest.mark.parametrize(("level", "precautions"), [("T8", True), ("L1", True), ("L2", False)])
def test_l1_and_above_need_biplane_and_longer_minutes(level: str, *, precautions: bool) -> None:
    readiness = assessed({"levels": (level,)})
    assert readiness.needs == (("biplane",) if precautions else ())
    assert readiness.extra_minutes == (15 if precautions else 0)  # the catalogue's thoracic minutes


@pytest.mark.parametrize("levels", [(), ("L3", "somewhere")])
def test_unknown_levels_are_planned_with_precautions(levels: tuple[str, ...]) -> None:
    readiness = assessed({"levels": levels})
    assert readiness.needs == ("biplane",)
    assert [r.firm for r in asked(readiness, "levels")] == [True]


def test_ct_is_added_when_asked_for() -> None:
    flags = frozenset({"failed-conservative", "recent-imaging", "ct-guidance"})
    assert assessed({"flags": flags}).needs == ("ct",)


def test_more_than_three_levels_are_a_review() -> None:
    assert reviews(assessed({"levels": ("L2", "L3", "L4")})) == []
    assert reviews(assessed({"levels": ("L2", "L3", "L4", "L5")})) == ["review/many-levels"]


@pytest.mark.parametrize(("level", "disputed"), [("C7", True), ("T4", True), ("T5", False)])
def test_cervical_and_high_thoracic_levels_are_a_review(level: str, *, disputed: bool) -> None:
    assert ("review/high-levels" in reviews(assessed({"levels": (level,)}))) is disputed


@pytest.mark.parametrize("flag", ["posterior-wall-defect", "epidural-invasion", "cord-compression"])
def test_what_the_order_warns_of_is_a_review(flag: str) -> None:
    flags = frozenset({"failed-conservative", "recent-imaging", flag})
    assert len(reviews(assessed({"flags": flags}))) == 1


def test_under_eighteen_is_a_review() -> None:
    # NOW is 2 March 2026: eighteen on that very day is of age.
    assert reviews(assessed(birth_date=date(2008, 3, 3))) == ["review/under-age"]
    assert reviews(assessed(birth_date=date(2008, 3, 2))) == []


def test_the_site_says_what_young_is() -> None:
    book = overridden("clinical-rules", "review/young-age", "clinic-page", years=40)
    young = spine(birth_date=date(1990, 1, 1))
    assert reviews(assess(young, book, NOW)) == ["review/young-age"]
    assert reviews(assess(young, CLINIC, NOW)) == []


def test_an_unknown_age_is_asked_for() -> None:
    assert asked(assessed(birth_date=None), "age")


@pytest.mark.parametrize(
    ("level", "place"),
    [
        ("C1", 1),
        ("C7", 7),
        ("T1", 8),
        ("T12", 19),
        ("l1", 20),
        ("S5", 29),
        ("T13", None),
        ("", None),
    ],
)
def test_levels_are_counted_from_the_head(level: str, place: int | None) -> None:
    assert position(level) == place
