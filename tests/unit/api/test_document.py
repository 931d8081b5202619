"""The OpenAPI document is sound, and reads well: names, summaries, examples, errors."""

import re
import warnings
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from api.app import create_app
from api.document import TAGS
from api.problems import MEDIA_TYPE
from api.security.principal import Principal
from api.service import Service

READS_WELL = re.compile(r"[a-z]+(_[a-z]+)+")
VERBLESS = re.compile(r"\b(V1|Get|Post|Put)\b")


def _nobody(token: str) -> Principal:
    raise AssertionError(token)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(Service(sites={}, authenticate=_nobody)).openapi()


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_the_document_is_openapi_3_1(document: dict[str, Any]) -> None:
    """By the validator and the loader of the tool that fuzzes the service by this document."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what its own dependencies say of themselves
        import schemathesis

        schema = schemathesis.openapi.from_dict(document)
        schema.validate()
        found = [result.ok() for result in schema.get_all_operations()]
    assert document["openapi"].startswith("3.1")
    assert len(found) == sum(len(methods) for methods in document["paths"].values())


def test_every_operation_reads_well(operations: dict[str, dict[str, Any]]) -> None:
    bad = [
        name
        for name, operation in operations.items()
        if not READS_WELL.fullmatch(operation["operationId"])
        or not 5 <= len(operation["summary"]) <= 100
        or VERBLESS.search(operation["summary"])
        or len(operation["description"]) < 20
        or not set(operation["tags"]) <= set(TAGS)
    ]
    assert bad == []
    ids = [operation["operationId"] for operation in operations.values()]
    assert len(set(ids)) == len(ids)


def test_every_tag_says_what_it_is_for(document: dict[str, Any]) -> None:
    used = {
        tag
        for methods in document["paths"].values()
        for op in methods.values()
        for tag in op["tags"]
    }
    assert {tag["name"] for tag in document["tags"]} == used


def test_every_parameter_says_what_it_is(operations: dict[str, dict[str, Any]]) -> None:
    """Those in the path have an example; the others a description."""
    bad = [
        (name, parameter["name"])
        for name, operation in operations.items()
        for parameter in operation.get("parameters", ())
        if not (parameter.get("description") or _examples(parameter))
    ]
    assert bad == []


def _examples(parameter: dict[str, Any]) -> Any:
    return parameter.get("examples") or parameter.get("schema", {}).get("examples")


def _media(operation: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for media_type, media in operation.get("requestBody", {}).get("content", {}).items():
        yield "request", media_type, media
    for status, answer in operation["responses"].items():
        for media_type, media in answer.get("content", {}).items():
            yield status, media_type, media


def test_every_example_is_one_of_its_schema(
    document: dict[str, Any], operations: dict[str, dict[str, Any]]
) -> None:
    wrong = []
    for name, operation in operations.items():
        for part, media_type, media in _media(operation):
            if "example" not in media and "examples" not in media:
                wrong.append((name, part, "no example"))
            elif "json" in media_type and "example" in media:
                schema = {**media["schema"], "components": document["components"]}
                if not jsonschema_rs.validator_for(schema).is_valid(media["example"]):
                    [first, *_] = jsonschema_rs.validator_for(schema).iter_errors(media["example"])
                    wrong.append((name, part, f"{first.instance_path}: {first.message[:120]}"))
    assert wrong == []


def test_every_error_is_a_problem_document(operations: dict[str, dict[str, Any]]) -> None:
    other = {
        ("POST /v1/oauth/token", "400"),  # as RFC 6749 has them
        ("POST /v1/oauth/token", "401"),
        ("GET /v1/health", "503"),  # down, in the words of up
    }
    bad = [
        (name, status)
        for name, operation in operations.items()
        for status, answer in operation["responses"].items()
        if int(status) >= 400
        and (name, status) not in other
        and list(answer.get("content", ())) != [MEDIA_TYPE]
    ]
    assert bad == []


def test_every_operation_tells_of_the_unforeseen(operations: dict[str, dict[str, Any]]) -> None:
    assert [
        name for name, operation in operations.items() if "500" not in operation["responses"]
    ] == []


def test_unsafe_operations_declare_what_they_need(operations: dict[str, dict[str, Any]]) -> None:
    """Whoever takes a key can miss it (400); whoever takes a version can be late (412, 428)."""
    for name, operation in operations.items():
        headers = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "header"}
        declared = set(operation["responses"])
        assert "Idempotency-Key" not in headers or "400" in declared, name
        assert "If-Match" not in headers or {"412", "428"} <= declared, name


WITHOUT_KEY = {
    "PUT /v1/accounts/{name}/password",
    "POST /v1/session",
    "POST /v1/session/password",
    "POST /v1/oauth/token",
    "POST /v1/oauth/revoke",
}
"""Each says in its description why."""
QUESTIONS = {"POST /v1/policies/diff/touched", "POST /v1/scenarios/{scenario}/check"}
"""By `POST` for the size of what is asked; they change nothing."""
ADDING = {
    "POST /v1/intake",
    "POST /v1/cases/{case}/facts",
    "POST /v1/cases/{case}/proposals",
    "POST /v1/gaps/{resource}/{begin}/{end}/candidates",
    "POST /v1/cases/{case}/reservation",
    "POST /v1/cases/{case}/booking",
    "POST /v1/cases/{case}/holds/approve",
    "POST /v1/cases/{case}/holds/started",
    "POST /v1/cases/{case}/holds/missed",
    "POST /v1/cases/{case}/holds/labs",
    "POST /v1/accounts",
    "POST /v1/clients",
    "POST /v1/break-glass",
    "POST /v1/runs",
    "POST /v1/scenarios",
    "POST /v1/scenarios/{scenario}/runs",
    "POST /v1/closures",
    "POST /v1/feeds",
    "POST /v1/session",
    "POST /v1/oauth/token",
}
"""They make something new, or add to what is known; nothing that was looked at changes."""
PROVEN_OTHERWISE = {
    "POST /v1/cases/{case}/reservation/release",  # by the token of the reservation
    "POST /v1/policies/{name}/sign-off",  # by version and digest of the policy
    "POST /v1/session/password",  # by the old password
    "POST /v1/oauth/revoke",  # by the token itself
}
"""What they change is named by something in the body that is good for nothing else."""


def _lacking(operations: dict[str, dict[str, Any]], header: str) -> set[str]:
    """The unsafe operations that take no such header."""
    return {
        name
        for name, operation in operations.items()
        if not name.startswith("GET ")
        and header not in {parameter["name"] for parameter in operation.get("parameters", ())}
    }


def test_all_unsafe_operations_take_a_key_but_those_that_say_why(
    operations: dict[str, dict[str, Any]],
) -> None:
    assert _lacking(operations, "Idempotency-Key") == WITHOUT_KEY | QUESTIONS
    silent = [n for n in WITHOUT_KEY if "`Idempotency-Key`" not in operations[n]["description"]]
    assert silent == []


def test_all_changes_name_a_version_but_those_that_prove_it_otherwise(
    operations: dict[str, dict[str, Any]],
) -> None:
    assert _lacking(operations, "If-Match") == QUESTIONS | ADDING | PROVEN_OTHERWISE
