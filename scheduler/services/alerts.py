"""Alerts as people see to them."""

from models.errors import ConflictError, RefusedError
from scheduler.records_notices import AlertRecord
from scheduler.services import glass
from scheduler.services.desk import Desk
from scheduler.services.notices import end_alert
from scheduler.versions import check_version


def open_alerts(desk: Desk, kind: str | None = None) -> tuple[AlertRecord, ...]:
    """What somebody must see to (of a kind), by id."""
    return tuple(sorted(desk.uow.alerts.open(kind), key=lambda alert: alert.id))


def see_to(desk: Desk, name: str, reason: str, *, version: str | None = None) -> AlertRecord:
    """Say that somebody has seen to an alert, and how.

    Raises:
        NotFoundError: there is no such alert.
        StaleError: it is at another version.
        ConflictError: it has ended.
        RefusedError: it is of an emergency, which ends with its review.
    """
    alert = desk.uow.alerts.get(name)
    check_version(alert.version, version, place=f"alert {name}")
    if alert.ended_at is not None:
        raise ConflictError("somebody has seen to it already", place=f"alert {name}")
    if alert.kind == glass.ALERT:
        raise RefusedError(
            "an emergency is over with its review", remedy="note a finding under /v1/break-glass"
        )
    return end_alert(desk, alert, "seen to", reason=reason)
