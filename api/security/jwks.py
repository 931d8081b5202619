"""Public keys of others: given as a set, or fetched from where they are published and kept a while.

Only addresses that an administrator has written down are ever asked; what a token says about where
its keys are is not read.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import httpx2
import jwt

from models.errors import BusyError

Fetch = Callable[[str], Any]
"""Gets the JSON document at an address."""

FRESH_SECONDS = 600.0
"""Keys older than this are fetched again."""
AGAIN_SECONDS = 30.0
"""An unknown key is asked for this often at most: strangers cannot make us ask without end."""
LARGEST_BYTES = 256 * 1024
KEY_TYPES: Mapping[str, str] = {"RS": "RSA", "PS": "RSA", "ES": "EC"}
SHORTEST_RSA_BITS = 2048


def fetch_json(url: str) -> Any:
    """The JSON document at an address, without following it elsewhere.

    Raises:
        BusyError: it cannot be had now.
    """
    try:
        with (
            httpx2.Client(timeout=5.0, follow_redirects=False, trust_env=False) as client,
            client.stream("GET", url) as response,
        ):
            response.raise_for_status()
            content = b""
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > LARGEST_BYTES:
                    raise _unreachable()
        return json.loads(content)
    except (httpx2.HTTPError, ValueError, RecursionError) as error:
        raise _unreachable() from error


def _unreachable() -> BusyError:
    return BusyError("keys of an identity provider cannot be fetched", remedy="try again shortly")


@dataclass
class KeySets:
    """Key sets by address, remembered in this process."""

    fetch: Fetch = fetch_json
    seconds: Callable[[], float] = time.monotonic
    _kept: dict[str, tuple[float, Any]] = field(default_factory=dict)
    _turn: Lock = field(default_factory=Lock)

    def key_at(self, url: str, kid: str, algorithm: str) -> jwt.PyJWK | None:
        """The key of an id at an address, fit for an algorithm."""
        found = key_in(self.document(url), kid, algorithm)
        if found is None:
            found = key_in(self.document(url, older=AGAIN_SECONDS), kid, algorithm)
        return found

    def document(self, url: str, *, older: float = FRESH_SECONDS) -> Any:
        """The document at an address, fetched again if what is kept is older.

        Raises:
            BusyError: it cannot be had now.
        """
        with self._turn:
            kept = self._kept.get(url)
            if kept is not None and self.seconds() - kept[0] < older:
                return kept[1]
            document = self.fetch(url)
            self._kept[url] = self.seconds(), document
            return document


def key_in(document: Any, kid: str, algorithm: str) -> jwt.PyJWK | None:
    """The key of an id in a set, if it is of the kind that the algorithm wants."""
    keys = document.get("keys") if isinstance(document, dict) else None
    for key in keys if isinstance(keys, Sequence) else ():
        if isinstance(key, dict) and key.get("kid") == kid and _fits(key, algorithm):
            return _read(key, algorithm)
    return None


def _fits(key: Mapping[str, Any], algorithm: str) -> bool:
    return (
        key.get("kty") == KEY_TYPES.get(algorithm[:2])
        and key.get("alg", algorithm) == algorithm
        and key.get("use", "sig") == "sig"
    )


def _read(key: dict[str, Any], algorithm: str) -> jwt.PyJWK | None:
    try:
        read = jwt.PyJWK(key, algorithm=algorithm)
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    size = getattr(read.key, "key_size", 0)
    return None if key["kty"] == "RSA" and size < SHORTEST_RSA_BITS else read
