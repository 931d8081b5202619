"""Tokens of OpenID Connect issuers that the settings name: who they are, and their roles here."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from api.security import jws
from api.security.jwks import KeySets
from api.security.permissions import Role
from api.security.principal import Principal
from api.settings import Issuer
from models.errors import BusyError

LONGEST_SUBJECT = 150
DISCOVERY = "/.well-known/openid-configuration"


def recognise(
    issuer: Issuer, keys: KeySets, token: str, header: Mapping[str, Any], now: datetime
) -> Principal:
    """Whoever a token of an issuer names.

    Raises:
        UnauthorisedError: it does not stand, or grants nothing here.
        BusyError: the issuer's keys cannot be had now.
    """
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in issuer.algorithms or not isinstance(kid, str):
        raise jws.not_valid()
    key = keys.key_at(_keys_url(issuer, keys), kid, str(algorithm))
    if key is None:
        raise jws.not_valid()
    claims = jws.verified(
        token,
        key,
        algorithms=[str(algorithm)],
        issuer=issuer.issuer,
        audience=issuer.audience,
        now=now,
    )
    roles = roles_of(issuer, claims)
    subject = claims["sub"]
    if not roles or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise jws.not_valid()
    return Principal(f"{issuer.name}:{subject}", roles)


def roles_of(issuer: Issuer, claims: Mapping[str, Any]) -> dict[str, frozenset[Role]]:
    """The roles by site that the claims of a token grant."""
    found: dict[str, set[Role]] = {}
    for value in _values(issuer, claims):
        for site, roles in issuer.grants.get(value, {}).items():
            found.setdefault(site, set()).update(roles)
    return {site: frozenset(roles) for site, roles in sorted(found.items()) if roles}


def _values(issuer: Issuer, claims: Mapping[str, Any]) -> Iterator[str]:
    value: Any = claims
    for step in issuer.claim.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    for one in [value] if isinstance(value, str) else value if isinstance(value, list) else []:
        if isinstance(one, str):
            yield one


def _keys_url(issuer: Issuer, keys: KeySets) -> str:
    if issuer.jwks_url is not None:
        return issuer.jwks_url
    found = keys.document(issuer.issuer.rstrip("/") + DISCOVERY)
    url = found.get("jwks_uri") if isinstance(found, dict) else None
    if not isinstance(url, str) or found.get("issuer") != issuer.issuer:
        raise BusyError(
            f"the issuer {issuer.name} does not describe itself as configured",
            remedy="tell the operator",
        )
    if not url.startswith("https://") and not issuer.issuer.startswith("http://"):
        raise BusyError(f"the issuer {issuer.name} publishes its keys without https")
    return url
