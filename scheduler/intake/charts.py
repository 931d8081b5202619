"""One chart per patient: the sound resources about them, and what could not be read.

Two resources of one patient with the same type and id are versions of each other: equal ones count
once; of different ones the newest `meta.lastUpdated` counts; where that does not decide, all of
them are kept, so that the stricter reading wins, and a fault says so.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from scheduler.intake import tables
from scheduler.intake.concepts import all_words, codings, text_of
from scheduler.intake.documents import BrokenText
from scheduler.intake.faults import Journal
from scheduler.intake.jsontree import Json, child
from scheduler.intake.records import Record, References
from scheduler.intake.resources import READ_TYPES, fault_of, faulty_members, is_fhir_type
from scheduler.intake.times import stamp

MEDICATION_TYPES = ("MedicationRequest", "MedicationStatement")
CHART_TYPES = READ_TYPES - {"Medication", "ServiceRequest"}
PREGNANCY_STATUS = "82810-3"
PROCEDURE_WORDS = ("stent", "valve", "hysterectomy", "radiotherap", "radiation therap")
OBSERVATION_WORDS = ("mallampati", "asa class", "asa physical status")


@dataclass(slots=True)
class Chart:
    """What the files say of one patient."""

    patient: Record
    other_versions: list[Record] = field(default_factory=list)
    """Records of the same patient that contradict the first, when none is the newest."""
    by_type: dict[str, list[Record]] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    """Sentences about records that were sent and could not be read."""
    unreadable_medications: list[str] = field(default_factory=list)
    unreadable_results: list[Record] = field(default_factory=list)

    def of(self, *types: str) -> list[Record]:
        """The sound records of some types, in the order they were read."""
        return [record for kind in types for record in self.by_type.get(kind, [])]


def gather(
    records: Iterable[Record],
    references: References,
    journal: Journal,
    progress: Callable[[int, int], None],
) -> list[Chart]:
    """A chart for every Patient among the records, sorted by id.

    Args:
        records: everything that was read.
        references: where the references of the records lead.
        journal: takes the faults.
        progress: told how many patients of how many are done.
    """
    per_patient: dict[str, list[Record]] = {}
    for record in records:
        if record.type in CHART_TYPES or not is_fhir_type(record.type):
            per_patient.setdefault(references.subject_id(record) or "", []).append(record)
    charts: list[Chart] = []
    for done, (patient_id, own) in enumerate(sorted(per_patient.items()), start=1):
        if any(record.type == "Patient" for record in own) and patient_id:
            charts.append(_chart(own, journal))
        else:
            _report_orphans(patient_id, own, journal)
        progress(done, len(per_patient))
    return charts


def _report_orphans(patient_id: str, records: list[Record], journal: Journal) -> None:
    """One fault for all resources of a patient who is not there; they are not used."""
    who = f"patient {patient_id} is not in the files" if patient_id else "no patient can be told"
    more = f" (and {len(records) - 1} more)" if len(records) > 1 else ""
    journal.faults.append(records[0].fault(f"{who}: not used{more}"))


def _chart(records: list[Record], journal: Journal) -> Chart:
    by_id: dict[tuple[str, str], list[Record]] = {}
    for position, record in enumerate(records):
        by_id.setdefault((record.type, record.id or f"#{position}"), []).append(record)
    kept = {key: _current(versions, journal) for key, versions in by_id.items()}
    patients = [r for (kind, _), versions in kept.items() if kind == "Patient" for r in versions]
    chart = Chart(_salvaged(patients[-1]), [_salvaged(other) for other in patients[:-1]])
    for record in patients:
        _check_patient(chart, record, journal)
    for (kind, _), versions in kept.items():
        for record in versions if kind != "Patient" else ():
            if _is_wanted(record):
                _add(chart, record, journal)
    return chart


def _current(versions: list[Record], journal: Journal) -> list[Record]:
    """The versions of one resource that count."""
    distinct: list[Record] = []
    for record in versions:
        if all(record.resource != other.resource for other in distinct):
            distinct.append(record)
    if len(distinct) == 1:
        return distinct
    stamps = [found for record in distinct if (found := stamp(record.resource))]
    if len(stamps) == len(distinct) and stamps.count(max(stamps)) == 1:
        return [distinct[stamps.index(max(stamps))]]
    reason = f"{len(distinct)} different versions and none is the newest: all are counted"
    journal.faults.append(distinct[-1].fault(reason))
    return distinct


def _salvaged(patient: Record) -> Record:
    """A Patient without the members that cannot be read; an unreadable death is a death."""
    faulty = faulty_members(patient.resource) - {"id"}
    if not faulty:
        return patient
    rest: Json = {k: v for k, v in patient.resource.items() if k not in faulty}
    if any(member.startswith("deceased") for member in faulty & patient.resource.keys()):
        rest["deceasedBoolean"] = True
    return Record(patient.file, patient.line, patient.bundle, patient.full_url, rest)


def _check_patient(chart: Chart, record: Record, journal: Journal) -> None:
    reason = fault_of(record.resource)
    if reason:
        journal.faults.append(record.fault(reason))
        chart.unreadable.append(f"{record.name} could not be read whole: {reason}")


def _is_wanted(record: Record) -> bool:
    """Whether the clinical facts can depend on a resource; one without any code always counts."""
    if record.type not in ("Observation", "Procedure"):
        return True
    concept = child(record.resource, "code")
    coded = [coding for coding in codings(concept) if coding.code]
    text = all_words(concept)
    if not coded and not text:
        return True
    known = any(tables.kinds_of(coding) for coding in coded)
    if record.type == "Procedure":
        return known or any(word in text for word in PROCEDURE_WORDS)
    named = any(word in text for word in OBSERVATION_WORDS)
    return (
        known
        or named
        or any(c.code in tables.lab_codes() or c.code == PREGNANCY_STATUS for c in coded)
    )


def _add(chart: Chart, record: Record, journal: Journal) -> None:
    if not is_fhir_type(record.type):
        what = f"{record.name or 'an entry'} is no FHIR resource"
        chart.unreadable.append(what)
        if any(member.startswith("medication") for member in record.resource):
            chart.unreadable_medications.append(f"unreadable medication: {what}")
        return
    reason = fault_of(record.resource)
    if not reason:
        chart.by_type.setdefault(record.type, []).append(record)
        return
    journal.faults.append(record.fault(reason))
    what = _named(record)
    chart.unreadable.append(f"{what} could not be read: {reason}")
    if record.type in MEDICATION_TYPES:
        chart.unreadable_medications.append(f"unreadable medication: {what}")
    if record.type == "Observation":
        chart.unreadable_results.append(record)


def _named(record: Record) -> str:
    member = "medicationCodeableConcept" if record.type in MEDICATION_TYPES else "code"
    text = text_of(child(record.resource, member))
    return f"{record.name} ({text})" if text else record.name


def warn_of_broken_text(
    broken: Iterable[BrokenText], charts: list[Chart], plain_files: frozenset[str]
) -> None:
    """Mark the charts that broken lines may belong to.

    Args:
        broken: text that is no JSON object.
        charts: all charts; those whose id stands in the text are meant, and if there is none, all.
        plain_files: files with single resources on their lines. A broken line elsewhere was a whole
            bundle, whose patient is then missing.
    """
    for text in broken:
        where = text.file if text.line is None else f"{text.file}, line {text.line}"
        named = [chart for chart in charts if _stands_in(chart.patient.id, text.text)]
        anyone = text.file in plain_files and '"Bundle"' not in text.text
        for chart in named or (charts if anyone else []):
            chart.unreadable.append(f"{where} is not JSON and may be about this patient")
            if named and '"Medication' in text.text:
                chart.unreadable_medications.append(f"unreadable medication: {where}")


def _stands_in(patient_id: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(patient_id)}(?![\w-])", text) is not None
