"""Callers with real tokens: users, systems with keys of their own, an identity provider."""

import itertools
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from api.security.jwks import KeySets
from api.security.local import write_token
from api.security.permissions import Role
from api.service import Service, serve_sites
from api.settings import ApiSettings, Issuer
from scheduler.bootstrap import Container
from scheduler.services import accounts, passwords, sessions
from scheduler.services.sessions import Issued

TOKEN_URL = "http://127.0.0.1:8000/v1/oauth/token"
ISSUER = "https://idp.example/realms/hospital"
KEYS_URL = "https://idp.example/keys"
PASSWORD = "seven wooden spoons"
SCOPES = ("system/*.cruds", "holdfast/metrics:read")
_proofs = itertools.count()


@dataclass(frozen=True)
class Key:
    """A private key with its public half as a JSON Web Key."""

    private: Any
    algorithm: str
    kid: str

    @property
    def jwk(self) -> dict[str, Any]:
        """The public half."""
        kind = jwt.get_algorithm_by_name(self.algorithm)
        public = json.loads(kind.to_jwk(self.private.public_key()))
        return {**public, "kid": self.kid, "alg": self.algorithm, "use": "sig"}

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        """A token of these claims."""
        named = {"kid": self.kid, **header}
        return jwt.encode(claims, self.private, algorithm=self.algorithm, headers=named)


@cache
def key(algorithm: str = "ES384", kid: str = "k1") -> Key:
    """A key pair, made once."""
    if algorithm.startswith("ES"):
        curve = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1}[algorithm]
        return Key(ec.generate_private_key(curve()), algorithm, kid)
    return Key(rsa.generate_private_key(65537, 2048), algorithm, kid)


def key_set(*keys: Key) -> dict[str, Any]:
    """A JSON Web Key Set."""
    return {"keys": [one.jwk for one in keys]}


def add_user(site: Container, name: str, *roles: Role, password: str | None = None) -> None:
    """A user, who can sign in if a password is given."""
    kept = passwords.hash_password(password, account=name) if password else None
    site.write(lambda desk: accounts.add_user(desk, name, roles, kept))


def add_client(site: Container, name: str = "ehr", **changes: Any) -> None:
    """A system that signs with `key()`."""
    members: dict[str, Any] = {"scopes": SCOPES, "jwks": json.dumps(key_set(key()))}
    site.write(lambda desk: accounts.add_client(desk, name, [Role.SYSTEM], **members | changes))


def opened(site: Container, name: str) -> Issued:
    """A session of an account, without the trouble of signing in."""
    return site.write(
        lambda desk: sessions.issue(
            desk,
            desk.uow.identity.accounts.get(name),
            seconds=sessions.USER_SECONDS,
            idle_seconds=sessions.USER_IDLE_SECONDS,
        )
    )


def token_of(site: Container, name: str, site_id: str = "small") -> str:
    """A real bearer token of an account."""
    return write_token(opened(site, name), site_id)


def bearer(token: str, **more: str) -> dict[str, str]:
    """Headers with a token."""
    return {"Authorization": f"Bearer {token}", **more}


def assertion(now: datetime, *, signed: Key | None = None, **changes: Any) -> str:
    """A client assertion that is good, but for the changes; None leaves a claim out."""
    claims: dict[str, Any] = {
        "iss": "ehr",
        "sub": "ehr",
        "aud": TOKEN_URL,
        "exp": int(now.timestamp()) + 300,
        "jti": f"proof-{next(_proofs)}",
    }
    return (signed or key()).sign({k: v for k, v in (claims | changes).items() if v is not None})


def form(token: str, **changes: str) -> dict[str, str]:
    """The form of a request for a token."""
    return {
        "grant_type": "client_credentials",
        "scope": "system/Appointment.cruds",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": token,
    } | changes


def hospital(**changes: Any) -> Issuer:
    """An identity provider whose nurses are nurses here."""
    members: dict[str, Any] = {
        "name": "hospital",
        "issuer": ISSUER,
        "audience": "holdfast-api",
        "claim": "realm.groups",
        "grants": {"ir-nurses": {"small": ["nurse"]}, "ir-audit": {"small": ["auditor"]}},
        "jwks_url": KEYS_URL,
    }
    return Issuer.model_validate(members | changes)


def from_outside(now: datetime, *, signed: Key | None = None, **changes: Any) -> str:
    """A token of the hospital's identity provider, good but for the changes."""
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "sub": "u-17",
        "aud": ["holdfast-api", "account"],
        "exp": int(now.timestamp()) + 600,
        "iat": int(now.timestamp()),
        "realm": {"groups": ["ir-nurses", "others"]},
    }
    by = signed or key("ES256", "idp-1")
    return by.sign({k: v for k, v in (claims | changes).items() if v is not None})


@dataclass
class Published:
    """Documents of others on the web, with the number of times each was fetched."""

    documents: dict[str, Any]
    fetched: int = 0

    def __call__(self, url: str) -> Any:
        self.fetched += 1
        return self.documents[url]


def service_over(
    *containers: Container,
    settings: ApiSettings | None = None,
    published: Published | None = None,
) -> Service:
    """A real service over sites: it believes its own tokens and those of its issuers."""
    web = published or Published({KEYS_URL: key_set(key("ES256", "idp-1"))})
    given = settings or ApiSettings(limits=None)
    return serve_sites(containers, given, keys=KeySets(fetch=web, seconds=lambda: 0.0))
