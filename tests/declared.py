"""Every status that a route answers in any test must be one that its part of the document declares.

A program that is written by the document meets no answer it was not told of. 500 is declared too,
and still never to be seen here. Whoever makes a client of the application through
`tests.unit.api.service` is watched.
"""

import re
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from httpx2 import Response
from starlette.routing import compile_path

from api.policy import routes_of
from api.problems import UNFORESEEN

Stated = tuple[frozenset[str], re.Pattern[str], frozenset[int]]
"""Methods, what paths look like, and statuses of a route."""
_stated: WeakKeyDictionary[FastAPI, tuple[Stated, ...]] = WeakKeyDictionary()


class Surprises:
    """Answers of one test that no document declares."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def client(self, client: TestClient) -> TestClient:
        """The same client, with everything it is answered compared."""
        app = client.app
        assert isinstance(app, FastAPI)
        client.event_hooks["response"].append(lambda response: self._see(app, response))
        return client

    def _see(self, app: FastAPI, response: Response) -> None:
        method, path = response.request.method, response.request.url.path
        declared = statuses(app, method, path)
        if declared and response.status_code not in declared:
            self.found.append(f"{method} {path}: {response.status_code}")


def statuses(app: FastAPI, method: str, path: str) -> frozenset[int]:
    """What the route that answers may answer as intended; nothing where there is no such route."""
    if app not in _stated:
        _stated[app] = tuple(_routes(app))
    found = (
        codes for methods, like, codes in _stated[app] if method in methods and like.match(path)
    )
    return next(found, frozenset())


def _routes(app: FastAPI) -> Iterator[Stated]:
    for context in routes_of(app):
        route = context.original_route
        if isinstance(route, APIRoute):
            like, _, _ = compile_path(context.path)
            codes = {int(code) for code in route.responses} | {route.status_code or 200}
            yield frozenset(context.methods or ()), like, frozenset(codes - {UNFORESEEN})


_current: list[Surprises] = []


def begin() -> Surprises:
    """Watch one test."""
    _current[:] = [Surprises()]
    return _current[0]


def watched(client: TestClient) -> TestClient:
    """The client, seen by the watch of the running test."""
    return _current[0].client(client) if _current else client
