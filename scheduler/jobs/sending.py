"""Bringing one message to its destination: a signed request, or a line in a file.

Requests are signed as Standard Webhooks asks: HMAC-SHA256 over id, time and body, so that a
receiver knows who sent it, that it is whole, and that it is not an old one sent again by others.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from datetime import datetime

import httpx2

from scheduler.jobs.destinations import Destination
from scheduler.records_notices import Message

SECONDS = 10.0
"""For one request, all in all."""


def payload(site: str, message: Message) -> bytes:
    """What is sent of a message: the same bytes each time."""
    document = {
        "id": message.id,
        "site": site,
        "kind": message.kind,
        "subject": message.subject,
        "at": message.created_at.isoformat(),
        "data": json.loads(message.body),
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def signature(secret: bytes, name: str, timestamp: int, body: bytes) -> str:
    """The signature of a request: `v1,` and the base64 of the digest."""
    signed = f"{name}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


class Sender:
    """Sends the messages of one site."""

    def __init__(
        self, site: str, client: httpx2.Client, environment: Mapping[str, str] = os.environ
    ) -> None:
        self._site = site
        self._client = client
        self._environment = environment

    def __call__(self, destination: Destination, message: Message, now: datetime, /) -> str | None:
        """What went wrong, in a few words without secrets; None when it arrived."""
        body = payload(self._site, message)
        if destination.file is not None:
            return _append(destination, body)
        return self._post(destination, message, body, int(now.timestamp()))

    def _post(
        self, destination: Destination, message: Message, body: bytes, timestamp: int
    ) -> str | None:
        secret = destination.secret(self._environment)
        headers = {
            "content-type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(secret, message.id, timestamp, body),
        }
        try:
            url = destination.url or ""
            with self._client.stream("POST", url, content=body, headers=headers) as answer:
                # what else it says is not read: it may be long, or never end
                return None if answer.is_success else f"answered {answer.status_code}"
        except httpx2.HTTPError as error:
            return type(error).__name__  # its text may hold the URL


def open_client() -> httpx2.Client:
    """A client that follows no redirects and waits for nobody long."""
    return httpx2.Client(timeout=SECONDS, follow_redirects=False, trust_env=False)


def _append(destination: Destination, body: bytes) -> str | None:
    """Add a line to a file, and see it on the disk."""
    try:
        handle = os.open(str(destination.file), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, body + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        return type(error).__name__
    return None
