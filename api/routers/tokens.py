"""Tokens: for systems by their key (SMART Backend Services), for users by password; and their end.

Errors of the token endpoint have the form that RFC 6749 gives them, since OAuth libraries read it.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Response
from fastapi.responses import JSONResponse

from api.caller import SiteHeader
from api.errors import TooManyError, UnauthorisedError
from api.policy import open_to_all
from api.problems import declared_open
from api.schemas.identity import (
    PasswordChange,
    SessionOut,
    SignIn,
    TokenFault,
    TokenIn,
    TokenOut,
    permissions_of,
)
from api.security import jws, local, scopes
from api.security.assertions import ALGORITHMS, KIND, Assertion, Proof
from api.service import Service, service_of
from scheduler.bootstrap import Container
from scheduler.records_identity import AccountKind, AccountRecord, AccountState
from scheduler.services import accounts, passwords, sessions
from scheduler.services.sessions import Issued, LockedOutError

router = APIRouter(tags=["tokens"])

USERS = (AccountKind.USER,)

Served = Annotated[Service, Depends(service_of)]
Field = Annotated[str | None, Form(max_length=8192)]
_FAULTS: dict[int | str, dict[str, Any]] = {
    400: {"model": TokenFault, "description": "The request is not one for a token"},
    401: {"model": TokenFault, "description": "The client is not known by this proof"},
}


class _RefusedError(Exception):
    def __init__(self, error: str, description: str, status: int = 400) -> None:
        self.answer = JSONResponse({"error": error, "error_description": description}, status)
        super().__init__(error)


@router.post(
    "/oauth/token",
    response_model=TokenOut,
    responses=declared_open(503) | _FAULTS,
    dependencies=[open_to_all("the signed assertion says who asks")],
)
def token(asked: Annotated[TokenIn, Form()], served: Served, site: SiteHeader = None) -> Any:
    """A token of five minutes for a system that signs a one-time assertion with its own key.

    The assertion is a JWT (RS384 or ES384) with `iss` and `sub` the client's name, `aud` the
    address of this endpoint, `exp` at most five minutes ahead, and a `jti` used once. There is no
    `Idempotency-Key`: the `jti` is one, and an answer that is kept would be a token that is kept.
    """
    try:
        issued, site_id = _enter_client(served, asked, site)
    except _RefusedError as refused:
        return refused.answer
    return TokenOut(
        access_token=local.write_token(issued, site_id),
        expires_in=sessions.CLIENT_SECONDS,
        scope=" ".join(issued.session.scopes or ()),
    )


def _enter_client(served: Service, asked: TokenIn, named: str | None) -> tuple[Issued, str]:
    """Believe an assertion once, and open a session for what is asked and allowed."""
    if asked.grant_type != "client_credentials":
        raise _RefusedError("unsupported_grant_type", "only client_credentials")
    if asked.client_assertion_type != KIND or not asked.client_assertion:
        raise _RefusedError("invalid_request", "a client_assertion is needed")
    if named is None and len(served.sites) != 1:
        raise _RefusedError("invalid_request", "which site is not said: send Holdfast-Site")
    site_id, site = served.site(named)
    try:
        account, proof = _proven(served, site, asked.client_assertion)
    except UnauthorisedError as error:
        raise _unknown() from error
    given = scopes.given((asked.scope or "").split(), account.scopes)
    if not given:
        raise _RefusedError("invalid_scope", "nothing that was asked for is allowed")
    issued = site.acting(account.id).write(
        lambda desk: sessions.enter_client(
            desk, account.id, given, proof=proof.id, proof_expires=proof.expires_at
        )
    )
    if issued is None:
        raise _unknown()
    return issued, site_id


def _unknown() -> _RefusedError:
    return _RefusedError("invalid_client", "the client is not known by this proof", 401)


def _proven(served: Service, site: Container, token: str) -> tuple[AccountRecord, Proof]:
    assertion = Assertion.read(token)
    account = site.read(lambda desk: desk.uow.identity.accounts.find(assertion.client))
    if account is None or not sessions.is_client(account):
        raise jws.not_valid()
    url, now = served.settings.token_url, site.clock.now()
    return account, assertion.proven(account, served.keys, url=url, now=now)


@router.post(
    "/session",
    response_model=SessionOut,
    status_code=201,
    responses=declared_open(401, 503),
    dependencies=[open_to_all("the password says who asks")],
)
def sign_in(asked: SignIn, served: Served) -> SessionOut:
    """A token of at most eight hours for a user of the site's own accounts.

    It ends earlier when it is not used for half an hour, when it is revoked, and when anything
    about the account changes. A wrong password and an unknown name are told in the same words.
    There is no `Idempotency-Key`: an answer that is kept would be a token that is kept. Sent twice,
    it opens two sessions, and one that nobody uses ends by itself.
    """
    site_id, site = served.site(asked.site)
    account = _proven_user(site, asked.name, asked.password.get_secret_value())
    issued = site.acting(account.id).write(lambda desk: sessions.enter(desk, account))
    if issued is None:
        raise _wrong()
    return SessionOut(
        access_token=local.write_token(issued, site_id),
        expires_at=issued.session.expires_at,
        idle_seconds=sessions.USER_IDLE_SECONDS,
        site=site_id,
        roles=issued.account.roles,
        permissions=permissions_of(issued.account.roles),
    )


@router.post(
    "/session/password",
    status_code=204,
    responses=declared_open(401, 409, 503),
    dependencies=[open_to_all("the password says who asks")],
)
def change_password(asked: PasswordChange, served: Served) -> Response:
    """Set another password for oneself; all tokens of the old one end.

    There is no `Idempotency-Key`: with one a digest of the content is kept, and nothing that is
    made from a password may be but its slow hash. Sent twice, the second is 401, and it is set.
    """
    _, site = served.site(asked.site)
    account = _proven_user(site, asked.name, asked.password.get_secret_value())
    kept = passwords.hash_password(asked.new_password.get_secret_value(), account=account.id)
    site.acting(account.id).write(
        lambda desk: accounts.set_password(
            desk, accounts.one(desk, account.id, kinds=USERS), kept, version=account.version
        )
    )
    return Response(status_code=204)


def _proven_user(site: Container, name: str, password: str) -> AccountRecord:
    """The user of a name and a password; the attempt counts before the password is checked.

    The check is slow by intent and runs outside any transaction.
    """
    porter = site.acting("sign-in")
    try:
        account = porter.write(lambda desk: sessions.attempt(desk, name))
    except LockedOutError as error:
        raise TooManyError(error.seconds) from error
    right = passwords.matches(account.password if account else None, password)
    if account is None or not right or account.state is not AccountState.ACTIVE:
        porter.write(lambda desk: sessions.refused(desk, account))
        raise _wrong()
    return account


def _wrong() -> UnauthorisedError:
    return UnauthorisedError("the name or the password is wrong", remedy="try again")


@router.post(
    "/oauth/revoke",
    status_code=200,
    responses=declared_open(503),
    dependencies=[open_to_all("whoever holds a token may end it")],
)
def revoke(served: Served, token: Field = None) -> Response:
    """End a token that this service gave out (RFC 7009).

    The answer is the same for tokens that are not good any more, or never were, so sent twice it
    does nothing more and needs no `Idempotency-Key`.
    """
    if token:
        _end(served, token)
    return Response(status_code=200)


def _end(served: Service, token: str) -> None:
    try:
        header, claims = jws.unverified(token)
        site_id = str(claims.get("iss")).removeprefix(local.ISSUER)
        if site_id not in served.sites:
            return
        site = served.sites[site_id]
        caller = local.recognise(site_id, site, token, header, claims)
    except UnauthorisedError:
        return
    session = str(claims["jti"])
    site.acting(caller.subject).write(lambda desk: sessions.end(desk, session, caller.subject))


@router.get(
    "/.well-known/smart-configuration",
    responses=declared_open(),
    dependencies=[open_to_all("it says how to get a token")],
)
def configuration(served: Served) -> dict[str, Any]:
    """How systems get a token here (SMART App Launch, backend services)."""
    known = sorted(f"system/{kind}.cruds" for kind in scopes.RESOURCES)
    return {
        "token_endpoint": served.settings.token_url,
        "revocation_endpoint": served.settings.token_url.replace("/token", "/revoke"),
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "scopes_supported": known,
        "capabilities": ["client-confidential-asymmetric", "permission-v2"],
    }
