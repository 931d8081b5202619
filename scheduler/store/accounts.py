"""Repositories of accounts, sessions, signing keys and guesses."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from models.errors import ConflictError, NotFoundError
from scheduler.records_identity import (
    AccountKind,
    AccountRecord,
    AccountState,
    Attempts,
    KeyState,
    KnownSession,
    Role,
    SessionRecord,
    SigningKey,
)
from scheduler.store.cases import one_changed
from scheduler.store.codec import (
    AnyRow,
    instant,
    maybe_instant,
    maybe_seconds,
    seconds,
)
from scheduler.store.glass import SqlGlass
from scheduler.store.tables_identity import (
    AccountRow,
    GuessRow,
    SessionRow,
    SigningKeyRow,
    SpentProofRow,
)

KEPT_AFTER_END = timedelta(days=1)
"""How long a session that is over stays, so that its end can still be told."""


class SqlIdentity:
    """All repositories that know callers, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.accounts = SqlAccounts(connection)
        self.sessions = SqlSessions(connection)
        self.keys = SqlSigningKeys(connection)
        self.guesses = SqlGuesses(connection)
        self.glass = SqlGlass(connection)


class SqlAccounts:
    """Users, clients and those who are shut out."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, account: str) -> AccountRecord | None:
        """An account, if there is one."""
        query = select(*_ACCOUNT).where(AccountRow.id == account)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _account(row)

    def get(self, account: str) -> AccountRecord:
        """An account."""
        found = self.find(account)
        if found is None:
            raise NotFoundError("there is no such account", remedy="look at the list")
        return found

    def all(self, kinds: Iterable[AccountKind] = AccountKind) -> tuple[AccountRecord, ...]:
        """The accounts of some kinds, by id."""
        query = select(*_ACCOUNT).where(AccountRow.kind.in_(list(kinds))).order_by(AccountRow.id)
        return tuple(map(_account, self._connection.execute(query)))

    def add(self, account: AccountRecord) -> AccountRecord:
        """Keep a new account."""
        if self.find(account.id) is not None:
            raise ConflictError("the name is taken", remedy="choose another")
        made = seconds(account.created_at)
        values = {"id": account.id, "created_at": made, "version": account.version}
        self._connection.execute(insert(AccountRow).values(**values, **_account_values(account)))
        return account

    def change(self, account: AccountRecord) -> AccountRecord:
        """Write an account back with the next version."""
        version = account.version + 1
        done = self._connection.execute(
            update(AccountRow)
            .where(AccountRow.id == account.id, AccountRow.version == account.version)
            .values(version=version, **_account_values(account))
        )
        one_changed(done.rowcount, "account", account.id)
        return account.model_copy(update={"version": version})


class SqlSessions:
    """Tokens that were given out, and the proofs they were given for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def known(self, session: str, kid: str) -> KnownSession | None:
        """A token's session, account and key, in one look."""
        given = {"session": session, "kid": kid}
        row = self._connection.execute(_KNOWN, given).one_or_none()
        if row is None:
            return None
        return KnownSession(account=_account(row), session=_session(row), public_pem=row.public_pem)

    def add(self, session: SessionRecord) -> None:
        """Keep a new session; forgets those that are long over."""
        over = seconds(session.issued_at - KEPT_AFTER_END)
        self._connection.execute(delete(SessionRow).where(SessionRow.expires_at < over))
        self._connection.execute(
            insert(SessionRow).values(
                id=session.id,
                account_id=session.account,
                account_version=session.account_version,
                scopes=None if session.scopes is None else json.dumps(session.scopes),
                issued_at=seconds(session.issued_at),
                seen_at=seconds(session.seen_at),
                expires_at=seconds(session.expires_at),
                idle_seconds=session.idle_seconds,
                ended_at=maybe_seconds(session.ended_at),
            )
        )

    def touch(self, session: str, now: datetime) -> None:
        """Note that a token was used."""
        later = update(SessionRow).where(
            SessionRow.id == session, SessionRow.seen_at < seconds(now)
        )
        self._connection.execute(later.values(seen_at=seconds(now)))

    def end(self, session: str, now: datetime) -> bool:
        """End a session; whether it was still open."""
        still = SessionRow.id == session, SessionRow.ended_at.is_(None)
        done = update(SessionRow).where(*still).values(ended_at=seconds(now))
        return self._connection.execute(done).rowcount == 1

    def end_all(self, account: str, now: datetime) -> int:
        """End all sessions of an account; how many were open."""
        still = SessionRow.account_id == account, SessionRow.ended_at.is_(None)
        done = update(SessionRow).where(*still).values(ended_at=seconds(now))
        return self._connection.execute(done).rowcount

    def spend(self, issuer: str, proof: str, expires_at: datetime, now: datetime) -> bool:
        """Note that a one-time proof was used; False if it had been used before."""
        old = delete(SpentProofRow).where(SpentProofRow.expires_at < seconds(now))
        self._connection.execute(old)
        row = {"issuer": issuer, "proof": proof, "expires_at": seconds(expires_at)}
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(SpentProofRow).values(**row))
        except IntegrityError:
            return False
        return True


class SqlSigningKeys:
    """The ring of keys that sign a site's tokens."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def active(self) -> SigningKey | None:
        """The key that signs now."""
        return next((key for key in self.all() if key.state is KeyState.ACTIVE), None)

    def all(self) -> tuple[SigningKey, ...]:
        """Every key, oldest first."""
        query = select(
            SigningKeyRow.kid,
            SigningKeyRow.state,
            SigningKeyRow.private_pem,
            SigningKeyRow.public_pem,
            SigningKeyRow.created_at,
        ).order_by(SigningKeyRow.created_at, SigningKeyRow.kid)
        return tuple(map(_key, self._connection.execute(query)))

    def add(self, key: SigningKey) -> None:
        """Keep a new key."""
        values = key.model_dump() | {"created_at": seconds(key.created_at)}
        self._connection.execute(insert(SigningKeyRow).values(**values))

    def change(self, key: SigningKey) -> None:
        """Write a key's state back; a revoked key loses its private half."""
        pem = "" if key.state is KeyState.REVOKED else key.private_pem
        here = update(SigningKeyRow).where(SigningKeyRow.kid == key.kid)
        self._connection.execute(here.values(state=key.state, private_pem=pem))


class SqlGuesses:
    """Attempts at passwords by the digest of the name."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, name: str) -> Attempts | None:
        """The attempts on a name."""
        query = select(GuessRow.count.label("tries"), GuessRow.since).where(
            GuessRow.name == _name_digest(name)
        )
        row = self._connection.execute(query).one_or_none()
        return None if row is None else Attempts(count=row.tries, since=instant(row.since))

    def put(self, name: str, attempts: Attempts) -> None:
        """Keep the attempts on a name."""
        self.forget(name)
        row = {"count": attempts.count, "since": seconds(attempts.since)}
        self._connection.execute(insert(GuessRow).values(name=_name_digest(name), **row))

    def forget(self, name: str) -> None:
        """Begin anew with a name."""
        self._connection.execute(delete(GuessRow).where(GuessRow.name == _name_digest(name)))

    def forget_before(self, moment: datetime) -> None:
        """Drop what began before a moment."""
        self._connection.execute(delete(GuessRow).where(GuessRow.since < seconds(moment)))


_ACCOUNT = (
    AccountRow.id,
    AccountRow.kind,
    AccountRow.state,
    AccountRow.roles,
    AccountRow.password,
    AccountRow.jwks,
    AccountRow.jwks_url,
    AccountRow.scopes,
    AccountRow.version,
    AccountRow.created_at,
    AccountRow.updated_at,
)
_SESSION = (
    SessionRow.id.label("session_id"),
    SessionRow.account_version,
    SessionRow.scopes.label("session_scopes"),
    SessionRow.issued_at,
    SessionRow.seen_at,
    SessionRow.expires_at,
    SessionRow.idle_seconds,
    SessionRow.ended_at,
)
_KNOWN = (
    select(*_ACCOUNT, *_SESSION, SigningKeyRow.public_pem)
    .join(AccountRow, AccountRow.id == SessionRow.account_id)
    .join(SigningKeyRow, SigningKeyRow.kid == bindparam("kid"))
    .where(SessionRow.id == bindparam("session"), SigningKeyRow.state != KeyState.REVOKED)
)


def _account(row: AnyRow) -> AccountRecord:
    return AccountRecord(
        id=row.id,
        kind=AccountKind(row.kind),
        state=AccountState(row.state),
        roles=tuple(map(Role, json.loads(row.roles))),
        password=row.password,
        jwks=row.jwks,
        jwks_url=row.jwks_url,
        scopes=tuple(json.loads(row.scopes)),
        version=row.version,
        created_at=instant(row.created_at),
        updated_at=instant(row.updated_at),
    )


def _account_values(account: AccountRecord) -> dict[str, object]:
    return {
        "kind": account.kind,
        "state": account.state,
        "roles": json.dumps(account.roles),
        "password": account.password,
        "jwks": account.jwks,
        "jwks_url": account.jwks_url,
        "scopes": json.dumps(account.scopes),
        "updated_at": seconds(account.updated_at),
    }


def _session(row: AnyRow) -> SessionRecord:
    return SessionRecord(
        id=row.session_id,
        account=row.id,
        account_version=row.account_version,
        scopes=None if row.session_scopes is None else tuple(json.loads(row.session_scopes)),
        issued_at=instant(row.issued_at),
        seen_at=instant(row.seen_at),
        expires_at=instant(row.expires_at),
        idle_seconds=row.idle_seconds,
        ended_at=maybe_instant(row.ended_at),
    )


def _key(row: AnyRow) -> SigningKey:
    return SigningKey(
        kid=row.kid,
        state=KeyState(row.state),
        private_pem=row.private_pem,
        public_pem=row.public_pem,
        created_at=instant(row.created_at),
    )


def _name_digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
