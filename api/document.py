"""The OpenAPI document: names that read well, and an example of every request and answer.

An operation is named by its tag and its function. Its summary is what the route states, or else the
first clause of its description. Examples are put together from those of single members.
"""

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.problems import BASE, MEDIA_TYPE

JSON = "application/json"
TAGS: Mapping[str, str] = {
    "cases": "Referrals to be scheduled: intake, facts, readiness and history",
    "proposals": "The cheapest exact places for a case, and why not another",
    "reservations": "A place kept for a short while",
    "bookings": "Places that were promised: book, move, cancel, undo, lock, tell",
    "holds": "What becomes of medication holds: approvals, doses, results",
    "gaps": "Who may take a place that came free",
    "board": "Resources by time, with all that holds them",
    "revisions": "What a night would change, decided move by move",
    "runs": "Nights, and runs on request: queued, followed, cancelled",
    "policies": "Hold policies: read, compared, tried, signed",
    "scenarios": "What-if: handed in, checked, run beside the department, compared",
    "site": "The site's document, resources, calendars and closures",
    "feeds": "Calendars to subscribe to, without patients",
    "audit": "Who changed what, and whether the record is whole",
    "health": "How the service is",
    "tokens": "Access tokens of systems and sessions of users",
    "accounts": "Users and systems of a site",
    "break-glass": "Permissions taken in an emergency, and their review",
    "alerts": "What a person must see to",
    "reports": "What the day begins with",
    "outbox": "Messages to the outside",
}
"""By tag, in the order of the document."""
CODES: Mapping[int, tuple[str, str, str]] = {
    400: (
        "idempotency-key-missing",
        "an Idempotency-Key is needed",
        "send one, the same for every repetition",
    ),
    401: ("unauthorised", "a bearer token is needed", "see /v1/oauth/token"),
    403: ("forbidden", "this is not permitted to you", "ask for bookings:write at the site"),
    404: ("not-found", "there is no case referral-7", "list them"),
    408: ("too-slow", "the body did not arrive in time", "send it again"),
    409: (
        "conflict",
        "suite-1 is held Tue 24 Nov 09:00-10:15 by the booking of case referral-7",
        "take another proposal",
    ),
    410: ("expired", "the reservation ended at 09:15", "reserve again"),
    412: ("stale", "it is at version 4, not 3", "look at it again"),
    413: ("too-large", "the body is too large", "send less at once"),
    422: (
        "invalid-request",
        "body.start: must say its zone, as in 2026-11-30T08:00:00-06:00",
        "see the schema",
    ),
    428: ("version-missing", "an If-Match header is needed", "send the ETag of what you have seen"),
    429: ("too-many-requests", "too many requests", "wait as long as Retry-After says"),
    500: ("internal", "something unforeseen happened", "tell the operator"),
    503: ("busy", "the store is busy", "try again in a moment"),
}
"""By status: a code, its detail and remedy."""
DEEPEST = 12
_TEXTS = {
    "date-time": "2026-11-24T09:00:00-06:00",
    "date": "2026-11-24",
    "time": "02:00:00",
    "uri": "https://example.org",
}


def operation_id(route: APIRoute) -> str:
    """The name of an operation: its tag and its function."""
    tag = str(route.tags[0]) if route.tags else "service"
    return f"{tag}_{route.name}".replace("-", "_")


class DescribedApi(FastAPI):
    """An application whose document is finished before anybody reads it."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        if self.openapi_schema is None:
            finish(super().openapi())
        assert self.openapi_schema is not None  # noqa: S101 - made just now
        return self.openapi_schema


def finish(document: dict[str, Any]) -> None:
    """Give a document its tags, summaries and examples."""
    schemas: dict[str, Any] = document.get("components", {}).get("schemas", {})
    used = set()
    for operation in _operations(document):
        used.update(operation.get("tags", ()))
        _summarise(operation)
        _exemplify_problems(operation)
        for media in _contents(operation):
            if "example" not in media and "examples" not in media:
                media["example"] = example_of(media.get("schema", {}), schemas)
    document["tags"] = [
        {"name": tag, "description": about} for tag, about in TAGS.items() if tag in used
    ]


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document.get("paths", {}).values():
        yield from path.values()


def _summarise(operation: dict[str, Any]) -> None:
    """A summary that is no more than the function's name is replaced by the first clause."""
    name = operation["operationId"].removeprefix(
        operation.get("tags", ["service"])[0].replace("-", "_") + "_"
    )
    if operation.get("summary") == name.replace("_", " ").title():
        first = re.split(r"[.:;,](?:\s|$)", operation.get("description", name), maxsplit=1)[0]
        operation["summary"] = first.strip()


def _contents(operation: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for part in (operation.get("requestBody", {}), *operation["responses"].values()):
        yield from part.get("content", {}).values()


def _exemplify_problems(operation: Mapping[str, Any]) -> None:
    """Problems come as problem documents alone; FastAPI also lists them as plain JSON."""
    for status, answer in operation["responses"].items():
        content = answer.get("content", {})
        media = content.get(MEDIA_TYPE)
        if media is not None and int(status) in CODES:
            content.pop(JSON, None)
            code, detail, remedy = CODES[int(status)]
            media["example"] = {
                "type": BASE + code,
                "title": HTTPStatus(int(status)).phrase,
                "status": int(status),
                "detail": detail,
                "code": code,
                "remedy": remedy,
                "faults": [],
            }


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int = 0) -> Any:
    """A value of a schema: its own example where it has one, else put together from its members."""
    if schema.get("examples"):
        return schema["examples"][0]
    for member in ("example", "const", "default"):
        if member in schema:
            return schema[member]
    if "enum" in schema:
        return schema["enum"][0]
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, depth + 1)
    for either in ("anyOf", "oneOf", "allOf"):
        if either in schema:
            return example_of(_likeliest(schema[either], depth), schemas, depth + 1)
    return _plain(schema, schemas, depth)


def _likeliest(choices: list[Mapping[str, Any]], depth: int) -> Mapping[str, Any]:
    """The first choice that is something, or nothing where it goes too deep."""
    nothing = [one for one in choices if one.get("type") == "null"]
    if nothing and depth > DEEPEST:
        return nothing[0]
    return next(one for one in choices if one.get("type") != "null")


def _plain(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int) -> Any:
    match schema.get("type"):
        case "object":
            return _object(schema, schemas, depth)
        case "array":
            return _array(schema, schemas, depth)
        case "string":
            return _TEXTS.get(
                schema.get("format", ""), ("text " * 20)[: schema.get("minLength", 4)]
            )
        case "integer" | "number":
            return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
        case "boolean":
            return False
    return None


def _object(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int) -> dict[str, Any]:
    required = schema.get("required", ())
    if schema.get("minProperties"):
        return {"name": example_of(schema.get("additionalProperties") or {}, schemas, depth + 1)}
    return {
        name: example_of(member, schemas, depth + 1)
        for name, member in schema.get("properties", {}).items()
        if name in required or "examples" in member
    }


def _array(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int) -> list[Any]:
    if "prefixItems" in schema:
        return [example_of(one, schemas, depth + 1) for one in schema["prefixItems"]]
    if "items" not in schema or depth > DEEPEST:
        return []
    return [example_of(schema["items"], schemas, depth + 1)]
