"""Bookings: look, book, move, cancel, undo, lock, tell."""

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.caller import Caller, needs
from api.errors import ForbiddenError
from api.once import OnceOnly
from api.problems import declared
from api.schemas.bookings import BookIn, BookingOut, CancelIn, MoveIn
from api.security.permissions import Permission
from api.versions import SeenVersion, tag
from models.errors import InputError
from scheduler.bootstrap import Container
from scheduler.records import BookingRecord
from scheduler.services import booking, offers, undoing
from scheduler.services.desk import Desk

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
    """Book a placement, a proposal, or what a reservation holds.

    Whatever else was reserved is let go. A proposal for which others have to move moves them in the
    same transaction.
    """
    place = asked.placement
    overbook = _overbooking(caller, place.assigned if place else None, asked.reason)
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: _booked(site, case, asked, overbook),
        BookingOut.of,
        status=201,
        headers=_tagged,
    )


@router.put("", response_model=BookingOut, responses=declared(400, 404, 409, 410, 412, 428))
def move(
    case: CaseId, asked: MoveIn, caller: Booker, seen: SeenVersion, once: OnceOnly
) -> Response:
    """Move the booking, or leave it exactly where it is.

    A proposal for which others have to move moves them in the same transaction.
    """
    overbook = _overbooking(caller, asked.assigned, asked.reason)
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: _moved(site, case, asked, seen, overbook),
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


@router.post("/undo", response_model=BookingOut, responses=declared(400, 404, 409, 412, 428))
def undo(case: CaseId, caller: Booker, seen: SeenVersion, once: OnceOnly) -> Response:
    """Take back the last change of the booking, for as long as the site allows.

    It is a change of its own, which can be undone too. The `ETag` is that of the answer to the
    change; a booking that was cancelled comes back, if nobody else has taken its place.
    """
    return _changed(caller, once, lambda desk: undoing.undo(desk, case, version=seen))


@router.post("/lock", response_model=BookingOut, responses=declared(400, 404, 412, 428))
def lock(case: CaseId, caller: Booker, seen: SeenVersion, once: OnceOnly) -> Response:
    """Pin the booking to its place: no night and nobody moves it."""
    return _changed(
        caller, once, lambda desk: booking.set_lock(desk, case, locked=True, version=seen)
    )


@router.post("/unlock", response_model=BookingOut, responses=declared(400, 404, 412, 428))
def unlock(case: CaseId, caller: Booker, seen: SeenVersion, once: OnceOnly) -> Response:
    """Free the booking to be moved."""
    return _changed(
        caller, once, lambda desk: booking.set_lock(desk, case, locked=False, version=seen)
    )


@router.post("/tell", response_model=BookingOut, responses=declared(400, 404, 412, 428))
def tell(case: CaseId, caller: Booker, seen: SeenVersion, once: OnceOnly) -> Response:
    """Note that the patient has been told the time."""
    return _changed(caller, once, lambda desk: booking.tell(desk, case, version=seen))


def _changed(caller: Caller, once: OnceOnly, service: Callable[[Desk], BookingRecord]) -> Response:
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: site.write(service),
        BookingOut.of,
        headers=_tagged,
    )


def _booked(site: Container, case: str, asked: BookIn, overbook: str) -> BookingRecord:
    token, offer, place = asked.reservation, asked.proposal, asked.placement
    if sum(one is not None for one in (token, offer, place)) != 1:
        raise one_of("a placement, a proposal or a reservation")
    if token is not None:
        return site.book_reserved(case, token, firm=asked.firm)
    if offer is not None:
        return site.write(lambda desk: offers.book(desk, case, offer, firm=asked.firm))
    assert place is not None  # noqa: S101 - one of the three is there
    start, assigned = place.start, place.assigned
    return site.write(
        lambda desk: booking.book(desk, case, start, assigned, firm=asked.firm, overbook=overbook)
    )


def _moved(site: Container, case: str, asked: MoveIn, seen: int, overbook: str) -> BookingRecord:
    start, assigned, offer = asked.start, asked.assigned, asked.proposal
    if offer is not None and start is None and assigned is None:
        return site.write(lambda desk: offers.move(desk, case, offer, version=seen))
    if offer is not None or start is None or assigned is None:
        raise one_of("a start with resources, or a proposal")
    return site.write(
        lambda desk: booking.move(desk, case, start, assigned, version=seen, overbook=overbook)
    )


def _overbooking(caller: Caller, assigned: Mapping[str, str] | None, reason: str | None) -> str:
    """The reason for overbooking, from somebody who may; empty where none is given.

    Without a reason the services refuse what is kept for overbooking, so nothing is asked here.

    Raises:
        ForbiddenError: what is kept for overbooking is named, and the caller may not.
        InputError: a reason is given, and nothing is named that would need one.
    """
    if reason is None:
        return ""
    overflow = caller.site.department().site.overflow
    if overflow.isdisjoint((assigned or {}).values()):
        raise InputError(
            "only overbooking needs a reason", place="body.reason", remedy="leave it out"
        )
    if not caller.may(Permission.OVERBOOK):
        raise ForbiddenError(
            "overbooking is not permitted to you",
            remedy=f"ask for {Permission.OVERBOOK} at the site",
        )
    return reason


def one_of(what: str) -> InputError:
    """The error of a body that says too much, or too little."""
    return InputError(f"{what} is needed, and only one", place="body", remedy="give one of them")


def _tagged(record: BookingRecord) -> dict[str, str]:
    return {"ETag": tag(record.version)}
