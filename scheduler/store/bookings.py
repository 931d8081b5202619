"""Repositories of reservations, bookings and closures."""

import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from models.errors import NotFoundError
from scheduler.records import (
    BookingRecord,
    BookingState,
    Closure,
    Held,
    Reservation,
    ReservationState,
)
from scheduler.store.cases import one_changed
from scheduler.store.codec import (
    AnyRow,
    instant,
    maybe_instant,
    maybe_seconds,
    read_document,
    seconds,
    text,
)
from scheduler.store.tables import BookingRow, ClosureRow, ReservationRow


class SqlReservations:
    """Proposals kept for a short while."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    _columns = (
        ReservationRow.id,
        ReservationRow.case_id,
        ReservationRow.token,
        ReservationRow.held,
        ReservationRow.state,
        ReservationRow.expires_at,
        ReservationRow.created_at,
        ReservationRow.created_by,
    )

    def by_token(self, token: str) -> Reservation:
        """The reservation of a token."""
        query = select(*self._columns).where(ReservationRow.token == token)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError("no reservation has this token", remedy="reserve the slot again")
        return _reservation(row)

    def live(self, now: datetime, case: str | None = None) -> tuple[Reservation, ...]:
        """Those that still hold their cells (of one case), sorted by id."""
        query = select(*self._columns).where(
            ReservationRow.state == ReservationState.LIVE, ReservationRow.expires_at > seconds(now)
        )
        if case is not None:
            query = query.where(ReservationRow.case_id == case)
        rows = self._connection.execute(query.order_by(ReservationRow.id))
        return tuple(map(_reservation, rows))

    def overdue(self, now: datetime) -> tuple[Reservation, ...]:
        """Live ones whose time is over, sorted by id."""
        query = select(*self._columns).where(
            ReservationRow.state == ReservationState.LIVE, ReservationRow.expires_at <= seconds(now)
        )
        rows = self._connection.execute(query.order_by(ReservationRow.id))
        return tuple(map(_reservation, rows))

    def add(self, reservation: Reservation) -> None:
        """Keep a new reservation."""
        self._connection.execute(
            insert(ReservationRow).values(
                id=reservation.id,
                case_id=reservation.case,
                token=reservation.token,
                held=text(reservation.held),
                state=reservation.state,
                expires_at=seconds(reservation.expires_at),
                created_at=seconds(reservation.created_at),
                created_by=reservation.created_by,
            )
        )

    def end(self, reservation: Reservation, state: ReservationState) -> Reservation:
        """Say what became of a live reservation."""
        done = self._connection.execute(
            update(ReservationRow)
            .where(
                ReservationRow.id == reservation.id, ReservationRow.state == ReservationState.LIVE
            )
            .values(state=state)
        )
        one_changed(done.rowcount, "reservation", reservation.id)
        return reservation.model_copy(update={"state": state})


def _reservation(row: AnyRow) -> Reservation:
    return Reservation(
        id=row.id,
        case=row.case_id,
        token=row.token,
        held=read_document(Held, row.held),
        state=ReservationState(row.state),
        expires_at=instant(row.expires_at),
        created_at=instant(row.created_at),
        created_by=row.created_by,
    )


class SqlBookings:
    """Placements that have been promised."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    any_state = select(
        BookingRow.id,
        BookingRow.case_id,
        BookingRow.held,
        BookingRow.state,
        BookingRow.locked,
        BookingRow.placed_at,
        BookingRow.told_at,
        BookingRow.stops_told_at,
        BookingRow.waiting_for,
        BookingRow.trouble,
        BookingRow.version,
        BookingRow.created_at,
        BookingRow.updated_at,
    )
    _query = any_state.where(BookingRow.state != BookingState.CANCELLED)

    def get(self, case: str) -> BookingRecord:
        """The standing booking of a case."""
        booking = self.find(case)
        if booking is None:
            raise NotFoundError(f"case {case} has no booking", remedy="book a proposal first")
        return booking

    def find(self, case: str) -> BookingRecord | None:
        """The standing booking of a case."""
        row = self._connection.execute(self._query.where(BookingRow.case_id == case)).one_or_none()
        return _booking(row) if row else None

    def standing(
        self, owners: Iterable[str] | None = None, *, since: datetime | None = None
    ) -> dict[str, BookingRecord]:
        """Bookings that are not cancelled, by case: those of the ids, or from an instant on."""
        query = self._query.order_by(BookingRow.case_id)
        if since is not None:
            query = query.where(BookingRow.start_at >= seconds(since))
        if owners is not None:
            query = query.where(BookingRow.id.in_(sorted(owners)))
        return {b.case: b for b in map(_booking, self._connection.execute(query))}

    def add(self, booking: BookingRecord) -> BookingRecord:
        """Keep a new booking; its version goes on from earlier bookings of the case.

        So no version stands for two bookings, and calendars take the newest for the newest.
        """
        earlier = select(func.max(BookingRow.version)).where(BookingRow.case_id == booking.case)
        version = (self._connection.execute(earlier).scalar() or 0) + 1
        self._connection.execute(
            insert(BookingRow).values(
                id=booking.id,
                case_id=booking.case,
                created_at=seconds(booking.created_at),
                version=version,
                **_mutable(booking),
            )
        )
        return booking.model_copy(update={"version": version})

    def change(self, booking: BookingRecord) -> BookingRecord:
        """Write a booking back."""
        version = booking.version + 1
        done = self._connection.execute(
            update(BookingRow)
            .where(BookingRow.id == booking.id, BookingRow.version == booking.version)
            .values(version=version, **_mutable(booking))
        )
        one_changed(done.rowcount, "the booking of case", booking.case)
        return booking.model_copy(update={"version": version})


def newest_booking(connection: Connection, case: str) -> BookingRecord | None:
    """The last booking of a case, cancelled or not."""
    of_case = SqlBookings.any_state.where(BookingRow.case_id == case)
    row = connection.execute(of_case.order_by(BookingRow.version.desc()).limit(1)).one_or_none()
    return _booking(row) if row else None


def _mutable(booking: BookingRecord) -> dict[str, object]:
    return {
        "start_at": seconds(booking.held.start),
        "held": text(booking.held),
        "state": booking.state,
        "locked": booking.locked,
        "placed_at": seconds(booking.placed_at),
        "told_at": maybe_seconds(booking.told_at),
        "stops_told_at": maybe_seconds(booking.stops_told_at),
        "waiting_for": json.dumps(booking.waiting_for),
        "trouble": json.dumps(booking.trouble),
        "updated_at": seconds(booking.updated_at),
    }


def _booking(row: AnyRow) -> BookingRecord:
    return BookingRecord(
        id=row.id,
        case=row.case_id,
        held=read_document(Held, row.held),
        state=BookingState(row.state),
        locked=row.locked,
        placed_at=instant(row.placed_at),
        told_at=maybe_instant(row.told_at),
        stops_told_at=maybe_instant(row.stops_told_at),
        waiting_for=tuple(json.loads(row.waiting_for)),
        trouble=tuple(json.loads(row.trouble)),
        version=row.version,
        created_at=instant(row.created_at),
        updated_at=instant(row.updated_at),
    )


class SqlClosures:
    """Resources out of use."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> tuple[Closure, ...]:
        """Every closure, by resource and start."""
        query = select(
            ClosureRow.id,
            ClosureRow.resource_id,
            ClosureRow.start_at,
            ClosureRow.end_at,
            ClosureRow.reason,
            ClosureRow.created_at,
            ClosureRow.created_by,
        ).order_by(ClosureRow.resource_id, ClosureRow.start_at, ClosureRow.id)
        return tuple(map(_closure, self._connection.execute(query)))

    def add(self, closure: Closure) -> None:
        """Keep a closure."""
        self._connection.execute(
            insert(ClosureRow).values(
                id=closure.id,
                resource_id=closure.resource,
                start_at=seconds(closure.start),
                end_at=seconds(closure.end),
                reason=closure.reason,
                created_at=seconds(closure.created_at),
                created_by=closure.created_by,
            )
        )

    def remove(self, closure: str) -> Closure:
        """Lift a closure."""
        found = next((c for c in self.all() if c.id == closure), None)
        if found is None:
            raise NotFoundError(f"there is no closure {closure}")
        self._connection.execute(delete(ClosureRow).where(ClosureRow.id == closure))
        return found


def _closure(row: AnyRow) -> Closure:
    return Closure(
        id=row.id,
        resource=row.resource_id,
        start=instant(row.start_at),
        end=instant(row.end_at),
        reason=row.reason,
        created_at=instant(row.created_at),
        created_by=row.created_by,
    )
