"""A small HTTP/1.1 client on asyncio: cheap enough that it is the server that is measured."""

import asyncio
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

PATIENCE_SECONDS = 30
IDLE_SECONDS = 3
"""A connection that has rested longer is not used again: the server closes it after five."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


class LostError(Exception):
    """No answer came: nobody knows whether the request was carried out."""


@dataclass
class Caller:
    """One connection of one caller to one server, opened anew when it breaks."""

    url: str
    token: str
    patience: float = PATIENCE_SECONDS
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = field(default=None)
    _used: float = 0

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        lose: bool = False,
        **headers: str,
    ) -> Answer:
        """Send a request and wait for its answer.

        Args:
            method: the HTTP method.
            path: the path.
            body: JSON content.
            lose: go away once the request is sent, as a broken line would.
            headers: more headers, with `_` for `-`.

        Raises:
            LostError: no answer came in time, or at all.
        """
        try:
            async with asyncio.timeout(self.patience):
                return await self._ask(_request(method, path, body, self._known(headers)), lose)
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            self.hang_up()
            raise LostError(type(error).__name__) from error

    def hang_up(self) -> None:
        """Close the connection at once."""
        if self._streams is not None:
            with suppress(OSError, RuntimeError):
                self._streams[1].transport.abort()
        self._streams = None

    def _known(self, headers: Mapping[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"Host": "localhost", "Authorization": f"Bearer {self.token}", **named}

    async def _ask(self, request: bytes, lose: bool) -> Answer:  # noqa: FBT001 - private
        if time.monotonic() - self._used > IDLE_SECONDS:
            self.hang_up()
        self._used = time.monotonic()
        if self._streams is None:
            address = urlsplit(self.url)
            self._streams = await asyncio.open_connection(address.hostname, address.port)
        reader, writer = self._streams
        writer.write(request)
        await writer.drain()
        if lose:
            await asyncio.sleep(0.005)  # long enough to arrive
            self.hang_up()
            raise ConnectionResetError
        return await _answer(reader)


def _request(method: str, path: str, body: object, headers: Mapping[str, str]) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", *(f"{n}: {v}" for n, v in headers.items())]
    lines += ["Content-Type: application/json", f"Content-Length: {len(content)}", "", ""]
    return "\r\n".join(lines).encode() + content


async def _answer(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.split(":", 1) for line in head[1:] if line)
    headers = {name.strip().lower(): value.strip() for name, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answer(int(head[0].split(" ")[1]), headers, body)
