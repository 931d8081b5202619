"""What-if: hand in scenarios, check them against the department, ask for runs, read results."""

import base64
import gzip
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from api.caller import Caller, needs
from api.once import OnceOnly
from api.paging import After, Limit, Page, page
from api.problems import declared
from api.schemas.runs import RunOut
from api.schemas.scenarios import (
    CheckOut,
    DescribedOut,
    MeasuresOut,
    ScenarioIn,
    ScenarioOut,
    StudyIn,
    StudyOut,
)
from api.security.permissions import Permission
from api.service import service_of
from api.versions import SeenDigest, SeenVersion, tag
from scenarios.library.shipped import library_names, library_scenario
from scheduler.bootstrap import Container
from scheduler.records_nights import RunRecord
from scheduler.records_scenarios import ScenarioRecord
from scheduler.services import scenarios
from scheduler.services.scenarios import Result

router = APIRouter(prefix="/scenarios", tags=["scenarios"])

HTML = "text/html"
ScenarioId = Annotated[str, Path(max_length=200, examples=["scenario-7d1e5f3a9b0c2d46"])]
RunId = Annotated[str, Path(max_length=200, examples=["run-0d3e5f7a9b1c2d4e"])]
LibraryName = Annotated[str, Path(max_length=200, examples=["second-biplane-suite"])]
Reader = Annotated[Caller, needs(Permission.READ_SCENARIOS)]
Writer = Annotated[Caller, needs(Permission.WRITE_SCENARIOS)]
_PAGE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A page of its own, to be kept and opened: it needs no network",
        "content": {HTML: {"schema": {"type": "string"}, "example": "<!doctype html>..."}},
    }
}


@router.get(
    "/library",
    response_model=Page[DescribedOut],
    responses=declared(),
    summary="List ready scenarios",
)
def list_library(_caller: Reader, limit: Limit = 50, after: After = None) -> Page[DescribedOut]:
    """The scenarios that come with Holdfast, by name; they fit the department of the demo."""
    return page(
        library_names(),
        key=lambda name: name,
        show=lambda name: DescribedOut.described(library_scenario(name)),
        limit=limit,
        after=after,
    )


@router.get(
    "/library/{name}",
    response_model=DescribedOut,
    responses=declared(404),
    summary="Show a ready scenario",
)
def show_ready(name: LibraryName, _caller: Reader) -> DescribedOut:
    """One scenario of the library, to be handed in as it is or changed."""
    return DescribedOut.described(library_scenario(name))


@router.post(
    "",
    response_model=ScenarioOut,
    status_code=201,
    responses=declared(400, 404),
    summary="Hand in a scenario",
)
def add_scenario(asked: ScenarioIn, caller: Writer, once: OnceOnly) -> Response:
    """Keep a scenario, once it was wholly read; a fault names the edit by number and kind."""
    document = asked.read()
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: site.write(lambda desk: scenarios.add(desk, document)),
        ScenarioOut.of,
        status=201,
        headers=lambda record: _tagged(record) | {"Location": f"/v1/scenarios/{record.id}"},
    )


@router.get("", response_model=Page[ScenarioOut], responses=declared(), summary="List scenarios")
def list_scenarios(caller: Reader, limit: Limit = 50, after: After = None) -> Page[ScenarioOut]:
    """Every scenario that was handed in, by id."""
    found = caller.site.read(lambda desk: desk.uow.scenarios.all())
    return page(found, key=lambda s: s.id, show=ScenarioOut.of, limit=limit, after=after)


@router.get(
    "/{scenario}",
    response_model=ScenarioOut,
    responses=declared(404),
    summary="Show a scenario",
)
def show_scenario(scenario: ScenarioId, caller: Reader, response: Response) -> ScenarioOut:
    """One scenario, with what it changes in words and the `ETag` of its version."""
    record = caller.site.read(lambda desk: desk.uow.scenarios.get(scenario))
    response.headers.update(_tagged(record))
    return ScenarioOut.of(record)


@router.put(
    "/{scenario}",
    response_model=ScenarioOut,
    responses=declared(400, 404, 412, 428),
    summary="Change a scenario",
)
def change_scenario(
    scenario: ScenarioId, asked: ScenarioIn, caller: Writer, seen: SeenVersion, once: OnceOnly
) -> Response:
    """Give a scenario its next version; what was run before keeps the one it was run with."""
    document = asked.read()
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: site.write(
            lambda desk: scenarios.change(desk, scenario, document, version=seen)
        ),
        ScenarioOut.of,
        headers=_tagged,
    )


@router.delete(
    "/{scenario}",
    response_model=ScenarioOut,
    responses=declared(400, 404, 409, 412, 428),
    summary="Drop a scenario",
)
def drop_scenario(
    scenario: ScenarioId, caller: Writer, seen: SeenVersion, once: OnceOnly
) -> Response:
    """Drop a scenario with what came of its runs; 409 while a run of it has not ended."""
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: site.write(lambda desk: scenarios.remove(desk, scenario, version=seen)),
        ScenarioOut.of,
    )


@router.post(
    "/{scenario}/check",
    response_model=CheckOut,
    responses=declared(404),
    summary="Check a scenario against the department",
)
def check_scenario(scenario: ScenarioId, caller: Writer, request: Request) -> CheckOut:
    """What it changes in words, and every booking it touches, before anything is run.

    A booking is touched if something that it uses would not be there (`lost`), or if the rules say
    something else of it: that it can no longer stand, what it waits for, which hold is planned, or
    when it may be. Nothing is changed.
    """
    gathered = caller.site.read(lambda desk: scenarios.gather(desk, scenario))
    limits = service_of(request).settings.studies
    return CheckOut.of(scenarios.check(gathered, limits=limits))


@router.post(
    "/{scenario}/runs",
    response_model=StudyOut,
    status_code=202,
    responses=declared(400, 404, 409),
    summary="Ask for a run of a scenario",
)
def start_study(
    scenario: ScenarioId, asked: StudyIn, caller: Writer, once: OnceOnly, request: Request
) -> Response:
    """Put a run in the queue, once every edit fits the department; a worker carries it out.

    It is given the department without names. 422 when it asks for more than the service allows.
    """
    limits = service_of(request).settings.studies

    def act(site: Container) -> Result:
        return site.write(lambda desk: scenarios.ask(desk, scenario, asked.settings, limits=limits))

    return once.answer(
        caller.principal.subject,
        caller.site,
        act,
        StudyOut.of,
        status=202,
        headers=lambda study: (
            _tagged(study.run) | {"Location": f"/v1/scenarios/{scenario}/runs/{study.run.id}"}
        ),
    )


@router.get(
    "/{scenario}/runs",
    response_model=Page[RunOut],
    responses=declared(404),
    summary="List runs of a scenario",
)
def list_studies(
    scenario: ScenarioId, caller: Reader, limit: Limit = 50, after: After = None
) -> Page[RunOut]:
    """Every run of a scenario, by id."""
    found = caller.site.read(lambda desk: scenarios.runs_of(desk, scenario))
    return page(found, key=lambda run: run.id, show=RunOut.of, limit=limit, after=after)


@router.get(
    "/{scenario}/runs/{run}",
    response_model=StudyOut,
    responses=declared(404),
    summary="Show a run of a scenario",
)
def show_study(scenario: ScenarioId, run: RunId, caller: Reader, response: Response) -> StudyOut:
    """One run with how far it has come, and its `ETag`; `/v1/runs/{run}/events` follows it."""
    found = caller.site.read(lambda desk: scenarios.result(desk, scenario, run))
    response.headers.update(_tagged(found.run))
    return StudyOut.of(found)


@router.get(
    "/{scenario}/runs/{run}/result",
    response_model=MeasuresOut,
    responses=declared(404, 409),
    summary="Show what a run of a scenario found",
)
def show_measures(scenario: ScenarioId, run: RunId, caller: Reader) -> MeasuresOut:
    """Each measure with its interval, and its difference to the department as it is.

    409 until the run has ended, and if it brought nothing.
    """
    found = caller.site.read(lambda desk: scenarios.ended_well(desk, scenario, run))
    return MeasuresOut(run=run, measures=found.measures)


@router.get(
    "/{scenario}/runs/{run}/page",
    response_class=Response,
    responses={**declared(404, 409), **_PAGE},
    summary="Download the page of a run of a scenario",
)
def download_page(scenario: ScenarioId, run: RunId, caller: Reader) -> Response:
    """The comparison as one HTML page with its plots, to be saved and opened.

    409 until the run has ended, and for older ones: the newest pages of a scenario are kept.
    """
    page_ = caller.site.read(lambda desk: scenarios.page_of(desk, scenario, run))
    content = gzip.decompress(base64.b64decode(page_))
    headers = {"Content-Disposition": f'attachment; filename="{run}.html"'}
    return Response(content, headers=headers, media_type=HTML)


@router.post(
    "/{scenario}/runs/{run}/cancel",
    response_model=RunOut,
    status_code=202,
    responses=declared(400, 404, 409, 412, 428),
    summary="Cancel a run of a scenario",
)
def cancel_study(
    scenario: ScenarioId, run: RunId, caller: Writer, seen: SeenDigest, once: OnceOnly
) -> Response:
    """End a run that waits, or ask its worker to end it.

    412 if it has begun or ended since it was looked at, not while it only comes further.
    """
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: site.write(lambda desk: scenarios.cancel(desk, scenario, run, version=seen)),
        RunOut.of,
        status=202,
        headers=_tagged,
    )


def _tagged(record: ScenarioRecord | RunRecord) -> dict[str, str]:
    return {"ETag": tag(record.version)}
