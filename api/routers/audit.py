"""The audit: read, verified, and its head for keeping elsewhere."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from api.caller import Caller, needs
from api.paging import Limit, Page
from api.problems import declared
from api.schemas.audit import AuditOut, HeadOut, VerifiedOut
from api.security.permissions import Permission
from scheduler.records import AuditFilter
from scheduler.services.desk import Desk

router = APIRouter(prefix="/audit", tags=["audit"])

Reader = Annotated[Caller, needs(Permission.READ_AUDIT)]
Subject = Annotated[
    str | None, Query(max_length=200, description="About one thing.", examples=["referral-7"])
]
Actor = Annotated[str | None, Query(max_length=200, description="By somebody.", examples=["ann"])]
Action = Annotated[
    str | None,
    Query(
        max_length=200,
        description="One action, or all that begin with a word: `booking` for `booking.move`.",
        examples=["booking"],
    ),
]
Since = Annotated[
    AwareDatetime | None,
    Query(description="From then on.", examples=[datetime.fromisoformat("2026-11-24T00:00:00Z")]),
]
Until = Annotated[
    AwareDatetime | None,
    Query(description="Before then.", examples=[datetime.fromisoformat("2026-11-25T00:00:00Z")]),
]
AfterRow = Annotated[
    int, Query(ge=0, le=2**62, description="Go on after this row: `next` of the page before.")
]


@router.get(
    "",
    response_model=Page[AuditOut],
    responses=declared(),
    summary="List changes, oldest first",
)
def list_changes(
    caller: Reader,
    *,
    subject: Subject = None,
    actor: Actor = None,
    action: Action = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 50,
    after: AfterRow = 0,
) -> Page[AuditOut]:
    """Who changed what, when; rows are only ever added."""
    wanted = AuditFilter(subject, actor, action, since, until)
    found = caller.site.read(
        lambda desk: desk.uow.audit.search(wanted, after=after, limit=limit + 1)
    )
    shown = found[:limit]
    more = str(shown[-1].seq) if len(found) > limit else None
    return Page(items=tuple(map(AuditOut.of, shown)), next=more)


@router.get(
    "/head", response_model=HeadOut, responses=declared(), summary="Export the head of the audit"
)
def show_head(caller: Reader) -> HeadOut:
    """The last row's digest: keep it elsewhere, and nobody can cut rows off unseen."""
    return caller.site.read(_head)


@router.get("/verify", response_model=VerifiedOut, responses=declared(), summary="Verify the audit")
def verify_audit(caller: Reader) -> VerifiedOut:
    """Work the digest of every row out anew, and say where the first one does not fit."""
    return caller.site.read(_verified)


def _head(desk: Desk) -> HeadOut:
    return HeadOut.of(desk.uow.sites.get().id, desk.uow.audit.newest())


def _verified(desk: Desk) -> VerifiedOut:
    broken = desk.uow.audit.first_break()
    return VerifiedOut(intact=broken is None, first_break=broken, head=_head(desk))
