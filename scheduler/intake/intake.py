"""Reading patients and referrals: files in, facts and faults out.

`read_bundles` reads patients (and any referrals among them), `read_referrals` reads referrals.
Nothing dated after `now` is used. What cannot be read is a fault and the rest is kept; a patient
never becomes safer by it: see `PatientFacts.unreadable` and unknown exposures.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from models.errors import InputError
from models.patients import PatientFacts, Referral
from models.timegrid import zone
from scheduler.intake.charts import gather, warn_of_broken_text
from scheduler.intake.documents import BrokenText, Document, read_documents
from scheduler.intake.faults import IntakeFault, Journal
from scheduler.intake.jsontree import Json, words
from scheduler.intake.patients import facts_of
from scheduler.intake.reading import Reading
from scheduler.intake.records import Record, References, bare_id, read_records
from scheduler.intake.referrals import referral_of
from scheduler.intake.resources import fault_of
from scheduler.intake.times import stamp

Progress = Callable[[int, int], None]
"""Told how many steps of how many are done."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Patients and referrals as they stood at one instant, and what could not be read."""

    patients: tuple[PatientFacts, ...]
    """Sorted by id."""
    referrals: tuple[Referral, ...]
    """In the order they were read."""
    faults: tuple[IntakeFault, ...]
    notes: tuple[IntakeFault, ...]
    """Sound resources that were left out on purpose, such as results from after `now`."""
    records: tuple[Record, ...] = field(default=(), repr=False)
    """What was read, for referrals that come later and refer to it."""
    by_id: Mapping[str, PatientFacts] = field(default_factory=dict, repr=False)

    def patient(self, reference: str) -> PatientFacts | None:
        """The patient of an id or reference; None when the files hold no such patient."""
        return self.by_id.get(reference) or self.by_id.get(bare_id(reference))


def read_bundles(
    paths: Path | Iterable[Path],
    *,
    now: datetime,
    timezone: str,
    progress: Progress | None = None,
) -> Intake:
    """Read patients from FHIR R4 bundles or single resources.

    Args:
        paths: files (`.ndjson`, `.json`, either with `.gz`) or folders of them.
        now: aware instant; nothing dated later is used.
        timezone: IANA zone of the site, in which dates without a time are days.
        progress: told how many patients of how many are done.

    Raises:
        InputError: a path is missing or cannot be read, the zone is unknown, or `now` has none.
    """
    journal = Journal()
    documents, broken = read_documents(paths, journal)
    return _intake(documents, broken, journal, now=now, timezone=timezone, progress=progress)


def take_bundles(
    bundles: Sequence[Json], *, now: datetime, timezone: str, place: str = "bundles"
) -> Intake:
    """The same from bundles or resources in memory; `place` stands for the file in faults."""
    documents = [Document(place, line, bundle) for line, bundle in enumerate(bundles, start=1)]
    return _intake(documents, [], Journal(), now=now, timezone=timezone, progress=None)


def _intake(
    documents: list[Document],
    broken: list[BrokenText],
    journal: Journal,
    *,
    now: datetime,
    timezone: str,
    progress: Progress | None,
) -> Intake:
    if now.tzinfo is None:
        raise InputError("the clock has no time zone", remedy="write an offset such as -06:00")
    records = read_records(documents, journal)
    reading = Reading(now.astimezone(UTC), zone(timezone), References(records), journal)
    charts = gather(records, reading.references, journal, progress or _quiet)
    plain = {
        document.file
        for document in documents
        if words(document.content, "resourceType") != "Bundle"
    }
    warn_of_broken_text(broken, charts, frozenset(plain))
    patients = tuple(facts_of(chart, reading) for chart in charts)
    referrals = _referrals(records, reading)
    if not patients and not journal.faults:
        journal.faults.append(_nothing(documents, "Patient"))
    return Intake(
        patients,
        referrals,
        tuple(sorted(set(journal.faults), key=_place)),
        tuple(sorted(set(journal.notes), key=_place)),
        tuple(records),
        MappingProxyType({patient.id: patient for patient in patients}),
    )


def _nothing(documents: list[Document], kind: str) -> IntakeFault:
    place = documents[0].file if documents else ""
    return IntakeFault(place, None, kind, "", f"no {kind} was found in what was sent")


def _quiet(done: int, total: int) -> None:
    """No progress is shown."""


def _place(fault: IntakeFault) -> tuple[str, int, str, str, str]:
    return fault.file, fault.line or 0, fault.resource_type, fault.resource_id, fault.reason


@dataclass(frozen=True, slots=True)
class ReferralIntake:
    """Referrals in the order of the file, and what could not be read."""

    referrals: tuple[Referral, ...]
    faults: tuple[IntakeFault, ...]


def read_referrals(
    paths: Path | Iterable[Path], *, timezone: str, patients: Intake | None = None
) -> ReferralIntake:
    """Read ServiceRequests.

    Args:
        paths: files or folders, as for `read_bundles`.
        timezone: IANA zone of the site.
        patients: what the referrals may refer to: patients by identifier, reasons by reference.

    Raises:
        InputError: a path is missing or cannot be read, or the zone is unknown.
    """
    journal = Journal()
    documents, _ = read_documents(paths, journal)
    return _take_referrals(documents, journal, timezone=timezone, patients=patients)


def take_referrals(
    requests: Sequence[Json],
    *,
    timezone: str,
    patients: Intake | None = None,
    place: str = "referrals",
) -> ReferralIntake:
    """The same from ServiceRequests in memory; `place` stands for the file in faults."""
    documents = [Document(place, line, request) for line, request in enumerate(requests, start=1)]
    return _take_referrals(documents, Journal(), timezone=timezone, patients=patients)


def _take_referrals(
    documents: list[Document], journal: Journal, *, timezone: str, patients: Intake | None
) -> ReferralIntake:
    records = read_records(documents, journal)
    known = patients.records if patients else ()
    # Bundles are numbered from 0 in both readings; `urn:` references stay within their own.
    shifted = [Record(r.file, r.line, ~r.bundle, r.full_url, r.resource) for r in records]
    references = References([*known, *shifted])
    reading = Reading(datetime.max.replace(tzinfo=UTC), zone(timezone), references, journal)
    referrals = _referrals(shifted, reading)
    if not referrals and not journal.faults:
        journal.faults.append(_nothing(documents, "ServiceRequest"))
    return ReferralIntake(referrals, tuple(sorted(set(journal.faults), key=_place)))


def _referrals(records: Iterable[Record], reading: Reading) -> tuple[Referral, ...]:
    """Each ServiceRequest once: of two with one id the newest, else the one read last."""
    kept: dict[str, Record] = {}
    for position, record in enumerate(r for r in records if r.type == "ServiceRequest"):
        if reason := fault_of(record.resource):
            reading.fault(record, reason)
            continue
        key = record.id or f"#{position}"
        kept[key] = _newer(kept[key], record, reading) if key in kept else record
    made = (referral_of(record, reading) for record in kept.values())
    return tuple(referral for referral in made if referral)


def _newer(first: Record, second: Record, reading: Reading) -> Record:
    if first.resource == second.resource:
        return first
    stamps = stamp(first.resource), stamp(second.resource)
    newest = first if stamps[0] and stamps[1] and stamps[0] > stamps[1] else second
    reading.fault(second, "sent twice and different: the newest, or else the last, counts")
    return newest
