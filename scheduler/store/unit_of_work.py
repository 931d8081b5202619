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
from scheduler.store.feeds import SqlFeeds
from scheduler.store.files import SqlFiles
from scheduler.store.nights import SqlHeartbeats, SqlLeases
from scheduler.store.outbox import SqlOutbox
from scheduler.store.promises import SqlPromises
from scheduler.store.revisions import SqlRevisions
from scheduler.store.routines import SqlKeeping, SqlRoutines
from scheduler.store.runs import SqlRuns
from scheduler.store.scenarios import SqlComparisons, SqlScenarios
from scheduler.store.sign_offs import SqlSignOffs


class SqlUnitOfWork:
    """The repositories over one connection, whose transaction the store begins and ends."""

    def __init__(self, connection: Connection, sync: Callable[[str], None]) -> None:
        self._sync = sync
        self.sites = SqlSites(connection)
        self.patients = SqlPatients(connection)
        self.cases = SqlCases(connection)
        self.decisions = SqlDecisions(connection)
        self.files = SqlFiles(connection)
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
        self.routines = SqlRoutines(connection)
        self.keeping = SqlKeeping(connection)
        self.promises = SqlPromises(connection)
        self.identity = SqlIdentity(connection)
        self.sign_offs = SqlSignOffs(connection)
        self.feeds = SqlFeeds(connection)
        self.scenarios = SqlScenarios(connection)
        self.comparisons = SqlComparisons(connection)

    def sync(self, point: str) -> None:
        """A named point at which tests may hold a transaction; nothing otherwise."""
        self._sync(point)
