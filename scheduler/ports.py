"""What the services ask of the outside: a clock, ids, and the repositories of one transaction.

A unit of work is one transaction. Its repositories return frozen records; `change` methods write a
record back only if its version is still the stored one, and return it with the next version.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from models.clinical.facts import Decision
from models.held import Held
from models.patients import PatientFacts, Referral
from scheduler.ports_plan import PlanWork
from scheduler.ports_scenarios import ReceivedCases, WhatIfWork
from scheduler.records import (
    BookingRecord,
    CaseRecord,
    CaseState,
    PatientRecord,
    Reservation,
    ReservationState,
    RevisionRecord,
    RevisionState,
    SiteRecord,
)

if TYPE_CHECKING:
    from scheduler.ports_audit import Audit
    from scheduler.ports_files import Files
    from scheduler.ports_identity import Identity
    from scheduler.ports_notices import Alerts, Keeping, Outbox, Routines
    from scheduler.ports_promises import Promises
    from scheduler.ports_service import Answers, Closures, Heartbeats, Leases, Runs

T = TypeVar("T")


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """This instant in UTC, in whole seconds."""
        ...


class Ids(Protocol):
    """New names for new things."""

    def new(self, kind: str) -> str:
        """An id nobody has used; `kind` is `booking`, `run`, ... and may show in it."""
        ...

    def token(self) -> str:
        """A secret that cannot be guessed."""
        ...


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a resource for `[begin, end)`: a reservation or a booking of a case."""

    resource: str
    begin: datetime
    end: datetime
    owner: str
    case: str
    kind: str


class Sites(Protocol):
    """The one site of the store."""

    def get(self) -> SiteRecord:
        """The site; NotFoundError before `init`."""
        ...

    def find(self) -> SiteRecord | None:
        """The site, or None before `init`."""
        ...

    def put(self, site_id: str, document: str, at: datetime) -> SiteRecord:
        """Accept a site document; StaleError never, the last one stands."""
        ...


class Patients(Protocol):
    """Facts by patient."""

    def get(self, patient: str) -> PatientRecord:
        """The facts of a patient; NotFoundError if unknown."""
        ...

    def by_id(self, patients: Iterable[str] | None = None) -> dict[str, PatientRecord]:
        """Several patients, or all."""
        ...

    def add(self, facts: PatientFacts, at: datetime) -> PatientRecord:
        """Keep a new patient."""
        ...

    def change(self, record: PatientRecord, at: datetime) -> PatientRecord:
        """Write changed facts back; StaleError if somebody else did."""
        ...

    def versions(self) -> dict[str, int]:
        """The version of every patient."""
        ...


class Cases(ReceivedCases, Protocol):
    """Referrals to be scheduled."""

    def get(self, case: str) -> CaseRecord:
        """A case; NotFoundError if unknown."""
        ...

    def by_id(
        self, cases: Iterable[str] | None = None, *, state: CaseState | None = None
    ) -> dict[str, CaseRecord]:
        """Several cases or all, or those in a state, sorted by id."""
        ...

    def following(
        self, after: str, limit: int, *, state: CaseState | None = None
    ) -> tuple[CaseRecord, ...]:
        """Cases (in a state) whose ids come after one, sorted by id, at most so many."""
        ...

    def of_patient(self, patient: str) -> tuple[CaseRecord, ...]:
        """The cases of one patient, sorted by id."""
        ...

    def add(self, referral: Referral, at: datetime) -> CaseRecord:
        """Keep a new case, open and not yet assessed."""
        ...

    def change(self, record: CaseRecord) -> CaseRecord:
        """Write a case back; StaleError if somebody else did."""
        ...

    def versions(self) -> dict[str, int]:
        """The version of every open case."""
        ...


class Decisions(Protocol):
    """What clinicians decided for cases where a rule asks."""

    def by_case(self, case: str | None = None) -> dict[str, tuple[Decision, ...]]:
        """Decisions for one case, or for all, by case, oldest first."""
        ...

    def add(self, decision_id: str, case: str, decision: Decision) -> None:
        """Keep a decision beside those before it."""
        ...


class Claims(Protocol):
    """Who holds which five minutes of which resource; the guard against double booking."""

    def claim(self, wanted: Mapping[str, Held]) -> tuple[Holder, ...]:
        """Claim all that the owners hold in one insert; who is in the way: then nothing is."""
        ...

    def release(self, owners: Iterable[str]) -> None:
        """Give up all cells of the owners."""
        ...

    def owned(self) -> dict[str, frozenset[tuple[str, int]]]:
        """Every claimed cell (resource and number) by owner."""
        ...

    def cells_of(self, held: Held) -> frozenset[tuple[str, int]]:
        """The cells that a placement claims."""
        ...

    def holders(self, resource: str, begin: datetime, end: datetime) -> tuple[Holder, ...]:
        """Who holds a resource within `[begin, end)`, by time."""
        ...

    def owners(self, resource: str, begin: datetime, end: datetime) -> frozenset[str]:
        """The ids of whatever holds a resource within `[begin, end)`."""
        ...


class Reservations(Protocol):
    """Proposals kept for a short while."""

    def by_token(self, token: str) -> Reservation:
        """The reservation of a token; NotFoundError if there is none."""
        ...

    def live(self, now: datetime, case: str | None = None) -> tuple[Reservation, ...]:
        """Those that still hold their cells (of one case), sorted by id."""
        ...

    def overdue(self, now: datetime) -> tuple[Reservation, ...]:
        """Live ones whose time is over, sorted by id."""
        ...

    def add(self, reservation: Reservation) -> None:
        """Keep a new reservation."""
        ...

    def end(self, reservation: Reservation, state: ReservationState) -> Reservation:
        """Say what became of a live reservation; StaleError if it was live no more."""
        ...


class Bookings(Protocol):
    """Placements that have been promised."""

    def get(self, case: str) -> BookingRecord:
        """The standing booking of a case; NotFoundError if there is none."""
        ...

    def find(self, case: str) -> BookingRecord | None:
        """The standing booking of a case."""
        ...

    def standing(
        self, owners: Iterable[str] | None = None, *, since: datetime | None = None
    ) -> dict[str, BookingRecord]:
        """Bookings that are not cancelled, by case: those of the ids, or from an instant on."""
        ...

    def given_up(self, case: str | None = None) -> dict[str, str]:
        """The id of the booking last cancelled, by case (of one case)."""
        ...

    def reasons(self, case: str) -> dict[str, str]:
        """What was typed about bookings of a case, by the digest that the audit has of each."""
        ...

    def of_cases(self, cases: Iterable[str]) -> dict[str, BookingRecord]:
        """The standing bookings of some cases, by case."""
        ...

    def add(self, booking: BookingRecord) -> BookingRecord:
        """Keep a new booking; its version goes on from earlier bookings of the case."""
        ...

    def change(self, booking: BookingRecord) -> BookingRecord:
        """Write a booking back; StaleError if somebody else did."""
        ...


class Revisions(Protocol):
    """Moves proposed by runs."""

    def get(self, revision: str) -> RevisionRecord:
        """A revision; NotFoundError if unknown."""
        ...

    def latest(
        self, *, state: RevisionState | None = None, limit: int = 20, before: str | None = None
    ) -> tuple[RevisionRecord, ...]:
        """The most recent revisions (before one of them), newest first."""
        ...

    def of_run(self, run: str) -> RevisionRecord | None:
        """What a run proposed; None where it proposed nothing."""
        ...

    def add(self, revision: RevisionRecord) -> None:
        """Keep a revision."""
        ...

    def change(self, revision: RevisionRecord) -> RevisionRecord:
        """Write a revision back; StaleError if somebody else did."""
        ...


class UnitOfWork(PlanWork, WhatIfWork, Protocol):
    """The repositories of one transaction."""

    @property
    def sites(self) -> Sites:
        """The one site of the store."""
        ...

    @property
    def patients(self) -> Patients:
        """Facts by patient."""
        ...

    @property
    def cases(self) -> Cases:
        """Referrals to be scheduled."""
        ...

    @property
    def decisions(self) -> Decisions:
        """What clinicians decided."""
        ...

    @property
    def files(self) -> "Files":
        """Cases with all that belongs to them."""
        ...

    @property
    def claims(self) -> Claims:
        """The guard against double booking."""
        ...

    @property
    def reservations(self) -> Reservations:
        """Proposals kept for a short while."""
        ...

    @property
    def bookings(self) -> Bookings:
        """Placements that have been promised."""
        ...

    @property
    def closures(self) -> "Closures":
        """Resources out of use."""
        ...

    @property
    def runs(self) -> "Runs":
        """Executions of jobs."""
        ...

    @property
    def leases(self) -> "Leases":
        """Who may act for the site where one process alone may."""
        ...

    @property
    def heartbeats(self) -> "Heartbeats":
        """When the processes last said that they live."""
        ...

    @property
    def revisions(self) -> Revisions:
        """Moves proposed by runs."""
        ...

    @property
    def audit(self) -> "Audit":
        """The append-only record of changes."""
        ...

    @property
    def answers(self) -> "Answers":
        """What was answered to requests."""
        ...

    @property
    def outbox(self) -> "Outbox":
        """Messages to the outside."""
        ...

    @property
    def alerts(self) -> "Alerts":
        """What a person must see to."""
        ...

    @property
    def routines(self) -> "Routines":
        """When what is done all day long was last done."""
        ...

    @property
    def keeping(self) -> "Keeping":
        """What has had its use."""
        ...

    @property
    def promises(self) -> "Promises":
        """Offers, and what was there before the last change."""
        ...

    @property
    def identity(self) -> "Identity":
        """Who may use the service."""
        ...

    def sync(self, point: str) -> None:
        """A named point at which tests may hold a transaction; nothing otherwise."""
        ...


class Work(Protocol):
    """Runs work in transactions."""

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Do work that changes nothing, on one snapshot."""
        ...

    def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """Do work in one transaction: all of it is kept, or nothing."""
        ...
