"""FHIR R4 resources for made-up patients, as plain JSON; ids follow from the patient's key."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import NAMESPACE_OID, uuid5

Json: TypeAlias = dict[str, Any]

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
CPT = "http://www.ama-assn.org/go/cpt"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
ORDER_DETAIL = "urn:holdfast:order-detail"
MEMBERS = "urn:holdfast:demo"


def concept(text: str, *coded: tuple[str, str]) -> Json:
    """A CodeableConcept of words and `(system, code)` pairs; the words are every code's display."""
    coding = [{"system": system, "code": code, "display": text} for system, code in coded]
    return {"coding": coding, "text": text} if coding else {"text": text}


def term(system: str, code: str) -> Json:
    """A concept of an HL7 terminology."""
    return {"coding": [{"system": f"{TERMINOLOGY}/{system}", "code": code}]}


@dataclass(slots=True)
class Chart:
    """One patient's bundle in the making."""

    key: str
    """Decides every id, so that the same key gives the same bytes."""
    now: datetime
    """With the site's offset."""
    entries: list[Json] = field(default_factory=list)

    @property
    def subject(self) -> Json:
        """A reference to the patient."""
        return {"reference": f"urn:uuid:{self.uuid('Patient')}"}

    def uuid(self, name: str) -> str:
        """The id of a resource by its name within the bundle."""
        return str(uuid5(NAMESPACE_OID, f"{MEMBERS}:{self.key}:{name}"))

    def add(self, kind: str, name: str, members: Json) -> Json:
        """Add a resource and give a reference to it."""
        resource_id = self.uuid(name)
        url = f"urn:uuid:{resource_id}"
        resource = {"resourceType": kind, "id": resource_id, **members}
        self.entries.append({"fullUrl": url, "resource": resource})
        return {"reference": url}

    def bundle(self) -> Json:
        """The finished bundle."""
        bundle_id = self.uuid("Bundle")
        return {
            "resourceType": "Bundle",
            "id": bundle_id,
            "type": "collection",
            "timestamp": self.now.isoformat(),
            "entry": self.entries,
        }

    def ago(self, days: float) -> str:
        """A moment so many days of 24 hours before now, on the full hour, as FHIR writes it."""
        moment = self.now - timedelta(hours=round(days * 24))
        return moment.replace(minute=0, second=0).isoformat()

    def condition(self, text: str, *coded: tuple[str, str], days_ago: float) -> Json:
        """An active, confirmed condition; gives a reference to it."""
        return self.add(
            "Condition",
            f"Condition {text}",
            {
                "clinicalStatus": term("condition-clinical", "active"),
                "verificationStatus": term("condition-ver-status", "confirmed"),
                "code": concept(text, *coded),
                "subject": self.subject,
                "onsetDateTime": self.ago(days_ago),
                "recordedDate": self.ago(days_ago),
            },
        )

    def allergy(self, text: str, *coded: tuple[str, str]) -> None:
        """An active allergy of high criticality."""
        self.add(
            "AllergyIntolerance",
            f"AllergyIntolerance {text}",
            {
                "clinicalStatus": term("allergyintolerance-clinical", "active"),
                "verificationStatus": term("allergyintolerance-verification", "confirmed"),
                "type": "allergy",
                "criticality": "high",
                "code": concept(text, *coded),
                "patient": self.subject,
                "recordedDate": self.ago(900),
            },
        )

    def result(self, text: str, loinc: str, value: float, unit: str, *, days_ago: float) -> None:
        """A final result in a UCUM unit."""
        self._observation(
            text,
            loinc,
            days_ago,
            {"valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit}},
        )

    def coded_result(
        self, text: str, loinc: str, answer: str, *coded: tuple[str, str], days_ago: float
    ) -> None:
        """A final result that is a code."""
        member = {"valueCodeableConcept": concept(answer, *coded)}
        self._observation(text, loinc, days_ago, member)

    def asa_class(self, grade: int) -> None:
        """The ASA physical status class from the clinic visit."""
        self.add(
            "Observation",
            "Observation ASA",
            {
                "status": "final",
                "code": concept("ASA physical status class", (SNOMED, "302132005")),
                "subject": self.subject,
                "effectiveDateTime": self.ago(6),
                "valueInteger": grade,
            },
        )

    def _observation(self, text: str, loinc: str, days_ago: float, value: Json) -> None:
        self.add(
            "Observation",
            f"Observation {loinc} {days_ago:g}",
            {
                "status": "final",
                "category": [term("observation-category", "laboratory")],
                "code": concept(text, (LOINC, loinc)),
                "subject": self.subject,
                "effectiveDateTime": self.ago(days_ago),
                "issued": self.ago(days_ago - 0.1),
                **value,
            },
        )

    def procedure(self, text: str, *coded: tuple[str, str], days_ago: float) -> None:
        """A procedure that was done."""
        self.add(
            "Procedure",
            f"Procedure {text}",
            {
                "status": "completed",
                "code": concept(text, *coded),
                "subject": self.subject,
                "performedDateTime": self.ago(days_ago),
            },
        )

    def appointment(self, text: str, start: datetime, minutes: int) -> None:
        """A booked appointment elsewhere."""
        self.add(
            "Appointment",
            f"Appointment {text} {start.isoformat()}",
            {
                "status": "booked",
                "serviceType": [concept(text)],
                "start": start.isoformat(),
                "end": (start + timedelta(minutes=minutes)).isoformat(),
                "participant": [{"actor": self.subject, "status": "accepted"}],
            },
        )


@dataclass(frozen=True, slots=True)
class Drug:
    """A product as it is ordered, with how it is taken."""

    display: str
    rxcui: str = ""
    """Empty where the order comes without a code."""
    times: tuple[str, ...] = ()
    """Wall-clock times of day; empty when the order only has a frequency."""
    per_day: int = 1
    dose: float = 1
    unit: str = "{tbl}"
    as_needed: bool = False
    route: tuple[str, str] = ("26643006", "Oral route")


def dosage(drug: Drug) -> Json:
    """A FHIR Dosage of a drug."""
    repeat: Json = {"frequency": len(drug.times) or drug.per_day, "period": 1, "periodUnit": "d"}
    if drug.times:
        repeat["timeOfDay"] = list(drug.times)
    quantity = {"value": drug.dose, "unit": drug.unit, "system": UCUM, "code": drug.unit}
    return {
        "timing": {"repeat": repeat},
        "asNeededBoolean": drug.as_needed,
        "route": concept(drug.route[1], (SNOMED, drug.route[0])),
        "doseAndRate": [{"doseQuantity": quantity}],
    }


def medication(drug: Drug) -> Json:
    """The concept of a drug."""
    return concept(drug.display, *([(RXNORM, drug.rxcui)] if drug.rxcui else []))


def order(chart: Chart, drug: Drug, prescriber: str, reasons: Sequence[Json] = ()) -> Json:
    """An active MedicationRequest; gives a reference to it."""
    members: Json = {
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": medication(drug),
        "subject": chart.subject,
        "authoredOn": chart.ago(120),
        "requester": {"display": prescriber},
        "dosageInstruction": [dosage(drug)],
    }
    if reasons:
        members["reasonReference"] = list(reasons)
    return chart.add("MedicationRequest", f"MedicationRequest {drug.display}", members)


def statement(chart: Chart, drug: Drug, status: str, last_dose_days: float) -> None:
    """A MedicationStatement that the drug is on hold or stopped since its last dose."""
    chart.add(
        "MedicationStatement",
        f"MedicationStatement {drug.display}",
        {
            "status": status,
            "medicationCodeableConcept": medication(drug),
            "subject": chart.subject,
            "effectivePeriod": {"start": chart.ago(400), "end": chart.ago(last_dose_days)},
            "dateAsserted": chart.ago(0),
            "dosage": [dosage(drug)],
        },
    )
