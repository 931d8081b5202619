"""Tables beside the plan: signatures under policies, and calendar feeds."""

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from scheduler.store.tables import Base


class SignOffRow(Base):
    """A clinician's signature under a policy; rows are only ever added."""

    __tablename__ = "sign_off"
    __table_args__ = (Index(None, "policy", "signed_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    policy: Mapped[str]
    version: Mapped[str]
    digest: Mapped[str] = mapped_column(String(64))
    signed_by: Mapped[str]
    signed_at: Mapped[int]
    comment: Mapped[str] = mapped_column(Text)


class FeedRow(Base):
    """A calendar feed; of its secret only the digest."""

    __tablename__ = "feed"
    __table_args__ = (Index(None, "digest", unique=True),)

    id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    resource: Mapped[str | None]
    label: Mapped[str]
    created_at: Mapped[int]
    created_by: Mapped[str]
    revoked_at: Mapped[int | None]
    revoked_by: Mapped[str | None]
    version: Mapped[int]
