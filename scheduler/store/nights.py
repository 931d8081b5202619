"""Leases with their epochs, and signs of life.

A writer's transaction excludes other writers on both engines, and a lease is renewed by an UPDATE
that names owner and epoch: whoever has been overtaken changes no row, and is told so.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from models.errors import OvertakenError
from scheduler.records_nights import Heartbeat, Lease
from scheduler.store.codec import instant, seconds
from scheduler.store.tables_nights import HeartbeatRow, LeaseRow


class SqlLeases:
    """Rights that one process has at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, name: str) -> Lease | None:
        """The lease of a name."""
        query = select(LeaseRow.owner, LeaseRow.epoch, LeaseRow.until_at)
        row = self._connection.execute(query.where(LeaseRow.name == name)).one_or_none()
        if row is None:
            return None
        return Lease(name=name, owner=row.owner, epoch=row.epoch, until=instant(row.until_at))

    def take(self, name: str, owner: str, *, now: datetime, until: datetime) -> Lease | None:
        """Take a lease that is free or has run out, with the next epoch; None if it is held."""
        held = self.find(name)
        if held is not None and held.until > now:
            return None
        lease = Lease(name=name, owner=owner, epoch=held.epoch + 1 if held else 1, until=until)
        values = {"owner": owner, "epoch": lease.epoch, "until_at": seconds(until)}
        if held is None:
            self._connection.execute(insert(LeaseRow).values(name=name, **values))
        else:
            self._connection.execute(update(LeaseRow).where(*_mine(held)).values(**values))
        return lease

    def renew(self, lease: Lease, *, until: datetime) -> None:
        """Hold a lease for longer; OvertakenError if somebody else has taken it since."""
        if self._set_until(lease, seconds(until)) != 1:
            raise OvertakenError(
                f"another process has taken over since epoch {lease.epoch}",
                place=f"lease {lease.name}",
                remedy="leave the work to it",
            )

    def release(self, lease: Lease) -> None:
        """Give a lease up, if it is still held."""
        self._set_until(lease, 0)

    def _set_until(self, lease: Lease, moment: int) -> int:
        change = update(LeaseRow).where(*_mine(lease)).values(until_at=moment)
        return self._connection.execute(change).rowcount


def _mine(lease: Lease) -> tuple[ColumnElement[bool], ...]:
    return (
        LeaseRow.name == lease.name,
        LeaseRow.owner == lease.owner,
        LeaseRow.epoch == lease.epoch,
    )


class SqlHeartbeats:
    """When processes last said that they live."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def beat(self, beat: Heartbeat) -> None:
        """Note that a process lives."""
        values = {"kind": beat.kind, "at": seconds(beat.at), "version": beat.version}
        known = update(HeartbeatRow).where(HeartbeatRow.process == beat.process).values(**values)
        if self._connection.execute(known).rowcount == 0:
            self._connection.execute(insert(HeartbeatRow).values(process=beat.process, **values))

    def all(self) -> tuple[Heartbeat, ...]:
        """The last of every process, newest first."""
        query = select(
            HeartbeatRow.process, HeartbeatRow.kind, HeartbeatRow.at, HeartbeatRow.version
        ).order_by(HeartbeatRow.at.desc(), HeartbeatRow.process)
        return tuple(
            Heartbeat(process=row.process, kind=row.kind, at=instant(row.at), version=row.version)
            for row in self._connection.execute(query)
        )

    def forget_before(self, moment: datetime) -> int:
        """Drop those of processes not heard of since a moment; how many there were."""
        old = delete(HeartbeatRow).where(HeartbeatRow.at < seconds(moment))
        return self._connection.execute(old).rowcount
