"""The board: resources by time."""

import hashlib
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.caller import Caller, needs
from api.fresh import NoneMatch, unless_seen
from api.problems import declared
from api.schemas.board import BoardOut, ClosureOut, board_rows
from api.security.permissions import Permission
from models.errors import InputError
from models.timegrid import local_day, start_of_day
from models.windows import Window
from scheduler.services.desk import Desk
from scheduler.services.occupancy import occupied

router = APIRouter(tags=["board"])

MOST_DAYS = 62
Reader = Annotated[Caller, needs(Permission.READ_BOARD)]
First = Annotated[
    date | None,
    Query(
        alias="from",
        description="First local day; today when left out.",
        examples=[date(2026, 11, 24)],
    ),
]
Last = Annotated[
    date | None,
    Query(
        alias="to",
        description="Last local day, itself included; the first when left out.",
        examples=[date(2026, 11, 26)],
    ),
]
Kinds = Annotated[
    list[str] | None,
    Query(
        alias="kind",
        max_length=40,
        description="Only resources of these kinds.",
        examples=[["suite", "ct"]],
    ),
]


@router.get(
    "/board",
    response_model=BoardOut,
    responses={**declared(), 304: {"description": "It is still what you have"}},
    summary="Show who uses what, when",
)
def show_board(
    caller: Reader,
    first: First = None,
    last: Last = None,
    kinds: Kinds = None,
    seen: NoneMatch = None,
) -> Response:
    """Resources by time, with bookings, reservations and closures, at most two months at once.

    The `ETag` is of the whole board: asked with `If-None-Match`, it answers 304 until something on
    it has changed. No names and nothing clinical is on it.
    """
    board = caller.site.read(lambda desk: _board(desk, first, last, frozenset(kinds or ())))
    return unless_seen(board, seen)


def _board(desk: Desk, first: date | None, last: date | None, kinds: frozenset[str]) -> BoardOut:
    site = desk.department.site
    begin = first or local_day(desk.now, site.tz)
    end = last or begin
    _check_days(begin, end)
    span = Window(start_of_day(begin, site.tz), start_of_day(end + timedelta(days=1), site.tz))
    found = occupied(desk, span)
    board = BoardOut(
        site=site.id,
        timezone=site.timezone,
        first=begin,
        last=end,
        start=span.start.astimezone(site.tz),
        end=span.end.astimezone(site.tz),
        resources=board_rows(found, kinds=kinds),
        closures=tuple(map(ClosureOut.of, found.closures)),
        version="",
    )
    digest = hashlib.sha256(board.model_dump_json().encode()).hexdigest()[:32]
    return board.model_copy(update={"version": digest})


def _check_days(first: date, last: date) -> None:
    if last < first:
        raise InputError("the last day lies before the first", place="query.to")
    if (last - first).days >= MOST_DAYS:
        raise InputError(f"more than {MOST_DAYS} days", place="query.to", remedy="ask for fewer")
    if not date(2000, 1, 1) <= first <= last <= date(2200, 1, 1):
        raise InputError("no such days are planned", place="query.from", remedy="take another")
