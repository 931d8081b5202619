"""How the service of a site is: what holds together, who lives, and how much of what there is."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from scheduler.records import CaseState, MoveState, RevisionState
from scheduler.services import integrity
from scheduler.services.desk import Desk

LATE: dict[str, timedelta] = {"clock": timedelta(minutes=5), "worker": timedelta(minutes=5)}
"""By kind of process: from when on its silence is worth a look."""
COUNTED_RUNS = 100


@dataclass(frozen=True, slots=True)
class SignOfLife:
    """When a kind of process was last heard of."""

    kind: str
    age_seconds: int | None
    """None: never."""
    late: bool


@dataclass(frozen=True, slots=True)
class Health:
    """What was found by looking closely."""

    faults: tuple[str, ...]
    """What does not fit together in the store, one sentence each."""
    lives: tuple[SignOfLife, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing is amiss."""
        return not self.faults and not any(one.late for one in self.lives)


@dataclass(frozen=True, slots=True)
class Figures:
    """How much there is of what."""

    bookings: Counter[str]
    cases: Counter[str]
    runs: Counter[str]
    ages: Counter[str]
    """Seconds since the last sign of life, by kind of process."""
    waiting_moves: int
    alerts: int


def health(desk: Desk) -> Health:
    """Claims against bookings, the chain of the audit, and signs of life."""
    return Health(integrity.faults(desk), signs_of_life(desk))


def signs_of_life(desk: Desk) -> tuple[SignOfLife, ...]:
    """The newest sign of each kind of process that a site needs."""
    ages = _ages(desk)
    return tuple(
        SignOfLife(
            kind=kind,
            age_seconds=ages.get(kind),
            late=kind not in ages or ages[kind] > limit.total_seconds(),
        )
        for kind, limit in LATE.items()
    )


def _ages(desk: Desk) -> dict[str, int]:
    ages: dict[str, int] = {}
    for beat in desk.uow.heartbeats.all():  # newest first
        ages.setdefault(beat.kind, max(0, int((desk.now - beat.at).total_seconds())))
    return ages


def figures(desk: Desk) -> Figures:
    """The figures of a site at this moment."""
    cases = desk.uow.cases.by_id(state=CaseState.OPEN).values()
    proposed = desk.uow.revisions.latest(state=RevisionState.PROPOSED)
    return Figures(
        bookings=Counter(
            booking.state.value for booking in desk.uow.bookings.standing(since=desk.now).values()
        ),
        cases=Counter(
            case.readiness.status.value if case.readiness else "unassessed" for case in cases
        ),
        runs=Counter(run.state.value for run in desk.uow.runs.latest(COUNTED_RUNS)),
        ages=Counter(_ages(desk)),
        waiting_moves=sum(len(record.cases(MoveState.PROPOSED)) for record in proposed),
        alerts=len(desk.uow.alerts.open()),
    )
