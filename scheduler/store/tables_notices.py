"""Tables of what leaves the store and of what somebody must look at."""

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from scheduler.store.tables import Base


class OutboxRow(Base):
    """A message, written in the transaction of what it tells of."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "kind", "subject"), Index(None, "spread_at"))

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[int]
    spread_at: Mapped[int | None]
    """When it was addressed to all who asked for it; None until then."""


class DeliveryRow(Base):
    """A message for one destination, until it has arrived there."""

    __tablename__ = "delivery"
    __table_args__ = (Index(None, "destination", "delivered_at", "seq"),)

    seq: Mapped[int] = mapped_column(BigInteger, ForeignKey("outbox.seq"), primary_key=True)
    destination: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[int]
    attempts: Mapped[int]
    delivered_at: Mapped[int | None]
    error: Mapped[str] = mapped_column(Text)


class AlertRow(Base):
    """Something that a person must see to; at most one of its sort is open."""

    __tablename__ = "alert"
    __table_args__ = (
        Index(
            "uq_alert_open",
            "kind",
            "subject",
            "about",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "ended_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str]
    about: Mapped[str] = mapped_column(String(400))
    level: Mapped[str] = mapped_column(String(20))
    detail: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[int]
    changed_at: Mapped[int]
    ended_at: Mapped[int | None]


class RoutineRow(Base):
    """When one of the routines was last done, and what came of it."""

    __tablename__ = "routine"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    done_at: Mapped[int]
    failed: Mapped[bool]
    outcome: Mapped[str] = mapped_column(Text)
