"""Tables of the service: answers kept for repeated requests."""

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from scheduler.store.tables import Base


class AnswerRow(Base):
    """What was answered to a request, kept in the transaction of what the request did."""

    __tablename__ = "answer"
    __table_args__ = (Index(None, "kept_at"),)

    principal: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    status: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    headers: Mapped[str] = mapped_column(Text)
    kept_at: Mapped[int]
