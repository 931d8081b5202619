"""Revisions: what a night would change, move by move, and the decision on each."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.caller import Caller, needs
from api.once import OnceOnly
from api.paging import After, Limit, Page
from api.problems import declared
from api.schemas.revisions import AcceptIn, DecisionOut, RejectIn, RevisionOut, RevisionSummary
from api.security.permissions import Permission
from api.versions import SeenVersion, tag
from scheduler.records import RevisionState
from scheduler.services import deciding
from scheduler.services.accepting import Decision

router = APIRouter(prefix="/revisions", tags=["revisions"])

RevisionId = Annotated[str, Path(max_length=200, examples=["revision-2b7f0c93d1e84a56"])]
Reader = Annotated[Caller, needs(Permission.READ_REVISIONS)]
Decider = Annotated[Caller, needs(Permission.DECIDE_REVISIONS)]
State = Annotated[RevisionState | None, Query(description="Only those in this state.")]


@router.get(
    "",
    response_model=Page[RevisionSummary],
    responses=declared(404),
    summary="List revisions, newest first",
)
def list_revisions(
    caller: Reader, state: State = None, limit: Limit = 50, after: After = None
) -> Page[RevisionSummary]:
    """Every revision with its cost and how many of its moves wait, newest first."""
    found = caller.site.read(
        lambda desk: desk.uow.revisions.latest(state=state, limit=limit + 1, before=after)
    )
    shown = found[:limit]
    return Page(
        items=tuple(map(RevisionSummary.of, shown)),
        next=shown[-1].id if len(found) > limit else None,
    )


@router.get(
    "/{revision}",
    response_model=RevisionOut,
    responses=declared(404),
    summary="Show a revision with its moves",
)
def show_revision(revision: RevisionId, caller: Reader, response: Response) -> RevisionOut:
    """One revision: each move with its reasons, what it waits for, and how it stands."""
    found = caller.site.revision(revision)
    response.headers["ETag"] = tag(found.version)
    return RevisionOut.of(found)


@router.post(
    "/{revision}/accept",
    response_model=DecisionOut,
    responses=declared(400, 404, 409, 412, 428),
    summary="Accept moves of a revision",
)
def accept_revision(
    revision: RevisionId, asked: AcceptIn, caller: Decider, seen: SeenVersion, once: OnceOnly
) -> Response:
    """Carry out some moves or all, in one transaction; a move that is stale is refused.

    A move is stale when its case has changed since the night froze it, when a rule forbids it now,
    or when somebody else holds what it needs. It is refused with all that waits for it, and the
    others are carried out: `stale` says which and why. Moves that wait for others that are not
    named are refused as a whole (422), unless `with_needed`.
    """
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: site.write(
            lambda desk: deciding.accept_seen(
                desk, revision, asked.moves, version=seen, with_needed=asked.with_needed
            )
        ),
        DecisionOut.of,
        headers=_tagged,
    )


@router.post(
    "/{revision}/reject",
    response_model=DecisionOut,
    responses=declared(400, 404, 409, 412, 428),
    summary="Reject moves of a revision",
)
def reject_revision(
    revision: RevisionId, asked: RejectIn, caller: Decider, seen: SeenVersion, once: OnceOnly
) -> Response:
    """Put some moves or all aside, with all that waits for them; bookings stay as they are."""
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: site.write(
            lambda desk: deciding.reject_seen(
                desk, revision, asked.moves, version=seen, reason=asked.reason
            )
        ),
        DecisionOut.of,
        headers=_tagged,
    )


def _tagged(decision: Decision) -> dict[str, str]:
    return {"ETag": tag(decision.record.version)}
