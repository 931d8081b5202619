"""One line for each request: its route as declared, never the path with its ids, nor the query."""

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.edge.addresses import address_of
from api.edge.counting import template_of

_log = logging.getLogger("holdfast.access")


class AccessLog:
    """Middleware that logs each request when it has been answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, then log it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})
        status = 500
        began = time.perf_counter()

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            _log.info("request", extra=_told(scope, status, time.perf_counter() - began))


def _told(scope: Scope, status: int, seconds: float) -> dict[str, object]:
    principal = scope["state"].get("principal")
    return {
        "method": scope["method"],
        "route": template_of(scope) or "?",
        "status": status,
        "ms": round(seconds * 1000, 1),
        "address": address_of(scope),
        "caller": getattr(principal, "subject", "-"),
    }
