"""A service over one small site, and callers with any roles."""

from fastapi.testclient import TestClient

from api.app import create_app
from api.errors import UnauthorisedError
from api.security.permissions import Role
from api.security.principal import Principal
from api.service import Service
from scheduler.bootstrap import Container
from tests import canaries, declared

SITE = "small"


def by_name(token: str) -> Principal:
    """For tests, a token is a name and roles: `ann:scheduler+nurse`, at a site with `@other`."""
    name, _, rest = token.partition(":")
    roles, _, site = rest.partition("@")
    if not roles:
        raise UnauthorisedError("the token names nobody")
    return Principal(name, {site or SITE: frozenset(map(Role, roles.split("+")))})


def client_of(container: Container, **more: Container) -> TestClient:
    """A client of the application over one site, or several by name."""
    sites = {SITE: container, **more}
    return client_for(Service(sites=sites, authenticate=by_name))


def client_for(service: Service, *, base_url: str = "http://testserver") -> TestClient:
    """A client of the application over a service; what it is answered is watched."""
    client = TestClient(create_app(service), base_url=base_url, raise_server_exceptions=False)
    return declared.watched(canaries.watched(client))


def headers(
    who: str = "ann:scheduler", *, key: str | None = None, seen: str | None = None
) -> dict[str, str]:
    """Headers of a request."""
    found = {"Authorization": f"Bearer {who}"}
    if key is not None:
        found["Idempotency-Key"] = key
    if seen is not None:
        found["If-Match"] = seen
    return found
