"""The application: routes, policies, problem documents; nothing happens before `create_app`."""

from importlib.metadata import version

from fastapi import APIRouter, Depends, FastAPI

from api import problems, queries, service
from api.document import DescribedApi, operation_id
from api.edge import install as edge
from api.policy import check_policies, routes_of
from api.routers import (
    accounts,
    bookings,
    cases,
    gaps,
    glass,
    holds,
    proposals,
    reservations,
    tokens,
)
from api.routers.planning import PLANNING
from api.service import Service

ABOUT = """Schedule image-guided procedures around the times at which patients may be treated.

Unsafe requests carry an `Idempotency-Key`, but for passwords and tokens, which say why; changes
carry `If-Match` with the `ETag` of what was looked at. Errors are problem documents (RFC 9457) with
a stable `code`. Systems get their token at `/v1/oauth/token`, users at `/v1/session` or from the
identity provider of the site.
"""


def create_app(served: Service) -> FastAPI:
    """The application for a service.

    Raises:
        RuntimeError: a route does not state who may use it.
    """
    app = DescribedApi(
        title="Holdfast",
        version=version("holdfast"),
        description=ABOUT,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=operation_id,
        lifespan=served.accesses.while_serving,
        redirect_slashes=False,  # a redirect would repeat whatever Host the caller named
    )
    service.install(app, served)
    problems.install(app)
    edge.install(app, served)
    v1 = APIRouter(prefix="/v1", dependencies=[Depends(queries.known_query)])
    for part in (cases, proposals, gaps, reservations, bookings, holds, tokens, accounts, glass):
        v1.include_router(part.router)
    for part in PLANNING:
        v1.include_router(part)
    app.include_router(v1)
    check_policies(app)
    queries.install(app)
    app.state.templates = {id(route.original_route): route.path for route in routes_of(app)}
    return app
