"""Who the patient is: death, birth, sex, language, escort, absence, and records that disagree."""

from datetime import date

import pytest

from models.patients import Sex
from tests.unit.scheduler.intake.resources import Json, facts, order, patient, read, reasons


@pytest.mark.parametrize(
    ("members", "dead"),
    [
        ({}, False),
        ({"deceasedBoolean": False}, False),
        ({"deceasedBoolean": True}, True),
        ({"deceasedDateTime": "2020-05-01"}, True),
        ({"deceasedDateTime": "2026-12-24"}, True),  # nobody enters a death ahead
        ({"deceasedDateTime": "some day"}, True),  # unreadable is never safe
        ({"deceasedBoolean": {"yes": 1}}, True),
    ],
)
def test_death(members: Json, dead: bool) -> None:  # noqa: FBT001 -- a case of the table
    assert facts(patient(**members)).deceased is dead


@pytest.mark.parametrize(
    ("given", "born"),
    [("1950-03-01", date(1950, 3, 1)), ("1950-03", None), ("1950", None), ("2027-01-01", None)],
)
def test_only_a_whole_birth_date_in_the_past_gives_an_age(given: str, born: date | None) -> None:
    found = read(patient(birthDate=given))
    assert found.patients[0].birth_date == born
    assert bool(found.faults) is (born is None)


def test_an_unreadable_member_leaves_the_rest_of_the_patient() -> None:
    found = read(patient(birthDate="first of May", multipleBirthBoolean=True))
    (only,) = found.patients
    assert (only.id, only.sex, only.birth_date) == ("p1", Sex.FEMALE, None)
    assert only.unreadable[0].startswith("Patient/p1 could not be read whole: birthDate")
    assert len(found.faults) == 1


@pytest.mark.parametrize(
    ("gender", "sex"), [("male", Sex.MALE), ("other", Sex.OTHER), ("f", Sex.UNKNOWN)]
)
def test_sex(gender: str, sex: Sex) -> None:
    assert facts(patient(gender=gender)).sex == sex


def _speaks(*languages: tuple[str, bool]) -> Json:
    return patient(
        communication=[
            {"language": {"coding": [{"code": code}]}, "preferred": preferred}
            for code, preferred in languages
        ]
    )


@pytest.mark.parametrize(
    ("given", "language"),
    [
        (_speaks(("en-US", False), ("es-MX", True)), "es"),
        (_speaks(("pt", False), ("en", False)), "pt"),
        (patient(communication=[{"language": {"text": "Spanish"}}]), "es"),
        (patient(), "en"),
    ],
)
def test_language(given: Json, language: str) -> None:
    assert facts(given).language == language


def test_escort_and_absence_from_extensions() -> None:
    away = {"start": "2026-12-01T00:00:00-06:00", "end": "2026-12-04T00:00:00-06:00"}
    found = facts(
        patient(
            extension=[
                {"url": "urn:holdfast:escort", "valueBoolean": False},
                {"url": "urn:holdfast:unavailable", "valuePeriod": away},
            ]
        )
    )
    assert found.has_escort is False
    ((start, end),) = found.unavailable
    assert (start.isoformat(), end.isoformat()) == (
        "2026-12-01T06:00:00+00:00", "2026-12-04T06:00:00+00:00",
    )  # fmt: skip


def test_a_replaced_record_says_so() -> None:
    link = [{"type": "replaced-by", "other": {"reference": "Patient/p2"}}]
    assert "replaced by Patient/p2" in facts(patient(link=link)).unreadable[0]


def test_the_newest_version_of_a_resource_counts() -> None:
    old = order(status="active", meta={"lastUpdated": "2026-10-01T00:00:00Z"})
    new = order(status="entered-in-error", meta={"lastUpdated": "2026-11-01T00:00:00Z"})
    found = read(new, old)
    assert (found.patients[0].exposures, found.faults) == ((), ())


def test_equal_versions_count_once() -> None:
    found = read(order(), order())
    assert (len(found.patients[0].exposures), found.faults) == (1, ())


def test_versions_none_of_which_is_the_newest_all_count() -> None:
    found = read(order("warfarin"), order("apixaban"))
    assert [e.drug for e in found.patients[0].exposures] == ["apixaban", "warfarin"]
    assert reasons(found) == ["2 different versions and none is the newest: all are counted"]


def test_patients_of_one_id_keep_only_what_they_agree_on() -> None:
    one = patient()
    other = patient(gender="male", birthDate="1961-01-01", deceasedBoolean=True)
    (found,) = read(one, other).patients
    assert (found.birth_date, found.sex, found.deceased) == (None, Sex.UNKNOWN, True)
    assert "2 versions that differ" in found.unreadable[0]
