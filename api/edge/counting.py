"""Every answer counted: by method, the template of its route, status, and the code of a problem.

What the audit has to be told of it is noted too.
"""

import json
import time
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.edge.watching import take_note
from api.problems import MEDIA_TYPE

if TYPE_CHECKING:
    from api.service import Service


class CountedAnswers:
    """Middleware that counts what passes through it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and count its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})
        service: Service = scope["app"].state.service
        status, refused = 500, False
        began = time.perf_counter()

        async def watch(message: Message) -> None:
            nonlocal status, refused
            if message["type"] == "http.response.start":
                status = message["status"]
                refused = Headers(raw=message["headers"]).get("content-type") == MEDIA_TYPE
            elif refused and message.get("body"):
                service.metrics.refused(_code(message["body"]))
                refused = False
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            seconds = time.perf_counter() - began
            route = template_of(scope)
            service.metrics.answered(scope["method"], route, status, seconds)
            take_note(service.accesses, scope, route, status)


def template_of(scope: Scope) -> str | None:
    """The whole path of the route as declared; the route itself knows it without its prefix."""
    templates: dict[int, str] = getattr(scope["app"].state, "templates", {})
    route = scope.get("route")
    return templates.get(id(route), getattr(route, "path", None))


def _code(body: bytes) -> str:
    """The code of a problem document, which is always sent in one piece."""
    problem: dict[str, Any] = json.loads(body)
    return str(problem["code"])
