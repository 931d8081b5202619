"""Every route, every role, whose object it is: each cell stated in `matrix`, and asked for real.

On SQLite all of them are; on PostgreSQL, of each route, the roles that may and one that may not.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, RouteContext
from fastapi.testclient import TestClient
from httpx2 import Response

from api import service
from api.app import create_app
from api.policy import policy_of, routes_of
from api.security.permissions import GRANTS, Permission, Role
from api.versions import tag
from scheduler.bootstrap import Container, RandomIds
from scheduler.store.engine import Store
from tests import canaries, declared
from tests.contract import matrix, matrix_planning
from tests.contract.department import department_at, small_site
from tests.contract.matrix import ROLES, OpenRow, Row
from tests.contract.matrix_stores import Files, Prepared, schemas
from tests.unit.api import identity
from tests.unit.api.identity import bearer, service_over

SITES = ("small", "north")
ENGINES = ("sqlite", "postgresql")
ROWS = (*matrix.ROWS, *matrix_planning.ROWS)
OPEN = (*matrix.OPEN, *matrix_planning.OPEN)


@dataclass(frozen=True)
class World:
    """Two prepared sites, one application, and a token of each role at each site."""

    prepared: Prepared
    app: FastAPI
    tokens: dict[tuple[str, Role], str]

    @contextmanager
    def client(self, folder: Path) -> Iterator[TestClient]:
        """A client of the application over fresh copies of the sites."""
        stores = [Store.at(self.prepared.copy(name, folder)) for name in SITES]
        service.install(self.app, service_over(*map(_department, SITES, stores)))
        client = TestClient(self.app, raise_server_exceptions=False)
        client.event_hooks["response"].append(self._see)
        yield declared.watched(canaries.watched(client))
        for store in stores:
            store.close()

    def _see(self, response: Response) -> None:
        if response.is_success and response.request.method not in {"GET", "HEAD"}:
            self.prepared.spoil()


def _department(name: str, store: Store) -> Container:
    resources = small_site().resources
    if name == "north":  # what the examples speak of is not there
        resources = tuple(resource for resource in resources if resource.kind != "ct")
    department = department_at(store, site=small_site(id=name, resources=resources))
    return replace(department, ids=RandomIds())  # counted ones would begin anew with each copy


@pytest.fixture(scope="module")
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, fresh_file: Path
) -> Iterator[World]:
    """On SQLite, unless a test names the other engine."""
    with ExitStack() as stack:
        if getattr(request, "param", "sqlite") == "sqlite":
            yield _prepared(Files(fresh_file, tmp_path_factory.mktemp("sites")))
        else:
            server = request.getfixturevalue("postgres_server")
            yield _prepared(stack.enter_context(schemas(server)))


def _prepared(stores: Prepared) -> World:
    sites = {name: _department(name, Store.at(stores.first(name))) for name in SITES}
    matrix_planning.arrange(matrix.arrange(sites["small"]))
    tokens = {}
    for name, site in sites.items():
        for role in ROLES:
            identity.add_user(site, f"the-{role}", role)
            tokens[name, role] = identity.token_of(site, f"the-{role}", name)
    app = create_app(service_over(*sites.values()))
    for site in sites.values():
        assert isinstance(site.store, Store)
        site.store.close()
    return World(stores, app, tokens)


def _ask(client: TestClient, row: Row, headers: dict[str, str], **ids: str) -> Response:
    more = {"Idempotency-Key": "k"} | ({"If-Match": tag(row.version)} if row.seen else {})
    return client.request(
        row.method, row.url(ids or None), json=row.body, headers={**headers, **more}
    )


def _routes(app: FastAPI) -> list[RouteContext]:
    return [route for route in routes_of(app) if isinstance(route.original_route, APIRoute)]


def _name(route: RouteContext) -> str:
    return f"{min(route.methods or ())} {route.path}"


def test_every_route_has_a_row_and_every_row_a_route(world: World) -> None:
    stated = [row.name for row in (*ROWS, *OPEN)]
    assert sorted(stated) == sorted(map(_name, _routes(world.app)))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_cell_agrees_with_what_the_route_declares(world: World, row: Row) -> None:
    [route] = [route for route in _routes(world.app) if _name(route) == row.name]
    policy = policy_of(route)
    assert isinstance(policy, Permission)
    assert len(row.may) == len(ROLES)
    assert row.may == "".join("y" if policy in GRANTS[role] else "n" for role in ROLES)


def test_open_rows_are_the_routes_that_say_why_they_need_no_token(world: World) -> None:
    said = {_name(r) for r in _routes(world.app) if not isinstance(policy_of(r), Permission)}
    assert said == {row.name for row in OPEN}


@pytest.mark.parametrize("row", OPEN, ids=lambda row: row.name)
@pytest.mark.parametrize("world", ENGINES, indirect=True)
def test_an_open_route_answers_without_a_token(world: World, row: OpenRow, tmp_path: Path) -> None:
    headers = {"Holdfast-Site": "small"}
    request: dict[str, Any] = dict(row.request())
    if "password" in request.get("json", {}):
        request["json"] = {**request["json"], "site": "small"}
    with world.client(tmp_path) as client:
        answer = client.request(row.method, row.path, headers=headers, **request)
    assert answer.status_code == row.done


def _cells() -> Iterator[tuple[str, Row, Role]]:
    """Engine, route and role."""
    yield from (("sqlite", row, role) for row in ROWS for role in ROLES)
    for row in ROWS:
        refused = [role for role, may in zip(ROLES, row.may, strict=True) if may == "n"]
        yield from (("postgresql", row, role) for role in ROLES if role not in refused[1:])


def _named(value: object) -> str:
    return value.name if isinstance(value, Row) else str(value)


@pytest.mark.parametrize(
    ("world", "row", "role"), [*_cells()], indirect=["world"], ids=_named, scope="module"
)
def test_cell(world: World, row: Row, role: Role, tmp_path: Path) -> None:
    may = row.may[ROLES.index(role)] == "y"
    mine, namesake = world.tokens["small", role], world.tokens["north", role]
    nobody = dict.fromkeys(row.ids, "nobody-has-this")
    with world.client(tmp_path) as client:
        # the order matters: what succeeds changes the store, so it comes last
        assert _ask(client, row, {}).status_code == 401
        abroad = _ask(client, row, bearer(mine, **{"Holdfast-Site": "north"}))
        assert abroad.status_code == 403
        if row.ids:
            ghost = _ask(client, row, bearer(mine), **nobody)
            assert ghost.status_code == (row.nowhere if may else 403)
        if row.ids and not row.shared:
            theirs = _ask(client, row, bearer(namesake), **row.ids)
            assert theirs.status_code == ghost.status_code
            assert _without(ghost, nobody) == _without(theirs, row.ids)
        done = _ask(client, row, bearer(mine))
    assert done.status_code == (row.done if may else 403), done.text


def _without(answer: Response, ids: Any) -> str:
    """What is told of a thing that is not there must not tell whether it is elsewhere."""
    text = answer.text
    for value in ids.values():
        text = text.replace(value, "?")
    return text
