"""Faults sown into the application, one at a time: what looks for such faults must find each.

They are put in by overriding the dependency with which routes state who may use them; the statement
itself stays, so that what is looked at still says what should be.
"""

from collections.abc import Callable, Mapping
from typing import NoReturn

from fastapi import FastAPI, Request

from api.caller import Caller, Credentials, Needs, SiteHeader
from api.errors import ForbiddenError
from api.security.permissions import Permission
from api.service import service_of


def unguarded(app: FastAPI) -> None:
    """Whoever may look at the site may look at the audit too."""
    app.dependency_overrides[Needs(Permission.READ_AUDIT)] = Needs(Permission.READ_SITE)


def failing(app: FastAPI) -> None:
    """What asks for runs raises what nobody foresaw."""
    app.dependency_overrides[Needs(Permission.READ_RUNS)] = _fail


def talkative(app: FastAPI) -> None:
    """Who asks for the board of another site is told whether there is such a site."""
    app.dependency_overrides[Needs(Permission.READ_BOARD)] = _tell


SHOWS = {
    "unguarded": "GET /v1/audit/head",
    "failing": "GET /v1/runs/{run}/result",
    "talkative": "GET /v1/board",
}
"""An operation in which each shows, so that few requests are enough to find it."""
SOWN: Mapping[str, Callable[[FastAPI], None]] = {
    "unguarded": unguarded,
    "failing": failing,
    "talkative": talkative,
}


def _fail() -> NoReturn:
    raise ZeroDivisionError


def _tell(request: Request, credentials: Credentials, named: SiteHeader = None) -> Caller:
    try:
        return Needs(Permission.READ_BOARD)(request, credentials, named)
    except ForbiddenError as error:
        if named in service_of(request).sites:
            raise ForbiddenError("that site is not yours", remedy=error.remedy) from error
        raise
