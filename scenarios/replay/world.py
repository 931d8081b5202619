"""All that changes as a replay goes on, in one place."""

from dataclasses import dataclass, field
from datetime import datetime

from models.calendars import DateRules
from models.patients import Exposure, ExposureStatus, PatientFacts
from models.windows import Window
from scenarios.assumptions import Assumptions
from scenarios.practice import OutOfUse, Practice
from scenarios.records import Cause, NightRecord, Outcome, StaffedRecord, UseRecord
from scenarios.replay.arrivals import Arrival
from scenarios.replay.draws import Draws
from scenarios.replay.events import Event, Kind, Queue
from scenarios.replay.files import File
from scenarios.replay.headcount import Counter
from scenarios.replay.hours import OfficeHours
from scenarios.replay.ledger import Entry, drug_classes
from scenarios.replay.office import Office
from scenarios.replay.proposing import Board
from scenarios.replay.surprises import Surprise


@dataclass(slots=True)
class World:
    """A department in the middle of a replay."""

    practice: Practice
    draws: Draws
    office: Office
    board: Board
    hours: OfficeHours
    classes: dict[str, str]
    headcount: Counter
    queue: Queue = field(default_factory=Queue)
    entries: dict[str, Entry] = field(default_factory=dict)
    coming: dict[str, Arrival] = field(default_factory=dict)
    losses: dict[str, OutOfUse] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    """By case: how often its booking has changed."""
    met: dict[tuple[str, int], tuple[Surprise, ...]] = field(default_factory=dict)
    """By case and version: what its booking will meet."""
    uses: list[UseRecord] = field(default_factory=list)
    staffed: list[StaffedRecord] = field(default_factory=list)
    nights: list[NightRecord] = field(default_factory=list)
    free: dict[str, datetime] = field(default_factory=dict)
    """By resource: when it was done with what it did last."""
    news: bool = True
    """Whether anything has become known since the last night."""

    @classmethod
    def of(
        cls, practice: Practice, draws: Draws, rules: DateRules, measured: Window | None = None
    ) -> "World":
        """A department as a practice has it, with nobody in it yet.

        Args:
            practice: the department.
            draws: of this replication.
            rules: dates of public holidays and of recurrence rules.
            measured: when cases present are counted; never when None.
        """
        office = Office(practice, rules)
        return cls(
            practice=practice,
            draws=draws,
            office=office,
            board=Board(office),
            hours=OfficeHours.of(practice, rules),
            classes=drug_classes(practice.book),
            headcount=Counter(measured or Window(practice.now, practice.now)),
        )

    @property
    def now(self) -> datetime:
        """The instant at which things happen."""
        return self.office.now

    @property
    def assumed(self) -> Assumptions:
        """What is assumed of the weeks to come."""
        return self.practice.assumptions

    def at(self, now: datetime) -> None:
        """Let the clock show another instant."""
        self.headcount.at(now, len(self.office.files))
        self.office.at(now)

    def put(
        self, at: datetime, kind: Kind, about: str = "", version: int = 0, part: int = 0
    ) -> None:
        """Let something happen."""
        self.queue.put(Event(at, kind, about, version, part))

    def enter(self, file: File, distance_km: float | None) -> Entry:
        """A case is there."""
        released = file.referral.authored or self.now
        entry = Entry(
            file=file,
            released=released,
            entered=self.now,
            distance_km=distance_km,
            planned_minutes=self.office.minutes_of(file).planned,
        )
        self.entries[file.id] = entry
        self.headcount.enter(released)
        return entry

    def leave(self, case: str, outcome: Outcome, at: datetime) -> None:
        """A case is over."""
        entry = self.entries[case]
        entry.outcome, entry.left = outcome, at
        entry.file = self.office.finish(case)
        self.headcount.leave(entry.released, max(at, entry.released))
        self.void(case)

    def void(self, case: str) -> int:
        """Let the events of the case's booking be void; the version of those to come."""
        known = self.versions.get(case, 0)
        self.met.pop((case, known), None)
        self.versions[case] = known + 1
        return known + 1

    def is_void(self, event: Event) -> bool:
        """Whether an event was of a booking that is no more."""
        return event.version != self.versions.get(event.about, 0)

    def lose(self, file: File, cause: Cause) -> None:
        """A booking does not take place: what it held is free, and a hold begun was for nothing."""
        if file.booked is None:
            return
        entry = self.entries[file.id]
        entry.lose(self.now, file.booked.start, cause)
        start = file.booked.start
        entry.off_drug(self.classes, file, start, min(self.now, start), wasted=True)
        self.void(file.id)
        self.office.keep(file.id, None)
        patient = self.office.files[file.id].patient
        restarted = on_drugs_again(patient)
        if restarted != patient:
            self.office.learn(file.id, patient=restarted)


def on_drugs_again(patient: PatientFacts) -> PatientFacts:
    """The facts of one whose booking is lost: what was held for it is taken again.

    Without this a hold would run on until the next booking, however late that is. What was stopped
    for good stays stopped.
    """
    return patient.model_copy(update={"exposures": tuple(map(_taken_again, patient.exposures))})


def _taken_again(one: Exposure) -> Exposure:
    if one.status is ExposureStatus.STOPPED or one.last_dose is None:
        return one
    return one.model_copy(update={"last_dose": None, "status": ExposureStatus.ACTIVE})
