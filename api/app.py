"""The application: routes, policies, problem documents; nothing happens before `create_app`."""

from importlib.metadata import version

from fastapi import APIRouter, FastAPI

from api import problems, service
from api.policy import check_policies
from api.routers import bookings
from api.service import Service

ABOUT = """Schedule image-guided procedures around the times at which patients may be treated.

Unsafe requests carry an `Idempotency-Key`; changes carry `If-Match` with the `ETag` of what was
looked at. Errors are problem documents (RFC 9457) with a stable `code`.
"""


def create_app(served: Service) -> FastAPI:
    """The application for a service.

    Raises:
        RuntimeError: a route does not state who may use it.
    """
    app = FastAPI(
        title="Holdfast",
        version=version("holdfast"),
        description=ABOUT,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    service.install(app, served)
    problems.install(app)
    v1 = APIRouter(prefix="/v1")
    for part in (bookings,):
        v1.include_router(part.router)
    app.include_router(v1)
    check_policies(app)
    return app
