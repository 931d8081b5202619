"""What is known of pregnancy on 23 Nov 2026, 09:00 -06:00."""

import pytest

from models.patients import Pregnancy
from tests.unit.scheduler.intake.resources import (
    ICD,
    LOINC,
    SNOMED,
    Json,
    about,
    concept,
    condition,
    facts,
    patient,
    result,
)

NEGATIVE = {"valueCodeableConcept": concept("Negative")}
POSITIVE = {"valueCodeableConcept": concept("Positive")}


def state(*resources: Json) -> Pregnancy:
    return facts(*resources).pregnancy


def test_nothing_recorded_is_unknown_for_a_woman_and_not_applicable_for_a_man() -> None:
    assert state() == Pregnancy.UNKNOWN
    assert state(patient(gender="male")) == Pregnancy.NOT_APPLICABLE
    assert state(patient(gender="unknown")) == Pregnancy.UNKNOWN


@pytest.mark.parametrize(
    "coded",
    [
        (SNOMED, "72892002"),
        (SNOMED, "77386006"),
        (SNOMED, "79586000"),
        (ICD, "Z33.1"),
        (ICD, "Z34.90"),
        (ICD, "O09.90"),
        (ICD, "O24.419"),
        (ICD, "Z3A.12"),
    ],
)
def test_an_active_pregnancy_is_positive(coded: tuple[str, str]) -> None:
    assert state(condition("", coded)) == Pregnancy.POSITIVE


def test_an_active_pregnancy_stays_positive_however_old() -> None:
    old = condition("Tubal pregnancy", (SNOMED, "79586000"), onsetDateTime="1972-06-05")
    assert state(old) == Pregnancy.POSITIVE


def test_a_pregnancy_that_is_over_is_unknown() -> None:
    over = {"coding": [{"code": "resolved"}]}
    assert (
        state(condition("Normal pregnancy", (SNOMED, "72892002"), clinicalStatus=over))
        == Pregnancy.UNKNOWN
    )


def test_a_pregnancy_beats_a_negative_test_and_a_mans_record() -> None:
    pregnant = condition("Pregnant", (SNOMED, "77386006"))
    test = result("2106-3", id="r2", effectiveDateTime="2026-11-22", **NEGATIVE)
    assert state(pregnant, test) == Pregnancy.POSITIVE
    assert state(patient(gender="male"), pregnant) == Pregnancy.POSITIVE


@pytest.mark.parametrize(
    "text", ["Gestational diabetes", "Antepartum eclampsia", "Unwanted pregnancy"]
)
def test_words_of_pregnancy_make_it_possible(text: str) -> None:
    assert state(condition(text)) == Pregnancy.POSSIBLE


@pytest.mark.parametrize("text", ["History of pregnancy", "Postpartum depression", "Not pregnant"])
def test_words_of_a_past_pregnancy_do_not(text: str) -> None:
    assert state(condition(text)) == Pregnancy.UNKNOWN


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        # 72 hours before 23 Nov 09:00 is 20 Nov 09:00.
        ("2026-11-20T09:00:00-06:00", Pregnancy.NEGATIVE),
        ("2026-11-20T08:59:00-06:00", Pregnancy.UNKNOWN),
    ],
)
def test_a_negative_test_counts_for_72_hours(taken: str, expected: Pregnancy) -> None:
    assert state(result("2106-3", effectiveDateTime=taken, **NEGATIVE)) == expected


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        # 300 days before 23 Nov 2026 is 27 Jan 2026.
        ("2026-02-01", Pregnancy.POSITIVE),
        ("2026-01-20", Pregnancy.UNKNOWN),
    ],
)
def test_a_positive_test_counts_as_long_as_a_pregnancy_lasts(
    taken: str, expected: Pregnancy
) -> None:
    assert state(result("2106-3", effectiveDateTime=taken, **POSITIVE)) == expected


def test_an_unreadable_test_leaves_pregnancy_possible() -> None:
    odd = result("2106-3", id="r2", effectiveDateTime="at noon", **NEGATIVE)
    assert state(odd) == Pregnancy.POSSIBLE


def _status(code: str, taken: str = "2026-11-22") -> Json:
    return about(
        "Observation",
        status="final",
        code=concept("Pregnancy status", (LOINC, "82810-3")),
        effectiveDateTime=taken,
        valueCodeableConcept=concept("", (SNOMED, code)),
    )


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        (_status("77386006"), Pregnancy.POSITIVE),
        (_status("152231000119106"), Pregnancy.POSSIBLE),
        (_status("60001007"), Pregnancy.NEGATIVE),
        (_status("60001007", "2026-11-01"), Pregnancy.UNKNOWN),
    ],
)
def test_an_observed_status(observed: Json, expected: Pregnancy) -> None:
    assert state(observed) == expected


@pytest.mark.parametrize(
    "recorded",
    [
        condition("Acquired absence of uterus", (ICD, "Z90.710")),
        condition("History of hysterectomy"),
        about(
            "Procedure",
            status="completed",
            code=concept("Total abdominal hysterectomy"),
            performedDateTime="2009",
        ),
    ],
)
def test_without_a_uterus_it_is_not_applicable(recorded: Json) -> None:
    assert state(recorded) == Pregnancy.NOT_APPLICABLE


@pytest.mark.parametrize(
    "recorded",
    [
        condition("Encounter to plan a hysterectomy"),
        about(
            "Procedure",
            status="stopped",
            code=concept("Total abdominal hysterectomy"),
            performedDateTime="2009",
        ),
    ],
)
def test_a_uterus_that_may_be_there_rules_nothing_out(recorded: Json) -> None:
    assert state(recorded) == Pregnancy.UNKNOWN


def test_a_pregnancy_known_by_a_display_alone_is_possible() -> None:
    code = {"text": "G2P1, 12 weeks", "coding": [{"code": "1", "display": "Pregnancy"}]}
    assert state(condition("", code=code)) == Pregnancy.POSSIBLE
