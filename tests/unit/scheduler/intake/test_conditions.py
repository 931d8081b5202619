"""Conditions, allergies, implants and other appointments at 23 Nov 2026, 09:00 -06:00."""

from datetime import date

import pytest

from tests.unit.scheduler.intake.resources import (
    ICD,
    SNOMED,
    Json,
    about,
    concept,
    condition,
    facts,
    read,
)


def texts(*resources: Json) -> list[str]:
    return [finding.text for finding in facts(*resources).conditions]


def status(code: str) -> Json:
    return {"coding": [{"code": code}]}


@pytest.mark.parametrize(
    ("code", "holds"),
    [
        ("active", True),
        ("recurrence", True),
        ("relapse", True),
        ("resolved", False),
        ("remission", False),
        ("inactive", False),
    ],
)
def test_clinical_status(code: str, holds: bool) -> None:  # noqa: FBT001 -- a case of the table
    assert bool(texts(condition("Gout", clinicalStatus=status(code)))) is holds


def test_without_a_status_a_condition_holds_until_it_ends() -> None:
    assert texts(condition("Gout", clinicalStatus=None)) == ["Gout"]
    ended = condition("Gout", clinicalStatus=None, abatementDateTime="2026-05-01")
    assert texts(ended) == []


def test_a_condition_that_ended_after_now_held_then() -> None:
    later = condition("Gout", clinicalStatus=status("resolved"), abatementDateTime="2026-12-24")
    assert texts(later) == ["Gout"]


@pytest.mark.parametrize("code", ["refuted", "entered-in-error"])
def test_a_retracted_condition_is_nothing(code: str) -> None:
    assert texts(condition("Gout", verificationStatus=status(code))) == []


def test_an_unconfirmed_condition_holds() -> None:
    assert texts(condition("Gout", verificationStatus=status("provisional"))) == ["Gout"]


def test_a_condition_from_after_now_is_noted_and_not_used() -> None:
    found = read(condition("Gout", onsetDateTime="2026-11-24"))
    assert found.patients[0].conditions == ()
    assert [note.reason for note in found.notes] == ["begins after now: not used"]


def test_each_code_is_a_finding_with_the_same_words() -> None:
    gout = condition("Gout", (SNOMED, "90560007"), ("urn:oid:2.16.840.1.113883.6.90", "M109"))
    found = facts(gout).conditions
    # ICD-10 codes get their dot and the usual name of their system.
    assert [(f.system, f.code, f.text) for f in found] == [
        (ICD, "M10.9", "Gout"),
        (SNOMED, "90560007", "Gout"),
    ]


def test_a_condition_that_does_not_say_what_it_is_is_told_to_the_rules() -> None:
    found = facts(condition("", id="c9"))
    assert (found.conditions, found.unreadable) == ((), ("Condition/c9 does not say what it is",))


def test_since_is_the_onset_or_the_day_of_recording() -> None:
    recorded = condition("Gout", onsetDateTime=None, recordedDate="2025-02-01")
    (finding,) = facts(recorded).conditions
    assert finding.since is not None
    assert finding.since.isoformat() == "2025-02-01T06:00:00+00:00"


def _allergy(**members: object) -> Json:
    given = {"clinicalStatus": status("active"), "code": concept("Iodinated contrast"), **members}
    return about("AllergyIntolerance", **given)


def test_an_allergy_with_its_reaction_substance() -> None:
    found = facts(
        _allergy(reaction=[{"substance": concept("Iohexol"), "manifestation": [{"text": "hives"}]}])
    )
    assert [f.text for f in found.allergies] == ["Iodinated contrast", "Iohexol"]


@pytest.mark.parametrize(
    "recorded",
    [
        condition("", (ICD, "Z91.041")),
        condition("Allergy to contrast media"),
        condition("History of anaphylaxis to radiocontrast"),
    ],
)
def test_an_allergy_on_the_problem_list_is_an_allergy(recorded: Json) -> None:
    assert len(facts(recorded).allergies) == 1


def test_another_problem_is_no_allergy() -> None:
    assert facts(condition("Gout", (ICD, "M10.9"))).allergies == ()


def test_a_display_that_says_more_than_the_text_is_kept_beside_it() -> None:
    code = {"text": "Dye", "coding": [{"code": "1", "display": "Allergy to iodinated contrast"}]}
    (finding,) = facts(_allergy(code=code)).allergies
    assert (finding.text, finding.words) == ("Dye", "Allergy to iodinated contrast")


def test_a_resolved_allergy_is_nothing() -> None:
    assert facts(_allergy(clinicalStatus=status("resolved"))).allergies == ()


@pytest.mark.parametrize(
    ("resource", "kind"),
    [
        (
            about("Condition", clinicalStatus=status("active"), code=concept("x", (ICD, "C79.51"))),
            "Condition/r1",
        ),
        (_allergy(), "AllergyIntolerance/r1"),
    ],
)
def test_an_unreadable_record_is_told_to_the_rules(resource: Json, kind: str) -> None:
    broken = {**resource, "recordedDate": "the day before"}
    found = read(broken)
    (sentence,) = found.patients[0].unreadable
    assert sentence.startswith(f"{kind} (")
    assert "recordedDate" in sentence
    assert found.faults[0].resource_type == kind.split("/", maxsplit=1)[0]


def _procedure(text: str, *coded: tuple[str, str], **members: object) -> Json:
    given = {"status": "completed", "performedDateTime": "2026-09-05", **members}
    return about("Procedure", code=concept(text, *coded), **given)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Placement of stent in coronary artery", "coronary-stent"),
        ("Drug-eluting stent in coronary artery", "coronary-stent-drug-eluting"),
        ("Bare metal stent, coronary", "coronary-stent-bare-metal"),
        ("Mechanical mitral valve replacement", "mechanical-valve"),
        ("Replacement of aortic valve with prosthesis", "heart-valve"),
    ],
)
def test_stents_and_valves(text: str, kind: str) -> None:
    (implant,) = facts(_procedure(text)).implants
    assert (implant.kind, implant.placed_on) == (kind, date(2026, 9, 5))


def test_a_stent_by_code_alone() -> None:
    (implant,) = facts(_procedure("", ("http://www.ama-assn.org/go/cpt", "92928"))).implants
    assert implant.kind == "coronary-stent"


def test_a_partial_date_means_the_latest_day() -> None:
    (implant,) = facts(_procedure("coronary stent", performedDateTime="2026-11")).implants
    assert implant.placed_on == date(2026, 11, 23)  # November, but not after now


def test_a_stent_without_a_date_is_told_to_the_rules() -> None:
    stent = _procedure("coronary stent")
    del stent["performedDateTime"]
    found = facts(stent)
    assert (found.implants, found.unreadable) == (
        (),
        ("Procedure/r1: coronary-stent without a date",),
    )


@pytest.mark.parametrize("members", [{"status": "not-done"}, {"performedDateTime": "2026-12-01"}])
def test_a_stent_not_placed_by_now_is_nothing(members: Json) -> None:
    assert facts(_procedure("coronary stent", **members)).implants == ()


def test_a_stent_known_only_as_a_condition() -> None:
    present = condition("Presence of stent", (ICD, "Z95.5"), onsetDateTime="2026-02-01")
    (implant,) = facts(present).implants
    assert (implant.kind, implant.placed_on) == ("coronary-stent", date(2026, 2, 1))


def test_airway_flags_from_conditions() -> None:
    asleep = condition("OSA", (ICD, "G47.33"))
    hard = condition("History of difficult intubation", id="r2")
    assert facts(asleep, hard).airway_flags == ("difficult-airway", "sleep-apnoea")


def _appointment(**members: object) -> Json:
    return {
        "resourceType": "Appointment",
        "id": "a1",
        "status": "booked",
        "start": "2026-11-24T07:00:00-06:00",
        "end": "2026-11-24T11:00:00-06:00",
        "participant": [
            {"actor": {"reference": "Location/l1"}, "status": "accepted"},
            {"actor": {"reference": "Patient/p1"}, "status": "accepted"},
        ],
        **members,
    }


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        ({"serviceType": [concept("Haemodialysis")]}, "dialysis"),
        ({"description": "Radiotherapy, fraction 3"}, "radiotherapy"),
        ({}, "appointment"),
    ],
)
def test_appointments_are_commitments(members: Json, kind: str) -> None:
    (found,) = facts(_appointment(**members)).commitments
    assert (found.kind, found.start.isoformat(), found.end.isoformat()) == (
        kind, "2026-11-24T13:00:00+00:00", "2026-11-24T17:00:00+00:00",
    )  # fmt: skip


def test_a_cancelled_appointment_is_nothing() -> None:
    assert facts(_appointment(status="cancelled")).commitments == ()


def test_radiotherapy_that_was_given_is_a_commitment() -> None:
    span = {"start": "2026-11-18T10:00:00-06:00", "end": "2026-11-18T10:30:00-06:00"}
    given = _procedure("Radiation therapy", performedPeriod=span)
    del given["performedDateTime"]
    (found,) = facts(given).commitments
    assert (found.kind, found.end.isoformat()) == ("radiotherapy", "2026-11-18T16:30:00+00:00")
