"""Breaking the glass: in an emergency somebody takes more permissions, in sight of everybody.

Nobody has to be asked, so it takes one step; it ends by itself, says why, and is looked at
afterwards by somebody else. Which permissions it gives is said in `api.security.permissions`.
"""

from datetime import timedelta

from models.errors import InputError, RefusedError, StaleError
from scheduler.records_identity import GlassGrant
from scheduler.services.desk import Desk
from scheduler.services.notices import end_alert, raise_alert

ALERT = "glass-broken"
"""The kind of the alert that stands until somebody has reviewed the emergency."""
MINUTES = 30
SHORTEST_REASON = 10


def break_glass(desk: Desk, subject: str, reason: str) -> GlassGrant:
    """Take more permissions for half an hour.

    Raises:
        InputError: no reason that a reviewer could judge.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise InputError("an emergency needs a reason", place="reason", remedy="say what happened")
    grant = GlassGrant(
        id=desk.ids.new("glass"),
        subject=subject,
        reason=reason.strip(),
        granted_at=desk.now,
        expires_at=desk.now + timedelta(minutes=MINUTES),
    )
    desk.uow.identity.glass.add(grant)
    # The reason may name a patient: it stays with the grant, alert and audit do without.
    desk.audit("glass.break", grant.id, after=grant, detail=f"emergency of {subject}")
    raise_alert(desk, ALERT, grant.id, detail=f"{subject} took emergency permissions")
    return grant


def open_for(desk: Desk, subject: str) -> GlassGrant | None:
    """The emergency that somebody has now."""
    return desk.uow.identity.glass.open_for(subject, desk.now)


def used(desk: Desk, grant: GlassGrant, permission: str) -> None:
    """Record a use of what was taken."""
    desk.audit("glass.use", grant.id, detail=permission)


def review(
    desk: Desk, grant: str, *, reviewer: str, finding: str, version: int | None = None
) -> GlassGrant:
    """Note what somebody else found when they looked at it.

    Raises:
        RefusedError: it is the reviewer's own, or it has been reviewed.
        StaleError: it has changed since it was read.
    """
    before = desk.uow.identity.glass.get(grant)
    if version is not None and version != before.version:
        raise StaleError("it has changed since it was read", remedy="look again")
    if before.subject == reviewer:
        raise RefusedError("nobody reviews their own emergency", remedy="ask somebody else")
    if before.reviewed_at is not None:
        raise RefusedError("it has been reviewed", remedy="look at the finding")
    noted = {"reviewed_at": desk.now, "reviewed_by": reviewer, "finding": finding}
    after = desk.uow.identity.glass.change(before.model_copy(update=noted))
    desk.audit("glass.review", grant, before=before, after=after)
    alert = desk.uow.alerts.find_open(ALERT, grant)
    if alert is not None:
        end_alert(desk, alert, "reviewed")
    return after
