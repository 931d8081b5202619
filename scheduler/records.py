"""What the store keeps, as frozen values: the words that services and adapters share."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from models.base import Frozen, Id, Instant
from models.clinical.readiness import Readiness
from models.held import Held
from models.patients import Exposure, Lab, PatientFacts, Referral
from scheduler.versions import version_of


class SiteRecord(Frozen):
    """The site document as accepted, and how often it has changed."""

    id: Id
    document: str
    version: int


class Note(Frozen):
    """A fact written down here, not imported: a laboratory result, or a last dose."""

    at: Instant
    by: Id
    lab: Lab | None = None
    drug: str | None = None
    last_dose: Instant | None = None

    def add_to(self, facts: PatientFacts) -> PatientFacts:
        """The facts with this one; of two last doses of a drug the later counts."""
        if self.lab is not None:
            return facts.model_copy(update={"labs": (*facts.labs, self.lab)})
        exposures = tuple(self._dosed(exposure) for exposure in facts.exposures)
        return facts.model_copy(update={"exposures": exposures})

    def _dosed(self, exposure: Exposure) -> Exposure:
        known = exposure.last_dose
        if exposure.drug != self.drug or self.last_dose is None:
            return exposure
        latest = self.last_dose if known is None else max(known, self.last_dose)
        return exposure.model_copy(update={"last_dose": latest})


class PatientRecord(Frozen):
    """Facts of one patient: as imported, and what has been noted here since."""

    imported: PatientFacts
    notes: tuple[Note, ...] = ()
    version: int = 1

    @property
    def id(self) -> str:
        """The patient's id."""
        return self.imported.id

    @property
    def facts(self) -> PatientFacts:
        """Everything known; an import does not undo what was noted."""
        facts = self.imported
        for note in self.notes:
            facts = note.add_to(facts)
        return facts


class CaseState(StrEnum):
    """Whether a case is still to be planned."""

    OPEN = "open"
    DONE = "done"
    CLOSED = "closed"  # withdrawn by the referrer


class CaseRecord(Frozen):
    """A referral with what the rules last said of it."""

    referral: Referral
    state: CaseState
    readiness: Readiness | None
    received_at: Instant
    version: int = 1

    @property
    def id(self) -> str:
        """A case has the id of its referral."""
        return self.referral.id


class ReservationState(StrEnum):
    """What became of a reservation."""

    LIVE = "live"
    BOOKED = "booked"
    RELEASED = "released"
    EXPIRED = "expired"


class Reservation(Frozen):
    """A proposal kept until it expires; whoever has the token may book it."""

    id: Id
    case: Id
    token: Id
    held: Held
    state: ReservationState
    expires_at: Instant
    created_at: Instant
    created_by: Id


class BookingState(StrEnum):
    """How firm a booking is."""

    PROVISIONAL = "provisional"  # holds its resources while requirements are open
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class BookingRecord(Frozen):
    """A placement that has been promised."""

    id: Id
    case: Id
    held: Held
    state: BookingState
    locked: bool = False
    placed_at: Instant
    """When the place was chosen: the hold was planned from there."""
    told_at: Instant | None = None
    """When the patient was told the time; None while nobody has."""
    stops_told_at: Instant | None = None
    """When the patient was told to stop for an earlier start, from which the holds still run."""
    waiting_for: tuple[str, ...] = ()
    """Sentences of the requirements that keep it provisional."""
    trouble: tuple[str, ...] = ()
    """Why it can no longer stand as it is; empty when all is well."""
    reason: str = ""
    """What somebody typed when they overbooked for it or gave it up; forgotten with the patient."""
    version: int = 1
    created_at: Instant
    updated_at: Instant

    @property
    def start(self) -> datetime:
        """When the procedure is booked for."""
        return self.held.start


class Closure(Frozen):
    """A resource out of use for a while."""

    id: Id
    resource: Id
    start: Instant
    end: Instant
    reason: str
    created_at: Instant
    created_by: Id

    @property
    def version(self) -> str:
        """The only one it ever has: it stays as it is until it is lifted."""
        return version_of(self.id, self.resource, self.start, self.end, self.reason)


class RevisionState(StrEnum):
    """What became of a revision."""

    PROPOSED = "proposed"  # some of its moves wait for a decision
    APPLIED = "applied"  # all are decided, some were carried out
    REFUSED = "refused"  # all are decided, none was carried out
    STALE = "stale"  # none could be carried out any more


class MoveState(StrEnum):
    """What became of one move. To accept one is to carry it out, in the same transaction."""

    PROPOSED = "proposed"
    APPLIED = "applied"
    REJECTED = "rejected"
    STALE = "stale"  # refused: something it rests on has changed


class MoveRecord(Frozen):
    """How one case's move stands."""

    case: Id
    state: MoveState = MoveState.PROPOSED
    mark: str = ""
    """What was known of the case when the night froze it; a case with another mark has changed."""
    decided_at: Instant | None = None
    decided_by: str | None = None
    detail: str = ""
    """Why it was rejected or became stale, in words."""


class RevisionRecord(Frozen):
    """Moves proposed by a run; `document` is the solver's account of each, with reasons."""

    id: Id
    run: Id
    fingerprint: str
    state: RevisionState
    cost_before: int
    cost_after: int
    bound: int | None
    document: str
    created_at: Instant
    decided_at: Instant | None = None
    decided_by: str | None = None
    moves: tuple[MoveRecord, ...] = ()
    """How each stands, sorted by case."""
    version: int = 1

    def cases(self, *states: MoveState) -> tuple[str, ...]:
        """The cases whose move is in one of some states."""
        return tuple(move.case for move in self.moves if move.state in states)


class AuditEntry(Frozen):
    """One change: digests of the record before and after, never the record itself."""

    seq: int
    at: Instant
    actor: Id
    on_behalf_of: Id | None = None
    """The person for whom a system acted, where it said so."""
    action: str
    subject: Id
    before: str | None
    after: str | None
    detail: str
    chain: str


class AuditFilter(NamedTuple):
    """Which rows of the audit are wanted; what is None is not asked about."""

    subject: str | None = None
    actor: str | None = None
    action: str | None = None
    """Itself, or everything that begins with it and a dot: `booking` for `booking.move`."""
    since: datetime | None = None
    until: datetime | None = None


class RequestKey(NamedTuple):
    """A request that may be sent again: whose, on which route, under which key."""

    principal: str
    route: str
    key: str


class Answered(Frozen):
    """What was answered to a request; `digest` is of the request's content."""

    digest: str
    status: int
    body: str
    headers: dict[str, str]
