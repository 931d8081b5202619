"""Blocks, reviews and requirements that follow from the record of patient and order."""

from datetime import date, timedelta

import pytest

from models.clinical.assess import assess
from models.clinical.facts import Facts
from models.clinical.readiness import Status
from models.patients import Finding, LabCode, Pregnancy, Sex
from tests.unit.models.clinical.builders import (
    CLINIC,
    NOW,
    asked,
    decided,
    facts,
    first_start,
    lab,
    overridden,
    procedure,
    referral,
    spine_referral,
    vertebroplasty,
)

OSTEOMYELITIS = Finding(code="M46.26", system="icd10", text="osteomyelitis")
SEPSIS = Finding(code="91302008", system="snomed", text="sepsis")
WOMAN = {"sex": Sex.FEMALE, "birth_date": date(1990, 1, 1)}


def blocks(given: Facts) -> list[str]:
    return [block.kind for block in assess(given, CLINIC, NOW).blocks]


def spine(**members: object) -> Facts:
    return facts(of=vertebroplasty(), order=spine_referral(), **members)


def reviews(given: Facts) -> list[str]:
    found = asked(assess(given, CLINIC, NOW), "review")
    return [r.ref.rule.removeprefix("clinical-rules/") for r in found]


def test_nobody_is_scheduled_after_death() -> None:
    dead = facts(deceased=True)
    assert assess(dead, CLINIC, NOW).status is Status.BLOCKED
    assert blocks(dead) == ["deceased"]
    assert first_start(dead, CLINIC) is None


def test_an_order_that_is_not_active_is_blocked() -> None:
    assert blocks(facts(order=referral(active=False))) == ["referral-inactive"]


@pytest.mark.parametrize("state", [Pregnancy.POSITIVE, Pregnancy.POSSIBLE])
def test_pregnancy_forbids_x_ray(state: Pregnancy) -> None:
    assert blocks(facts(**WOMAN, pregnancy=state)) == ["pregnancy"]
    assert blocks(facts(**WOMAN, pregnancy=state, of=procedure(fluoroscopy=False))) == []


def test_a_recorded_pregnancy_forbids_x_ray_at_any_age_and_sex() -> None:
    assert blocks(facts(pregnancy=Pregnancy.POSITIVE)) == ["pregnancy"]


def test_a_condition_of_pregnancy_contradicts_a_recorded_negative() -> None:
    pregnant = (Finding(code="77386006", system="snomed", text="pregnant"),)
    given = facts(**WOMAN, pregnancy=Pregnancy.NEGATIVE, conditions=pregnant)
    assert blocks(given) == ["pregnancy"]


@pytest.mark.parametrize(
    ("years", "sex", "blocked"),
    [
        (9, Sex.FEMALE, False),
        (10, Sex.FEMALE, True),
        (55, Sex.FEMALE, True),
        (56, Sex.FEMALE, False),
        (30, Sex.MALE, False),
        (30, Sex.UNKNOWN, True),
    ],
)
def test_not_knowing_blocks_where_a_test_is_required(
    years: int, sex: Sex, *, blocked: bool
) -> None:
    born = date(2026 - years, 1, 1)
    given = facts(birth_date=born, sex=sex, pregnancy=Pregnancy.UNKNOWN)
    assert blocks(given) == (["pregnancy-unknown"] if blocked else [])


def test_an_unknown_age_does_not_rule_pregnancy_out() -> None:
    given = facts(sex=Sex.FEMALE, birth_date=None, pregnancy=Pregnancy.UNKNOWN)
    assert blocks(given) == ["pregnancy-unknown"]


def test_a_negative_test_counts_for_three_days() -> None:
    def tested(hours: int, value: float = 0) -> Facts:
        result = lab(LabCode.HCG, value, NOW - timedelta(hours=hours))
        return facts(**WOMAN, pregnancy=Pregnancy.UNKNOWN, labs=(result,))

    assert blocks(tested(72)) == []
    assert blocks(tested(73)) == ["pregnancy-unknown"]
    assert blocks(tested(73, value=1)) == ["pregnancy"]


def test_a_positive_test_contradicts_a_recorded_negative() -> None:
    given = facts(**WOMAN, pregnancy=Pregnancy.NEGATIVE, labs=(lab(LabCode.HCG, 1),))
    assert blocks(given) == ["pregnancy"]


def test_a_recorded_negative_is_tested_again_on_the_day() -> None:
    readiness = assess(facts(**WOMAN, pregnancy=Pregnancy.NEGATIVE), CLINIC, NOW)
    assert readiness.blocks == ()
    (test,) = [r for r in readiness.preparation if r.kind == "pregnancy-test"]
    assert test.counts_hours == 72
    assert readiness.status is Status.READY


def test_the_site_sets_the_ages() -> None:
    book = overridden("clinical-rules", "block/pregnancy-unknown", "clinic-page", age_below=51)
    given = facts(sex=Sex.FEMALE, birth_date=date(1975, 1, 1), pregnancy=Pregnancy.UNKNOWN)
    assert assess(given, book, NOW).blocks == ()


@pytest.mark.parametrize("finding", [OSTEOMYELITIS, SEPSIS])
def test_active_infection_blocks_vertebroplasty(finding: Finding) -> None:
    readiness = assess(spine(conditions=(finding,)), CLINIC, NOW)
    assert readiness.status is Status.BLOCKED
    assert finding.text in readiness.blocks[0].sentence


@pytest.mark.parametrize(
    "text", ["Discitis of lumbar region", "Vertebral osteomyelitis", "Spinal epidural abscess"]
)
def test_infection_of_the_spine_is_known_by_its_name(text: str) -> None:
    unknown_code = Finding(code="0", system="local", text=text)
    assert blocks(spine(conditions=(unknown_code,))) == ["infection-of-the-spine"]


@pytest.mark.parametrize(
    "text",
    ["Septic shock", "Pneumonia", "Urinary tract infectious disease", "History of discitis"],
)
def test_what_may_be_an_infection_by_its_name_is_decided_by_a_clinician(text: str) -> None:
    given = spine(conditions=(Finding(code="", system="", text=text),))
    assert reviews(given) == ["review/infection-by-name"]
    assert assess(given, CLINIC, NOW).status is Status.CONDITIONAL


def test_a_word_within_a_word_is_no_infection() -> None:
    given = spine(conditions=(Finding(code="", system="", text="Aseptic necrosis of the hip"),))
    assert assess(given, CLINIC, NOW).status is Status.READY


def test_an_infection_known_by_its_code_is_not_asked_about_by_its_name() -> None:
    assert reviews(spine(conditions=(SEPSIS,))) == []


def test_one_condition_under_two_codes_is_one_block() -> None:
    other = Finding(code="A41.9", system="icd10", text="sepsis")
    assert blocks(spine(conditions=(SEPSIS, other))) == ["infection-elsewhere"]


def test_words_beside_the_text_of_a_finding_count_too() -> None:
    finding = Finding(code="0", system="local", text="Back pain, fever", words="Spondylodiscitis")
    assert blocks(spine(conditions=(finding,))) == ["infection-of-the-spine"]


@pytest.mark.parametrize("text", ["Haemophilia A", "Von Willebrand disease", "Thrombocytopenia"])
def test_a_bleeding_disorder_is_known_by_its_name(text: str) -> None:
    finding = Finding(code="0", system="local", text=text)
    assert reviews(facts(conditions=(finding,))) == ["review/coagulopathy"]


def test_infection_is_a_review_where_the_procedure_may_treat_it() -> None:
    assert reviews(facts(conditions=(SEPSIS,))) == ["review/infection"]


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("D69.6", "review/coagulopathy"),
        ("G83.4", "review/neurologic-compromise"),
        ("M54.16", "review/radiculopathy"),
        ("S32.011A", "review/unstable-fracture"),
    ],
)
def test_relative_contraindications_ask_a_named_clinician(code: str, rule: str) -> None:
    given = spine(conditions=(Finding(code=code, system="icd10", text="finding"),))
    readiness = assess(given, CLINIC, NOW)
    assert reviews(given) == [rule]
    assert readiness.windows
    assert readiness.status is Status.CONDITIONAL


def test_a_decision_closes_a_review() -> None:
    rule = "clinical-rules/review/coagulopathy"
    given = spine(
        conditions=(Finding(code="D66", system="icd10", text="haemophilia"),),
        decisions=(decided("review", rule),),
    )
    assert assess(given, CLINIC, NOW).status is Status.READY


def test_no_decision_lifts_a_block() -> None:
    lifted = decided("deceased", "clinical-rules/block/deceased")
    assert blocks(facts(deceased=True, decisions=(lifted,))) == ["deceased"]


def test_allergy_to_cement_is_a_review() -> None:
    by_text = (Finding(code="1", system="local", text="Bone cement (PMMA)"),)
    assert reviews(spine(allergies=by_text)) == ["review/cement-allergy"]


def test_what_could_not_be_read_is_asked_about() -> None:
    readiness = assess(facts(unreadable=("Observation 7 has no unit",)), CLINIC, NOW)
    (requirement,) = asked(readiness, "unreadable")
    assert "Observation 7" in requirement.sentence
    assert readiness.status is Status.CONDITIONAL
