"""What one run of a scenario has seen: plain records, from which all measures are computed.

A plan run has one day of decisions and no surprises: its cases are `planned` where they would be
treated. A replay has treated some, lost some and left some waiting. Instants are in UTC.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models.base import Priority


class Outcome(StrEnum):
    """What became of a case by the end of a run."""

    TREATED = "treated"  # or would be, in a plan run
    BOOKED = "booked"  # for a day after the end of a replay
    WAITING = "waiting"  # without a place
    CANCELLED = "cancelled"  # for good


class Cause(StrEnum):
    """Why a booked case was not treated on its day."""

    PATIENT = "patient"  # called off before the day
    NO_SHOW = "no-show"
    HOLD_MISSED = "hold-missed"  # a dose was taken that should not have been
    LAB_FAILED = "lab-failed"
    APPROVAL_LATE = "approval-late"
    RESOURCE_LOST = "resource-lost"
    ILLNESS = "illness"  # on the day


@dataclass(frozen=True, slots=True)
class DrugTime:
    """Hours for which a patient was off a drug because of a booking."""

    drug: str
    drug_class: str
    """As the policies group drugs: `vka`, `doac`, ...; `other` where they do not."""
    risk: int
    """Thrombotic risk, 1 to 3."""
    hours: float
    wasted: bool
    """Whether the booking it was for did not take place."""
    until: datetime
    """When it ended: the procedure began, or its booking was lost."""


@dataclass(frozen=True, slots=True)
class Lost:
    """One booking that did not take place."""

    at: datetime
    start: datetime
    cause: Cause


@dataclass(frozen=True, slots=True)
class Moved:
    """One move of a booking that the night made."""

    at: datetime
    before: datetime
    after: datetime
    told: bool
    after_stop: bool
    """Whether the patient had stopped a drug for it already."""


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """One case from its referral to the end of the run."""

    case: str
    procedure: str
    priority: Priority
    released: datetime
    due: datetime | None
    outcome: Outcome
    start: datetime | None
    """When it was treated, or is booked for."""
    booked_at: datetime | None
    """When it first had a place."""
    age_band: str
    """`under 65`, `65-79`, `80 and over`, or `unknown`."""
    distance_band: str
    """`under 20 km`, `20-50 km`, `over 50 km`, or `unknown`."""
    language: str
    planned_minutes: int
    actual_minutes: float | None
    """Of the procedure phase; None while it was not treated."""
    late_minutes: float | None
    """Actual start after the booked start; None while it was not treated."""
    drug_times: tuple[DrugTime, ...] = ()
    lost: tuple[Lost, ...] = ()
    moves: tuple[Moved, ...] = ()


@dataclass(frozen=True, slots=True)
class UseRecord:
    """A resource that served one need: as booked, and as it went."""

    resource: str
    kind: str
    role: str
    case: str
    booked_begin: datetime
    booked_end: datetime
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class StaffedRecord:
    """Hours at which a resource was there on one local day."""

    resource: str
    kind: str
    day: date
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class NightRecord:
    """One nightly re-optimisation."""

    day: date
    cost_before: int
    cost_after: int
    bound: int | None
    moves: int
    placed: int
    left_out: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Headcount:
    """What a replay counted of the cases present while it went on, without any record of a case."""

    case_days: float
    """Integral of the number present over what is measured, in days of 24 hours."""
    squared_days: float
    """Twice the integral of the days for which those present have been there within it."""
    entered: int
    """Released in it."""
    left: int
    """Treated, or gone for good, in it."""


@dataclass(frozen=True, slots=True)
class Run:
    """One replication of a scenario on one site (`number` 0 in plan mode)."""

    site: str
    timezone: str
    mode: str
    """`plan` or `replay`."""
    seed: int
    number: int
    begin: datetime
    """Start of what is measured: cases released before it count from it on only as present."""
    end: datetime
    cases: tuple[CaseRecord, ...]
    uses: tuple[UseRecord, ...]
    staffed: tuple[StaffedRecord, ...]
    nights: tuple[NightRecord, ...]
    cost: int
    """Points of the last plan, by the independent scorecard."""
    seconds: float
    versions: dict[str, str]
    headcount: Headcount | None = None
    """Of a replay; None of a plan, in which nothing goes on."""
    present: tuple[int, ...] = ()
    """Cases there at the beginning of each week of a replay, warm-up too, and at its end."""
