"""Tables of what is offered, and of what was there before the last change of a booking."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from scheduler.store.tables import Base


class OfferRow(Base):
    """A proposal with an id, until it expires."""

    __tablename__ = "offer"

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("referral_case.id"))
    document: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[int] = mapped_column(index=True)


class BookingChangeRow(Base):
    """What the booking of a case was before its last change."""

    __tablename__ = "booking_change"

    case_id: Mapped[str] = mapped_column(ForeignKey("referral_case.id"), primary_key=True)
    action: Mapped[str] = mapped_column(String(60))
    before: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int]
    at: Mapped[int]
    by: Mapped[str]
