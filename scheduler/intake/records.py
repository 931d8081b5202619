"""Resources taken out of their bundles, found by reference, and gathered under their patients.

Who a resource is about comes from its reference: `Patient/x`, an absolute address, `urn:uuid:x`
within its bundle, a contained patient, or the patient's identifier. A resource whose reference is
unreadable belongs to the only patient of its bundle.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scheduler.intake.documents import Document
from scheduler.intake.faults import IntakeFault, Journal
from scheduler.intake.jsontree import Json, child, children, words
from scheduler.intake.resources import is_fhir_type

MAX_ID = 200
"""Longer ids than the domain keeps; FHIR allows 64 characters."""
SUBJECT_MEMBERS = ("subject", "patient")


@dataclass(frozen=True, slots=True)
class Record:
    """One resource, where it stands, and the bundle in which its `urn:` references hold."""

    file: str
    line: int | None
    bundle: int
    full_url: str
    resource: Json

    @property
    def type(self) -> str:
        """The resource type."""
        return words(self.resource, "resourceType")

    @property
    def id(self) -> str:
        """The resource's id; without one the last part of its full URL."""
        found = words(self.resource, "id") or bare_id(self.full_url)
        return found if len(found) <= MAX_ID else ""

    @property
    def name(self) -> str:
        """Type and id, for a person."""
        return f"{self.type}/{self.id}" if self.id else self.type

    def fault(self, reason: str) -> IntakeFault:
        """A fault in this resource."""
        return IntakeFault(self.file, self.line, self.type, self.id, reason)


def bare_id(address: str) -> str:
    """The id at the end of a full URL or reference, without a version."""
    return address.split("/_history/", maxsplit=1)[0].rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def read_records(documents: Iterable[Document], journal: Journal) -> list[Record]:
    """Every resource of the documents, out of their bundles, in order.

    What is no resource is a fault and stays as an empty record or one of an unknown type, so that
    the patient it belongs to can be warned about.
    """
    records: list[Record] = []
    for number, document in enumerate(documents):
        if document.content.get("resourceType") == "Bundle":
            records.extend(_entries(document, number, journal))
        else:
            records.append(Record(document.file, document.line, number, "", document.content))
    for record in records:
        _check_type(record, journal)
    return records


def _entries(document: Document, number: int, journal: Journal) -> Iterator[Record]:
    entries = document.content.get("entry", [])
    for position, entry in enumerate(entries if isinstance(entries, list) else [entries]):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict) and resource.get("resourceType") == "Bundle":
            yield from _entries(Document(document.file, document.line, resource), number, journal)
        elif isinstance(resource, dict):
            url = words(entry, "fullUrl")
            yield Record(document.file, document.line, number, url, resource)
        elif not isinstance(entry, dict) or resource is not None or "response" not in entry:
            reason = f"entry {position + 1} holds no resource"
            bundle_id = words(document.content, "id")
            journal.faults.append(
                IntakeFault(document.file, document.line, "Bundle", bundle_id, reason)
            )
            yield Record(document.file, document.line, number, "", {})


def _check_type(record: Record, journal: Journal) -> None:
    if record.resource and not record.type:
        journal.faults.append(record.fault("no resourceType: this is not a FHIR resource"))
    elif record.resource and not is_fhir_type(record.type):
        journal.faults.append(record.fault("FHIR R4 has no resource type of that name"))


class References:
    """Where references lead, over all records at once."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._by_key: dict[str, Record] = {}
        self._by_identifier: dict[str, set[str]] = {}
        self._patients: dict[str, Record] = {}
        self._sole_patient: dict[int, str | None] = {}
        for record in records:
            self._add(record)

    def _add(self, record: Record) -> None:
        for key in filter(None, (record.full_url, record.name)):
            self._by_key[key] = record
            self._by_key[f"{record.bundle} {key}"] = record
        if record.type == "Patient" and record.id:
            self._patients[record.id] = record
            known = self._sole_patient.setdefault(record.bundle, record.id)
            self._sole_patient[record.bundle] = record.id if known == record.id else None
            for key in identifier_keys(record.resource):
                self._by_identifier.setdefault(key, set()).add(record.id)

    def find(self, reference: str, within: Record) -> Record | None:
        """The resource a reference leads to, if it is among the records or contained."""
        if reference.startswith("#"):
            return _contained(within, reference[1:])
        plain = reference.split("/_history/", maxsplit=1)[0]
        kind_and_id = "/".join(plain.split("/")[-2:])
        here = f"{within.bundle} "
        keys = (here + plain, here + kind_and_id, plain, kind_and_id)
        return next((found for key in keys if (found := self._by_key.get(key))), None)

    def patient_id(self, reference: Json, within: Record) -> str | None:
        """The id of the patient a Reference means; None when nobody can be told.

        A patient that is not among the records is still told by a plain reference.
        """
        address = words(reference, "reference")
        found = self.find(address, within) if address else None
        if found is not None and found.type == "Patient":
            contained = address.startswith("#")
            return self._by_identifiers(identifier_keys(found.resource)) if contained else found.id
        if address.startswith("Patient?identifier="):
            return self._by_identifiers([address.removeprefix("Patient?identifier=")])
        if address and not address.startswith("#") and _may_be_patient(address):
            return bare_id(address)
        return self._by_identifiers([identifier_key(child(reference, "identifier"))])

    def _by_identifiers(self, keys: Iterable[str]) -> str | None:
        ids = set().union(*(self._by_identifier.get(key, set()) for key in keys))
        return next(iter(ids)) if len(ids) == 1 else None

    def subject_id(self, record: Record) -> str | None:
        """The id of the patient a record is about."""
        if record.type == "Patient":
            return record.id or None
        for member in SUBJECT_MEMBERS:
            told = self.patient_id(child(record.resource, member), record)
            if told:
                return told
        if record.type == "Appointment":
            return self._participant(record)
        return self._sole_patient.get(record.bundle)

    def _participant(self, record: Record) -> str | None:
        for participant in children(record.resource, "participant"):
            actor = child(participant, "actor")
            if self.patient_id(actor, record) in self._patients:
                return self.patient_id(actor, record)
        return None


def _contained(record: Record, local_id: str) -> Record | None:
    for resource in children(record.resource, "contained"):
        if words(resource, "id") == local_id:
            return Record(record.file, record.line, record.bundle, "", resource)
    return None


def _may_be_patient(address: str) -> bool:
    """Whether an address that leads nowhere may still be a patient's."""
    if address.startswith(("urn:uuid:", "urn:oid:")):
        return True
    return address.split("/_history/", maxsplit=1)[0].split("/")[-2:-1] == ["Patient"]


def identifier_key(identifier: Json) -> str:
    """An Identifier as `system|value`, empty when it has no value."""
    value = words(identifier, "value")
    return f"{words(identifier, 'system')}|{value}" if value else ""


def identifier_keys(patient: Json) -> tuple[str, ...]:
    """The identifiers of a Patient as `system|value`."""
    keys = (identifier_key(identifier) for identifier in children(patient, "identifier"))
    return tuple(key for key in keys if key)
