"""What is answered before a route begins is declared by every route: it is sent to each of them."""

import asyncio
import re
from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from api.app import create_app
from api.edge.limiting import Limiter
from api.policy import routes_of
from api.problems import BEFORE
from api.security.principal import Principal
from api.service import Service
from api.settings import ApiSettings
from tests.declared import statuses

PIECE = re.compile(r"{[^}]+}")
MOST, SLOWEST = 1024, 0.01


def _nobody(token: str) -> Principal:
    raise AssertionError(token)


def _app(**settings: object) -> FastAPI:
    """The whole application, with no site: nothing here gets as far as a store."""
    given = ApiSettings.model_validate({"limits": None} | settings)
    limiter = Limiter(given.limits) if given.limits else None
    return create_app(Service({}, _nobody, settings=given, limiter=limiter))


def _calls(app: FastAPI) -> list[tuple[str, str]]:
    """Method and a path of every route."""
    return [
        (min(route.methods or ()), PIECE.sub("x", route.path))
        for route in routes_of(app)
        if isinstance(route.original_route, APIRoute)
    ]


@pytest.fixture(scope="module")
def plain() -> FastAPI:
    """The application as it is by default."""
    return _app()


def test_every_route_declares_what_comes_before_it(plain: FastAPI) -> None:
    calls = _calls(plain)
    assert len(calls) > 70
    assert [call for call in calls if not statuses(plain, *call).issuperset(BEFORE)] == []


def test_a_slow_body_is_408_on_every_route() -> None:
    app = _app(body_seconds=SLOWEST)

    async def drops() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    async def ask_all() -> list[tuple[str, str, int]]:
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return [
                (method, path, (await client.request(method, path, content=drops())).status_code)
                for method, path in _calls(app)
            ]

    assert {status for _, _, status in asyncio.run(ask_all())} == {408}


@pytest.mark.parametrize(
    ("query", "body", "status"),
    [
        ("", b" " * (MOST + 1), 413),
        ("?after=%00", b"", 422),
        ("?no-such-parameter=1", b"", 422),
    ],
)
def test_what_no_route_can_use_is_refused_by_every_route(
    query: str, body: bytes, status: int
) -> None:
    app = _app(max_body_bytes=MOST)
    client = TestClient(app, raise_server_exceptions=False)
    for method, path in _calls(app):
        done = client.request(method, path + query, content=body)
        assert (method, path, done.status_code) == (method, path, status)


def test_the_429_of_an_address_is_that_of_every_route() -> None:
    app = _app(limits={"address": "1/hour"})
    client = TestClient(app, raise_server_exceptions=False)
    client.get("/v1/health")
    assert {client.request(*call).status_code for call in _calls(app)} == {429}


@pytest.mark.parametrize(
    ("path", "kind", "body"),
    [
        ("/v1/session", "application/json", b'{"name": ' + b"1" * 5000 + b"}"),  # 4300 digits go
        ("/v1/oauth/token", "multipart/form-data", b"x"),  # the boundary is not said
        ("/v1/oauth/revoke", "multipart/form-data", b"x"),
        ("/v1/oauth/revoke", "application/x-www-form-urlencoded", b"&".join([b"a=1"] * 1001)),
    ],
)
def test_a_body_that_its_reader_gives_up_is_422(
    plain: FastAPI, path: str, kind: str, body: bytes
) -> None:
    done = TestClient(plain).post(path, content=body, headers={"Content-Type": kind})
    assert (done.status_code, done.json()["code"]) == (422, "unreadable")
