"""One transaction with its repositories."""

from collections.abc import Callable

from sqlalchemy import Connection

from scheduler.store.accounts import SqlIdentity
from scheduler.store.alerts import SqlAlerts
from scheduler.store.answers import SqlAnswers
from scheduler.store.audit import SqlAudit
from scheduler.store.bookings import SqlBookings, SqlClosures, SqlReservations
from scheduler.store.cases import SqlCases, SqlDecisions, SqlPatients, SqlSites
from scheduler.store.claims import SqlClaims
from scheduler.store.nights import SqlHeartbeats, SqlLeases
from scheduler.store.outbox import SqlOutbox
from scheduler.store.revisions import SqlRevisions
from scheduler.store.runs import SqlRuns


class SqlUnitOfWork:
    """The repositories over one connection, whose transaction the store begins and ends."""

    def __init__(self, connection: Connection, sync: Callable[[str], None]) -> None:
        self._sync = sync
        self.sites = SqlSites(connection)
        self.patients = SqlPatients(connection)
        self.cases = SqlCases(connection)
        self.decisions = SqlDecisions(connection)
        self.claims = SqlClaims(connection)
        self.reservations = SqlReservations(connection)
        self.bookings = SqlBookings(connection)
        self.closures = SqlClosures(connection)
        self.runs = SqlRuns(connection)
        self.leases = SqlLeases(connection)
        self.heartbeats = SqlHeartbeats(connection)
        self.revisions = SqlRevisions(connection)
        self.audit = SqlAudit(connection)
        self.answers = SqlAnswers(connection)
        self.outbox = SqlOutbox(connection)
        self.alerts = SqlAlerts(connection)
        self.identity = SqlIdentity(connection)

    def sync(self, point: str) -> None:
        """A named point at which tests may hold a transaction; nothing otherwise."""
        self._sync(point)
