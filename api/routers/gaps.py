"""Gaps: a slot was given up, and who may legally take it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.caller import Caller, needs
from api.once import OnceOnly
from api.problems import declared
from api.schemas.gaps import CandidateOut, CandidatesOut, GapIn, GapVerdictOut
from api.schemas.moments import Moment
from api.security.permissions import Permission
from models.base import MAX_HOURS
from scheduler.bootstrap import Container
from scheduler.records_promises import OfferRecord
from scheduler.services import backfill, offers
from scheduler.services.backfill import Candidate
from scheduler.services.offers import ToOffer, mark_of

router = APIRouter(prefix="/gaps/{resource}/{begin}/{end}", tags=["gaps"])

Asker = Annotated[Caller, needs(Permission.PROPOSE)]
Resource = Annotated[str, Path(max_length=200, examples=["suite-1"])]
Begin = Annotated[Moment, Path(description="Free from.", examples=["2026-11-24T15:00:00Z"])]
End = Annotated[Moment, Path(description="Free until.", examples=["2026-11-24T17:00:00Z"])]
CaseId = Annotated[str, Path(max_length=200, examples=["referral-7"])]
Notice = Annotated[
    float | None,
    Query(ge=0, le=MAX_HOURS, allow_inf_nan=False, description="As for all candidates."),
]
Found = tuple[tuple[OfferRecord, Candidate], ...]


@router.post(
    "/candidates", response_model=CandidatesOut, status_code=201, responses=declared(400, 404)
)
def candidates(  # noqa: PLR0917 - the gap is three parts of the path
    resource: Resource, begin: Begin, end: End, asked: GapIn, caller: Asker, once: OnceOnly
) -> Response:
    """Find who may take a freed slot: cases that wait, and cases booked for later.

    Each is legal as it is told: the rules permit the start, the patient can be told in time, holds
    have begun or can still begin in time, and everything else that the case needs is free. Each is
    a proposal: book it, or move the booking to it, before it expires.
    """

    def find(site: Container) -> Found:
        data = site.read(
            lambda desk: backfill.gather_gap(
                desk, resource, begin, end, notice_hours=asked.notice_hours
            )
        )
        found = backfill.candidates(data, top=asked.top)
        version = data.gathered.scene.department.version
        wanted = [ToOffer(one.proposal.placement, mark_of(one.file, version)) for one in found]
        return site.write(lambda desk: tuple(zip(offers.keep(desk, wanted), found, strict=True)))

    def show(found: Found) -> CandidatesOut:
        shown = tuple(CandidateOut.of(*pair) for pair in found)
        return CandidatesOut(resource=resource, begin=begin, end=end, candidates=shown)

    return once.answer(caller.principal.subject, caller.site, find, show, status=201)


@router.get("/candidates/{case}", response_model=GapVerdictOut, responses=declared(404))
def candidate(  # noqa: PLR0917 - the gap is three parts of the path
    resource: Resource,
    begin: Begin,
    end: End,
    case: CaseId,
    caller: Asker,
    notice_hours: Notice = None,
) -> GapVerdictOut:
    """Say whether one case may take a freed slot, and if not, everything that is against it."""
    data = caller.site.read(
        lambda desk: backfill.gather_gap(
            desk, resource, begin, end, notice_hours=notice_hours, case=case
        )
    )
    return GapVerdictOut.of(backfill.verdict(data))
