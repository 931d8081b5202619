"""Alerts as people see to them."""

from models.errors import RefusedError
from scheduler.records_notices import AlertRecord
from scheduler.services import glass
from scheduler.services.desk import Desk
from scheduler.services.notices import end_alert


def open_alerts(desk: Desk, kind: str | None = None) -> tuple[AlertRecord, ...]:
    """What somebody must see to (of a kind), by id."""
    return tuple(sorted(desk.uow.alerts.open(kind), key=lambda alert: alert.id))


def see_to(desk: Desk, name: str, reason: str) -> AlertRecord:
    """Say that somebody has seen to an alert, and how.

    Raises:
        NotFoundError: there is no such alert.
        RefusedError: it is of an emergency, which ends with its review.
        StaleError: it has ended.
    """
    alert = desk.uow.alerts.get(name)
    if alert.kind == glass.ALERT:
        raise RefusedError(
            "an emergency is over with its review", remedy="note a finding under /v1/break-glass"
        )
    return end_alert(desk, alert, reason)
