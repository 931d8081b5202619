"""How many requests one caller and one address may make; counted in each process by itself."""

import math
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from api import problems
from api.edge.addresses import address_of
from api.errors import TooManyError
from api.settings import TOKEN_PATH, Limits

SIGN_IN = frozenset({TOKEN_PATH, "/v1/session", "/v1/session/password"})


class Limiter:
    """Counters in this process, over a moving window."""

    def __init__(self, limits: Limits) -> None:
        self._caller = parse(limits.caller)
        self._address = parse(limits.address)
        self._sign_in = parse(limits.sign_in)
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def count_caller(self, subject: str) -> None:
        """Count a request of a caller.

        Raises:
            TooManyError: they have made too many.
        """
        self._count(self._caller, "caller", subject)

    def count_address(self, address: str, path: str) -> None:
        """Count a request from an address.

        Raises:
            TooManyError: it has made too many.
        """
        self._count(self._address, "address", address)
        if path in SIGN_IN:
            self._count(self._sign_in, "sign-in", address)

    def _count(self, item: RateLimitItem, kind: str, key: str) -> None:
        if not self._window.hit(item, kind, key):
            free_at = self._window.get_window_stats(item, kind, key).reset_time
            raise TooManyError(max(1, math.ceil(free_at - time.time())))


class AddressLimit:
    """Middleware that counts requests by address before anything else is done with them."""

    def __init__(self, app: ASGIApp, limiter: Limiter) -> None:
        self._app = app
        self._limiter = limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 429, or go on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self._limiter.count_address(address_of(scope), scope["path"])
        except TooManyError as error:
            await problems.of(error)(scope, receive, send)
            return
        await self._app(scope, receive, send)
