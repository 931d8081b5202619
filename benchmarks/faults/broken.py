"""Stores that are broken on purpose, for the controls: a proof must see each of them fail.

They are put in place of the store where a benchmark starts its servers; the program has no switch
for any of this.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from benchmarks.faults import canaries
from models.held import Held
from scheduler.ports import Holder
from scheduler.records import Answered, BookingRecord, RequestKey
from scheduler.store.answers import SqlAnswers
from scheduler.store.bookings import SqlBookings
from scheduler.store.claims import SqlClaims
from scheduler.store.engine import Store
from scheduler.store.unit_of_work import SqlUnitOfWork

T = TypeVar("T")
LATE_SECONDS = 0.25


class NoGuard(Store):
    """Claims nothing, so nothing keeps two bookings apart."""

    def write(self, work: Callable[[SqlUnitOfWork], T]) -> T:
        """Do work without the guard."""

        def unguarded(uow: SqlUnitOfWork) -> T:
            uow.claims = _NoClaims(uow.claims)
            return work(uow)

        return super().write(unguarded)


class _NoClaims(SqlClaims):
    def __init__(self, real: SqlClaims) -> None:
        super().__init__(real._connection)  # noqa: SLF001 - a broken copy of it

    def claim(self, _wanted: Mapping[str, Held]) -> tuple[Holder, ...]:
        return ()


class NoKeys(Store):
    """Forgets every answer, so a request that is sent again is carried out again."""

    def write(self, work: Callable[[SqlUnitOfWork], T]) -> T:
        """Do work without remembering the answer."""

        def forgetful(uow: SqlUnitOfWork) -> T:
            uow.answers = _NoAnswers(uow.answers)
            return work(uow)

        return super().write(forgetful)


class _NoAnswers(SqlAnswers):
    def __init__(self, real: SqlAnswers) -> None:
        super().__init__(real._connection)  # noqa: SLF001 - a broken copy of it

    def find(self, _key: RequestKey) -> Answered | None:
        return None

    def add(self, *_kept: object) -> None:
        return


class NoVersions(Store):
    """Takes every version of a booking that a caller names for the one that stands."""

    def write(self, work: Callable[[SqlUnitOfWork], T]) -> T:
        """Do work on bookings at any version."""

        def indulgent(uow: SqlUnitOfWork) -> T:
            uow.bookings = _NoVersions(uow.bookings)
            return work(uow)

        return super().write(indulgent)


class _NoVersions(SqlBookings):
    def __init__(self, real: SqlBookings) -> None:
        super().__init__(real._connection)  # noqa: SLF001 - a broken copy of it

    def get(self, case: str) -> BookingRecord:
        booking = super().get(case)
        return booking.model_copy(update={"version": _AnyVersion(booking.version)})

    def change(self, booking: BookingRecord) -> BookingRecord:
        return super().change(booking.model_copy(update={"version": int(booking.version)}))


class _AnyVersion(int):
    """A number that is like every other."""

    def __ne__(self, _other: object) -> bool:
        return False

    __hash__ = int.__hash__


class AckFirst(Store):
    """Says that it is done, and commits a moment later."""

    def write(self, work: Callable[[SqlUnitOfWork], T]) -> T:
        """Do work; the transaction ends after the answer has been given."""
        turn = self.__dict__.setdefault("_late", threading.Lock())
        turn.acquire()
        try:
            connection = self._connected(reads_only=False)
            transaction = connection.begin()
            try:
                result = work(SqlUnitOfWork(connection, self._sync))
            except BaseException:
                transaction.rollback()
                connection.close()
                raise
        except BaseException:
            turn.release()
            raise

        def commit() -> None:
            try:
                with suppress(SQLAlchemyError), connection:  # its database may have died meanwhile
                    transaction.commit()
            finally:
                turn.release()

        threading.Timer(LATE_SECONDS, commit).start()
        return result


class Talkative(Store):
    """Tells the log about whom something is written."""

    def write(self, work: Callable[[SqlUnitOfWork], T]) -> T:
        """Do work, and say of whom."""
        logging.getLogger("holdfast.store").info("written", extra={"caller": canaries.NAME})
        return super().write(work)


STORES: Mapping[str, type[Store]] = {
    "sound": Store,
    "no-guard": NoGuard,
    "no-keys": NoKeys,
    "no-versions": NoVersions,
    "ack-first": AckFirst,
    "talkative": Talkative,
}
