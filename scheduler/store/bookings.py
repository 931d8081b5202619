"""Repositories of reservations, bookings and closures."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from models.errors import NotFoundError
from models.held import Held
from scheduler.records import BookingRecord, BookingState, Closure, Reservation, ReservationState
from scheduler.store.cases import one_changed
from scheduler.store.codec import (
    AnyRow,
    digest,
    instant,
    maybe_instant,
    maybe_seconds,
    read_document,
    seconds,
    text,
)
from scheduler.store.tables import BookingRow, ClosureRow, ReservationRow

RESERVATION = (
    ReservationRow.id,
    ReservationRow.case_id,
    ReservationRow.token,
    ReservationRow.held,
    ReservationRow.state,
    ReservationRow.expires_at,
    ReservationRow.created_at,
    ReservationRow.created_by,
)
"""Columns that `reservation_of` reads."""
IS_LIVE = (
    ReservationRow.state == ReservationState.LIVE,
    ReservationRow.expires_at > bindparam("now"),
)
"""Conditions of a reservation that still holds something at `now`."""


class SqlReservations:
    """Proposals kept for a short while."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    _live = select(*RESERVATION).where(*IS_LIVE).order_by(ReservationRow.id)
    _live_of = _live.where(ReservationRow.case_id == bindparam("case"))
    _overdue = (
        select(*RESERVATION)
        .where(
            ReservationRow.state == ReservationState.LIVE,
            ReservationRow.expires_at <= bindparam("now"),
        )
        .order_by(ReservationRow.id)
    )
    _by_token = select(*RESERVATION).where(ReservationRow.token == bindparam("token"))
    _insert = insert(ReservationRow)

    def by_token(self, token: str) -> Reservation:
        """The reservation of a token."""
        row = self._connection.execute(self._by_token, {"token": token}).one_or_none()
        if row is None:
            raise NotFoundError("no reservation has this token", remedy="reserve the slot again")
        return reservation_of(row)

    def live(self, now: datetime, case: str | None = None) -> tuple[Reservation, ...]:
        """Those that still hold their cells (of one case), sorted by id."""
        query = self._live if case is None else self._live_of
        given = {"now": seconds(now)} | ({} if case is None else {"case": case})
        return tuple(map(reservation_of, self._connection.execute(query, given)))

    def overdue(self, now: datetime) -> tuple[Reservation, ...]:
        """Live ones whose time is over, sorted by id."""
        rows = self._connection.execute(self._overdue, {"now": seconds(now)})
        return tuple(map(reservation_of, rows))

    def add(self, reservation: Reservation) -> None:
        """Keep a new reservation."""
        self._connection.execute(
            self._insert,
            {
                "id": reservation.id,
                "case_id": reservation.case,
                "token": reservation.token,
                "held": text(reservation.held),
                "state": reservation.state,
                "expires_at": seconds(reservation.expires_at),
                "created_at": seconds(reservation.created_at),
                "created_by": reservation.created_by,
            },
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


def reservation_of(row: Sequence[Any]) -> Reservation:
    """A reservation from the values of `RESERVATION`."""
    name, case, token, held, state, expires_at, created_at, created_by = row
    return Reservation(
        id=name,
        case=case,
        token=token,
        held=read_document(Held, held),
        state=ReservationState(state),
        expires_at=instant(expires_at),
        created_at=instant(created_at),
        created_by=created_by,
    )


BOOKING = (
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
    BookingRow.reason,
    BookingRow.version,
    BookingRow.created_at,
    BookingRow.updated_at,
)
"""Columns that `booking_of` reads."""
STANDS = BookingRow.state != BookingState.CANCELLED


class SqlBookings:
    """Placements that have been promised."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    any_state = select(*BOOKING)
    _query = any_state.where(STANDS)
    _of_case = _query.where(BookingRow.case_id == bindparam("case"))
    _all = _query.order_by(BookingRow.case_id)
    _since = _all.where(BookingRow.start_at >= bindparam("since"))
    _of_owners = _all.where(BookingRow.id.in_(bindparam("owners", expanding=True)))
    _insert = (
        insert(BookingRow)
        .values(
            version=select(func.coalesce(func.max(BookingRow.version), 0) + 1)
            .where(BookingRow.case_id == bindparam("earlier_of"))
            .scalar_subquery()
        )
        .returning(BookingRow.version)
    )
    _update = update(BookingRow).where(
        BookingRow.id == bindparam("changed"), BookingRow.version == bindparam("seen")
    )

    def get(self, case: str) -> BookingRecord:
        """The standing booking of a case."""
        booking = self.find(case)
        if booking is None:
            raise NotFoundError(f"case {case} has no booking", remedy="book a proposal first")
        return booking

    def find(self, case: str) -> BookingRecord | None:
        """The standing booking of a case."""
        row = self._connection.execute(self._of_case, {"case": case}).one_or_none()
        return booking_of(row) if row else None

    def standing(
        self, owners: Iterable[str] | None = None, *, since: datetime | None = None
    ) -> dict[str, BookingRecord]:
        """Bookings that are not cancelled, by case: those of the ids, or from an instant on."""
        if owners is not None:
            found = self._connection.execute(self._of_owners, {"owners": sorted(owners)})
        elif since is not None:
            found = self._connection.execute(self._since, {"since": seconds(since)})
        else:
            found = self._connection.execute(self._all)
        return {b.case: b for b in map(booking_of, found)}

    def given_up(self, case: str | None = None) -> dict[str, str]:
        """The id of the booking last cancelled, by case (of one case)."""
        query = (
            select(BookingRow.case_id, BookingRow.id)
            .where(BookingRow.state == BookingState.CANCELLED)
            .order_by(BookingRow.version)
        )
        if case is not None:
            query = query.where(BookingRow.case_id == case)
        return {row.case_id: row.id for row in self._connection.execute(query)}  # the last stays

    def reasons(self, case: str) -> dict[str, str]:
        """What was typed about bookings of a case, by the digest that the audit has of each."""
        query = self.any_state.where(BookingRow.case_id == case, BookingRow.reason != "")
        return {digest(b): b.reason for b in map(booking_of, self._connection.execute(query))}

    def of_cases(self, cases: Iterable[str]) -> dict[str, BookingRecord]:
        """The standing bookings of some cases, by case."""
        query = self._query.where(BookingRow.case_id.in_(sorted(set(cases))))
        return {b.case: b for b in map(booking_of, self._connection.execute(query))}

    def add(self, booking: BookingRecord) -> BookingRecord:
        """Keep a new booking; its version goes on from earlier bookings of the case.

        So no version stands for two bookings, and calendars take the newest for the newest.
        """
        version = self._connection.execute(
            self._insert,
            {
                "id": booking.id,
                "case_id": booking.case,
                "created_at": seconds(booking.created_at),
                "earlier_of": booking.case,
                **_mutable(booking),
            },
        ).scalar_one()
        return booking.model_copy(update={"version": version})

    def change(self, booking: BookingRecord) -> BookingRecord:
        """Write a booking back."""
        version = booking.version + 1
        done = self._connection.execute(
            self._update,
            {
                "changed": booking.id,
                "seen": booking.version,
                "version": version,
                **_mutable(booking),
            },
        )
        one_changed(done.rowcount, "the booking of case", booking.case)
        return booking.model_copy(update={"version": version})


def newest_booking(connection: Connection, case: str) -> BookingRecord | None:
    """The last booking of a case, cancelled or not."""
    of_case = SqlBookings.any_state.where(BookingRow.case_id == case)
    row = connection.execute(of_case.order_by(BookingRow.version.desc()).limit(1)).one_or_none()
    return booking_of(row) if row else None


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
        "reason": booking.reason,
        "updated_at": seconds(booking.updated_at),
    }


def booking_of(row: Sequence[Any]) -> BookingRecord:
    """A booking from the values of `BOOKING`."""
    name, case, held, state, locked, placed, told, stops, waiting, trouble, *rest = row
    reason, version, made, at = rest
    return BookingRecord(
        id=name,
        case=case,
        held=read_document(Held, held),
        state=BookingState(state),
        locked=locked,
        placed_at=instant(placed),
        told_at=maybe_instant(told),
        stops_told_at=maybe_instant(stops),
        waiting_for=tuple(json.loads(waiting)),
        trouble=tuple(json.loads(trouble)),
        reason=reason,
        version=version,
        created_at=instant(made),
        updated_at=instant(at),
    )


class SqlClosures:
    """Resources out of use."""

    _all = select(
        ClosureRow.id,
        ClosureRow.resource_id,
        ClosureRow.start_at,
        ClosureRow.end_at,
        ClosureRow.reason,
        ClosureRow.created_at,
        ClosureRow.created_by,
    ).order_by(ClosureRow.resource_id, ClosureRow.start_at, ClosureRow.id)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> tuple[Closure, ...]:
        """Every closure, by resource and start."""
        return tuple(map(_closure, self._connection.execute(self._all)))

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

    def forget_reason(self, closure: Closure) -> Closure:
        """Blank why a resource was out of use."""
        mine = update(ClosureRow).where(ClosureRow.id == closure.id)
        self._connection.execute(mine.values(reason=""))
        return closure.model_copy(update={"reason": ""})

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
