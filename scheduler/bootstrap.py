"""The one place where the parts are put together; nothing happens before `Container` is made."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeVar

from models.patients import Lab, PatientFacts, Referral
from models.site import Site
from scheduler.nights.leading import Leader
from scheduler.ports import Clock, Ids, UnitOfWork, Work
from scheduler.records import (
    AuditEntry,
    BookingRecord,
    CaseState,
    Closure,
    Reservation,
    RevisionRecord,
    RevisionState,
    SiteRecord,
)
from scheduler.records_nights import RunOrder, RunRecord
from scheduler.services import (
    accepting,
    booking,
    cases,
    disruptions,
    integrity,
    looking,
    night,
    problems,
    readiness,
    referrals,
    reserving,
    sites,
    slots,
)
from scheduler.services.case_files import CaseFile
from scheduler.services.department import Department, Departments
from scheduler.services.desk import Desk
from scheduler.services.once import Once
from scheduler.services.search import search_in_child
from scheduler.services.shift import Shift, assess_all
from scheduler.services.warm import Warm
from scheduler.settings import Settings
from scheduler.site_files import LibraryDates
from scheduler.store.engine import Store
from solver.explain import Nowhere, Somewhere

T = TypeVar("T")


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """This instant in UTC, in whole seconds."""
        return datetime.now(UTC).replace(microsecond=0)


class FixedClock:
    """A clock that stands still, for replays and tests."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant.astimezone(UTC).replace(microsecond=0)

    def now(self) -> datetime:
        """The instant it was set to."""
        return self._instant


class RandomIds:
    """Ids that cannot be guessed or counted."""

    def new(self, kind: str) -> str:
        """A new id with its kind in front."""
        return f"{kind}-{secrets.token_hex(8)}"

    def token(self) -> str:
        """A secret of 32 random bytes."""
        return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Container:
    """Everything a department can ask for; each method is one transaction, and is audited.

    Reading methods change nothing. Times are taken from the clock, names from `ids`; the actor is
    whoever `acting` says, else the one of the settings.
    """

    store: Work
    clock: Clock
    ids: Ids
    departments: Departments
    search: night.Search
    actor: str
    warm: Warm = field(default_factory=Warm, compare=False)
    """What questions leave for the next ones: a cache of the store, never of the truth."""
    once: Once | None = None
    """The request that the next write carries out, where it may arrive twice."""
    on_behalf_of: str | None = None
    """The person for whom the actor, a system, acts."""

    def recording(self, once: Once) -> "Container":
        """The same for one request: its first write keeps the answer with what it changes."""
        return replace(self, once=once)

    def acting(self, actor: str, on_behalf_of: str | None = None) -> "Container":
        """The same, in the name of somebody, who may act for somebody else."""
        return replace(self, actor=actor, on_behalf_of=on_behalf_of)

    def _desk(self, uow: UnitOfWork) -> Desk:
        now = self.clock.now()
        return Desk(uow, self.departments, self.ids, now, self.actor, self.on_behalf_of)

    def read(self, service: Callable[[Desk], T]) -> T:
        """Ask a service that changes nothing, on one snapshot."""
        return self.store.read(lambda uow: service(self._desk(uow)))

    def write(self, service: Callable[[Desk], T]) -> T:
        """Let a service change something, in one transaction."""
        once = self.once
        if once is None:
            return self.store.write(lambda uow: service(self._desk(uow)))
        return self.store.write(lambda uow: once.carry_out(self._desk(uow), service))

    def init(self, site: Site) -> SiteRecord:
        """Accept the site's document: the first one, or its next version."""
        return self.write(lambda desk: sites.accept_site(desk, site))

    def department(self) -> Department:
        """The site with its policies and catalogue."""
        return self.read(lambda desk: desk.departments.of(desk.uow.sites.get()))

    def import_intake(
        self, patients: Iterable[PatientFacts], referred: Iterable[Referral]
    ) -> referrals.ImportReport:
        """Keep patients and referrals by their ids; the same again changes nothing."""
        return self.write(lambda desk: referrals.import_intake(desk, patients, referred))

    def assess_all(self) -> readiness.AssessReport:
        """Assess every open case anew and look at its booking again."""
        return assess_all(self.write)

    def list_cases(self, *, state: CaseState | None = None) -> tuple[CaseFile, ...]:
        """All cases, or those in a state, by id."""
        return self.read(lambda desk: cases.list_cases(desk, state=state))

    def show_case(self, case: str) -> CaseFile:
        """One case with its readiness, decisions, booking and reservation."""
        return self.read(lambda desk: cases.show_case(desk, case))

    def problem_now(self) -> problems.Snapshot:
        """The planning problem of this moment, by the readiness last kept."""
        return problems.snapshot_of(self.read(problems.gather_all))

    def propose(self, case: str, *, top: int = 10) -> slots.Offer:
        """The cheapest exact slots of a case, everything else fixed as it is held."""
        return self.warm.offer(self._gathered(case), top=top)

    def explain(self, case: str, at: datetime) -> slots.WhyNot:
        """What is against a case at one moment: the rules, and who holds what it wants."""
        return slots.why_not(slots.question(self._gathered(case), at), at)

    def where(self, case: str) -> Somewhere | Nowhere:
        """Whether a case fits anywhere, and if not, why and what would help."""
        return slots.where(slots.question(self._gathered(case)))

    def _gathered(self, case: str) -> problems.Gathered:
        return self.read(lambda desk: self.warm.gather(desk, case))

    def reserve(self, case: str, start: datetime, assigned: Mapping[str, str]) -> Reservation:
        """Hold a placement for a short while, under a token."""
        return self.write(lambda desk: reserving.reserve(desk, case, start, assigned))

    def release(self, token: str) -> Reservation:
        """Give a reservation up before it expires."""
        return self.write(lambda desk: reserving.release(desk, token))

    def book(
        self, case: str, start: datetime, assigned: Mapping[str, str], *, firm: bool = False
    ) -> BookingRecord:
        """Book a placement; provisional while firm requirements are open, unless `firm`."""
        return self.write(lambda desk: booking.book(desk, case, start, assigned, firm=firm))

    def book_reserved(self, case: str, token: str, *, firm: bool = False) -> BookingRecord:
        """Book what a reservation holds."""
        return self.write(lambda desk: booking.book_reserved(desk, case, token, firm=firm))

    def cancel(self, case: str, *, reason: str, version: int | None = None) -> BookingRecord:
        """Give up a booking and all it holds."""
        return self.write(lambda desk: booking.cancel(desk, case, reason=reason, version=version))

    def move(
        self,
        case: str,
        start: datetime,
        assigned: Mapping[str, str],
        *,
        version: int | None = None,
    ) -> BookingRecord:
        """Move a booking, or leave it exactly where it is."""
        return self.write(lambda desk: booking.move(desk, case, start, assigned, version=version))

    def set_lock(self, case: str, *, locked: bool) -> BookingRecord:
        """Pin a booking to its place, or free it."""
        return self.write(lambda desk: booking.set_lock(desk, case, locked=locked))

    def tell(self, case: str) -> BookingRecord:
        """Note that the patient has been told the time of the booking."""
        return self.write(lambda desk: booking.tell(desk, case))

    def close_resource(
        self, resource: str, start: datetime, end: datetime, *, reason: str
    ) -> disruptions.Disruption:
        """Take a resource out of use; bookings in it are flagged."""
        return self.write(
            lambda desk: disruptions.close_resource(desk, resource, start, end, reason=reason)
        )

    def reopen_resource(
        self, closure: str, *, version: str | None = None
    ) -> disruptions.Disruption:
        """Lift a closure."""
        return self.write(lambda desk: disruptions.reopen_resource(desk, closure, version=version))

    def record_missed_hold(
        self, case: str, drug: str, last_dose: datetime
    ) -> disruptions.Disruption:
        """Note when the patient last took a drug; their cases are assessed anew."""
        return self.write(lambda desk: disruptions.record_missed_hold(desk, case, drug, last_dose))

    def record_lab(self, case: str, lab: Lab) -> disruptions.Disruption:
        """Note a laboratory result; the patient's cases are assessed anew."""
        return self.write(lambda desk: disruptions.record_lab(desk, case, lab))

    def approve(self, case: str, requirement: str, *, reason: str = "approved") -> CaseFile:
        """Keep that a requirement has been met."""
        return self.write(lambda desk: disruptions.approve(desk, case, requirement, reason=reason))

    def decide(
        self,
        case: str,
        requirement: str,
        *,
        reason: str,
        accepted: bool = True,
        hold_hours: float | None = None,
    ) -> CaseFile:
        """Keep a clinician's decision on an open requirement, with a figure where one is asked."""
        return self.write(
            lambda desk: disruptions.decide(
                desk, case, requirement, reason=reason, accepted=accepted, hold_hours=hold_hours
            )
        )

    def instructions_data(self, case: str) -> looking.InstructionsData:
        """What the instruction sheet of a booking is written from."""
        return self.read(lambda desk: looking.instructions_data(desk, case))

    def board_data(self) -> looking.BoardData:
        """Everything booked from the start of today on."""
        return looking.board_data(self.read(looking.gather_booked))

    def night(
        self, *, seconds: int = 60, seed: int = 0, apply: bool | None = None
    ) -> night.RunReport:
        """Re-plan: freeze, search in a child process, judge, keep a revision, maybe apply it."""
        owner = self.ids.new("process")
        leader = Leader(self.read, self.write, lambda _pulse: self.search, owner)
        return leader.at_once(RunOrder(seconds=seconds, seed=seed, apply=apply))

    def accept_moves(
        self, revision: str, cases: Iterable[str] | None = None, *, with_needed: bool = False
    ) -> accepting.Decision:
        """Carry out moves of a revision, all or of some cases; stale ones are refused."""
        return Shift(self.read, self.write, self.search).accept(
            revision, cases, with_needed=with_needed
        )

    def reject_moves(
        self, revision: str, cases: Iterable[str] | None = None, *, reason: str = ""
    ) -> accepting.Decision:
        """Put moves of a revision aside, all or of some cases, with what waits for them."""
        return self.write(lambda desk: accepting.reject_moves(desk, revision, cases, reason=reason))

    def revision(self, revision: str) -> RevisionRecord:
        """One revision with the state of each move."""
        return self.read(lambda desk: desk.uow.revisions.get(revision))

    def revisions(
        self, *, state: RevisionState | None = None, limit: int = 20
    ) -> tuple[RevisionRecord, ...]:
        """The most recent revisions, newest first."""
        return self.read(lambda desk: desk.uow.revisions.latest(state=state, limit=limit))

    def runs(self, *, limit: int = 20) -> tuple[RunRecord, ...]:
        """The most recent runs, newest first."""
        return self.read(lambda desk: desk.uow.runs.latest(limit))

    def closures(self) -> tuple[Closure, ...]:
        """Resources out of use."""
        return self.read(lambda desk: desk.uow.closures.all())

    def faults(self) -> tuple[str, ...]:
        """Whatever does not fit together in the store; empty when it is whole."""
        return self.read(integrity.faults)

    def audit(self, subject: str | None = None) -> tuple[AuditEntry, ...]:
        """The audit rows (about one subject), oldest first."""
        return self.read(lambda desk: desk.uow.audit.entries(subject))


def open_container(
    settings: Settings, *, clock: Clock | None = None, create: bool = False
) -> Container:
    """The services over the store that the settings name.

    Args:
        settings: where the store is, and who acts.
        clock: the machine's clock unless given.
        create: make or upgrade the store's schema first, as `init` and `migrate` do.

    Raises:
        InputError: there is no store there, or it is of another version.
    """
    store = Store.at(settings.store)
    try:
        if create:
            store.migrate()
        else:
            store.check_schema()
    except BaseException:
        store.close()
        raise
    return container_over(store, settings, clock)


def container_over(store: Store, settings: Settings, clock: Clock | None = None) -> Container:
    """The services over a store, in whatever state it is."""
    return Container(
        store=store,
        clock=clock or SystemClock(),
        ids=RandomIds(),
        departments=Departments(LibraryDates()),
        search=search_in_child,
        actor=settings.actor,
    )
