"""Where a request comes from: the peer, or what a proxy that we trust says of it."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

Networks = Sequence[IPv4Network | IPv6Network]


def address_of(scope: Scope) -> str:
    """The address that a request came from, as far as it can be known."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


class ProxyAddresses:
    """Middleware that puts the caller's address and scheme in place of a trusted proxy's."""

    def __init__(self, app: ASGIApp, trusted: Networks) -> None:
        self._app = app
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Go on with the address that counts."""
        if scope["type"] == "http" and self._is_trusted(address_of(scope)):
            headers = Headers(scope=scope)
            address = self._behind(",".join(headers.getlist("x-forwarded-for")))
            scheme = headers.get("x-forwarded-proto", scope["scheme"])
            changed = {"scheme": scheme if scheme in {"http", "https"} else scope["scheme"]}
            if address is not None:
                changed["client"] = (address, 0)
            scope = {**scope, **changed}
        await self._app(scope, receive, send)

    def _behind(self, forwarded: str) -> str | None:
        """The last address that no trusted proxy has; whatever stands before it is hearsay."""
        last = None
        for said in reversed(forwarded.split(",")):
            text = said.strip()
            if not _is_address(text):
                return last
            last = text
            if not self._is_trusted(text):
                return last
        return last

    def _is_trusted(self, text: str) -> bool:
        if not _is_address(text):
            return False
        address = ip_address(text)
        return any(address in network for network in self._trusted)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
