"""Faults sown into the application, one at a time: what looks for such faults must find each.

They are put in by overriding the dependency with which routes state who may use them; the statement
itself stays, so that what is looked at still says what should be.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

from fastapi import FastAPI, Request

from api.caller import Caller, Credentials, Needs, SiteHeader
from api.errors import ForbiddenError
from api.security.permissions import Permission
from api.service import Service, service_of
from benchmarks.faults import canaries


def unguarded(app: FastAPI) -> None:
    """Whoever may look at the site may look at the audit too."""
    app.dependency_overrides[Needs(Permission.READ_AUDIT)] = Needs(Permission.READ_SITE)


def failing(app: FastAPI) -> None:
    """What asks for runs raises what nobody foresaw."""
    app.dependency_overrides[Needs(Permission.READ_RUNS)] = _fail


def talkative(app: FastAPI) -> None:
    """Who asks for the board of another site is told whether there is such a site."""
    app.dependency_overrides[Needs(Permission.READ_BOARD)] = _tell


def gossiping(app: FastAPI) -> None:
    """The log tells which patient a case is about."""
    app.dependency_overrides[Needs(Permission.READ_CASES)] = _gossip


def counting(app: FastAPI) -> None:
    """The metrics have a label of a patient's own."""
    service: Service = app.state.service
    service.metrics.refused(canaries.MRN)


def repeating(app: FastAPI) -> None:
    """Who wants to note facts is refused in words about the patient."""
    app.dependency_overrides[Needs(Permission.REPORT_HOLDS)] = _repeat


@dataclass(frozen=True)
class Sown:
    """A fault and where it shows."""

    sow: Callable[[FastAPI], None]
    operation: str
    """One in which it shows, so that few requests are enough to find it."""
    found_as: str
    """The kind of finding that it must be."""


SOWN: Mapping[str, Sown] = {
    "unguarded": Sown(unguarded, "GET /v1/audit/head", "bypass"),
    "failing": Sown(failing, "GET /v1/runs/{run}/result", "5xx"),
    "talkative": Sown(talkative, "GET /v1/board", "tells what there is"),
    "gossiping": Sown(gossiping, "GET /v1/cases/{case}/readiness", "patient in a log"),
    "counting": Sown(counting, "GET /v1/metrics", "patient in the metrics"),
    "repeating": Sown(repeating, "POST /v1/cases/{case}/facts", "patient in a fault"),
}


def _fail() -> NoReturn:
    raise ZeroDivisionError


def _repeat() -> NoReturn:
    raise ForbiddenError(f"there are no facts to add to {canaries.FREE_TEXT}", remedy="ask")


def _gossip(request: Request, credentials: Credentials, named: SiteHeader = None) -> Caller:
    told = {"caller": canaries.NAME, "route": request.url.path}
    logging.getLogger("holdfast.access").info("request", extra=told)
    return Needs(Permission.READ_CASES)(request, credentials, named)


def _tell(request: Request, credentials: Credentials, named: SiteHeader = None) -> Caller:
    try:
        return Needs(Permission.READ_BOARD)(request, credentials, named)
    except ForbiddenError as error:
        if named in service_of(request).sites:
            raise ForbiddenError("that site is not yours", remedy=error.remedy) from error
        raise
