"""A query parameter that a route does not know is refused: else a slip would be passed over."""

from collections.abc import Iterator, Mapping

from fastapi import FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.policy import routes_of
from models.errors import InputError


def install(app: FastAPI) -> None:
    """Note which parameters each route knows, once all routes are there."""
    app.state.queries = {
        id(route.original_route): frozenset(_names(route.dependant))
        for route in routes_of(app)
        if isinstance(route.original_route, APIRoute)
    }


def known_query(request: Request) -> None:
    """Admit requests whose query parameters the route knows.

    Raises:
        InputError: one is unknown; the route's own are named, the unknown one is not repeated.
    """
    queries: Mapping[int, frozenset[str]] = request.app.state.queries
    known = queries[id(request.scope["route"])]
    if not known.issuperset(request.query_params):
        raise InputError(
            "the query has a parameter that this route does not know",
            place="query",
            remedy=f"it knows {', '.join(sorted(known)) or 'none'}",
        )


def _names(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.query_params)
    for inner in dependant.dependencies:
        yield from _names(inner)
