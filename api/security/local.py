"""Tokens that we give out ourselves: signed by the site's key, and looked up on every request."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from api.errors import UnauthorisedError
from api.security import jws
from api.security.principal import Principal
from api.security.scopes import permitted
from models.errors import BusyError
from scheduler.bootstrap import Container
from scheduler.services import sessions
from scheduler.services.sessions import Issued

ISSUER = "urn:holdfast:site:"
AUDIENCE = "holdfast"
ALGORITHM = "ES256"


def write_token(issued: Issued, site_id: str) -> str:
    """The bearer token of a session."""
    session = issued.session
    claims = {
        "iss": ISSUER + site_id,
        "aud": AUDIENCE,
        "sub": session.account,
        "jti": session.id,
        "iat": int(session.issued_at.timestamp()),
        "exp": int(session.expires_at.timestamp()),
    }
    return jwt.encode(
        claims, issued.key.private_pem, algorithm=ALGORITHM, headers={"kid": issued.key.kid}
    )


def recognise(
    site_id: str,
    site: Container,
    token: str,
    header: Mapping[str, Any],
    claims: Mapping[str, Any],
) -> Principal:
    """Whoever a token of ours names, as their account is now.

    Raises:
        UnauthorisedError: it is not ours, or not good any more.
    """
    session, kid = claims.get("jti"), header.get("kid")
    if not isinstance(session, str) or not isinstance(kid, str):
        raise jws.not_valid()
    known = site.read(lambda desk: sessions.known(desk, session, kid))
    if known is None:
        raise _no_more(site_id, site, token, session, kid)
    now = site.clock.now()
    checked = jws.verified(
        token,
        _public(known.public_pem),
        algorithms=[ALGORITHM],
        issuer=ISSUER + site_id,
        audience=AUDIENCE,
        now=now,
    )
    if checked["sub"] != known.account.id:
        raise jws.not_valid()
    if sessions.wants_touch(known.session, now):
        _touch(site, session)
    scopes = known.session.scopes
    return Principal(
        known.account.id,
        {site_id: frozenset(known.account.roles)},
        within=None if scopes is None else permitted(scopes),
    )


def _no_more(
    site_id: str, site: Container, token: str, session: str, kid: str
) -> UnauthorisedError:
    """The refusal of a token; it knows whose it was, where we did sign it."""
    kept = site.read(lambda desk: desk.uow.identity.sessions.known(session, kid))
    if kept is None:
        return jws.not_valid()
    jws.signed(
        token,
        _public(kept.public_pem),
        algorithms=[ALGORITHM],
        issuer=ISSUER + site_id,
        audience=AUDIENCE,
    )
    return jws.not_valid((site_id, kept.account.id))


def _touch(site: Container, session: str) -> None:
    try:
        site.write(lambda desk: desk.uow.identity.sessions.touch(session, desk.now))
    except BusyError:
        return  # the next request notes it; nobody should wait for that


@lru_cache(maxsize=32)
def _public(pem: str) -> Any:
    return load_pem_public_key(pem.encode())
