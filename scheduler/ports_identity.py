"""What the service asks of the store to know its callers."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from scheduler.records_identity import (
    AccountKind,
    AccountRecord,
    Attempts,
    GlassGrant,
    KnownSession,
    SessionRecord,
    SigningKey,
)


class Accounts(Protocol):
    """Users, clients and those who are shut out."""

    def find(self, account: str) -> AccountRecord | None:
        """An account, if there is one."""
        ...

    def get(self, account: str) -> AccountRecord:
        """An account; NotFoundError if unknown."""
        ...

    def all(self, kinds: Iterable[AccountKind] = AccountKind) -> tuple[AccountRecord, ...]:
        """The accounts of some kinds, by id."""
        ...

    def add(self, account: AccountRecord) -> AccountRecord:
        """Keep a new account; ConflictError if the name is taken."""
        ...

    def change(self, account: AccountRecord) -> AccountRecord:
        """Write an account back with the next version; StaleError if somebody else did."""
        ...


class Sessions(Protocol):
    """Tokens that were given out, and the proofs they were given for."""

    def known(self, session: str, kid: str) -> KnownSession | None:
        """A token's session, account and key, in one look; None unless all three are there."""
        ...

    def add(self, session: SessionRecord) -> None:
        """Keep a new session; forgets those that are long over."""
        ...

    def touch(self, session: str, now: datetime) -> None:
        """Note that a token was used."""
        ...

    def end(self, session: str, now: datetime) -> bool:
        """End a session; whether it was still open."""
        ...

    def end_all(self, account: str, now: datetime) -> int:
        """End all sessions of an account; how many were open."""
        ...

    def spend(self, issuer: str, proof: str, expires_at: datetime, now: datetime) -> bool:
        """Note that a one-time proof was used; False if it had been used before."""
        ...


class SigningKeys(Protocol):
    """The ring of keys that sign a site's tokens."""

    def active(self) -> SigningKey | None:
        """The key that signs now."""
        ...

    def all(self) -> tuple[SigningKey, ...]:
        """Every key, oldest first."""
        ...

    def add(self, key: SigningKey) -> None:
        """Keep a new key."""
        ...

    def change(self, key: SigningKey) -> None:
        """Write a key's state back."""
        ...


class Guesses(Protocol):
    """How often the password of a name has been tried, whether or not there is such an account."""

    def find(self, name: str) -> Attempts | None:
        """The attempts on a name."""
        ...

    def put(self, name: str, attempts: Attempts) -> None:
        """Keep the attempts on a name."""
        ...

    def forget(self, name: str) -> None:
        """Begin anew with a name."""
        ...

    def forget_before(self, moment: datetime) -> None:
        """Drop what began before a moment."""
        ...


class Glass(Protocol):
    """Emergencies in which somebody took more permissions."""

    def get(self, grant: str) -> GlassGrant:
        """One of them; NotFoundError if unknown."""
        ...

    def open_for(self, subject: str, now: datetime) -> GlassGrant | None:
        """The one that somebody has at a moment."""
        ...

    def all(self) -> tuple[GlassGrant, ...]:
        """Every one, by id."""
        ...

    def add(self, grant: GlassGrant) -> None:
        """Keep a new one."""
        ...

    def change(self, grant: GlassGrant) -> GlassGrant:
        """Write one back with the next version; StaleError if somebody else did."""
        ...


class Identity(Protocol):
    """The repositories of one transaction that know callers."""

    @property
    def accounts(self) -> Accounts:
        """Users, clients and those who are shut out."""
        ...

    @property
    def sessions(self) -> Sessions:
        """Tokens that were given out."""
        ...

    @property
    def keys(self) -> SigningKeys:
        """The ring of signing keys."""
        ...

    @property
    def guesses(self) -> Guesses:
        """Attempts at passwords."""
        ...

    @property
    def glass(self) -> Glass:
        """Emergencies."""
        ...
