"""Tokens of a site: who gets one, for how long, and until when it is good.

A token is good as long as its session is open and its account is as it was: both are read for
every request, so a change of roles or a lock-out counts at once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.errors import RefusedError
from scheduler.records_identity import (
    AccountKind,
    AccountRecord,
    AccountState,
    Attempts,
    KnownSession,
    Role,
    SessionRecord,
    SigningKey,
)
from scheduler.services.desk import Desk
from scheduler.services.signing import signing_key

CLIENT_SECONDS = 300
USER_SECONDS = 8 * 3600
USER_IDLE_SECONDS = 30 * 60
ADMINISTRATOR_SECONDS = 24 * 3600
TOUCH_SECONDS = 60
"""A session's use is noted this often at most: not every request writes."""
GUESSES = 10
GUESS_SPAN = timedelta(minutes=15)
LOOPBACK = "loopback-administrator"


class LockedOutError(RefusedError):
    """Too many wrong passwords for one name, whether or not anybody has it."""

    code = "too-many-requests"

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__("too many attempts with this name", remedy="wait, then try again")


@dataclass(frozen=True, slots=True)
class Issued:
    """A session together with the key that signs its token."""

    account: AccountRecord
    session: SessionRecord
    key: SigningKey


def issue(
    desk: Desk,
    account: AccountRecord,
    *,
    seconds: int,
    idle_seconds: int | None = None,
    scopes: tuple[str, ...] | None = None,
) -> Issued:
    """Open a session for an account, as it is now."""
    session = SessionRecord(
        id=desk.ids.token(),
        account=account.id,
        account_version=account.version,
        scopes=scopes,
        issued_at=desk.now,
        seen_at=desk.now,
        expires_at=desk.now + timedelta(seconds=seconds),
        idle_seconds=idle_seconds,
    )
    desk.uow.identity.sessions.add(session)
    desk.audit("session.open", account.id, detail=account.kind.value)
    return Issued(account, session, signing_key(desk))


def known(desk: Desk, session: str, kid: str) -> KnownSession | None:
    """What is known of a token, if it is good now."""
    found = desk.uow.identity.sessions.known(session, kid)
    if found is None or not found.session.live(desk.now):
        return None
    whole = found.account.state is AccountState.ACTIVE
    as_it_was = found.account.version == found.session.account_version
    return found if whole and as_it_was else None


def wants_touch(session: SessionRecord, now: datetime) -> bool:
    """Whether a use should be noted."""
    rested = (now - session.seen_at).total_seconds()
    return session.idle_seconds is not None and rested >= TOUCH_SECONDS


def attempt(desk: Desk, name: str) -> AccountRecord | None:
    """Count an attempt with a name before the password is checked; the account, if there is one.

    Raises:
        LockedOutError: there were too many; the same for names that nobody has.
    """
    guesses = desk.uow.identity.guesses
    guesses.forget_before(desk.now - GUESS_SPAN)
    before = guesses.find(name) or Attempts(count=0, since=desk.now)
    if before.count >= GUESSES:
        over = before.since + GUESS_SPAN - desk.now
        raise LockedOutError(max(1, int(over.total_seconds()) + 1))
    guesses.put(name, before.model_copy(update={"count": before.count + 1}))
    found = desk.uow.identity.accounts.find(name)
    return found if found is not None and found.kind is AccountKind.USER else None


def refused(desk: Desk, account: AccountRecord | None) -> None:
    """Record a wrong password; a name that nobody has is not kept, it may be a password."""
    desk.audit("session.refused", account.id if account else "unknown", detail="wrong password")


def enter(desk: Desk, account: AccountRecord) -> Issued | None:
    """Open the session of a user whose password was right, if the account is still as it was."""
    now = desk.uow.identity.accounts.find(account.id)
    if now != account or now.state is not AccountState.ACTIVE:
        return None
    desk.uow.identity.guesses.forget(account.id)
    return issue(desk, now, seconds=USER_SECONDS, idle_seconds=USER_IDLE_SECONDS)


def enter_client(
    desk: Desk, name: str, scopes: tuple[str, ...], *, proof: str, proof_expires: datetime
) -> Issued | None:
    """Open the session of a client whose signature was right, once for each proof."""
    account = desk.uow.identity.accounts.find(name)
    if account is None or not is_client(account):
        return None
    if not desk.uow.identity.sessions.spend(name, proof, proof_expires, desk.now):
        desk.audit("session.refused", name, detail="a proof was used twice")
        return None
    return issue(desk, account, seconds=CLIENT_SECONDS, scopes=scopes)


def is_client(account: AccountRecord) -> bool:
    """Whether an account is of a system that may come in."""
    return account.kind is AccountKind.CLIENT and account.state is AccountState.ACTIVE


def end(desk: Desk, session: str, account: str) -> None:
    """End a session."""
    if desk.uow.identity.sessions.end(session, desk.now):
        desk.audit("session.end", account)


def loopback_administrator(desk: Desk) -> Issued:
    """A one-day token for whoever starts the service on this machine; earlier ones end."""
    accounts = desk.uow.identity.accounts
    found = accounts.find(LOOPBACK)
    if found is None:
        found = accounts.add(
            AccountRecord(
                id=LOOPBACK,
                kind=AccountKind.CLIENT,
                roles=(Role.ADMINISTRATOR,),
                created_at=desk.now,
                updated_at=desk.now,
            )
        )
        desk.audit("account.add", LOOPBACK, after=found)
    desk.uow.identity.sessions.end_all(LOOPBACK, desk.now)
    opened = found.model_copy(update={"state": AccountState.ACTIVE, "updated_at": desk.now})
    return issue(desk, accounts.change(opened), seconds=ADMINISTRATOR_SECONDS)


def close_loopback(desk: Desk) -> None:
    """End the token that a start on this machine gave out."""
    found = desk.uow.identity.accounts.find(LOOPBACK)
    if found is None or found.state is AccountState.DISABLED:
        return
    desk.uow.identity.sessions.end_all(LOOPBACK, desk.now)
    shut = found.model_copy(update={"state": AccountState.DISABLED, "updated_at": desk.now})
    desk.uow.identity.accounts.change(shut)
    desk.audit("account.disabled", LOOPBACK)
