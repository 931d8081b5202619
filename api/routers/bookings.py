"""Bookings: look, book, move, cancel."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.caller import Caller, needs
from api.once import OnceOnly
from api.problems import declared
from api.schemas.bookings import BookIn, BookingOut, CancelIn, PlacementIn
from api.security.permissions import Permission
from api.versions import SeenVersion, tag
from models.errors import InputError
from scheduler.bootstrap import Container
from scheduler.records import BookingRecord
from scheduler.services import booking

router = APIRouter(prefix="/cases/{case}/booking", tags=["bookings"])

CaseId = Annotated[str, Path(max_length=200, examples=["referral-7"])]
Reader = Annotated[Caller, needs(Permission.READ_CASES)]
Booker = Annotated[Caller, needs(Permission.BOOK)]


@router.get("", response_model=BookingOut, responses=declared(404))
def look(case: CaseId, caller: Reader, response: Response) -> BookingOut:
    """The standing booking of a case, with its version as `ETag`."""
    found = caller.site.read(lambda desk: booking.standing(desk, case))
    response.headers["ETag"] = tag(found.version)
    return BookingOut.of(found)


@router.post("", response_model=BookingOut, status_code=201, responses=declared(400, 404, 409, 410))
def book(case: CaseId, asked: BookIn, caller: Booker, once: OnceOnly) -> Response:
    """Book a placement, or what a reservation holds. Whatever else was reserved is let go."""
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: _booked(site, case, asked),
        BookingOut.of,
        status=201,
        headers=_tagged,
    )


@router.put("", response_model=BookingOut, responses=declared(400, 404, 409, 412, 428))
def move(
    case: CaseId, place: PlacementIn, caller: Booker, seen: SeenVersion, once: OnceOnly
) -> Response:
    """Move the booking, or leave it exactly where it is."""
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: site.move(case, place.start, place.assigned, version=seen),
        BookingOut.of,
        headers=_tagged,
    )


@router.post("/cancel", response_model=BookingOut, responses=declared(400, 404, 412, 428))
def cancel(
    case: CaseId, why: CancelIn, caller: Booker, seen: SeenVersion, once: OnceOnly
) -> Response:
    """Give the booking up with all it holds; the case waits again."""
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: site.cancel(case, reason=why.reason, version=seen),
        BookingOut.of,
        headers=_tagged,
    )


def _booked(site: Container, case: str, asked: BookIn) -> BookingRecord:
    if (asked.placement is None) == (asked.reservation is None):
        raise InputError(
            "either a placement or a reservation is booked", place="body", remedy="give one of them"
        )
    if asked.reservation is not None:
        return site.book_reserved(case, asked.reservation, firm=asked.firm)
    place = asked.placement
    assert place is not None  # noqa: S101 - one of the two is there
    return site.book(case, place.start, place.assigned, firm=asked.firm)


def _tagged(record: BookingRecord) -> dict[str, str]:
    return {"ETag": tag(record.version)}
