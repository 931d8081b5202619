"""Tables of those who use the service: accounts, sessions, keys, guesses, emergencies."""

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from scheduler.store.tables import Base


class AccountRow(Base):
    """A user, a client, or somebody from outside who is shut out."""

    __tablename__ = "account"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    roles: Mapped[str] = mapped_column(Text)
    password: Mapped[str | None] = mapped_column(Text)
    jwks: Mapped[str | None] = mapped_column(Text)
    jwks_url: Mapped[str | None] = mapped_column(Text)
    scopes: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    created_at: Mapped[int]
    updated_at: Mapped[int]


class SessionRow(Base):
    """A token that was given out."""

    __tablename__ = "session"
    __table_args__ = (Index(None, "account_id"), Index(None, "expires_at"))

    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    account_version: Mapped[int]
    scopes: Mapped[str | None] = mapped_column(Text)
    issued_at: Mapped[int]
    seen_at: Mapped[int]
    expires_at: Mapped[int]
    idle_seconds: Mapped[int | None]
    ended_at: Mapped[int | None]


class SpentProofRow(Base):
    """A one-time proof that was used; the primary key is what makes it one-time."""

    __tablename__ = "spent_proof"
    __table_args__ = (Index(None, "expires_at"),)

    issuer: Mapped[str] = mapped_column(primary_key=True)
    proof: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[int]


class SigningKeyRow(Base):
    """One key of the ring that signs tokens."""

    __tablename__ = "signing_key"

    kid: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    private_pem: Mapped[str] = mapped_column(Text)
    public_pem: Mapped[str] = mapped_column(Text)
    created_at: Mapped[int]


class GuessRow(Base):
    """Attempts at the password of a name; of the name only a digest, it may be a slipped secret."""

    __tablename__ = "guess"
    __table_args__ = (Index(None, "since"),)

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    since: Mapped[int]


class GlassGrantRow(Base):
    """Permissions taken in an emergency."""

    __tablename__ = "glass_grant"
    __table_args__ = (Index(None, "subject", "expires_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    granted_at: Mapped[int]
    expires_at: Mapped[int]
    reviewed_at: Mapped[int | None]
    reviewed_by: Mapped[str | None]
    finding: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int]
