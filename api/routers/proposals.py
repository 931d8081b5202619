"""Proposals: where a case can go, with ids, and why it cannot go elsewhere."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.caller import Caller, needs
from api.once import OnceOnly
from api.problems import declared
from api.schemas.moments import Moment
from api.schemas.proposals import ProposalsOut, ProposeIn, WhyOut
from api.security.permissions import Permission
from scheduler.services import asking, slots

router = APIRouter(prefix="/cases/{case}", tags=["proposals"])

CaseId = Annotated[str, Path(max_length=200, examples=["referral-7"])]
Asker = Annotated[Caller, needs(Permission.PROPOSE)]


@router.post(
    "/proposals", response_model=ProposalsOut, status_code=201, responses=declared(400, 404)
)
def propose(case: CaseId, asked: ProposeIn, caller: Asker, once: OnceOnly) -> Response:
    """Find the best places for a case against everything that is held, and give them ids.

    They hold nothing: reserve or book one before it expires. Where there is none, the answer says
    why. With `make_room`, bookings of others may have to move; booking such a proposal moves them.
    """
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: asking.ask(site, case, top=asked.top, with_room=asked.make_room),
        ProposalsOut.of,
        status=201,
    )


@router.get("/why", response_model=WhyOut, responses=declared(404))
def why(
    case: CaseId,
    caller: Asker,
    at: Annotated[
        Moment | None,
        Query(
            description="A start; without one, whether there is any.",
            examples=["2026-11-24T15:00:00Z"],
        ),
    ] = None,
) -> WhyOut:
    """Say why a case can or cannot start then, by the rules and by who holds what it needs."""
    site = caller.site
    gathered = site.read(lambda desk: site.warm.gather(desk, case))
    if at is not None:
        return WhyOut.at_moment(case, slots.why_not(slots.question(gathered, at), at))
    asked = slots.question(gathered)
    return WhyOut.anywhere(case, slots.where(asked), asking.closing(asked.file))
