"""Keys of others: which are taken, how often they are fetched, and what a document must not do."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from api.errors import UnauthorisedError
from api.security import jws, outside
from api.security.jwks import AGAIN_SECONDS, FRESH_SECONDS, KeySets, fetch_json, key_in
from models.errors import BusyError
from tests.contract.department import NOW
from tests.unit.api.identity import (
    ISSUER,
    KEYS_URL,
    Key,
    Published,
    from_outside,
    hospital,
    key,
    key_set,
)

IDP = key("ES256", "idp-1")
DISCOVERY = ISSUER + "/.well-known/openid-configuration"


class Seconds:
    """A stopwatch that tests set."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


def _roles(web: Published, **changes: Any) -> object:
    token = from_outside(NOW)
    header, _ = jws.unverified(token)
    keys = KeySets(fetch=web, seconds=Seconds())
    return outside.recognise(hospital(**changes), keys, token, header, NOW).roles


def test_keys_are_found_by_discovery() -> None:
    told = {"issuer": ISSUER, "jwks_uri": KEYS_URL}
    web = Published({DISCOVERY: told, KEYS_URL: key_set(IDP)})
    assert _roles(web, jwks_url=None) == {"small": {"nurse"}}


@pytest.mark.parametrize(
    "told",
    [
        {},
        [],
        {"issuer": ISSUER},
        {"issuer": "https://evil.example", "jwks_uri": KEYS_URL},
        {"issuer": ISSUER, "jwks_uri": "http://idp.example/keys"},
    ],
)
def test_an_issuer_that_describes_another_is_not_believed(told: object) -> None:
    web = Published({DISCOVERY: told, KEYS_URL: key_set(IDP)})
    with pytest.raises(BusyError):
        _roles(web, jwks_url=None)


@pytest.mark.parametrize(
    "document",
    [{}, [], {"keys": 7}, {"keys": [7]}, {"keys": [{"kid": "idp-1"}]}, key_set(key("ES256", "x"))],
)
def test_documents_without_the_key_let_nobody_in(document: object) -> None:
    with pytest.raises(UnauthorisedError):
        _roles(Published({KEYS_URL: document}))


@pytest.mark.parametrize(
    "change",
    [
        {"use": "enc"},
        {"alg": "ES384"},
        {"kty": "RSA"},
        {"kty": "oct", "k": "c2VjcmV0"},
        {"x": "not base64 at all!"},
    ],
)
def test_a_key_of_another_kind_is_passed_over(change: dict[str, str]) -> None:
    assert key_in({"keys": [{**IDP.jwk, **change}]}, "idp-1", "ES256") is None


def test_a_short_rsa_key_is_passed_over() -> None:
    private = rsa.generate_private_key(65537, 1024)  # noqa: S505  # what must be refused
    short = Key(private, "RS384", "short")
    assert key_in(key_set(short), "short", "RS384") is None
    assert key_in(key_set(key("RS384", "long")), "long", "RS384") is not None


def test_keys_are_kept_a_while_and_unknown_ones_asked_for_seldom() -> None:
    web, clock = Published({KEYS_URL: key_set(IDP)}), Seconds()
    keys = KeySets(fetch=web, seconds=clock)
    for _ in range(3):
        assert keys.key_at(KEYS_URL, "idp-1", "ES256") is not None
    assert web.fetched == 1
    for _ in range(3):
        assert keys.key_at(KEYS_URL, "unknown", "ES256") is None
    assert web.fetched == 1  # fetched just now: asking again would not help
    clock.at = AGAIN_SECONDS
    for _ in range(3):
        assert keys.key_at(KEYS_URL, "unknown", "ES256") is None
    assert web.fetched == 2
    clock.at = AGAIN_SECONDS + FRESH_SECONDS
    assert keys.key_at(KEYS_URL, "idp-1", "ES256") is not None
    assert web.fetched == 3


@contextmanager
def _serving(status: int, body: bytes, location: str = "") -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/keys"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_document_is_fetched() -> None:
    with _serving(200, b'{"keys": []}') as url:
        assert fetch_json(url) == {"keys": []}


@pytest.mark.parametrize(
    ("status", "body", "location"),
    [
        (200, b"no json", ""),
        (500, b"{}", ""),
        (302, b"{}", "http://127.0.0.1:1/elsewhere"),
        (200, b"[" + b"1," * 200_000 + b"1]", ""),  # larger than any key set
        (200, b"[" * 100_000, ""),
    ],
)
def test_what_is_no_document_is_told_as_busy(status: int, body: bytes, location: str) -> None:
    with _serving(status, body, location) as url, pytest.raises(BusyError):
        fetch_json(url)


def test_a_place_that_does_not_answer_is_told_as_busy() -> None:
    with pytest.raises(BusyError):
        fetch_json("http://127.0.0.1:1/keys")
