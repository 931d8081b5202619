"""Tables of the night: runs of jobs, leases with their epochs, and signs of life."""

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from scheduler.store.tables import Base


class JobRunRow(Base):
    """One execution of a job; a job has at most one for each night."""

    __tablename__ = "job_run"
    __table_args__ = (
        UniqueConstraint("job", "night"),
        Index(None, "job", "state"),
        Index(None, "requested_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(40))
    night: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(20))
    parameters: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[int]
    requested_by: Mapped[str]
    started_at: Mapped[int | None]
    finished_at: Mapped[int | None]
    attempts: Mapped[int]
    epoch: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(String(64))
    progress: Mapped[str] = mapped_column(Text)
    cancel_requested: Mapped[bool]
    status: Mapped[str | None] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(Text)


class LeaseRow(Base):
    """The right of one process; every taking raises the epoch, and none ever lowers it."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    epoch: Mapped[int]
    until_at: Mapped[int]


class HeartbeatRow(Base):
    """When a process last said that it lives."""

    __tablename__ = "heartbeat"

    process: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[int]
    version: Mapped[str] = mapped_column(String(40))
