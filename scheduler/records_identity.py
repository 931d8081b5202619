"""Who may use the service, as frozen values: accounts, sessions, signing keys, emergencies."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from models.base import Frozen, Id, Instant


class Role(StrEnum):
    """What somebody is at a site."""

    SCHEDULER = "scheduler"
    NURSE = "nurse"
    CLINICIAN = "clinician"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"
    AUDITOR = "auditor"


class AccountKind(StrEnum):
    """How the owner of an account shows who they are."""

    USER = "user"  # a password kept here
    CLIENT = "client"  # a system that signs with its own key
    OUTSIDE = "outside"  # an identity provider vouches; kept here only to be shut out


class AccountState(StrEnum):
    """Whether an account may be used."""

    ACTIVE = "active"
    DISABLED = "disabled"


class AccountRecord(Frozen):
    """One account. Every change raises its version, and tokens of other versions are refused."""

    id: Id
    kind: AccountKind
    state: AccountState = AccountState.ACTIVE
    roles: tuple[Role, ...] = ()
    password: str | None = Field(default=None, repr=False)
    """A hash with its salt and parameters; None lets nobody in by password."""
    jwks: str | None = None
    """A client's public keys, a JSON Web Key Set."""
    jwks_url: str | None = None
    """Where a client publishes its keys."""
    scopes: tuple[str, ...] = ()
    """What a client may ask for."""
    version: int = 1
    created_at: Instant
    updated_at: Instant


class SessionRecord(Frozen):
    """A token that was given out; without its row a token is worth nothing."""

    id: Id
    account: Id
    account_version: int
    scopes: tuple[str, ...] | None
    """What the token was given for; None for all that the account may do."""
    issued_at: Instant
    seen_at: Instant
    expires_at: Instant
    idle_seconds: int | None = None
    """How long it may rest between two uses; None for as long as it lasts."""
    ended_at: Instant | None = None

    def live(self, now: datetime) -> bool:
        """Whether the token is good at a moment."""
        rested = (now - self.seen_at).total_seconds()
        return (
            self.ended_at is None
            and now < self.expires_at
            and (self.idle_seconds is None or rested < self.idle_seconds)
        )


class KeyState(StrEnum):
    """What a signing key is still good for."""

    ACTIVE = "active"  # signs and verifies
    RETIRED = "retired"  # verifies what it has signed
    REVOKED = "revoked"  # nothing


class SigningKey(Frozen):
    """One key of the ring that signs a site's tokens (ES256)."""

    kid: Id
    state: KeyState = KeyState.ACTIVE
    private_pem: str = Field(repr=False)
    public_pem: str
    created_at: Instant


class KnownSession(Frozen):
    """Everything needed to judge one token, read at once."""

    account: AccountRecord
    session: SessionRecord
    public_pem: str


class Attempts(Frozen):
    """Attempts to guess the password of one name since a moment."""

    count: int
    since: Instant


class GlassGrant(Frozen):
    """Permissions that somebody took in an emergency, with the reason, for a short while."""

    id: Id
    subject: Id
    reason: str
    granted_at: Instant
    expires_at: Instant
    reviewed_at: Instant | None = None
    reviewed_by: Id | None = None
    finding: str | None = None
    """What the reviewer found."""
    version: int = 1
