"""Tokens made to deceive: each variant is refused on every route that asks for one."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest
from fastapi.testclient import TestClient

from api.security import local
from api.security.permissions import Role
from api.service import Service
from api.settings import ApiSettings
from scheduler.bootstrap import Container
from scheduler.records_identity import SigningKey
from scheduler.services import sessions
from scheduler.services.sessions import Issued
from scheduler.store.engine import Store
from tests.contract.department import NOW, department_at, set_clock
from tests.contract.matrix import ROWS
from tests.unit.api import identity
from tests.unit.api.identity import ISSUER, assertion, bearer, form, from_outside, key
from tests.unit.api.service import client_for

OTHER = key("ES256", "other")
IDP = key("ES256", "idp-1")
RSA = key("RS256", "idp-rsa")


def _issued(site: Container) -> Issued:
    return identity.opened(site, "ann")


def _claims(issued: Issued, **changes: Any) -> dict[str, Any]:
    session = issued.session
    claims = {
        "iss": local.ISSUER + "small",
        "aud": local.AUDIENCE,
        "sub": session.account,
        "jti": session.id,
        "iat": int(session.issued_at.timestamp()),
        "exp": int(session.expires_at.timestamp()),
    }
    return {k: v for k, v in (claims | changes).items() if v is not None}


def _signed(issued: Issued, kid: str | None = None, **changes: Any) -> str:
    headers = {"kid": kid or issued.key.kid}
    claims = _claims(issued, **changes)
    return jwt.encode(claims, issued.key.private_pem, algorithm="ES256", headers=headers)


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _raw(header: dict[str, Any], claims: dict[str, Any], signature: bytes = b"") -> str:
    parts = [_b64(json.dumps(part).encode()) for part in (header, claims)]
    return ".".join([*parts, _b64(signature)])


def _hmac(algorithm: str, secret: str, claims: dict[str, Any], kid: str) -> str:
    """Signed with a secret: what a verifier that lets the token choose would accept."""
    head = _raw({"alg": algorithm, "kid": kid}, claims).rpartition(".")[0]
    digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384}[algorithm]
    return f"{head}.{_b64(hmac.new(secret.encode(), head.encode(), digest).digest())}"


def _hmac_with_public_key(issued: Issued, secret: str) -> str:
    return _hmac("HS256", secret, _claims(issued), issued.key.kid)


def _tampered(issued: Issued) -> str:
    head, _, signature = _signed(issued).split(".")
    return f"{head}.{_b64(json.dumps(_claims(issued, sub='zoe')).encode())}.{signature}"


def _public(signing: SigningKey) -> dict[str, Any]:
    return {"kid": signing.kid, "jwk": OTHER.jwk}


LOCAL: dict[str, Callable[[Issued], str]] = {
    "empty": lambda _i: "x",
    "not three parts": lambda i: _signed(i).rpartition(".")[0],
    "no signature": lambda i: _signed(i).rpartition(".")[0] + ".",
    "alg none": lambda i: _raw({"alg": "none", "kid": i.key.kid}, _claims(i)),
    "alg None": lambda i: _raw({"alg": "None", "kid": i.key.kid}, _claims(i)),
    "no alg": lambda i: _raw({"kid": i.key.kid}, _claims(i)),
    "HS256 with the public key": lambda i: _hmac_with_public_key(i, i.key.public_pem),
    "HS256 with nothing": lambda i: _hmac_with_public_key(i, ""),
    "another key": lambda i: OTHER.sign(_claims(i), kid=i.key.kid),
    "another key in the header": lambda i: OTHER.sign(_claims(i), **_public(i.key)),
    "an address of keys in the header": lambda i: OTHER.sign(
        _claims(i), kid=i.key.kid, jku="https://evil.example/keys"
    ),
    "ES384 for ES256": lambda i: key("ES384").sign(_claims(i), kid=i.key.kid),
    "no kid": lambda i: _raw({"alg": "ES256"}, _claims(i), b"x" * 64),
    "kid of nobody": lambda i: _signed(i, kid="key-99"),
    "kid of a number": lambda i: _raw({"alg": "ES256", "kid": 1}, _claims(i), b"x" * 64),
    "kid of a path": lambda i: _signed(i, kid="../../etc/passwd"),
    "other claims under the signature": _tampered,
    "wrong issuer": lambda i: _signed(i, iss=local.ISSUER + "north"),
    "issuer of nobody": lambda i: _signed(i, iss="https://evil.example"),
    "no issuer": lambda i: _signed(i, iss=None),
    "issuer of a list": lambda i: _raw({"alg": "ES256", "kid": "k"}, _claims(i, iss=["x"])),
    "wrong audience": lambda i: _signed(i, aud="another service"),
    "no audience": lambda i: _signed(i, aud=None),
    "no subject": lambda i: _signed(i, sub=None),
    "another subject": lambda i: _signed(i, sub="zoe"),
    "no session": lambda i: _signed(i, jti=None),
    "session of nobody": lambda i: _signed(i, jti="guessed"),
    "session of a number": lambda i: _raw(
        {"alg": "ES256", "kid": i.key.kid}, _claims(i, jti=1), b"x" * 64
    ),
    "expired": lambda i: _signed(i, exp=int(NOW.timestamp())),
    "no end": lambda i: _signed(i, exp=None),
    "an end that is no time": lambda i: _signed(i, exp="never"),
    "an end that is not a number": lambda i: _raw(
        {"alg": "ES256", "kid": i.key.kid}, _claims(i, exp=True), b"x" * 64
    ),
    "an end beyond all time": lambda i: _signed(i, exp=2**60),
    "not before tomorrow": lambda i: _signed(i, nbf=int(NOW.timestamp()) + 86_400),
    "made tomorrow": lambda i: _signed(i, iat=int(NOW.timestamp()) + 86_400),
    "an extension that must be understood": lambda i: jwt.encode(
        _claims(i),
        i.key.private_pem,
        algorithm="ES256",
        headers={"kid": i.key.kid, "crit": ["exp2"], "exp2": 1},
    ),
    "very long": lambda i: _signed(i, more="x" * 9000),
    "claims that are no object": lambda i: f"{_signed(i).split('.')[0]}.{_b64(b'[1]')}.{'A' * 86}",
    "two tokens": lambda i: f"{_signed(i)} {_signed(i)}",
}

OUTSIDE: dict[str, Callable[[], str]] = {
    "alg none": lambda: _raw({"alg": "none", "kid": "idp-1"}, {"iss": ISSUER, "sub": "u"}),
    "HS256 with the public key": lambda: _hmac(
        "HS256",
        json.dumps(IDP.jwk),
        {"iss": ISSUER, "aud": "holdfast-api", "sub": "u", "exp": 2**33},
        "idp-1",
    ),
    "an algorithm that was not chosen": lambda: from_outside(NOW, signed=RSA),
    "another key under a known kid": lambda: from_outside(NOW, signed=replace(OTHER, kid="idp-1")),
    "wrong audience": lambda: from_outside(NOW, aud="another-client"),
    "no audience": lambda: from_outside(NOW, aud=None),
    "wrong issuer": lambda: from_outside(NOW, iss=ISSUER + "/"),
    "expired": lambda: from_outside(NOW - timedelta(minutes=10)),
    "no end": lambda: from_outside(NOW, exp=None),
    "no subject": lambda: from_outside(NOW, sub=None),
    "a subject of a line break": lambda: from_outside(NOW, sub="a\nb"),
    "no groups": lambda: from_outside(NOW, realm=None),
    "groups that are no list": lambda: from_outside(NOW, realm={"groups": {"ir-nurses": True}}),
    "ours, by their key": lambda: from_outside(NOW, iss=local.ISSUER + "small", jti="x"),
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, fresh_file: Any) -> Service:
    path = tmp_path_factory.mktemp("attacked") / "store.sqlite"
    path.write_bytes(fresh_file.read_bytes())
    site = department_at(Store.at(str(path)))
    for name in ("ann", "zoe"):
        identity.add_user(site, name, *Role)
    identity.add_client(site)
    issuers = (identity.hospital(algorithms=("ES256",)),)
    web = identity.Published({identity.KEYS_URL: identity.key_set(IDP, RSA)})
    return identity.service_over(
        site, settings=ApiSettings(limits=None, issuers=issuers), published=web
    )


@pytest.fixture(scope="module")
def attacked(service: Service) -> TestClient:
    return client_for(service)


def _statuses(client: TestClient, token: str) -> set[int]:
    headers = bearer(token, **{"Idempotency-Key": "k", "If-Match": 'W/"1"'})
    return {
        client.request(row.method, row.url(), json=row.body, headers=headers).status_code
        for row in ROWS
    }


def test_the_untouched_token_is_taken(service: Service, attacked: TestClient) -> None:
    # without this every refusal below could have another reason
    site = service.sites["small"]
    good = bearer(_signed(_issued(site)))
    assert attacked.get("/v1/accounts", headers=good).status_code == 200
    outside = bearer(from_outside(NOW))
    assert attacked.get("/v1/accounts", headers=outside).status_code == 403


@pytest.mark.parametrize("variant", LOCAL)
def test_a_false_token_is_refused_everywhere(
    service: Service, attacked: TestClient, variant: str
) -> None:
    token = LOCAL[variant](_issued(service.sites["small"]))
    assert _statuses(attacked, token) == {401}


@pytest.mark.parametrize("variant", OUTSIDE)
def test_a_false_token_from_outside_is_refused_everywhere(
    attacked: TestClient, variant: str
) -> None:
    assert _statuses(attacked, OUTSIDE[variant]()) == {401}


ASSERTIONS: dict[str, Callable[[], str]] = {
    "alg none": lambda: _raw({"alg": "none", "kid": "k1"}, {"iss": "ehr", "sub": "ehr"}),
    "HS384 with the public key": lambda: _hmac(
        "HS384",
        json.dumps(key().jwk),
        {"iss": "ehr", "sub": "ehr", "aud": identity.TOKEN_URL, "exp": 2**33, "jti": "x"},
        "k1",
    ),
    "ES256": lambda: assertion(NOW, signed=key("ES256", "k1")),
    "another key": lambda: assertion(NOW, signed=replace(key("ES384", "k2"), kid="k1")),
    "unknown client": lambda: assertion(NOW, iss="stranger", sub="stranger"),
    "a user as client": lambda: assertion(NOW, iss="ann", sub="ann"),
    "another subject": lambda: assertion(NOW, sub="zoe"),
    "wrong audience": lambda: assertion(NOW, aud="https://evil.example/v1/oauth/token"),
    "audience without path": lambda: assertion(NOW, aud="http://127.0.0.1:8000"),
    "more than five minutes": lambda: assertion(NOW, exp=int(NOW.timestamp()) + 301),
    "expired": lambda: assertion(NOW, exp=int(NOW.timestamp())),
    "no end": lambda: assertion(NOW, exp=None),
    "no jti": lambda: assertion(NOW, jti=None),
    "an empty jti": lambda: assertion(NOW, jti=""),
    "a jti too long": lambda: assertion(NOW, jti="j" * 201),
    "a jti of a number": lambda: assertion(NOW, jti=7),
    "no token": lambda: "x",
}


@pytest.mark.parametrize("variant", ASSERTIONS)
def test_a_false_proof_gets_no_token(attacked: TestClient, variant: str) -> None:
    answer = attacked.post("/v1/oauth/token", data=form(ASSERTIONS[variant]()))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion_type": "jwt"}, "invalid_request"),
        ({"client_assertion": ""}, "invalid_request"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "user/*.*"}, "invalid_scope"),
        ({"scope": "holdfast/accounts:write"}, "invalid_scope"),
    ],
)
def test_a_false_request_gets_no_token(
    attacked: TestClient, changes: dict[str, str], error: str
) -> None:
    answer = attacked.post("/v1/oauth/token", data=form(assertion(NOW)) | changes)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_a_token_of_a_stolen_key_is_worth_nothing_without_a_session(
    service: Service, attacked: TestClient
) -> None:
    site = service.sites["small"]
    issued = _issued(site)
    forged = replace(
        issued, session=issued.session.model_copy(update={"id": "made-up", "account": "zoe"})
    )
    assert _statuses(attacked, local.write_token(forged, "small")) == {401}


def test_a_clock_that_stands_a_little_behind_is_forgiven_the_issuer_only(
    service: Service, attacked: TestClient
) -> None:
    # issued 20 s in our future: within the 30 s that an issuer's clock may be ahead
    set_clock(service.sites["small"], NOW)
    early = from_outside(NOW, iat=int(NOW.timestamp()) + 20)
    late = from_outside(NOW, iat=int(NOW.timestamp()) + 31)
    found = [attacked.get("/v1/accounts", headers=bearer(t)).status_code for t in (early, late)]
    assert found == [403, 401]


def test_sessions_last_as_long_as_is_said() -> None:
    assert (sessions.CLIENT_SECONDS, sessions.USER_SECONDS) == (300, 28_800)
