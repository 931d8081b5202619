"""Breaking the glass: more permissions in an emergency, at once, for half an hour, in sight."""

import logging
from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.caller import Caller, needs
from api.once import OnceOnly
from api.paging import After, Limit, Page, page
from api.problems import declared
from api.schemas.identity import GlassIn, GlassOut, ReviewIn
from api.security.permissions import Permission
from api.versions import SeenVersion, tag
from scheduler.records_identity import GlassGrant
from scheduler.services import glass

router = APIRouter(prefix="/break-glass", tags=["break-glass"])

Breaker = Annotated[Caller, needs(Permission.BREAK_GLASS)]
Reviewer = Annotated[Caller, needs(Permission.REVIEW_GLASS)]
GrantId = Annotated[str, Path(max_length=200, examples=["glass-5f0c"])]
_log = logging.getLogger("holdfast.glass")


@router.post("", response_model=GlassOut, status_code=201, responses=declared(400))
def break_glass(asked: GlassIn, caller: Breaker, once: OnceOnly) -> Response:
    """Take more permissions for half an hour, with the reason.

    Nobody is asked. The audit has an alert, every use is recorded, and an auditor looks at it.
    """
    subject = caller.principal.subject
    answer = once.answer(
        subject,
        caller.site,
        lambda site: site.write(lambda desk: glass.break_glass(desk, subject, asked.reason)),
        GlassOut.of,
        status=201,
        headers=_tagged,
    )
    _log.warning("an emergency was declared", extra={"caller": subject, "site": caller.site_id})
    return answer


@router.get("", response_model=Page[GlassOut], responses=declared())
def list_glass(caller: Reviewer, limit: Limit = 50, after: After = None) -> Page[GlassOut]:
    """The emergencies of the site, by id."""
    found = caller.site.read(lambda desk: desk.uow.identity.glass.all())
    return page(found, key=lambda g: g.id, show=GlassOut.of, limit=limit, after=after)


@router.post("/{grant}/review", response_model=GlassOut, responses=declared(400, 404, 412, 428))
def review(
    grant: GrantId, asked: ReviewIn, caller: Reviewer, seen: SeenVersion, once: OnceOnly
) -> Response:
    """Note what was found about an emergency of somebody else."""
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: site.write(
            lambda desk: glass.review(
                desk,
                grant,
                reviewer=caller.principal.subject,
                finding=asked.finding,
                version=seen,
            )
        ),
        GlassOut.of,
        headers=_tagged,
    )


def _tagged(grant: GlassGrant) -> dict[str, str]:
    return {"ETag": tag(grant.version)}
