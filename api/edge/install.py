"""The order of the middlewares: the outermost is named last."""

from collections.abc import Sequence

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from api.edge.access import AccessLog
from api.edge.addresses import ProxyAddresses
from api.edge.bodies import WholeBodies
from api.edge.counting import CountedAnswers
from api.edge.headers import SafeAnswers
from api.edge.limiting import AddressLimit
from api.service import Service

ALLOWED_HEADERS = (
    "Authorization",
    "Content-Type",
    "Holdfast-On-Behalf-Of",
    "Holdfast-Site",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Last-Event-ID",
)
SHOWN_HEADERS = ("ETag", "Idempotency-Replayed", "Location", "Retry-After")


def install(app: FastAPI, served: Service) -> None:
    """Put the middlewares around an application, by the settings of its service."""
    settings = served.settings
    app.add_middleware(
        WholeBodies, most_bytes=settings.max_body_bytes, seconds=settings.body_seconds
    )
    if served.limiter is not None:
        app.add_middleware(AddressLimit, limiter=served.limiter)
    if settings.origins:
        _let_browsers_in(app, settings.origins)
    app.add_middleware(CountedAnswers)
    app.add_middleware(AccessLog)
    if settings.trusted_proxies:
        app.add_middleware(ProxyAddresses, trusted=settings.trusted_proxies)
    app.add_middleware(SafeAnswers)


def _let_browsers_in(app: FastAPI, origins: Sequence[str]) -> None:
    """Let pages of other origins call, and read every answer: what was refused or failed too."""
    app.add_middleware(SafeAnswers)  # within, so that its answer to an error passes through
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["GET", "POST", "PUT", "DELETE"],
        allow_headers=list(ALLOWED_HEADERS),
        expose_headers=list(SHOWN_HEADERS),
    )
