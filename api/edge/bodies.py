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
from models.errors import InputError

DEEPEST = 64
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")
_PAIR = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_HALF = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
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
            check_address(scope)
            body = await self._read(headers, receive)
            check_content(body, form=headers.get("content-type", "").startswith(_FORMS))
        except (HttpError, InputError) as error:
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


def check_address(scope: Scope) -> None:
    """Refuse a path or a query with a character that no name has.

    Raises:
        InputError: it has a NUL, which a database cannot keep.
    """
    if "\0" in scope["path"] or b"%00" in scope.get("query_string", b""):
        raise _no_text()


def check_content(body: bytes, *, form: bool) -> None:
    """Refuse a body that no route can use.

    Raises:
        TooDeepError: JSON that is nested too deeply.
        InputError: text that cannot be kept: a NUL, half of a surrogate pair, or no UTF-8.
    """
    if b"\0" in body or (b"%00" if form else b"\\u0000") in body:
        raise _no_text()
    if not form:
        if not _is_utf8(body) or _HALF.search(_PAIR.sub(b"", body)):
            raise _no_text()
        check_depth(body)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _no_text() -> InputError:
    return InputError("the request has characters that no text has", remedy="leave them out")


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
