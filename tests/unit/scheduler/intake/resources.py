"""Small FHIR resources for the intake tests, and a reading of them."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.patients import Exposure, PatientFacts
from scheduler.intake.intake import Intake, take_bundles

Json = dict[str, Any]
TIMEZONE = "America/Chicago"
TZ = ZoneInfo(TIMEZONE)
NOW = datetime.fromisoformat("2026-11-23T09:00:00-06:00")
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"


def concept(text: str = "", *coded: tuple[str, str]) -> Json:
    found: Json = {"text": text} if text else {}
    if coded:
        found["coding"] = [{"system": system, "code": code} for system, code in coded]
    return found


def patient(**members: Any) -> Json:
    return {
        "resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1950-03-01",
        **members,
    }  # fmt: skip


def about(kind: str, **members: Any) -> Json:
    reference = "patient" if kind == "AllergyIntolerance" else "subject"
    return {"resourceType": kind, "id": "r1", reference: {"reference": "Patient/p1"}, **members}


def order(text: str = "apixaban 5 MG Oral Tablet", **members: Any) -> Json:
    given = {
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": concept(text),
        "authoredOn": "2026-09-01",
        **members,
    }
    return about("MedicationRequest", **{k: v for k, v in given.items() if v is not None})


def statement(status: str, text: str = "apixaban 5 MG Oral Tablet", **members: Any) -> Json:
    given: Json = {"id": "s1", "status": status, "medicationCodeableConcept": concept(text)}
    return about("MedicationStatement", **{**given, **members})


def result(loinc: str, value: float | None = None, unit: str = "", **members: Any) -> Json:
    given: Json = {
        "status": "final",
        "code": concept("", (LOINC, loinc)),
        "effectiveDateTime": "2026-11-20T08:00:00-06:00",
        **members,
    }
    if value is not None:
        quantity = {
            "value": value,
            "unit": unit,
            "code": unit,
            "system": "http://unitsofmeasure.org",
        }
        given["valueQuantity"] = {k: v for k, v in quantity.items() if v}
    return about("Observation", **given)


def condition(text: str, *coded: tuple[str, str], **members: Any) -> Json:
    given: Json = {
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": concept(text, *coded),
        "onsetDateTime": "2026-01-15",
        **members,
    }
    return about("Condition", **{k: v for k, v in given.items() if v is not None})


def request(**members: Any) -> Json:
    given: Json = {
        "resourceType": "ServiceRequest",
        "id": "ref-1",
        "status": "active",
        "intent": "order",
        "code": concept("Vertebroplasty", ("http://www.ama-assn.org/go/cpt", "22511")),
        "subject": {"reference": "Patient/p1"},
        **members,
    }
    return {k: v for k, v in given.items() if v is not None}


def bundle(*resources: Json) -> Json:
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": resource} for resource in resources],
    }


def read(*resources: Json, now: datetime = NOW) -> Intake:
    """The intake of one bundle; resources without a Patient get `patient()`."""
    given = list(resources)
    if not any(r.get("resourceType") == "Patient" for r in given):
        given.insert(0, patient())
    return take_bundles([bundle(*given)], now=now, timezone=TIMEZONE)


def facts(*resources: Json, now: datetime = NOW) -> PatientFacts:
    found = read(*resources, now=now).patient("p1")
    assert found is not None
    return found


def exposure(*resources: Json, now: datetime = NOW) -> Exposure:
    (found,) = facts(*resources, now=now).exposures
    return found


def reasons(intake: Intake) -> list[str]:
    return [fault.reason for fault in intake.faults]
