"""Client assertions (SMART Backend Services): a system proves with its own key who it is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt

from api.security import jws
from api.security.jwks import KeySets, key_in
from scheduler.records_identity import AccountRecord

ALGORITHMS = ("RS384", "ES384")
KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_SECONDS = 300
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Proof:
    """A one-time proof of who a client is."""

    client: str
    id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Assertion:
    """A client assertion that has been read, and not yet believed."""

    token: str
    header: Mapping[str, Any]
    client: str

    @classmethod
    def read(cls, token: str) -> "Assertion":
        """Whose assertion it claims to be.

        Raises:
            UnauthorisedError: it is none.
        """
        header, claims = jws.unverified(token)
        client = claims.get("iss")
        if header.get("alg") not in ALGORITHMS or not isinstance(client, str):
            raise jws.not_valid()
        return cls(token, header, client)

    def proven(self, account: AccountRecord, keys: KeySets, *, url: str, now: datetime) -> Proof:
        """The proof that the assertion gives, by the keys of the account.

        Args:
            account: the client's.
            keys: where published keys are remembered.
            url: of the token endpoint, which the assertion must be meant for.
            now: the time.

        Raises:
            UnauthorisedError: it proves nothing.
            BusyError: the client's keys cannot be fetched now.
        """
        key = self._key(account, keys)
        if key is None:
            raise jws.not_valid()
        claims = jws.verified(
            self.token,
            key,
            algorithms=[str(self.header["alg"])],
            issuer=account.id,
            audience=url,
            now=now,
        )
        proof, ends = claims.get("jti"), claims["exp"]
        named = isinstance(proof, str) and 0 < len(proof) <= LONGEST_NAME
        if not named or claims["sub"] != account.id or ends > now.timestamp() + LONGEST_SECONDS:
            raise jws.not_valid()
        # kept a little longer than it is good, so that no rounding lets it in twice
        return Proof(account.id, str(proof), datetime.fromtimestamp(int(ends) + 1, UTC))

    def _key(self, account: AccountRecord, keys: KeySets) -> jwt.PyJWK | None:
        kid, algorithm = self.header.get("kid"), str(self.header["alg"])
        if not isinstance(kid, str):
            return None
        if account.jwks_url is not None:
            return keys.key_at(account.jwks_url, kid, algorithm)
        return key_in(json.loads(account.jwks or "{}"), kid, algorithm)
