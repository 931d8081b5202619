"""Calendar feeds: make, list and revoke them, and read one by the secret in its address."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from api.caller import Caller, needs
from api.fresh import NOT_MODIFIED, NoneMatch, unless_seen
from api.once import OnceOnly
from api.paging import After, Limit, Page, page
from api.policy import open_to_all
from api.problems import declared, declared_open
from api.schemas.feeds import FeedIn, FeedOut, MadeFeedOut
from api.security.permissions import Permission
from api.service import service_of
from api.versions import SeenVersion, tag
from models.errors import NotFoundError
from scheduler.bootstrap import Container
from scheduler.pages.feed_ics import feed_ics
from scheduler.records_plan import Feed
from scheduler.services import feeds

router = APIRouter(tags=["feeds"])

CALENDAR = "text/calendar"
Manager = Annotated[Caller, needs(Permission.MANAGE_FEEDS)]
FeedId = Annotated[str, Path(max_length=200, examples=["feed-7d1e5f3a9b0c2d46"])]
Secret = Annotated[
    str, Path(max_length=100, description="The feed's secret.", examples=["q0cXw1Zk"])
]
_FILE = {
    "description": "A calendar (RFC 5545)",
    "content": {CALENDAR: {"schema": {"type": "string"}, "example": "BEGIN:VCALENDAR\r\n..."}},
}


@router.post(
    "/feeds",
    response_model=MadeFeedOut,
    status_code=201,
    responses=declared(400, 404),
    summary="Make a calendar feed",
)
def make_feed(asked: FeedIn, caller: Manager, once: OnceOnly, request: Request) -> Response:
    """Make a feed of a resource or of everything booked, and tell its address, once.

    The address is a secret: whoever has it sees times, places and ids of cases, no patients.
    """
    made: list[feeds.Made] = []

    def act(site: Container) -> feeds.Made:
        new = site.write(lambda desk: feeds.make(desk, resource=asked.resource, label=asked.label))
        made.append(new)
        return new

    answer = once.answer(
        caller.principal.subject,
        caller.site,
        act,
        lambda new: MadeFeedOut.of(new.feed),
        status=201,
        headers=lambda new: _tagged(new.feed),
    )
    if not made:
        return answer
    url = f"{service_of(request).settings.public_url}/v1/calendar/{made[-1].secret}.ics"
    told = MadeFeedOut.of(made[-1].feed).model_copy(update={"url": url})
    headers = {"ETag": answer.headers["ETag"]}
    return Response(told.model_dump_json(), 201, headers=headers, media_type="application/json")


@router.get(
    "/feeds",
    response_model=Page[FeedOut],
    responses=declared(),
    summary="List calendar feeds",
)
def list_feeds(caller: Manager, limit: Limit = 50, after: After = None) -> Page[FeedOut]:
    """Every feed, also those that were revoked, by id."""
    found = caller.site.read(lambda desk: desk.uow.feeds.all())
    return page(found, key=lambda f: f.id, show=FeedOut.of, limit=limit, after=after)


@router.post(
    "/feeds/{feed}/revoke",
    response_model=FeedOut,
    responses=declared(400, 404, 412, 428),
    summary="Revoke a calendar feed",
)
def revoke_feed(feed: FeedId, caller: Manager, seen: SeenVersion, once: OnceOnly) -> Response:
    """Let a feed end; from now on its address answers as if it had never been."""
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: site.write(lambda desk: feeds.revoke(desk, feed, version=seen)),
        FeedOut.of,
        headers=_tagged,
    )


@router.get(
    "/calendar/{secret}.ics",
    response_class=Response,
    responses={
        **declared_open(404, 503),
        200: _FILE,
        NOT_MODIFIED: {"description": "It is still what you have"},
    },
    dependencies=[open_to_all("the secret in the address is the proof; calendars send no token")],
    summary="Read a calendar feed",
)
def read_feed(secret: Secret, request: Request, seen: NoneMatch = None) -> Response:
    """Times, places and ids of cases, from a week ago on."""
    for site in service_of(request).sites.values():
        found = site.read(lambda desk: feeds.content(desk, secret))
        if found is not None:
            return unless_seen(feed_ics(found), seen, media_type=CALENDAR)
    raise NotFoundError("there is no such feed", remedy="ask for a new address")


def _tagged(feed: Feed) -> dict[str, str]:
    return {"ETag": tag(feed.version)}
