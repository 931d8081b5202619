"""Health: up or down for everybody, what is amiss for operators, figures for Prometheus."""

from importlib.metadata import version
from typing import Annotated

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.caller import Caller, needs
from api.policy import open_to_all
from api.problems import RETRY_SECONDS, declared, declared_open
from api.schemas.health import DeepOut, UpOut
from api.security.permissions import Permission
from api.service import service_of
from scheduler.services import operation
from scheduler.store import migrate

router = APIRouter(tags=["health"])

Operator = Annotated[Caller, needs(Permission.READ_METRICS)]
_DOWN = {"model": UpOut, "description": "A store cannot be reached"}


@router.get(
    "/health",
    response_model=UpOut,
    responses={**declared_open(), 503: _DOWN},
    dependencies=[open_to_all("it says nothing but up or down")],
    summary="Ask whether the service is up",
)
def show_health(request: Request, response: Response) -> UpOut:
    """Whether the service answers and its stores can be read; nothing else is told."""
    try:
        for site in service_of(request).sites.values():
            site.read(lambda desk: desk.uow.sites.find())
    except Exception:  # noqa: BLE001  # whatever it was, the store cannot be read
        response.status_code = 503
        response.headers["Retry-After"] = RETRY_SECONDS
        return UpOut(status="down")
    return UpOut(status="up")


@router.get(
    "/health/deep",
    response_model=DeepOut,
    responses=declared(),
    summary="Look closely whether all is well",
)
def show_deep_health(caller: Operator) -> DeepOut:
    """Whether claims are those of what is booked, the audit unbroken, clock and worker alive.

    It reads the whole store: ask every few minutes, not every second.
    """
    found = caller.site.read(operation.health)
    return DeepOut.of(found, version=version("holdfast"), schema=migrate.head())


@router.get(
    "/metrics",
    response_class=Response,
    responses={
        **declared(),
        200: {
            "description": "Figures in the text format of Prometheus",
            "content": {
                "text/plain": {
                    "schema": {"type": "string"},
                    "example": 'holdfast_bookings{state="confirmed"} 61.0',
                }
            },
        },
    },
    summary="Read figures for Prometheus",
)
def show_metrics(caller: Operator, request: Request) -> Response:
    """Requests by route and status since the start, and bookings, cases and runs of the site."""
    found = caller.site.read(operation.figures)
    return Response(service_of(request).metrics.text(found), media_type=CONTENT_TYPE_LATEST)
