"""Alerts, seen to one by one, and the morning's report."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.caller import Caller, needs
from api.once import OnceOnly
from api.paging import After, Limit, Page, page
from api.problems import declared
from api.schemas.watch import AlertOut, MorningOut, SeenIn
from api.security.permissions import Permission
from api.versions import SeenDigest, tag
from scheduler.services import alerts
from scheduler.services.morning import morning_report

router = APIRouter()

Watcher = Annotated[Caller, needs(Permission.READ_ALERTS)]
Minder = Annotated[Caller, needs(Permission.END_ALERTS)]
CaseReader = Annotated[Caller, needs(Permission.READ_CASES)]
AlertId = Annotated[str, Path(max_length=200, examples=["alert-5f0c2b7e9a1d3846"])]
Kind = Annotated[
    str | None, Query(max_length=60, description="Only of a kind.", examples=["night-missed"])
]


@router.get("/alerts", tags=["alerts"], response_model=Page[AlertOut], responses=declared())
def list_alerts(
    caller: Watcher, kind: Kind = None, limit: Limit = 50, after: After = None
) -> Page[AlertOut]:
    """What somebody must see to, by id: late approvals, missed nights, messages undelivered."""
    found = caller.site.read(lambda desk: alerts.open_alerts(desk, kind))
    return page(found, key=lambda a: a.id, show=AlertOut.of, limit=limit, after=after)


@router.post(
    "/alerts/{alert}/seen",
    tags=["alerts"],
    response_model=AlertOut,
    responses=declared(400, 404, 409, 412, 428),
)
def see_to_alert(
    alert: AlertId, how: SeenIn, caller: Minder, seen: SeenDigest, once: OnceOnly
) -> Response:
    """Say that somebody has seen to an alert; 412 if it was escalated since it was looked at.

    The `ETag` is `W/"VERSION"` with the version that the list tells. An alert comes again if its
    cause does. Alerts of emergencies end with their review instead.
    """
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: site.write(lambda desk: alerts.see_to(desk, alert, how.reason, version=seen)),
        AlertOut.of,
        headers=lambda after: {"ETag": tag(after.version)},
    )


@router.get("/reports/morning", tags=["reports"], response_model=MorningOut, responses=declared())
def morning(caller: CaseReader) -> MorningOut:
    """Who is ready today and tomorrow, who waits for what, what is late: as of this moment."""
    return MorningOut.of(caller.site.read(morning_report))
