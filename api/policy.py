"""Every route states who may use it, or the application does not start."""

from collections.abc import Iterator
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from api.caller import Needs
from api.security.permissions import Permission


class OpenToAll:
    """A dependency that states that a route needs no token, and why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __call__(self) -> None:
        """Admit everybody."""


def open_to_all(reason: str) -> Any:
    """The declaration of a route that needs no token."""
    return Depends(OpenToAll(reason))


def routes_of(app: FastAPI) -> Iterator[RouteContext]:
    """Every route of an application, those of its included routers too.

    `app.routes` does not list the latter: an included router is one entry of its own there.
    """
    return iter_route_contexts(app.routes)


def policy_of(route: RouteContext) -> Permission | OpenToAll:
    """What a route states of who may use it.

    Raises:
        RuntimeError: nothing, or more than one thing.
    """
    stated = list(_stated(route.dependant))
    if len(stated) != 1:
        called = f"{sorted(route.methods or ())} {route.path}"
        msg = f"{called} must state one policy, it states {len(stated)}"
        raise RuntimeError(msg)
    return stated[0]


def _stated(dependant: Dependant) -> Iterator[Permission | OpenToAll]:
    if isinstance(dependant.call, Needs):
        yield dependant.call.permission
    elif isinstance(dependant.call, OpenToAll):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from _stated(inner)


def check_policies(app: FastAPI) -> None:
    """Refuse to start with a route that states no policy.

    Raises:
        RuntimeError: names the route.
    """
    documents = {app.openapi_url, app.docs_url, app.redoc_url} - {None}
    for route in routes_of(app):
        if isinstance(route.original_route, APIRoute):
            policy_of(route)
        elif route.path not in documents:
            msg = f"{route.original_route!r} is no API route: it cannot state a policy"
            raise RuntimeError(msg)
