"""Canaries: words that only patients' data hold, and the watch that they never leave with a fault.

They are planted in the facts that all fixtures of the department share. Whoever makes a client of
the application through `tests.unit.api.service` is watched: after the test every answer with a
status of 400 and more, every log line (as the program wrote it and as it goes into the file) and
the text of the metrics is searched for them.
"""

import logging
from collections.abc import Iterator
from datetime import date

import prometheus_client
from fastapi.testclient import TestClient
from httpx2 import Response

from scheduler.logs import PlainFormatter

NAME = "Quillfeather"
MRN = "80442177"
PHONE = "555-0147-332"
BORN = date(1950, 3, 7)
FREE_TEXT = f"wedge fracture of Zebulon {NAME}, MRN {MRN}, daughter at {PHONE}"
CANARIES = (NAME, "Zebulon", MRN, PHONE, BORN.isoformat())


class Watch:
    """What left the application in one test."""

    def __init__(self) -> None:
        self.faults: list[tuple[str, str]] = []
        self.answers = 0

    def client(self, client: TestClient) -> TestClient:
        """The same client, with everything it is answered seen."""
        client.event_hooks["response"].append(self._see)
        return client

    def _see(self, response: Response) -> None:
        self.answers += 1
        if response.status_code >= 400:
            response.read()
            head = f"{response.request.method} {response.request.url.path} {response.status_code}"
            self.faults.append((head, f"{response.headers} {response.text}"))

    def leaks(self, records: list[logging.LogRecord]) -> list[str]:
        """Where a canary got out, with the canary."""
        return [
            f"{place}: {canary}"
            for place, text in self._texts(records)
            for canary in CANARIES
            if canary in text
        ]

    def _texts(self, records: list[logging.LogRecord]) -> Iterator[tuple[str, str]]:
        yield from self.faults
        as_written, plain = logging.Formatter(), PlainFormatter()
        for record in records:
            yield f"log of {record.name}", as_written.format(record)
            yield f"log line of {record.name}", plain.format(record)
        yield "metrics", prometheus_client.generate_latest().decode()


_current: list[Watch] = []


def begin() -> Watch:
    """Watch one test."""
    _current[:] = [Watch()]
    return _current[0]


def watched(client: TestClient) -> TestClient:
    """The client, seen by the watch of the running test."""
    return _current[0].client(client) if _current else client
