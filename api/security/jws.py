"""Signed tokens: what may be believed of one, by keys and algorithms that we chose."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import jwt

from api.errors import UnauthorisedError

LONGEST = 8192
LEEWAY_SECONDS = 30
"""By how much the clock of somebody else may be ahead."""
_OPTIONS: Any = {
    # times are judged by the service's clock, below
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "require": ["exp", "iss", "sub", "aud"],
}


def not_valid(whose: tuple[str, str] | None = None) -> UnauthorisedError:
    """The one answer to every token that does not stand; it never says why."""
    remedy = "get a new one, see /v1/oauth/token"
    return UnauthorisedError("the token is not valid", remedy=remedy, whose=whose)


def unverified(token: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Header and claims as they are written, to find out whose keys to ask.

    Raises:
        UnauthorisedError: this is no signed token.
    """
    if len(token) > LONGEST:
        raise not_valid()
    try:
        header = jwt.get_unverified_header(token)
        claims = jwt.decode(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise not_valid() from error
    return header, claims


def verified(
    token: str,
    key: Any,
    *,
    algorithms: Sequence[str],
    issuer: str,
    audience: str,
    now: datetime,
) -> Mapping[str, Any]:
    """The claims of a token that was signed by a key, for us, and is good now.

    Raises:
        UnauthorisedError: anything is wrong with it.
    """
    claims = signed(token, key, algorithms=algorithms, issuer=issuer, audience=audience)
    at = now.timestamp()
    ends = _moment(claims["exp"])
    begins = max(_moment(claims.get(name, 0)) for name in ("nbf", "iat"))
    if ends <= at or begins > at + LEEWAY_SECONDS or not isinstance(claims["sub"], str):
        raise not_valid()
    return claims


def signed(
    token: str, key: Any, *, algorithms: Sequence[str], issuer: str, audience: str
) -> Mapping[str, Any]:
    """The claims of a token that was signed by a key, for us, whether or not it is good now.

    Raises:
        UnauthorisedError: it was not.
    """
    try:
        claims: Mapping[str, Any] = jwt.decode(
            token,
            key,
            algorithms=list(algorithms),
            issuer=issuer,
            audience=audience,
            options=_OPTIONS,
        )
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise not_valid() from error
    return claims


def _moment(value: object) -> float:
    """Seconds since the epoch; nothing else is a time."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**40:
        raise not_valid()
    return value
