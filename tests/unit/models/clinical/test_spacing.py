"""Premedication, spacing of treatments, stents, and other engagements, in both forms."""

from datetime import date, timedelta

import pytest

from models.clinical.assess import assess
from models.clinical.permitted import permitted
from models.clinical.readiness import Status
from models.clinical.spacing import months_later
from models.patients import Commitment, Finding, Implant
from tests.unit.models.clinical.builders import (
    CLINIC,
    NOW,
    asked,
    chicago,
    decided,
    facts,
    first_start,
    last_end,
    overridden,
    procedure,
    referral,
    spine_referral,
    vertebroplasty,
)

ALLERGY = (Finding(code="Z91.041", system="icd10", text="radiographic contrast"),)
CONTRAST = procedure(contrast=True)
RULES = "clinical-rules"


def treatment(kind: str, day: int, hour: int, hours: float = 1) -> Commitment:
    start = chicago(day, hour)
    return Commitment(kind=kind, start=start, end=start + timedelta(hours=hours))


def test_premedication_takes_thirteen_hours_from_now() -> None:
    given = facts(of=CONTRAST, allergies=ALLERGY)
    assert first_start(given, CLINIC) == chicago(2, 22)
    (requirement,) = asked(assess(given, CLINIC, NOW), "premedication")
    assert requirement.latest == NOW  # 13 h before the first start
    assert "accelerated" in requirement.sentence


@pytest.mark.parametrize(
    "text", ["Iohexol", "Omnipaque 300", "Iodine", "X-ray dye", "Radiocontrast agent"]
)
def test_contrast_is_known_by_its_names(text: str) -> None:
    given = facts(of=CONTRAST, allergies=(Finding(code="0", system="local", text=text),))
    assert first_start(given, CLINIC) == chicago(2, 22)


def test_povidone_iodine_is_no_contrast() -> None:
    given = facts(of=CONTRAST, allergies=(Finding(code="", system="", text="Povidone-iodine"),))
    assert first_start(given, CLINIC) == NOW


def test_one_allergy_under_two_names_is_one_premedication() -> None:
    other = Finding(code="0", system="local", text="Iohexol")
    given = facts(of=CONTRAST, allergies=(*ALLERGY, other))
    (requirement,) = asked(assess(given, CLINIC, NOW), "premedication")
    assert "radiographic contrast, Iohexol" in requirement.sentence


def test_without_contrast_the_allergy_does_not_matter() -> None:
    assert first_start(facts(allergies=ALLERGY), CLINIC) == NOW


def test_an_order_with_contrast_counts_as_contrast() -> None:
    order = referral(flags=frozenset({"contrast"}))
    assert first_start(facts(allergies=ALLERGY, order=order), CLINIC) == chicago(2, 22)


def test_a_clinician_may_choose_the_accelerated_regimen() -> None:
    rule = f"{RULES}/premedication/contrast-allergy"
    faster = decided("premedication", rule, hold_hours=5)
    given = facts(of=CONTRAST, allergies=ALLERGY, decisions=(faster,))
    assert first_start(given, CLINIC) == chicago(2, 14)
    assert assess(given, CLINIC, NOW).status is Status.READY


def test_radiotherapy_without_a_set_distance_is_asked_about() -> None:
    given = facts(commitments=(treatment("radiotherapy", 10, 9),))
    (requirement,) = asked(assess(given, CLINIC, NOW), "spacing")
    assert requirement.firm
    assert "10 Mar 2026" in requirement.sentence
    assert not any(r.kind == "spacing" for r in permitted(given, CLINIC, NOW, chicago(10, 15)))


def test_an_order_that_speaks_of_radiotherapy_is_asked_about() -> None:
    order = spine_referral(
        flags=frozenset({"failed-conservative", "recent-imaging", "radiotherapy"})
    )
    assert asked(assess(facts(of=vertebroplasty(), order=order), CLINIC, NOW), "spacing")


def test_a_set_distance_cuts_the_windows_on_both_sides() -> None:
    book = overridden(RULES, "spacing/radiotherapy", "clinic-page", hours=48)
    given = facts(commitments=(treatment("radiotherapy", 5, 9),))
    readiness = assess(given, book, NOW)
    # 48 h before Thu 09:00 is Tue 09:00, which is far enough; after it from Sat 10:00.
    assert readiness.windows[0] == (NOW, chicago(3, 9, 5))
    assert readiness.windows[1][0] == chicago(7, 10)
    assert permitted(given, book, NOW, chicago(3, 9)) == ()
    assert permitted(given, book, NOW, chicago(3, 9, 5))[0].kind == "spacing"
    assert permitted(given, book, NOW, chicago(7, 9, 55))[0].kind == "spacing"
    assert permitted(given, book, NOW, chicago(7, 10)) == ()


def test_other_contrast_matters_to_a_procedure_with_contrast() -> None:
    scan = (treatment("contrast", 5, 9),)
    assert not asked(assess(facts(commitments=scan), CLINIC, NOW), "spacing")
    assert asked(assess(facts(commitments=scan, of=CONTRAST), CLINIC, NOW), "spacing")


def test_nobody_is_in_two_places() -> None:
    # Preparation 30 min, procedure 60 and recovery 120: a start 180 min before dialysis is the
    # last, and 30 min after it the next.
    given = facts(commitments=(treatment("dialysis", 4, 13, hours=4),))
    readiness = assess(given, CLINIC, NOW)
    assert readiness.windows == (
        (NOW, chicago(4, 10, 5)),
        (chicago(4, 17, 30), NOW + timedelta(days=28)),
    )
    assert permitted(given, CLINIC, NOW, chicago(4, 10)) == ()
    assert permitted(given, CLINIC, NOW, chicago(4, 10, 5))[0].kind == "engaged"
    assert permitted(given, CLINIC, NOW, chicago(4, 17, 25))[0].kind == "engaged"


def test_days_away_close_windows() -> None:
    away = facts(unavailable=((chicago(1, 0), chicago(6, 0)),))
    assert first_start(away, CLINIC) == chicago(6, 0, 30)
    assert last_end(away, CLINIC) == NOW + timedelta(days=28)


@pytest.mark.parametrize(
    ("kind", "placed", "first"),
    [
        ("bare-metal stent", date(2026, 2, 10), chicago(12, 0) - timedelta(hours=1)),
        ("coronary stent, drug-eluting", date(2025, 9, 4), chicago(4, 0)),
        ("coronary-stent", date(2025, 9, 4), chicago(4, 0)),
        ("iliac stent", date(2026, 2, 20), NOW),
        ("heart-valve", date(2026, 2, 20), NOW),
    ],
)
def test_stents_delay_elective_procedures(kind: str, placed: date, first: object) -> None:
    # 30 days after 10 February is 12 March, midnight of UTC-5; six months after 4 September is
    # 4 March, midnight of UTC-6.
    given = facts(implants=(Implant(kind=kind, placed_on=placed),))
    if first == NOW:
        assert assess(given, CLINIC, NOW).windows[0][0] == NOW
    else:
        assert first_start(given, CLINIC) == first


def test_a_clinician_may_decide_not_to_wait_for_a_stent() -> None:
    rule = f"{RULES}/spacing/stent-bare-metal"
    stent = Implant(kind="bare-metal stent", placed_on=date(2026, 2, 10))
    given = facts(implants=(stent,), decisions=(decided("spacing", rule),))
    assert first_start(given, CLINIC) == NOW


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2025, 9, 4), 6, date(2026, 3, 4)),
        (date(2025, 8, 31), 6, date(2026, 3, 1)),
        (date(2025, 12, 31), 2, date(2026, 3, 1)),
        (date(2025, 10, 31), 1, date(2025, 12, 1)),
        (date(2025, 1, 31), 0, date(2025, 1, 31)),
    ],
)
def test_months_end_on_a_day_that_exists(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


def test_the_horizon_is_refused_before_now_and_after_its_end() -> None:
    plain = facts()
    assert first_start(plain, CLINIC) == NOW
    assert last_end(plain, CLINIC) == NOW + timedelta(days=28)
    assert permitted(plain, CLINIC, NOW, NOW - timedelta(minutes=5))[0].kind == "horizon"
