"""Small records for the store's tests."""

from datetime import UTC, datetime, timedelta

from models.held import Held
from models.patients import PatientFacts, Referral
from models.problem import Need
from scheduler.records import BookingRecord, BookingState, Reservation, ReservationState
from scheduler.store.unit_of_work import SqlUnitOfWork

NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def held(
    start: datetime = NINE, *, suite: str = "suite-1", bay: str = "bay-1", length: int = 60
) -> Held:
    """A suite for `length` minutes, and a bay for the half hour after it."""
    needs = (
        Need.model_validate({"role": "suite", "kind": "suite", "from": 0, "minutes": length}),
        Need.model_validate({"role": "bay", "kind": "bay", "from": length, "minutes": 30}),
    )
    return Held(start=start, assigned={"suite": suite, "bay": bay}, needs=needs)


def add_case(uow: SqlUnitOfWork, case: str) -> None:
    """A patient with one referral."""
    uow.patients.add(PatientFacts(id=f"patient-of-{case}"), NINE)
    referral = Referral(id=case, patient=f"patient-of-{case}", code="22514", system="cpt")
    uow.cases.add(referral, NINE)


def booking(case: str, what: Held, *, name: str | None = None) -> BookingRecord:
    return BookingRecord(
        id=name or f"booking-{case}",
        case=case,
        held=what,
        state=BookingState.CONFIRMED,
        placed_at=NINE,
        created_at=NINE,
        updated_at=NINE,
    )


def reservation(case: str, what: Held, *, expires_at: datetime) -> Reservation:
    return Reservation(
        id=f"reservation-{case}",
        case=case,
        token=f"token-{case}",
        held=what,
        state=ReservationState.LIVE,
        expires_at=expires_at,
        created_at=NINE,
        created_by="ann",
    )
