"""What happens to every request before a route sees it, and to every answer afterwards."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from starlette.types import Message, Scope

from api import service
from api.app import create_app
from api.edge import install
from api.edge.addresses import ProxyAddresses, address_of
from api.edge.bodies import DEEPEST, WholeBodies, check_depth
from api.edge.headers import SECURITY
from api.edge.install import ALLOWED_HEADERS
from api.edge.limiting import Limiter
from api.errors import TooDeepError, TooManyError
from api.security.principal import Principal
from api.service import Service
from api.settings import ApiSettings, Limits
from tests.canaries import NAME


def nobody(_token: str) -> Principal:
    return Principal("nobody", {})


def app_with(**settings: Any) -> TestClient:
    """An application of two routes behind all middlewares."""
    given = ApiSettings.model_validate({"limits": None} | settings)
    limiter = Limiter(given.limits) if given.limits else None
    app = FastAPI()

    @app.post("/echo/{case}")
    async def echo(request: Request) -> dict[str, object]:
        return {"bytes": len(await request.body()), "from": address_of(request.scope)}

    @app.get("/broken/{case}")
    def broken(case: str) -> None:
        msg = f"{NAME} cannot be saved in {case}"
        raise ValueError(msg)

    served = Service({}, nobody, settings=given, limiter=limiter)
    service.install(app, served)
    install.install(app, served)
    return TestClient(app, raise_server_exceptions=False)


def test_every_answer_has_the_headers() -> None:
    client = app_with()
    for answer in (client.post("/echo/7", json={}), client.get("/gone"), client.get("/broken/7")):
        assert {name: answer.headers[name] for name in SECURITY} == dict(SECURITY)


def test_an_unforeseen_error_tells_its_kind_to_the_log_and_nothing_to_the_caller(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = app_with().get("/broken/7")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    [record] = [r for r in caplog.records if r.name == "holdfast.api"]
    assert (record.__dict__["kind"], record.__dict__["route"]) == ("ValueError", "/broken/{case}")
    assert NAME not in answer.text + caplog.text


def test_the_access_log_has_the_route_and_not_the_path(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="holdfast.access")
    app_with().post("/echo/case-7?name=x", json={})
    [record] = [r for r in caplog.records if r.name == "holdfast.access"]
    assert record.__dict__["route"] == "/echo/{case}"
    assert "case-7" not in str(record.__dict__)


@pytest.mark.parametrize(("size", "status"), [(2000, 200), (2048, 200), (2049, 413)])
def test_a_body_is_counted_as_announced(size: int, status: int) -> None:
    assert app_with(max_body_bytes=2048).post("/echo/7", content=b"x" * size).status_code == status


def test_a_body_that_announces_no_length_is_counted_as_it_comes() -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(5):
            yield b"x" * 500

    answer = app_with(max_body_bytes=2048).post("/echo/7", content=pieces())
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_deep_json_is_refused_before_it_is_read() -> None:
    deep = b"[" * 100_000 + b"]" * 100_000
    answer = app_with().post("/echo/7", content=deep)
    assert (answer.status_code, answer.json()["code"]) == (422, "too-deep")


@pytest.mark.parametrize(
    "body",
    [
        b"[" * DEEPEST + b"]" * DEEPEST,
        b"[" + b"[1]," * 500 + b"[1]]",  # wide, not deep
        json.dumps(["[" * 500, '\\"[' * 200]).encode(),  # brackets in strings
    ],
)
def test_what_is_not_deep_passes(body: bytes) -> None:
    check_depth(body)


def test_one_more_is_too_deep() -> None:
    with pytest.raises(TooDeepError):
        check_depth(b'{"a":' * DEEPEST + b"[]" + b"}" * DEEPEST)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/echo/a%00b", b"{}"),
        ("/echo/7?after=%00", b"{}"),
        ("/echo/7", b'{"reason": "a\\u0000b"}'),
        ("/echo/7", b"a\0b"),
        ("/echo/7", b'["\xff"]'),
        ("/echo/7", b'["\\ud800"]'),
        ("/echo/7", b'["\\uDC00\\uD800"]'),
    ],
)
def test_text_that_no_database_can_keep_is_refused(path: str, body: bytes) -> None:
    answer = app_with().post(path, content=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-input")


def test_text_beyond_the_first_plane_passes() -> None:
    assert app_with().post("/echo/7", content=rb'["\ud83d\ude00"]').status_code == 200


def _run(
    app: Callable[..., Awaitable[None]], scope: Scope, messages: AsyncIterator[Message]
) -> list[Message]:
    sent: list[Message] = []

    async def receive() -> Message:
        return await anext(messages)

    async def send(message: Message) -> None:
        await asyncio.sleep(0)
        sent.append(message)

    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]
    return sent


SCOPE: Scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "scheme": "http"}


def test_a_body_that_does_not_arrive_is_given_up() -> None:
    async def slow() -> AsyncIterator[Message]:
        yield {"type": "http.request", "body": b"x", "more_body": True}
        await asyncio.Event().wait()

    async def never(*_: object) -> None:
        pytest.fail("the route must not run")

    sent = _run(WholeBodies(never, most_bytes=1024, seconds=0.01), SCOPE, slow())
    assert sent[0]["status"] == 408


def test_a_caller_who_goes_away_gets_no_answer() -> None:
    async def gone() -> AsyncIterator[Message]:
        yield {"type": "http.disconnect"}

    async def never(*_: object) -> None:
        pytest.fail("the route must not run")

    assert _run(WholeBodies(never, most_bytes=1024, seconds=5), SCOPE, gone()) == []


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # a stranger may say what they like
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),  # what the caller added is hearsay
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),  # two proxies of ours
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "nonsense, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "", "10.0.0.1"),
    ],
)
def test_only_trusted_proxies_say_where_a_request_comes_from(
    peer: str, forwarded: str, expected: str
) -> None:
    found: list[str] = []

    async def app(scope: Scope, *_: object) -> None:
        await asyncio.sleep(0)
        found.append(address_of(scope))

    async def nothing() -> AsyncIterator[Message]:
        yield {"type": "http.request", "body": b""}

    trusted = ApiSettings.model_validate({"trusted_proxies": ["10.0.0.0/8"]}).trusted_proxies
    scope = {
        **SCOPE,
        "client": (peer, 1),
        "headers": [(b"x-forwarded-for", forwarded.encode())],
    }
    _run(ProxyAddresses(app, trusted), scope, nothing())
    assert found == [expected]


def test_an_address_that_asks_too_often_is_told_when_to_come_back() -> None:
    client = app_with(limits={"address": "3/hour"})
    found = [client.post("/echo/7", json={}) for _ in range(4)]
    assert [one.status_code for one in found] == [200, 200, 200, 429]
    assert 3590 <= int(found[3].headers["retry-after"]) <= 3601
    assert found[3].headers["cache-control"] == "no-store"


def test_signing_in_has_a_limit_of_its_own() -> None:
    client = app_with(limits={"sign_in": "1/hour"})
    found = [
        client.post(path).status_code for path in ("/v1/session", "/v1/oauth/token", "/echo/7")
    ]
    assert found == [404, 429, 200]  # the routes are not in this application


def test_callers_are_counted_one_by_one() -> None:
    limiter = Limiter(Limits(caller="1/hour"))
    limiter.count_caller("ann")
    limiter.count_caller("bob")
    with pytest.raises(TooManyError):
        limiter.count_caller("ann")


ORIGIN = "https://console.example"
BROWSER = {"Origin": ORIGIN}


def test_browsers_of_other_origins_are_let_in_only_by_name() -> None:
    ask = {**BROWSER, "Access-Control-Request-Method": "POST"}
    closed = app_with().options("/echo/7", headers=ask)
    assert "access-control-allow-origin" not in closed.headers
    named = app_with(origins=[ORIGIN])
    opened = named.options("/echo/7", headers=ask)
    assert opened.headers["access-control-allow-origin"] == ORIGIN
    assert opened.headers["x-content-type-options"] == "nosniff"
    other = named.options("/echo/7", headers={**ask, "Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize("name", ALLOWED_HEADERS)
def test_a_browser_may_send_every_header_that_a_route_takes(name: str) -> None:
    ask = {
        **BROWSER,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": name,
    }
    assert app_with(origins=[ORIGIN]).options("/echo/7", headers=ask).status_code == 200


def test_the_headers_that_routes_take_are_those_that_browsers_may_send() -> None:
    document = create_app(Service({}, nobody)).openapi()
    taken = {
        parameter["name"]
        for operations in document["paths"].values()
        for operation in operations.values()
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "header"
    }
    assert {*taken, "Authorization", "Content-Type"} == set(ALLOWED_HEADERS)


def test_a_browser_sees_where_it_is_at_which_version_and_when_to_come_again() -> None:
    answer = app_with(origins=[ORIGIN]).post("/echo/7", json={}, headers=BROWSER)
    shown = set(answer.headers["access-control-expose-headers"].split(", "))
    assert shown == {"ETag", "Idempotency-Replayed", "Location", "Retry-After"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/echo/7", b"[" * 2049, 413),
        ("GET", "/broken/7", b"", 500),
        ("POST", "/v1/session", b"", 429),  # the second from this address
    ],
)
def test_a_browser_reads_whatever_goes_wrong(
    method: str, path: str, body: bytes, status: int
) -> None:
    client = app_with(origins=[ORIGIN], max_body_bytes=2048, limits={"sign_in": "1/hour"})
    client.post("/v1/session")
    answer = client.request(method, path, content=body, headers=BROWSER)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert {name: answer.headers[name] for name in SECURITY} == dict(SECURITY)


def test_an_error_that_a_browser_reads_is_told_to_the_log_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, logger="holdfast.access")
    app_with(origins=[ORIGIN]).get("/broken/7", headers=BROWSER)
    told = [(r.name, r.__dict__.get("status")) for r in caplog.records if "holdfast" in r.name]
    assert told == [("holdfast.api", None), ("holdfast.access", 500)]
