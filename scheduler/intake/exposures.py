"""Medication orders and statements as exposures at ingredient level.

An order often stays active while the patient already holds the drug. So a statement that the drug
is on hold or stopped, with a last dose, stands in place of an order for the same single drug that
was written before that dose, or that the statement itself names.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.patients import Exposure, ExposureStatus, Finding
from scheduler.intake import tables
from scheduler.intake.charts import MEDICATION_TYPES, Chart
from scheduler.intake.concepts import Coding, codings, findings, text_of, word_list
from scheduler.intake.conditions import is_retracted, kinds_in
from scheduler.intake.courses import STATUSES, Course, course_of, is_later
from scheduler.intake.dosage import Regimen, regimen_of
from scheduler.intake.drugs import Substance, substances
from scheduler.intake.jsontree import Json, child, children, words
from scheduler.intake.reading import Reading
from scheduler.intake.records import Record
from scheduler.intake.resources import fault_of
from scheduler.intake.times import span_of

RECENT_EVENT = timedelta(days=91)
"""Stroke or venous thrombosis within three months is a high-risk group (CHEST 2022)."""
PROPHYLAXIS_WORDS = frozenset({"prophylaxis", "prophylactic", "prevention", "preventive"})
THERAPY_WORDS = frozenset({"therapeutic", "treatment"})
NOT_PROPHYLAXIS = frozenset({"no", "not", "secondary"})
"""Secondary prevention of a clot may be at a therapeutic dose."""
ANTIPLATELETS = frozenset({"aspirin", "clopidogrel", "dipyridamole"})
ANTITHROMBOTIC_ATC = "B01"
HIGH_RISK_KINDS = frozenset({"heart-valve", "stroke", "venous-thrombosis"})


@dataclass(frozen=True, slots=True)
class _Medication:
    """One medication record with what was made of it."""

    record: Record
    substances: tuple[Substance, ...]
    course: Course


def exposures_of(chart: Chart, reading: Reading) -> tuple[Exposure, ...]:
    """What the patient takes or lately took, one exposure per ingredient, in a fixed order."""
    taken = list(_medications(chart, reading))
    superseded = {
        id(order) for order in taken for said in taken if _stands_for(said, order, reading)
    }
    found = {
        exposure
        for medication in taken
        if id(medication) not in superseded
        for exposure in _exposures(medication, chart, reading)
    }
    found |= {Exposure(drug=text, known=False) for text in chart.unreadable_medications}
    return tuple(sorted(found, key=_order))


def _order(exposure: Exposure) -> tuple[str, str, str]:
    return exposure.drug, exposure.status, exposure.model_dump_json()


def _medications(chart: Chart, reading: Reading) -> Iterator[_Medication]:
    for record in chart.of(*MEDICATION_TYPES):
        status = words(record.resource, "status")
        if is_later(record.resource, reading.now, reading.tz):
            reading.note(record, "written after now: not used")
            continue
        if status not in STATUSES:
            reading.fault(record, f"status {status!r} is not one of FHIR R4: taken as active")
        course = course_of(record.resource, reading.now, reading.tz)
        if course is not None:
            yield _Medication(record, substances_of(record, reading), course)


def substances_of(record: Record, reading: Reading) -> tuple[Substance, ...]:
    """The ingredients, from the concept or from the Medication that is referred to."""
    concept = child(record.resource, "medicationCodeableConcept")
    if concept:
        return substances(concept)
    reference = child(record.resource, "medicationReference")
    address, display = words(reference, "reference"), words(reference, "display")
    found = reading.references.find(address, record) if address else None
    if found is None or found.type != "Medication":
        told = substances({"text": display}) if display else ()
        return told or (Substance(f"medication {address or 'without a name'}", known=False),)
    if fault := fault_of(found.resource):
        reading.fault(found, fault)
        name = text_of(child(found.resource, "code")) or display or found.name
        return (Substance(f"unreadable medication: {name}", known=False),)
    return _of_medication(found.resource, display)


def _of_medication(medication: Json, display: str) -> tuple[Substance, ...]:
    """The ingredients of a Medication, from its code, else from its list of ingredients."""
    code = child(medication, "code")
    told = substances(code or {"text": display})
    if all(substance.known for substance in told):
        return told
    listed = [
        substance
        for ingredient in children(medication, "ingredient")
        for substance in substances(child(ingredient, "itemCodeableConcept"))
    ]
    return tuple(listed) if listed and not codings(code) else (*told, *listed)


def _stands_for(said: _Medication, order: _Medication, reading: Reading) -> bool:
    """Whether a statement tells how the order of the same drug ended."""
    if said.record.type != "MedicationStatement" or order.record.type != "MedicationRequest":
        return False
    over = said.course.status in (ExposureStatus.ON_HOLD, ExposureStatus.STOPPED)
    if not over or said.course.last_dose is None or order.course.status != ExposureStatus.ACTIVE:
        return False
    names = {s.name for s in said.substances}
    if len(names) != 1 or names != {s.name for s in order.substances}:
        return False
    return _names_order(said, order, reading) or _written_before(
        order, said.course.last_dose, reading
    )


def _names_order(said: _Medication, order: _Medication, reading: Reading) -> bool:
    links = children(said.record.resource, "basedOn") + children(
        said.record.resource, "derivedFrom"
    )
    found = (reading.references.find(words(link, "reference"), said.record) for link in links)
    return any(record is not None and record.name == order.record.name for record in found)


def _written_before(order: _Medication, instant: datetime, reading: Reading) -> bool:
    written = span_of(words(order.record.resource, "authoredOn"), reading.tz)
    return written is not None and written.last <= instant


def _exposures(medication: _Medication, chart: Chart, reading: Reading) -> Iterator[Exposure]:
    resource, name = medication.record.resource, _name(medication.record)
    regimen = regimen_of(resource, name)
    reasons = _reasons(medication.record, reading)
    reason = reasons[0].text if reasons else None
    for substance in medication.substances:
        known = tables.ingredients().get(substance.name) if substance.known else None
        dose = regimen.dose_mg(substance.strength_mg)
        intent = _intent(substance.name, dose, regimen, reasons, resource)
        atc = known.atc if known else None
        yield Exposure(
            drug=substance.name,
            known=substance.known,
            rxcui=known.rxcui if known else None,
            atc=atc,
            status=medication.course.status,
            dose_times=regimen.dose_times,
            interval_hours=regimen.interval_hours,
            as_needed=regimen.as_needed,
            route=regimen.route,
            dose_mg=dose,
            intent=intent,
            last_dose=medication.course.last_dose,
            prescriber=_prescriber(medication.record, reading),
            reason=reason,
            thrombotic_risk=_risk(substance, atc, intent, chart, reading),
        )


def _name(record: Record) -> str:
    concept = child(record.resource, "medicationCodeableConcept")
    return text_of(concept) or words(child(record.resource, "medicationReference"), "display")


def _reasons(record: Record, reading: Reading) -> tuple[Finding, ...]:
    coded = tuple(
        finding
        for concept in children(record.resource, "reasonCode")
        for finding in findings(concept)
    )
    return coded + tuple(
        finding
        for reference in children(record.resource, "reasonReference")
        if (found := reading.references.find(words(reference, "reference"), record))
        for finding in findings(child(found.resource, "code"))
    )


def _prescriber(record: Record, reading: Reading) -> str | None:
    """Who wrote the order, by name; a bare reference is no name."""
    reference = child(record.resource, "requester")
    if display := words(reference, "display"):
        return display
    found = reading.references.find(words(reference, "reference"), record)
    return _person(found.resource) if found and found.type == "Practitioner" else None


def _person(practitioner: Json) -> str | None:
    for name in children(practitioner, "name"):
        given = name.get("given")
        parts = [*(given if isinstance(given, list) else []), words(name, "family")]
        text = words(name, "text") or " ".join(p for p in parts if isinstance(p, str) and p)
        if text:
            return text
    return None


def _intent(
    drug: str,
    dose_mg: float | None,
    regimen: Regimen,
    reasons: tuple[Finding, ...],
    resource: Json,
) -> str | None:
    """What the drug is for, where a reason or a label dose tells it; None: the stricter row."""
    notes = (words(note, "text") for note in children(resource, "note"))
    said = word_list(" ".join([regimen.text, *(r.text for r in reasons), *notes]))
    if drug in ANTIPLATELETS:
        return _prevention(said, reasons)
    therapy = bool(THERAPY_WORDS & set(said))
    doses = {mg for name, mg, _ in tables.regimens() if name == drug}
    if doses and dose_mg is not None:
        label = tables.regimens().get((drug, dose_mg, regimen.interval_hours or 0.0))
        if label and therapy:
            return None
        if label or dose_mg not in doses:
            return label or ("therapeutic" if therapy else None)
    if therapy:
        return "therapeutic"
    told = PROPHYLAXIS_WORDS & set(said) and not NOT_PROPHYLAXIS & set(said)
    return "prophylactic" if told else None


def _prevention(said: list[str], reasons: tuple[Finding, ...]) -> str | None:
    """Primary or secondary prevention, by the words or by a disease among the reasons."""
    kinds = {k for r in reasons for k in tables.kinds_of(Coding(r.system, r.code, ""))}
    if "secondary" in said or "secondary-prevention" in kinds:
        return "secondary"
    return "primary" if "primary" in said and PROPHYLAXIS_WORDS & set(said) else None


def _risk(
    substance: Substance, atc: str | None, intent: str | None, chart: Chart, reading: Reading
) -> int:
    """Thrombotic risk of a hold: 1 where nothing is prevented, 3 after a recent clot, else 2."""
    if substance.known and not (atc or "").startswith(ANTITHROMBOTIC_ATC):
        return 1
    if any(_is_high_risk(record, reading) for record in chart.of("Condition")):
        return 3
    return 1 if intent == "primary" else 2


def _is_high_risk(condition: Record, reading: Reading) -> bool:
    kinds = kinds_in(condition)
    if is_retracted(condition.resource) or not kinds & HIGH_RISK_KINDS:
        return False
    if "heart-valve" in kinds:
        return True
    onset = span_of(words(condition.resource, "onsetDateTime"), reading.tz)
    return onset is not None and timedelta(0) <= reading.now - onset.last <= RECENT_EVENT
