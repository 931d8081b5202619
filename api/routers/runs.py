"""Runs: ask for one, follow it, cancel it, see what it brought."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Response
from sse_starlette import EventSourceResponse

from api.caller import Caller, needs
from api.following import events, is_told, step_of
from api.once import OnceOnly
from api.paging import After, Limit, Page
from api.problems import declared
from api.schemas.runs import ResultOut, RunIn, RunOut
from api.security.permissions import Permission
from api.versions import SeenDigest, tag
from scheduler.records_nights import RunRecord
from scheduler.services import run_requests, runs

router = APIRouter(prefix="/runs", tags=["runs"])

RunId = Annotated[str, Path(max_length=200, examples=["run-0d3e5f7a9b1c2d4e"])]
Reader = Annotated[Caller, needs(Permission.READ_RUNS)]
Starter = Annotated[Caller, needs(Permission.START_RUNS)]
LastEvent = Annotated[
    str | None,
    Header(
        alias="Last-Event-ID",
        description="The id of the last event you have.",
        max_length=40,
        examples=["7"],
    ),
]
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events `progress`, and `over` as the last one, each with JSON as its data",
        "content": {
            "text/event-stream": {
                "schema": {"type": "string"},
                "example": "id: 7\r\nevent: progress\r\ndata: {...}\r\n\r\n",
            }
        },
    },
    204: {"description": "The run is over, and you know it: do not come again"},
}


@router.post(
    "",
    response_model=RunOut,
    status_code=202,
    responses=declared(400, 409),
    summary="Ask for a run",
)
def start_run(asked: RunIn, caller: Starter, once: OnceOnly) -> Response:
    """Put a run in the queue; a worker takes it. 409 while another one waits there."""
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: site.write(lambda desk: run_requests.ask(desk, asked.order())),
        RunOut.of,
        status=202,
        headers=lambda run: _tagged(run) | {"Location": f"/v1/runs/{run.id}"},
    )


@router.get(
    "", response_model=Page[RunOut], responses=declared(404), summary="List runs, newest first"
)
def list_runs(caller: Reader, limit: Limit = 50, after: After = None) -> Page[RunOut]:
    """Every run that was asked for, of the clock and of people, newest first."""
    found = caller.site.read(lambda desk: desk.uow.runs.latest(limit + 1, before=after))
    shown = found[:limit]
    more = shown[-1].id if len(found) > limit else None
    return Page(items=tuple(map(RunOut.of, shown)), next=more)


@router.get("/{run}", response_model=RunOut, responses=declared(404), summary="Show a run")
def show_run(run: RunId, caller: Reader, response: Response) -> RunOut:
    """One run, with how far it has come, and the `ETag` of how it stands."""
    found = _look(caller, run)
    response.headers.update(_tagged(found))
    return RunOut.of(found)


@router.get(
    "/{run}/events",
    response_class=EventSourceResponse,
    responses={**declared(404), **_STREAM},
    summary="Follow a run",
)
def follow_run(run: RunId, caller: Reader, last: LastEvent = None) -> Response:
    """Server-sent events until the run is over.

    An event `progress` comes whenever the run has come further, an event `over` with the whole run
    when it has ended. The stream is closed after five minutes: come again with `Last-Event-ID`.
    """
    after = step_of(last)
    if is_told(_look(caller, run), last):
        return Response(status_code=204)
    return EventSourceResponse(
        events(lambda: _look(caller, run), after=after), headers={"Cache-Control": "no-store"}
    )


@router.get(
    "/{run}/result",
    response_model=ResultOut,
    responses=declared(404, 409),
    summary="Show what a run brought",
)
def show_result(run: RunId, caller: Reader) -> ResultOut:
    """How a run ended, with the revision it proposed; 409 until it has ended."""
    found = caller.site.read(lambda desk: run_requests.result(desk, run))
    return ResultOut.of(found.run, found.revision)


@router.post(
    "/{run}/cancel",
    response_model=RunOut,
    status_code=202,
    responses=declared(400, 404, 409, 412, 428),
    summary="Cancel a run",
)
def cancel_run(run: RunId, caller: Starter, seen: SeenDigest, once: OnceOnly) -> Response:
    """End a run that waits, or ask its worker to end it; the plan stands as it was.

    412 if it has begun or ended since it was looked at, not while it only comes further.
    """
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: site.write(lambda desk: runs.cancel(desk, run, version=seen)),
        RunOut.of,
        status=202,
        headers=_tagged,
    )


def _look(caller: Caller, run: str) -> RunRecord:
    return caller.site.read(lambda desk: desk.uow.runs.get(run))


def _tagged(run: RunRecord) -> dict[str, str]:
    return {"ETag": tag(run.version)}
