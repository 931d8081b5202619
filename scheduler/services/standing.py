"""How the service stands: what ran, what lives, what waits, what somebody must see to."""

from dataclasses import dataclass
from datetime import datetime

from scheduler.records_nights import Heartbeat, RunRecord
from scheduler.records_notices import AlertRecord, Backlog, RoutineRecord
from scheduler.services.chain import Head, head
from scheduler.services.desk import Desk

RUNS = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """One look at a site's store."""

    now: datetime
    site_version: int
    audit: Head
    runs: tuple[RunRecord, ...]
    """The last few, newest first."""
    heartbeats: tuple[Heartbeat, ...]
    backlog: tuple[Backlog, ...]
    unaddressed: int
    """Messages of which no sender has said yet to whom they go."""
    alerts: tuple[AlertRecord, ...]
    routines: tuple[RoutineRecord, ...]


def standing(desk: Desk) -> Standing:
    """How things stand at this moment."""
    return Standing(
        now=desk.now,
        site_version=desk.uow.sites.get().version,
        audit=head(desk),
        runs=desk.uow.runs.latest(RUNS),
        heartbeats=desk.uow.heartbeats.all(),
        backlog=desk.uow.outbox.backlog(),
        unaddressed=desk.uow.outbox.unaddressed_count(),
        alerts=desk.uow.alerts.open(),
        routines=desk.uow.routines.all(),
    )
