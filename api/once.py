"""`Idempotency-Key`: an unsafe request sent twice is carried out once.

The key belongs to the caller and the route. The same key with the same content gets the first
answer again, to the byte, with `Idempotency-Replayed: true`; with another content it is refused.

Only what is told once is not repeated: the address of a calendar feed has a secret of which no more
than a digest is kept, so the answer that is kept, and given again, has none.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from api.errors import MissingKeyError
from models.errors import InputError
from scheduler.bootstrap import Container
from scheduler.records import Answered, RequestKey
from scheduler.services.once import Once, RepeatedError

T = TypeVar("T")
JSON = "application/json"
NO_BODY = (b"", b"{}")

KeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="A name of your choice for this request; send it again when in doubt.",
        max_length=200,
        min_length=1,
        examples=["0b1f6c9e-2f5d-4a58-9b59-5f2f0f7f6c11"],
    ),
]


@dataclass(frozen=True, slots=True)
class UnsafeRequest:
    """An unsafe request with its key and the digest of its content."""

    route: str
    key: str
    digest: str

    def answer(
        self,
        principal: str,
        site: Container,
        act: Callable[[Container], T],
        show: Callable[[T], BaseModel],
        *,
        status: int = 200,
        headers: Callable[[T], Mapping[str, str]] = lambda _result: {},
    ) -> Response:
        """Carry the request out, or give the answer it had.

        Args:
            principal: whose request it is.
            site: the services of the site.
            act: does it, in one transaction of the services it is given.
            show: the answer's content.
            status: the answer's status.
            headers: further headers of the answer, such as `ETag`.
        """

        def shown(result: T) -> Answered:
            return Answered(
                digest=self.digest,
                status=status,
                body=show(result).model_dump_json(),
                headers=dict(headers(result)),
            )

        once = Once(RequestKey(principal, self.route, self.key), self.digest, shown)
        try:
            return _response(shown(act(site.recording(once))))
        except RepeatedError as repeated:
            return _response(repeated.answer, {"Idempotency-Replayed": "true"})


def _response(answer: Answered, more: Mapping[str, str] | None = None) -> Response:
    headers = {**answer.headers, **(more or {})}
    return Response(answer.body, answer.status, headers=headers, media_type=JSON)


async def _request_once(request: Request, key: KeyHeader = None) -> UnsafeRequest:
    if key is None:
        raise MissingKeyError(
            "an Idempotency-Key is needed", remedy="send one, the same for every repetition"
        )
    content = [
        request.method,
        request.url.path,
        request.url.query,
        request.headers.get("if-match", ""),
        request.headers.get("holdfast-site", ""),
    ]
    if person := request.headers.get("holdfast-on-behalf-of"):
        content.append(person)
    body = await request.body()
    route: Any = request.scope["route"]
    if route.body_field is None and body.strip() not in NO_BODY:
        raise InputError(
            "this route takes no content", place="body", remedy="send none, or an empty object"
        )
    digest = hashlib.sha256(json.dumps(content).encode() + body).hexdigest()
    return UnsafeRequest(f"{request.method} {route.path}", key, digest)


OnceOnly = Annotated[UnsafeRequest, Depends(_request_once)]
