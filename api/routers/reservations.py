"""Reservations: a place kept for the person on the phone."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.caller import Caller, needs
from api.once import OnceOnly
from api.problems import declared
from api.routers.bookings import one_of
from api.schemas.bookings import ReleaseIn, ReservationOut, ReserveIn
from api.schemas.cases import KeptOut
from api.security.permissions import Permission
from models.errors import NotFoundError
from scheduler.bootstrap import Container
from scheduler.records import Reservation
from scheduler.services import cases, offers, reserving
from scheduler.services.desk import Desk

router = APIRouter(prefix="/cases/{case}/reservation", tags=["reservations"])

CaseId = Annotated[str, Path(max_length=200, examples=["referral-7"])]
Reader = Annotated[Caller, needs(Permission.READ_CASES)]
Booker = Annotated[Caller, needs(Permission.BOOK)]


@router.get("", response_model=KeptOut, responses=declared(404))
def look(case: CaseId, caller: Reader) -> KeptOut:
    """What is reserved for a case, and until when."""
    file = caller.site.read(lambda desk: cases.show_case(desk, case))
    if file.reservation is None:
        raise NotFoundError("nothing is reserved for it", place=f"case {case}")
    return KeptOut.of(file.reservation)


@router.post(
    "", response_model=ReservationOut, status_code=201, responses=declared(400, 404, 409, 410)
)
def reserve(case: CaseId, asked: ReserveIn, caller: Booker, once: OnceOnly) -> Response:
    """Keep a placement or a proposal for a short while; an earlier one of the case is let go.

    Whoever has the token of the answer can book it.
    """
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: _reserved(site, case, asked),
        ReservationOut.of,
        status=201,
    )


def _reserved(site: Container, case: str, asked: ReserveIn) -> Reservation:
    place, offer = asked.placement, asked.proposal
    if place is not None and offer is None:
        return site.reserve(case, place.start, place.assigned)
    if offer is not None and place is None:
        return site.write(lambda desk: offers.reserve(desk, case, offer))
    raise one_of("a placement or a proposal")


@router.post("/release", response_model=ReservationOut, responses=declared(400, 404, 410))
def release(case: CaseId, asked: ReleaseIn, caller: Booker, once: OnceOnly) -> Response:
    """Give a reservation up before it expires."""
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: site.write(lambda desk: _released(desk, case, asked.token)),
        ReservationOut.of,
    )


def _released(desk: Desk, case: str, token: str) -> Reservation:
    desk.uow.cases.get(case)  # an unknown case is told apart from an unknown token
    if reserving.live(desk, token).case != case:
        raise NotFoundError("no reservation of the case has this token", place=f"case {case}")
    return reserving.release(desk, token)
