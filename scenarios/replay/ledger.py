"""What became of every case of a replay, written down as it happens."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models.clinical.policy import PolicyBook
from models.patients import PatientFacts
from models.site import Site
from models.timegrid import local_day
from scenarios.records import CaseRecord, Cause, DrugTime, Lost, Moved, Outcome
from scenarios.replay.files import File
from scenarios.replay.surprises import Stop, stops_of

AGES = ((65, "under 65"), (80, "65-79"), (1_000, "80 and over"))
DISTANCES = ((20.0, "under 20 km"), (50.0, "20-50 km"))
FAR = "over 50 km"
UNKNOWN = "unknown"
HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Entry:
    """One case, as far as it has come."""

    file: File
    released: datetime
    entered: datetime
    distance_km: float | None
    planned_minutes: int
    left: datetime | None = None
    """When it was treated, or given up."""
    outcome: Outcome = Outcome.WAITING
    booked_at: datetime | None = None
    attempts: int = 0
    attempt_at: datetime | None = None
    """When the present booking was made."""
    start: datetime | None = None
    actual_minutes: float | None = None
    late_minutes: float | None = None
    drug_times: list[DrugTime] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    moves: list[Moved] = field(default_factory=list)
    stopped: dict[str, datetime] = field(default_factory=dict)
    """By drug: the last dose before an earlier start of the present booking, off it ever since."""

    def lose(self, at: datetime, start: datetime, cause: Cause) -> None:
        """A booking did not take place."""
        self.lost.append(Lost(at, start, cause))

    def stays_off(self, before: File, at: datetime) -> None:
        """A booking is moved: what the patient has stopped for it stays stopped.

        Args:
            before: the case as it was booked.
            at: when it is moved; a last dose that lies after it was told for nothing.
        """
        if before.booked is None or not before.told:
            return
        for stop in stops_of(before, before.booked.start):
            if stop.last <= at:
                self.stopped.setdefault(stop.hold.drug, stop.last)

    def off_drug(
        self,
        classes: Mapping[str, str],
        file: File,
        start: datetime,
        until: datetime,
        *,
        wasted: bool,
    ) -> None:
        """Hours off each drug up to an instant, for a booking that took place or was wasted.

        They count from when the patient really stopped, however often the booking was moved since.
        """
        for stop, last in self._really(file, start, wasted=wasted):
            hours = (until - max(last, self.entered)) / HOUR
            if hours > 0:
                self.drug_times.append(
                    DrugTime(
                        drug=stop.hold.drug,
                        drug_class=classes.get(stop.hold.drug, "other"),
                        risk=stop.hold.risk,
                        hours=hours,
                        wasted=wasted,
                        until=until,
                    )
                )
        self.stopped.clear()

    def _really(
        self, file: File, start: datetime, *, wasted: bool
    ) -> Iterator[tuple[Stop, datetime]]:
        """What is stopped for a start, with the last dose; nobody stops for what they never heard.

        A dose on record is the last, whatever was stopped before it.
        """
        for stop in stops_of(file, start):
            earlier = self.stopped.get(stop.hold.drug)
            if stop.recorded:
                yield stop, stop.last
            elif earlier is not None:
                yield stop, min(earlier, stop.last)
            elif file.told or not wasted:
                yield stop, stop.last

    def record(self, site: Site, case: str) -> CaseRecord:
        """The case as the measures know it."""
        referral, patient = self.file.referral, self.file.patient
        priority = site.priorities[referral.priority]
        kind = self.file.kind
        return CaseRecord(
            case=case,
            procedure=kind.key if kind else referral.code,
            priority=priority,
            released=self.released,
            due=site.due(priority, self.released),
            outcome=self.outcome,
            start=self.start,
            booked_at=self.booked_at,
            age_band=age_band(patient, self.released, site),
            distance_band=distance_band(self.distance_km),
            language=patient.language,
            planned_minutes=self.planned_minutes,
            actual_minutes=self.actual_minutes,
            late_minutes=self.late_minutes,
            drug_times=tuple(self.drug_times),
            lost=tuple(self.lost),
            moves=tuple(self.moves),
        )


def age_band(patient: PatientFacts, at: datetime, site: Site) -> str:
    """The age group of a patient at an instant."""
    age = patient.age_on(local_day(at, site.tz))
    if age is None:
        return UNKNOWN
    return next(name for below, name in AGES if age < below)


def distance_band(km: float | None) -> str:
    """The group of those who live so far away."""
    if km is None:
        return UNKNOWN
    return next((name for below, name in DISTANCES if km < below), FAR)


def drug_classes(book: PolicyBook) -> dict[str, str]:
    """By drug: its class, by the first policy that knows it."""
    found: dict[str, str] = {}
    for policy in book.policies:
        for row in policy.holds:
            if row.drug_class:
                found.setdefault(row.drug, row.drug_class)
    return found
