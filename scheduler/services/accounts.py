"""Accounts of a site: add, list, give roles, shut out. Every change ends the tokens before it."""

import json
import re
from collections.abc import Iterable

from models.errors import InputError, NotFoundError, StaleError
from scheduler.records_identity import AccountKind, AccountRecord, AccountState, Role
from scheduler.services.desk import Desk

NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,98}[a-z0-9]")
"""A colon is for identities from outside: `issuer:subject`."""


def users(desk: Desk, *, kinds: Iterable[AccountKind]) -> tuple[AccountRecord, ...]:
    """The accounts of some kinds, by id."""
    return desk.uow.identity.accounts.all(kinds)


def one(desk: Desk, account: str, *, kinds: Iterable[AccountKind]) -> AccountRecord:
    """An account of one of the kinds.

    Raises:
        NotFoundError: there is none.
    """
    found = desk.uow.identity.accounts.find(account)
    if found is None or found.kind not in kinds:
        raise NotFoundError("there is no such account", remedy="look at the list")
    return found


def add_user(desk: Desk, name: str, roles: Iterable[Role], password: str | None) -> AccountRecord:
    """A new user; `password` is a hash, or None until one is set.

    Raises:
        InputError: not a name.
        ConflictError: the name is taken.
    """
    return _add(desk, name, AccountKind.USER, roles, password=password)


def add_client(
    desk: Desk,
    name: str,
    roles: Iterable[Role],
    *,
    scopes: Iterable[str],
    jwks: str | None = None,
    jwks_url: str | None = None,
) -> AccountRecord:
    """A system that signs with its own key.

    Raises:
        InputError: not a name, or not exactly one of the two ways to its public keys.
        ConflictError: the name is taken.
    """
    _check_keys(jwks, jwks_url)
    return _add(
        desk,
        name,
        AccountKind.CLIENT,
        roles,
        scopes=tuple(dict.fromkeys(scopes)),
        jwks=jwks,
        jwks_url=jwks_url,
    )


def _add(
    desk: Desk, name: str, kind: AccountKind, roles: Iterable[Role], **more: object
) -> AccountRecord:
    if NAME.fullmatch(name) is None:
        raise InputError(
            "a name has small letters, digits and . _ @ -", place="name", remedy="choose another"
        )
    account = AccountRecord.model_validate(
        {
            "id": name,
            "kind": kind,
            "roles": tuple(sorted(set(roles))),
            "created_at": desk.now,
            "updated_at": desk.now,
            **more,
        }
    )
    desk.uow.identity.accounts.add(account)
    desk.audit("account.add", name, after=account, detail=_told(account))
    return account


def set_roles(
    desk: Desk, account: AccountRecord, roles: Iterable[Role], *, version: int | None = None
) -> AccountRecord:
    """Other roles from now on; tokens of the old ones end."""
    return _change(desk, account, "account.roles", version, roles=tuple(sorted(set(roles))))


def set_password(
    desk: Desk, account: AccountRecord, password: str, *, version: int | None = None
) -> AccountRecord:
    """Another password (its hash); whoever came in by the old one is out."""
    desk.uow.identity.guesses.forget(account.id)
    return _change(desk, account, "account.password", version, password=password)


def set_keys(
    desk: Desk,
    account: AccountRecord,
    *,
    jwks: str | None,
    jwks_url: str | None,
    version: int | None = None,
) -> AccountRecord:
    """Other keys of a client.

    Raises:
        InputError: not exactly one of the two.
    """
    _check_keys(jwks, jwks_url)
    return _change(desk, account, "account.keys", version, jwks=jwks, jwks_url=jwks_url)


def set_state(
    desk: Desk, account: AccountRecord, state: AccountState, *, version: int | None = None
) -> AccountRecord:
    """Shut an account out, or let it in again; tokens it had do not come back to life."""
    desk.uow.identity.sessions.end_all(account.id, desk.now)
    return _change(desk, account, f"account.{state.value}", version, state=state)


def shut_out(desk: Desk, name: str) -> AccountRecord:
    """Shut out whoever has this name; somebody from outside needs no account here before.

    Raises:
        NotFoundError: there is no such account, and it is not a name from outside.
    """
    found = desk.uow.identity.accounts.find(name)
    if found is not None:
        return set_state(desk, found, AccountState.DISABLED)
    if ":" not in name:
        raise NotFoundError("there is no such account", remedy="look at the list")
    account = AccountRecord(
        id=name,
        kind=AccountKind.OUTSIDE,
        state=AccountState.DISABLED,
        created_at=desk.now,
        updated_at=desk.now,
    )
    desk.uow.identity.accounts.add(account)
    desk.audit("account.disabled", name, after=account)
    return account


def let_in(desk: Desk, name: str) -> AccountRecord:
    """Let somebody in again who was shut out.

    Raises:
        NotFoundError: there is no such account.
    """
    return set_state(desk, desk.uow.identity.accounts.get(name), AccountState.ACTIVE)


def is_shut_out(desk: Desk, name: str) -> bool:
    """Whether somebody from outside has been shut out here."""
    found = desk.uow.identity.accounts.find(name)
    return found is not None and found.state is AccountState.DISABLED


def _change(
    desk: Desk, before: AccountRecord, action: str, version: int | None, **members: object
) -> AccountRecord:
    if version is not None and version != before.version:
        raise StaleError("the account has changed since it was read", remedy="look again")

    changed = before.model_copy(update={**members, "updated_at": desk.now})
    after = desk.uow.identity.accounts.change(changed)
    desk.audit(action, before.id, before=before, after=after, detail=_told(after))
    return after


def _told(account: AccountRecord) -> str:
    return f"{account.kind.value}: {', '.join(account.roles) or 'no role'}"


def _check_keys(jwks: str | None, jwks_url: str | None) -> None:
    if (jwks is None) == (jwks_url is None):
        raise InputError(
            "a client's public keys are given once", place="keys", remedy="give jwks or jwks_url"
        )
    if jwks is not None:
        _check_set(jwks)
    elif jwks_url is not None and not _is_safe(jwks_url):
        raise InputError("keys are fetched by https only", place="jwks_url", remedy="correct it")


def _check_set(jwks: str) -> None:
    try:
        keys = json.loads(jwks)["keys"]
        private = any({"d", "k"} & key.keys() for key in keys)
        named = all(isinstance(key.get("kid"), str) for key in keys)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            "this is no key set", place="jwks", remedy='give {"keys": [...]}'
        ) from error
    if private or not named or not keys:
        raise InputError(
            "a key set has public keys, each with its kid",
            place="jwks",
            remedy="leave private members out",
        )


def _is_safe(url: str) -> bool:
    return url.startswith(("https://", "http://127.0.0.1:", "http://localhost:"))
