"""Errors as problem documents (RFC 9457): one shape, with a `code` that does not change.

A problem never repeats what the request contained, so that nothing of a patient gets into it by
way of a slip of the pen.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import Field
from starlette.exceptions import HTTPException

from api.errors import HttpError, TooManyError
from models.base import Frozen
from models.errors import (
    BusyError,
    ConflictError,
    ExpiredError,
    HoldfastError,
    InputError,
    NotFoundError,
    RefusedError,
    SolverError,
    StaleError,
)
from models.faults import fault_words

MEDIA_TYPE = "application/problem+json"
BASE = "urn:holdfast:problem:"
RETRY_SECONDS = "2"
UNFORESEEN = 500

STATUS: Mapping[type[HoldfastError], int] = {
    InputError: 422,
    NotFoundError: 404,
    RefusedError: 422,
    ConflictError: 409,
    ExpiredError: 410,
    StaleError: 409,
    BusyError: 503,
    SolverError: 503,
}
"""By the nearest class; an error that names its own status comes before."""


class Fault(Frozen):
    """One member of a request that cannot be used."""

    place: str = Field(examples=["body.start"])
    problem: str = Field(examples=["must say its zone, as in 2026-11-30T08:00:00-06:00"])


class Problem(Frozen):
    """What went wrong, in the form of RFC 9457."""

    type: str = Field(examples=["urn:holdfast:problem:conflict"])
    title: str = Field(examples=["Conflict"])
    status: int = Field(examples=[409])
    detail: str = Field(
        examples=["suite-1 is held Tue 24 Nov 09:00-10:15 by the booking of case referral-7"]
    )
    code: str = Field(description="Stable; programs decide by it.", examples=["conflict"])
    remedy: str = Field(default="", examples=["take another proposal"])
    faults: tuple[Fault, ...] = ()


def answer(
    status: int,
    code: str,
    detail: str,
    *,
    remedy: str = "",
    faults: tuple[Fault, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A problem as a response."""
    problem = Problem(
        type=BASE + code,
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        remedy=remedy,
        faults=faults,
    )
    content = problem.model_dump(mode="json", exclude_defaults=False)
    return JSONResponse(content, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Answer every error with a problem document."""
    app.add_exception_handler(HoldfastError, _holdfast)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def status_of(error: HoldfastError, *, versioned: bool = False) -> int:
    """The status of an error; staleness is a failed precondition where a version was given."""
    if isinstance(error, HttpError):
        return error.status
    if versioned and isinstance(error, StaleError):
        return HTTPStatus.PRECONDITION_FAILED
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def _holdfast(request: Request, raised: Exception) -> JSONResponse:
    return of(cast("HoldfastError", raised), versioned=_compares(request))


def _compares(request: Request) -> bool:
    """Whether what was asked for depends on the version that the request names."""
    route = request.scope.get("route")
    stated = route.responses if isinstance(route, APIRoute) else {}
    return "if-match" in request.headers and HTTPStatus.PRECONDITION_FAILED in stated


def of(error: HoldfastError, *, versioned: bool = False) -> JSONResponse:
    """The answer to an error of ours."""
    status = status_of(error, versioned=versioned)
    head = f"{error.place}: {error.problem}" if error.place else error.problem
    return answer(status, error.code, head, remedy=error.remedy, headers=_headers_of(status, error))


def _headers_of(status: int, error: HoldfastError) -> Mapping[str, str]:
    if isinstance(error, TooManyError):
        return {"Retry-After": str(error.seconds)}
    if status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": "Bearer"}
    if status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}:
        return {"Retry-After": RETRY_SECONDS}
    return {}


def _invalid(request: Request, raised: Exception) -> JSONResponse:
    error = cast("RequestValidationError", raised)
    known = _names(request.app.openapi())
    faults = tuple(
        Fault(
            place=".".join(_told(step, known) for step in fault["loc"]),
            problem=fault_words(fault["type"], fault.get("ctx", {}), fault["msg"]),
        )
        for fault in error.errors()
    )
    first = f"{faults[0].place}: {faults[0].problem}" if faults else "the request is not valid"
    return answer(422, "invalid-request", first, remedy="see the schema", faults=faults)


def _told(step: object, known: frozenset[str]) -> str:
    """A step to a fault: a name that is ours, a position, or no more than that there is one."""
    return str(step) if isinstance(step, int) or step in known else "?"


def _names(document: Mapping[str, Any]) -> frozenset[str]:
    """Every name of a member or parameter that the API document has."""
    schemas = document.get("components", {}).get("schemas", {}).values()
    members = {name for schema in schemas for name in schema.get("properties", {})}
    operations = [op for path in document.get("paths", {}).values() for op in path.values()]
    asked = {one["name"] for op in operations for one in op.get("parameters", ())}
    return frozenset({"body", "query", "path", "header", *members, *asked})


def _http(_request: Request, raised: Exception) -> JSONResponse:
    error = cast("HTTPException", raised)
    if error.status_code == HTTPStatus.BAD_REQUEST:  # only from what reads bodies
        return answer(422, "unreadable", "body: it cannot be read", remedy="see the schema")
    phrase = HTTPStatus(error.status_code).phrase
    code = phrase.lower().replace(" ", "-")
    return answer(error.status_code, code, phrase, headers=error.headers)


def _unexpected(_request: Request, _raised: Exception) -> JSONResponse:
    return unforeseen()


def unforeseen() -> JSONResponse:
    """The answer to an error nobody foresaw; its text may hold anything and is not repeated."""
    return answer(
        UNFORESEEN, "internal", "something unforeseen happened", remedy="tell the operator"
    )


_MEANINGS: Mapping[int, str] = {
    400: "A header that the request needs is missing",
    401: "No valid token",
    403: "The caller may not do this",
    404: "There is no such thing at this site",
    408: "The body did not arrive in time",
    409: "Somebody else holds what was wanted, or it has changed",
    410: "It ended before it was used",
    412: "It is at another version than `If-Match` says",
    413: "The body is too large",
    422: "The request cannot be used, or a rule forbids it",
    428: "`If-Match` is missing, or names no version",
    429: "Too many requests",
    500: "Something unforeseen happened, and nothing more is told",
    503: "The store is busy, cannot be used now, or has no space; try again",
}
BEFORE = (408, 413, 422, 429)
"""What every route can answer before it begins: to a body, an address or too many requests."""
KNOWN = (401, 403, 503)
"""What a route can answer besides that has the store say who asks."""


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of a route that asks for a token, for the OpenAPI document."""
    return declared_open(*statuses, *KNOWN)


def declared_open(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of a route that is open to all, for the OpenAPI document."""
    return {
        status: {
            "model": Problem,
            "description": _MEANINGS[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted({*statuses, *BEFORE, UNFORESEEN})
    }
