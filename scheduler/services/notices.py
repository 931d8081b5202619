"""Telling the outside: one message in the transaction of each change that others wait for.

Nothing of a patient is in a message: ids of cases and bookings, times, resources and states only.
Who wants more asks the service, as somebody who may know it.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from scheduler.records import BookingRecord
from scheduler.records_notices import AlertLevel, AlertRecord, Message
from scheduler.services.desk import Desk


def notify(desk: Desk, kind: str, subject: str, /, **facts: object) -> None:
    """Write a message about a change of this transaction.

    Args:
        desk: the transaction.
        kind: what happened, such as `booking.move`.
        subject: what it happened to; messages of one subject arrive in their order.
        facts: ids, instants and states; never anything of a patient.
    """
    body = {name: _plain(value) for name, value in facts.items() if value is not None}
    desk.uow.outbox.add(
        Message(
            id=desk.ids.new("message"),
            kind=kind,
            subject=subject,
            body=json.dumps(body, sort_keys=True, separators=(",", ":")),
            created_at=desk.now,
        )
    )


def notify_booking(desk: Desk, kind: str, booking: BookingRecord) -> None:
    """Write a message about a booking as it stands now."""
    notify(
        desk,
        kind,
        booking.case,
        booking=booking.id,
        version=booking.version,
        state=booking.state,
        start=booking.held.start,
        assigned=booking.held.assigned,
        locked=booking.locked,
        told=booking.told_at is not None,
        waiting=len(booking.waiting_for),
        troubled=bool(booking.trouble),
    )


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return dict(value) if isinstance(value, Mapping) else value


def raise_alert(
    desk: Desk, kind: str, subject: str, *, about: str = "", detail: str = ""
) -> AlertRecord:
    """Ask a person to see to something; while it is open, asking again changes nothing.

    Args:
        desk: the transaction.
        kind: such as `night-missed`.
        subject: a case, a night, ...
        about: tells alerts of one kind and subject apart.
        detail: one sentence, with nothing of a patient.
    """
    known = desk.uow.alerts.find_open(kind, subject, about)
    if known:
        return known
    alert = AlertRecord(
        id=desk.ids.new("alert"),
        kind=kind,
        subject=subject,
        about=about,
        detail=detail,
        raised_at=desk.now,
        changed_at=desk.now,
    )
    desk.uow.alerts.add(alert)
    _told(desk, "alert.raise", alert, detail)
    return alert


def escalate(desk: Desk, alert: AlertRecord, level: AlertLevel, detail: str) -> AlertRecord:
    """Raise an open alert to the next level."""
    after = alert.model_copy(update={"level": level, "detail": detail, "changed_at": desk.now})
    desk.uow.alerts.change(after)
    action = "alert.escalate" if level == AlertLevel.ESCALATED else "alert.act"
    _told(desk, action, after, detail)
    return after


def end_alert(desk: Desk, alert: AlertRecord, detail: str, *, reason: str = "") -> AlertRecord:
    """Say that an alert has been seen to.

    Args:
        desk: the transaction.
        alert: an open one.
        detail: why, with nothing of a patient; for the audit and whoever waits for messages.
        reason: why, as somebody typed it; stays with the alert.
    """
    after = alert.model_copy(
        update={"ended_at": desk.now, "changed_at": desk.now, "detail": reason or detail}
    )
    desk.uow.alerts.change(after)
    _told(desk, "alert.end", after, detail)
    return after


def _told(desk: Desk, action: str, alert: AlertRecord, detail: str) -> None:
    desk.audit(action, alert.subject, after=alert, detail=f"{alert.kind}: {detail}")
    notify(
        desk,
        action,
        alert.subject,
        alert=alert.id,
        kind=alert.kind,
        level=alert.level,
        detail=detail,
    )
