"""Bodies: read whole before a route runs, never more, deeper or longer than is allowed.

What arrives is counted as it arrives; the length that a request announces is only believed when
it is too large.
"""

import asyncio
import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.errors import HttpError, TooDeepError, TooLargeError, TooSlowError

DEEPEST = 64
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class WholeBodies:
    """Middleware that hands routes a body that is already here."""

    def __init__(self, app: ASGIApp, *, most_bytes: int, seconds: float) -> None:
        self._app = app
        self._most = most_bytes
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 408, 413 or 422, or go on with the body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            body = await self._read(headers, receive)
            if not headers.get("content-type", "").startswith(_FORMS):
                check_depth(body)
        except HttpError as error:
            await problems.of(error)(scope, receive, send)
            return
        except _GoneError:
            return
        await self._app(scope, _replaying(body, receive), send)

    async def _read(self, headers: Headers, receive: Receive) -> bytes:
        announced = headers.get("content-length", "0")
        if announced.isdigit() and int(announced[:20]) > self._most:
            raise _too_large()
        try:
            async with asyncio.timeout(self._seconds):
                return await self._collect(receive)
        except TimeoutError as error:
            raise TooSlowError("the body did not arrive in time", remedy="send it again") from error

    async def _collect(self, receive: Receive) -> bytes:
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise _GoneError
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > self._most:
                raise _too_large()
            chunks.append(chunk)
            if not message.get("more_body", False):
                return b"".join(chunks)


class _GoneError(Exception):
    """The caller went away."""


def _too_large() -> TooLargeError:
    return TooLargeError("the body is too large", remedy="send less at once")


def check_depth(body: bytes) -> None:
    """Refuse JSON that is nested too deeply, before anything recursive reads it.

    Raises:
        TooDeepError: it is.
    """
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEEPEST:
            raise TooDeepError("the body is nested too deeply", remedy="send plainer JSON")


def _replaying(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
