"""Opening a store by URL or path, and the one way to do work in it: a retried transaction."""

import os
import random
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, RootTransaction, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from models.errors import AwayError, BusyError, FullError, InputError
from scheduler.store import dialects, migrate
from scheduler.store.dialects import Trouble
from scheduler.store.queueing import Turns
from scheduler.store.unit_of_work import SqlUnitOfWork

T = TypeVar("T")
Sync = Callable[[str], None]
"""Called with a point's name inside transactions; tests line up races there."""

TRIES = 6
FIRST_PAUSE_SECONDS = 0.02


def _nothing(_point: str) -> None:
    return


def store_url(target: str) -> URL:
    """The database URL of a store; a plain path means a SQLite file.

    Raises:
        InputError: neither, or a kind of database we do not support.
    """
    remedy = "give a file path, sqlite:///PATH or postgresql+psycopg://..."
    if "://" not in target:
        return URL.create("sqlite", database=str(Path(target)))
    try:
        url = make_url(target)
    except ArgumentError as error:
        raise InputError("not a store URL", place="store", remedy=remedy) from error
    backend = url.get_backend_name()
    if backend not in {"sqlite", "postgresql"}:
        raise InputError(f"{backend} is not supported", place="store", remedy=remedy)
    if backend == "sqlite" and not url.database:
        raise InputError("a store in memory would be lost", place="store", remedy=remedy)
    return url


def keep_private(url: URL) -> None:
    """Make a missing SQLite file that only its owner may read: it will hold patients and keys."""
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        with suppress(OSError):  # a folder that is missing is told when the store is opened
            os.close(os.open(url.database or "", os.O_CREAT | os.O_EXCL, 0o600))


def open_engine(url: URL, *, busy_seconds: float = dialects.BUSY_SECONDS) -> Engine:
    """An engine with the pragmas and locks of its dialect; nothing is connected yet.

    Raises:
        InputError: the driver of the URL is not installed.
    """
    try:
        engine = create_engine(
            url,
            hide_parameters=True,  # values may be of patients
            connect_args=dialects.connect_options(url),
        )
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise InputError(
            f"no driver for {url.drivername}", place="store", remedy="install it, or use SQLite"
        ) from error
    dialects.prepare(engine, busy_seconds=busy_seconds)
    return engine


class Store:
    """Transactions on one database, short, whole and retried when another writer was first."""

    def __init__(
        self,
        engine: Engine,
        *,
        sync: Sync = _nothing,
        pause: Callable[[float], None] = time.sleep,
        rng: random.Random | None = None,
    ) -> None:
        self.engine = engine
        self._sync = sync
        self._pause = pause
        self._rng = rng or random.Random()  # noqa: S311 - jitter between retries, no secret
        sqlite = engine.dialect.name == "sqlite"
        self._turns = (
            Turns(Path(engine.url.database or ""), dialects.BUSY_SECONDS) if sqlite else None
        )

    @classmethod
    def at(cls, target: str, *, sync: Sync = _nothing) -> "Store":
        """The store at a path or URL.

        Raises:
            InputError: not a store's URL, or its driver is missing.
        """
        return cls(open_engine(store_url(target)), sync=sync)

    def read(self, work: Callable[[SqlUnitOfWork], T]) -> T:
        """Do work that changes nothing, on one consistent snapshot."""
        return self._retried(work, reads_only=True)

    def write(self, work: Callable[[SqlUnitOfWork], T]) -> T:
        """Do work in one transaction: all of it is kept, or an error leaves nothing.

        Raises:
            BusyError: other writers held the store through every retry.
            AwayError: the store cannot be used now; only where the line was lost while the
                transaction was being committed may it have been kept after all.
            FullError: there is no space for what was to be kept.
        """
        with self._turns.turn() if self._turns else nullcontext():
            return self._retried(work, reads_only=False)

    def _retried(self, work: Callable[[SqlUnitOfWork], T], *, reads_only: bool) -> T:
        turn = 0
        while True:
            try:
                return self._once(work, reads_only=reads_only)
            except DBAPIError as error:
                told, turn = _told(error), turn + 1
                if told is None:
                    raise
                if turn == TRIES or isinstance(told, FullError):
                    raise told from error
            self._pause(self._rng.uniform(0, FIRST_PAUSE_SECONDS * 2 ** (turn - 1)))

    def _once(self, work: Callable[[SqlUnitOfWork], T], *, reads_only: bool) -> T:
        with self._connected(reads_only=reads_only) as connection:
            with connection.begin() as transaction:
                result = work(SqlUnitOfWork(connection, self._sync))
                if reads_only:
                    transaction.rollback()
                else:
                    _commit(transaction)
            return result

    def _connected(self, *, reads_only: bool) -> Connection:
        try:
            connection = self.engine.connect()
        except PoolTimeoutError as error:
            raise _busy() from error
        except DBAPIError as error:
            if dialects.trouble_of(error) is Trouble.BUSY:
                raise
            raise _away() from error
        return connection.execution_options(**{dialects.READS_ONLY: reads_only})

    def _opened(self, *, reads_only: bool) -> Connection:
        """A connection for whoever starts, and is to be told which store it is that is not there.

        Raises:
            InputError: it cannot be opened.
        """
        try:
            return self._connected(reads_only=reads_only)
        except AwayError as error:
            raise InputError(
                "the store cannot be opened",
                place=self.engine.url.render_as_string(hide_password=True),
                remedy="check the path or the server",
            ) from error

    def migrate(self) -> None:
        """Bring the schema to this version; a fresh database gets all of it."""
        keep_private(self.engine.url)
        self.change_whole(migrate.upgrade)

    def change_whole(self, work: Callable[[Connection], T]) -> T:
        """Do something to the database as a whole, in one transaction that is not retried."""
        alone = self._turns.alone_here() if self._turns else nullcontext()
        with alone, self._opened(reads_only=False) as connection, connection.begin():
            return work(connection)

    def check_schema(self) -> None:
        """Refuse a store of another version.

        Raises:
            InputError: the store cannot be opened, is empty, older or newer than this program.
        """
        self.check_there()
        with self._opened(reads_only=True) as connection:
            migrate.check(connection)

    def check_there(self) -> None:
        """Refuse a file that is not there: connecting would make an empty one.

        Raises:
            InputError: there is none.
        """
        url = self.engine.url
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
            raise InputError(
                "there is no store here", place=str(url.database), remedy="run holdfast init SITE"
            )

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()
        if self._turns:
            self._turns.close()


def _commit(transaction: RootTransaction) -> None:
    """Commit; one whose answer is lost is not tried again, as it may have been kept."""
    try:
        transaction.commit()
    except DBAPIError as error:
        if dialects.trouble_of(error) is not Trouble.LOST:
            raise
        raise AwayError(
            "it was lost while this was being written: it may have been kept",
            place="store",
            remedy="look, or send the same again under its Idempotency-Key",
        ) from error


def _told(error: DBAPIError) -> BusyError | None:
    """What callers are told of an error, without the address of the store; None for a fault."""
    match dialects.trouble_of(error):
        case Trouble.BUSY:
            return _busy()
        case Trouble.LOST:
            return _away()
        case Trouble.FULL:
            return FullError(
                "its disk is full; nothing of this was kept",
                place="store",
                remedy="free space on the disk of the store",
            )
        case None:
            return None


def _busy() -> BusyError:
    return BusyError("the store is busy", place="store", remedy="try again in a moment")


def _away() -> AwayError:
    return AwayError("it cannot be used now", place="store", remedy="try again in a moment")
