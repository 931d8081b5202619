"""The site: its document, resources, calendars, closures, and facts about the department."""
# ruff: noqa: A005  # imported as `api.routers.site`; the standard module is never used here

from typing import Annotated

from fastapi import APIRouter, Body, Path, Response

from api.caller import Caller, needs
from api.once import OnceOnly
from api.paging import After, Limit, Page, page
from api.problems import declared
from api.schemas.board import ClosureOut
from api.schemas.site import (
    CalendarOut,
    ClosureIn,
    DepartmentOut,
    DisruptionOut,
    OpenResourceOut,
    ResourceOut,
    SiteOut,
    example_site,
)
from api.security.permissions import Permission
from api.versions import SeenDigest, SeenVersion, tag
from models.errors import NotFoundError
from models.site import Site
from scheduler.records import SiteRecord
from scheduler.services import sites
from scheduler.services.scene import Scene
from scheduler.site_files import parse_site

router = APIRouter(tags=["site"])

Reader = Annotated[Caller, needs(Permission.READ_SITE)]
Writer = Annotated[Caller, needs(Permission.WRITE_SITE)]
Closer = Annotated[Caller, needs(Permission.CLOSE_RESOURCES)]
ResourceId = Annotated[str, Path(max_length=200, examples=["suite-1"])]
ClosureId = Annotated[str, Path(max_length=200, examples=["closure-4f1c2a90b7d3e855"])]
SiteIn = Annotated[Site, Body(examples=[example_site()])]


@router.get("/site", response_model=SiteOut, responses=declared(), summary="Show the site")
def show_site(caller: Reader, response: Response) -> SiteOut:
    """The site's whole document, with its version as `ETag`."""
    found = caller.site.read(lambda desk: desk.uow.sites.get())
    response.headers["ETag"] = tag(found.version)
    return SiteOut.of(found)


@router.put(
    "/site",
    response_model=SiteOut,
    responses=declared(400, 412, 428),
    summary="Change the site",
)
def replace_site(document: SiteIn, caller: Writer, seen: SeenVersion, once: OnceOnly) -> Response:
    """Give the site its next version, checked as `holdfast init` checks it.

    Time zone and tick cannot change while anything is booked. All open cases are assessed anew, and
    bookings that can no longer stand are flagged; nothing is cancelled. The same document again
    changes nothing.
    """
    checked = parse_site(document.model_dump_json(), place="body")
    answer = once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: site.write(lambda desk: sites.change_site(desk, checked, version=seen)),
        SiteOut.of,
        headers=_tagged,
    )
    caller.site.assess_all()
    return answer


@router.get(
    "/department",
    response_model=DepartmentOut,
    responses=declared(),
    summary="Show what the department works with",
)
def show_department(caller: Reader) -> DepartmentOut:
    """Time zone, horizon, notice, policies in force and the procedures offered."""
    return DepartmentOut.of(_scene(caller))


@router.get(
    "/resources",
    response_model=Page[ResourceOut],
    responses=declared(),
    summary="List resources",
)
def list_resources(caller: Reader, limit: Limit = 50, after: After = None) -> Page[ResourceOut]:
    """Suites, scanners, people, bays and equipment, by id."""
    found = sorted(caller.site.department().site.resources, key=lambda r: r.id)
    return page(found, key=lambda r: r.id, show=ResourceOut.of, limit=limit, after=after)


@router.get(
    "/resources/{resource}",
    response_model=OpenResourceOut,
    responses=declared(404),
    summary="Show when a resource is there",
)
def show_resource(resource: ResourceId, caller: Reader) -> OpenResourceOut:
    """One resource with its opening hours over the horizon, and its closures."""
    scene = _scene(caller)
    found = scene.department.site.resource_by_id.get(resource)
    if found is None:
        raise NotFoundError(f"the site has no resource {resource}", remedy="list them")
    return OpenResourceOut.at(scene, found)


@router.get(
    "/calendars",
    response_model=Page[CalendarOut],
    responses=declared(),
    summary="List calendars",
)
def list_calendars(caller: Reader, limit: Limit = 50, after: After = None) -> Page[CalendarOut]:
    """Opening hours by name, with who follows them; they are changed with the site's document."""
    found = CalendarOut.all_of(caller.site.department().site)
    return page(found, key=lambda c: c.id, show=lambda c: c, limit=limit, after=after)


@router.get(
    "/closures",
    response_model=Page[ClosureOut],
    responses=declared(),
    summary="List closures",
)
def list_closures(caller: Reader, limit: Limit = 50, after: After = None) -> Page[ClosureOut]:
    """Resources that are, were or will be out of use, by the id of the closure."""
    found = sorted(caller.site.closures(), key=lambda closure: closure.id)
    return page(found, key=lambda c: c.id, show=ClosureOut.of, limit=limit, after=after)


@router.post(
    "/closures",
    response_model=DisruptionOut,
    status_code=201,
    responses=declared(400, 404),
    summary="Take a resource out of use",
)
def close_resource(asked: ClosureIn, caller: Closer, once: OnceOnly) -> Response:
    """Close a resource for a time: bookings in it are flagged, reservations are let go."""
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: site.close_resource(
            asked.resource, asked.start, asked.end, reason=asked.reason
        ),
        DisruptionOut.of,
        status=201,
        headers=lambda done: {"ETag": tag(done.closure.version)} if done.closure else {},
    )


@router.delete(
    "/closures/{closure}",
    response_model=DisruptionOut,
    responses=declared(400, 404, 412, 428),
    summary="Lift a closure",
)
def reopen_resource(
    closure: ClosureId, caller: Closer, seen: SeenDigest, once: OnceOnly
) -> Response:
    """Put a resource back into use; bookings that the closure had flagged are looked at again.

    The `ETag` is `W/"VERSION"` with the version that lists tell of it.
    """
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: site.reopen_resource(closure, version=seen),
        DisruptionOut.of,
    )


def _scene(caller: Caller) -> Scene:
    return caller.site.read(lambda desk: desk.scene)


def _tagged(record: SiteRecord) -> dict[str, str]:
    return {"ETag": tag(record.version)}
