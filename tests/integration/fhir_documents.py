"""Small FHIR R4 bundles and referrals as plain JSON, for tests of whole commands."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests import canaries

CPT = "http://www.ama-assn.org/go/cpt"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def a_patient(name: str, *, deceased: bool = False) -> dict[str, Any]:
    """A man of 60 in November 2026, with all that a hospital sends along."""
    dead = {"deceasedBoolean": True} if deceased else {}
    return {
        "resourceType": "Patient",
        "id": name,
        "identifier": [{"system": "urn:example:mrn", "value": canaries.MRN}],
        "name": [{"family": canaries.NAME, "given": [canaries.GIVEN]}],
        "telecom": [{"system": "phone", "value": canaries.PHONE}],
        "gender": "male",
        "birthDate": "1966-01-15",
        **dead,
    }


def a_result(patient: str, loinc: str, value: float, unit: str) -> dict[str, Any]:
    """A laboratory result or measurement of 20 November 2026."""
    return {
        "resourceType": "Observation",
        "id": f"{patient}-{loinc}",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": loinc}]},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": "2026-11-20T08:00:00-06:00",
        "valueQuantity": {
            "value": value,
            "unit": unit,
            "system": "http://unitsofmeasure.org",
            "code": unit,
        },
    }


def a_drug(patient: str, rxcui: str, name: str, *times: str) -> dict[str, Any]:
    """A drug taken every day at the times given."""
    return {
        "resourceType": "MedicationRequest",
        "id": f"{patient}-{rxcui}",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {
            "coding": [{"system": RXNORM, "code": rxcui, "display": name}]
        },
        "subject": {"reference": f"Patient/{patient}"},
        "authoredOn": "2026-10-01T09:00:00-05:00",
        "dosageInstruction": [{"timing": {"repeat": {"timeOfDay": list(times)}}}],
    }


def a_bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    """A collection of resources."""
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": resource} for resource in resources],
    }


def a_referral(name: str, patient: str, code: str = "22511") -> dict[str, Any]:
    """A routine request, for lumbar vertebroplasty unless another CPT code is given."""
    return {
        "resourceType": "ServiceRequest",
        "id": name,
        "status": "active",
        "intent": "order",
        "priority": "routine",
        "code": {"coding": [{"system": CPT, "code": code, "display": "as ordered"}]},
        "subject": {"reference": f"Patient/{patient}"},
        "authoredOn": "2026-11-16T09:00:00-06:00",
        "bodySite": [{"text": "L3"}],
        "note": [{"text": canaries.FREE_TEXT}],
    }


def write_lines(path: Path, documents: Iterable[object]) -> Path:
    """Write one document a line; text goes in as it is."""
    lines = (d if isinstance(d, str) else json.dumps(d) for d in documents)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
