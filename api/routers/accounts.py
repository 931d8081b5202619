"""Users and systems of a site: list, add, give roles, shut out."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.caller import Caller, needs
from api.once import OnceOnly, UnsafeRequest
from api.paging import After, Limit, Page, page
from api.problems import declared
from api.schemas.identity import (
    AccountIn,
    AccountOut,
    ClientIn,
    ClientOut,
    KeysIn,
    PasswordIn,
    RolesIn,
    StateIn,
)
from api.security.permissions import Permission
from api.versions import SeenVersion, tag
from models.errors import InputError
from scheduler.bootstrap import Container
from scheduler.records_identity import AccountKind, AccountRecord
from scheduler.services import accounts, passwords
from scheduler.services.desk import Desk

router = APIRouter(tags=["accounts"])

Name = Annotated[str, Path(max_length=200, examples=["ann"])]
Manager = Annotated[Caller, needs(Permission.MANAGE_ACCOUNTS)]
USERS = (AccountKind.USER,)
CLIENTS = (AccountKind.CLIENT,)
Show = Callable[[AccountRecord], AccountOut | ClientOut]
Change = Callable[[Desk, AccountRecord], AccountRecord]


@router.get("/accounts", response_model=Page[AccountOut], responses=declared())
def list_users(caller: Manager, limit: Limit = 50, after: After = None) -> Page[AccountOut]:
    """The users of the site, by name."""
    found = caller.site.read(lambda desk: accounts.users(desk, kinds=USERS))
    return page(found, key=lambda a: a.id, show=AccountOut.of, limit=limit, after=after)


@router.get("/accounts/{name}", response_model=AccountOut, responses=declared(404))
def look_at_user(name: Name, caller: Manager, response: Response) -> AccountOut:
    """One user, with the version as `ETag`."""
    found = caller.site.read(lambda desk: accounts.one(desk, name, kinds=USERS))
    response.headers["ETag"] = tag(found.version)
    return AccountOut.of(found)


@router.post("/accounts", response_model=AccountOut, status_code=201, responses=declared(400, 409))
def add_user(asked: AccountIn, caller: Manager, once: OnceOnly) -> Response:
    """Add a user, who can sign in when a password has been set."""
    return once.answer(
        caller.principal.subject,
        caller.site,
        _writing(lambda desk: accounts.add_user(desk, asked.name, asked.roles, None)),
        AccountOut.of,
        status=201,
        headers=_tagged,
    )


@router.put(
    "/accounts/{name}/roles", response_model=AccountOut, responses=declared(400, 404, 412, 428)
)
def set_user_roles(
    name: Name, asked: RolesIn, caller: Manager, seen: SeenVersion, once: OnceOnly
) -> Response:
    """Give a user other roles; the tokens they have end."""
    return _changed(
        caller,
        once,
        (name, USERS),
        lambda desk, one: accounts.set_roles(desk, one, asked.roles, version=seen),
        AccountOut.of,
    )


@router.put(
    "/accounts/{name}/state", response_model=AccountOut, responses=declared(400, 404, 412, 428)
)
def set_user_state(
    name: Name, asked: StateIn, caller: Manager, seen: SeenVersion, once: OnceOnly
) -> Response:
    """Shut a user out at once, or let them in again."""
    return _changed(
        caller,
        once,
        (name, USERS),
        lambda desk, one: accounts.set_state(desk, one, asked.state, version=seen),
        AccountOut.of,
    )


@router.put("/accounts/{name}/password", status_code=204, responses=declared(404, 412, 428))
def set_user_password(
    name: Name, asked: PasswordIn, caller: Manager, seen: SeenVersion
) -> Response:
    """Set a user's password; the tokens they have end.

    It takes no `Idempotency-Key`: with one a digest of the content is kept, and nothing that is
    made from a password may be but its slow hash. Sent twice, the second is 412, and it is set.
    """
    kept = passwords.hash_password(asked.password.get_secret_value(), account=name)
    after = caller.site.write(
        lambda desk: accounts.set_password(
            desk, accounts.one(desk, name, kinds=USERS), kept, version=seen
        )
    )
    return Response(status_code=204, headers=_tagged(after))


@router.get("/clients", response_model=Page[ClientOut], responses=declared())
def list_clients(caller: Manager, limit: Limit = 50, after: After = None) -> Page[ClientOut]:
    """The systems that may ask for tokens, by name."""
    found = caller.site.read(lambda desk: accounts.users(desk, kinds=CLIENTS))
    return page(found, key=lambda a: a.id, show=ClientOut.of, limit=limit, after=after)


@router.get("/clients/{name}", response_model=ClientOut, responses=declared(404))
def look_at_client(name: Name, caller: Manager, response: Response) -> ClientOut:
    """One system, with the version as `ETag`."""
    found = caller.site.read(lambda desk: accounts.one(desk, name, kinds=CLIENTS))
    response.headers["ETag"] = tag(found.version)
    return ClientOut.of(found)


@router.post("/clients", response_model=ClientOut, status_code=201, responses=declared(400, 409))
def add_client(asked: ClientIn, caller: Manager, once: OnceOnly) -> Response:
    """Add a system with its public keys, or the address where it publishes them."""
    strange = asked.unknown_scope()
    if strange is not None:
        raise InputError(
            "this scope means nothing here",
            place=f"body.scopes.{strange}",
            remedy="see /v1/.well-known/smart-configuration",
        )
    return once.answer(
        caller.principal.subject,
        caller.site,
        _writing(
            lambda desk: accounts.add_client(
                desk,
                asked.name,
                asked.roles,
                scopes=asked.scopes,
                jwks=asked.keys.set_text(),
                jwks_url=asked.keys.jwks_url,
            )
        ),
        ClientOut.of,
        status=201,
        headers=_tagged,
    )


@router.put(
    "/clients/{name}/keys", response_model=ClientOut, responses=declared(400, 404, 412, 428)
)
def set_client_keys(
    name: Name, asked: KeysIn, caller: Manager, seen: SeenVersion, once: OnceOnly
) -> Response:
    """Give a system other public keys; the tokens it has end."""
    return _changed(
        caller,
        once,
        (name, CLIENTS),
        lambda desk, one: accounts.set_keys(
            desk, one, jwks=asked.set_text(), jwks_url=asked.jwks_url, version=seen
        ),
        ClientOut.of,
    )


@router.put(
    "/clients/{name}/state", response_model=ClientOut, responses=declared(400, 404, 412, 428)
)
def set_client_state(
    name: Name, asked: StateIn, caller: Manager, seen: SeenVersion, once: OnceOnly
) -> Response:
    """Shut a system out at once, or let it in again."""
    return _changed(
        caller,
        once,
        (name, CLIENTS),
        lambda desk, one: accounts.set_state(desk, one, asked.state, version=seen),
        ClientOut.of,
    )


def _changed(
    caller: Caller,
    once: UnsafeRequest,
    who: tuple[str, tuple[AccountKind, ...]],
    change: Change,
    show: Show,
) -> Response:
    name, kinds = who
    return once.answer(
        caller.principal.subject,
        caller.site,
        _writing(lambda desk: change(desk, accounts.one(desk, name, kinds=kinds))),
        show,
        headers=_tagged,
    )


def _writing(service: Callable[[Desk], AccountRecord]) -> Callable[[Container], AccountRecord]:
    return lambda site: site.write(service)


def _tagged(account: AccountRecord) -> dict[str, str]:
    return {"ETag": tag(account.version)}
