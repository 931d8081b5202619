"""Referrals: procedure, levels, flags, reasons and whether anybody still wants it."""

import pytest

from models.patients import Referral
from scheduler.intake.intake import take_referrals
from scheduler.intake.levels import levels_in
from scheduler.intake.referrals import flags_in
from tests.unit.scheduler.intake.resources import (
    ICD,
    SNOMED,
    TIMEZONE,
    Json,
    bundle,
    concept,
    condition,
    patient,
    read,
    request,
)

CPT = "http://www.ama-assn.org/go/cpt"


def referral(**members: object) -> Referral:
    (found,) = take_referrals([request(**members)], timezone=TIMEZONE).referrals
    return found


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("T12", {"T12"}),
        ("Th12 and L1", {"T12", "L1"}),
        ("D12", {"T12"}),
        ("L 3 vertebra", {"L3"}),
        ("T11-L1", {"T11", "T12", "L1"}),
        ("T12 to L2", {"T12", "L1", "L2"}),
        ("L1-3", {"L1", "L2", "L3"}),
        ("T8/T9", {"T8", "T9"}),
        ("twelfth thoracic vertebra", {"T12"}),
        ("4th lumbar vertebra", {"L4"}),
        ("L2-T12", {"L2", "T12"}),  # not a range from head to tail: the two named
        ("T13", set()),
        ("lumbar spine", set()),
        ("CT of L9", set()),
    ],
)
def test_levels_in_words(text: str, levels: set[str]) -> None:
    assert levels_in(text) == levels


def test_levels_run_from_head_to_tail_and_come_once() -> None:
    sites = [concept("L1"), concept("", (SNOMED, "23215003")), concept("T12"), concept("T8")]
    assert referral(bodySite=sites).levels == ("T8", "T12", "L1")


def test_the_procedure_is_the_cpt_code_before_any_other() -> None:
    found = referral(code=concept("Cement", (SNOMED, "112730002"), (CPT, "22511")))
    assert (found.code, found.system, found.display) == ("22511", CPT, "Cement")


def test_without_a_code_the_procedure_is_empty_and_reported() -> None:
    given = take_referrals([request(code=concept("Cement"))], timezone=TIMEZONE)
    assert (given.referrals[0].code, given.referrals[0].display) == ("", "Cement")
    assert given.faults[0].reason == "no procedure code: the procedure is unknown"


@pytest.mark.parametrize(
    ("members", "active"),
    [
        ({}, True),
        ({"status": "revoked"}, False),
        ({"status": "draft"}, False),
        ({"status": "completed"}, False),
        ({"status": "entered-in-error"}, False),
        ({"status": "on-hold"}, False),
        ({"status": "unknown"}, False),
        ({"status": "halted"}, False),
        ({"intent": "perhaps"}, False),
        ({"intent": "proposal"}, False),
        ({"intent": "original-order"}, True),
        ({"doNotPerform": True}, False),
    ],
)
def test_whether_it_is_wanted(members: Json, active: bool) -> None:  # noqa: FBT001 -- a case of the table
    assert referral(**members).active is active


def test_priority() -> None:
    assert referral().priority == "routine"
    assert referral(priority="stat").priority == "stat"
    odd = take_referrals([request(priority="soonish")], timezone=TIMEZONE)
    assert odd.referrals[0].priority == "routine"
    assert "'soonish'" in odd.faults[0].reason


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("Please under CT guidance", {"ct-guidance"}),
        ("Failed conservative treatment for 6 weeks", {"failed-conservative"}),
        ("Conservative treatment has failed", {"failed-conservative"}),
        ("not yet failed conservative treatment", set()),
        ("if conservative treatment failed, then treat", set()),
        (
            "Conservative treatment has failed, posterior wall defect",
            {"failed-conservative", "posterior-wall-defect"},
        ),
        ("no epidural invasion", set()),
        ("cannot exclude epidural invasion", {"epidural-invasion"}),
        ("No fever. Epidural extension at T12", {"epidural-invasion"}),
        ("recent MRI with oedema", {"recent-imaging"}),
        ("no recent MRI", set()),
        ("bipedicular, corset afterwards", {"bilateral", "corset"}),
        ("inpatient, general anaesthesia", {"inpatient", "anaesthesia"}),
    ],
)
def test_flags_in_words(text: str, flags: set[str]) -> None:
    assert flags_in([text]) == flags


def test_flags_as_codes_and_in_notes() -> None:
    detail = {"coding": [{"system": "urn:holdfast:order-detail", "code": "recent-imaging"}]}
    other = {"coding": [{"system": "urn:other", "code": "bilateral"}]}
    found = referral(orderDetail=[detail, other], note=[{"text": "with contrast"}])
    assert found.flags == {"recent-imaging", "contrast"}


def test_reasons_by_code_and_by_reference() -> None:
    fracture = condition("Fracture of vertebra", (ICD, "M80.08XA"), id="c1")
    known = read(patient(), fracture)
    given = request(
        reasonCode=[concept("Back pain", (ICD, "M54.5"))],
        reasonReference=[{"reference": "Condition/c1"}, {"reference": "Condition/c9"}],
    )
    (found,) = take_referrals([given], timezone=TIMEZONE, patients=known).referrals
    assert [(r.code, r.text) for r in found.reasons] == [
        ("M54.5", "Back pain"),
        ("M80.08XA", "Fracture of vertebra"),
        ("", "Condition/c9"),
    ]


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p1"},
        {"reference": "urn:uuid:p1"},
        {"reference": "https://ehr.example.org/fhir/Patient/p1"},
        {"reference": "https://ehr.example.org/fhir/Patient/p1/_history/3"},
        {"reference": "Patient?identifier=urn:mrn|77"},
        {"identifier": {"system": "urn:mrn", "value": "77"}},
        {"reference": "#me"},
    ],
)
def test_ways_to_name_the_patient(subject: Json) -> None:
    number = [{"system": "urn:mrn", "value": "77"}]
    known = read(patient(identifier=number))
    me = {"resourceType": "Patient", "id": "me", "identifier": number}
    (found,) = take_referrals(
        [request(subject=subject, contained=[me])], timezone=TIMEZONE, patients=known
    ).referrals
    assert known.patient(found.patient) == known.patients[0]


def test_an_identifier_of_two_patients_names_neither() -> None:
    number = [{"system": "urn:mrn", "value": "77"}]
    known = read(patient(identifier=number), patient(id="p2", identifier=number))
    subject = {"identifier": number[0]}
    given = take_referrals([request(subject=subject)], timezone=TIMEZONE, patients=known)
    assert known.patient(given.referrals[0].patient) is None
    assert "no patient can be told" in given.faults[0].reason


def test_a_patient_who_is_not_in_the_files_is_still_named() -> None:
    found = referral(subject={"reference": "Patient/elsewhere"})
    assert found.patient == "elsewhere"
    assert read(patient()).patient("elsewhere") is None


def test_a_malformed_referral_is_reported_and_the_rest_kept() -> None:
    given = take_referrals([request(subject=None), request(id="ref-2")], timezone=TIMEZONE)
    assert [r.id for r in given.referrals] == ["ref-2"]
    (fault,) = given.faults
    assert (fault.line, fault.resource_type, fault.resource_id) == (1, "ServiceRequest", "ref-1")


def test_of_two_versions_of_a_referral_the_newest_counts_in_the_first_place() -> None:
    newest = request(priority="urgent", meta={"lastUpdated": "2026-11-02T00:00:00Z"})
    older = request(priority="routine", meta={"lastUpdated": "2026-11-01T00:00:00Z"})
    given = take_referrals([newest, request(id="ref-2"), older], timezone=TIMEZONE)
    assert [(r.id, r.priority) for r in given.referrals] == [
        ("ref-1", "urgent"),
        ("ref-2", "routine"),
    ]
    assert "sent twice" in given.faults[0].reason


def test_referrals_may_stand_in_a_bundle() -> None:
    given = take_referrals([bundle(request(), request(id="ref-2"))], timezone=TIMEZONE)
    assert [r.id for r in given.referrals] == ["ref-1", "ref-2"]


def test_referrals_among_the_patients_are_read_too() -> None:
    assert [r.id for r in read(patient(), request()).referrals] == ["ref-1"]


def test_a_file_without_referrals_says_so() -> None:
    given = take_referrals([patient()], timezone=TIMEZONE)
    assert given.faults[0].reason == "no ServiceRequest was found in what was sent"


@pytest.mark.parametrize("reference", ["Patient/", "Patient/" + "y" * 300])
def test_a_subject_without_a_usable_id_is_a_fault(reference: str) -> None:
    asked = request(subject={"reference": reference})
    given = take_referrals([asked], timezone=TIMEZONE)
    assert "no patient can be told" in given.faults[0].reason
    assert 0 < len(given.referrals[0].patient) <= 200


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_an_instant_beyond_the_calendar_cannot_be_read(moment: str) -> None:
    assert referral(authoredOn=moment).authored is None
