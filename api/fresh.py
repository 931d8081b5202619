"""`If-None-Match`: whoever has seen an answer already is told so in place of getting it again."""

import hashlib
from typing import Annotated

from fastapi import Header, Response
from pydantic import BaseModel

NoneMatch = Annotated[
    str | None,
    Header(
        alias="If-None-Match",
        description="The `ETag` of the answer you have; 304 when it is still the same.",
        max_length=400,
        examples=['W/"5f2b8c1e0a9d4c37"'],
    ),
]
NOT_MODIFIED = 304


def content_tag(content: bytes) -> str:
    """The `ETag` of an answer by what it says."""
    return f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'


def unless_seen(
    content: bytes | BaseModel, seen: str | None, *, media_type: str = "application/json"
) -> Response:
    """An answer with its `ETag`, or 304 for whoever has it."""
    body = content if isinstance(content, bytes) else content.model_dump_json().encode()
    made = content_tag(body)
    headers = {"ETag": made}
    if seen is not None and _opaque(made) in map(_opaque, seen.split(",")):
        return Response(status_code=NOT_MODIFIED, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


def _opaque(one: str) -> str:
    """A tag without the mark that says it is weak: comparison for reading is weak."""
    return one.strip().removeprefix("W/")
