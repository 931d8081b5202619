"""Headers of every answer, and the answer to whatever nobody foresaw."""

import logging
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems

SECURITY: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""A route may state a looser one of its own, such as pages their content policy."""
STRICT_TRANSPORT = "max-age=31536000"
_log = logging.getLogger("holdfast.api")


class SafeAnswers:
    """The outermost middleware: no answer leaves without headers, no error with its text.

    Where browsers are let in it also stands within, see `api.edge.install`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the answer back with its headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = False

        async def send_safely(message: Message) -> None:
            nonlocal began
            if message["type"] == "http.response.start":
                began = True
                _add_headers(message, https=scope["scheme"] == "https")
            await send(message)

        try:
            await self._app(scope, receive, send_safely)
        except Exception as error:  # noqa: BLE001  # its text may hold anything: only its kind is kept
            tell_unforeseen(scope, error)
            if not began:
                await problems.unforeseen()(scope, receive, send_safely)


def tell_unforeseen(scope: Scope, error: Exception) -> None:
    """Log an error by its kind and route."""
    route = getattr(scope.get("route"), "path", "?")
    _log.error(
        "unforeseen error",
        extra={"kind": type(error).__name__, "method": scope["method"], "route": route},
    )


def _add_headers(message: Message, *, https: bool) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in SECURITY.items():
        headers.setdefault(name, value)
    if https:
        headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
