"""The watch that canaries never leave with a fault, in a log or in the metrics.

They are planted in the facts that all fixtures of the department share. After every test, every log
record from INFO on is searched for them (as the program wrote it and as it goes into the file), of
threads and of what was arranged for several tests too. Of applications whose client was made
through `tests.unit.api.service`, also every answer with a status of 400 and more and all metrics;
of commands run through `tests.integration.command_line`, what they wrote to stderr, where logs go.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from benchmarks.faults.canaries import (
    BORN,
    CANARIES,
    FREE_TEXT,
    GIVEN,
    MRN,
    NAME,
    PHONE,
    in_records,
    recorded,
    within,
)
from scheduler.services.operation import Figures

if TYPE_CHECKING:
    from api.metrics import Metrics

__all__ = ["BORN", "CANARIES", "FREE_TEXT", "GIVEN", "MRN", "NAME", "PHONE"]
METRICS = "/v1/metrics"
NO_SITE = Figures(Counter(), Counter(), Counter(), Counter(), waiting_moves=0, alerts=0)


class Watch:
    """What left the program in one test."""

    def __init__(self, records: list[logging.LogRecord]) -> None:
        self._records = records
        self._texts: list[tuple[str, str]] = []
        self._metrics: set[Metrics] = set()

    def told(self, place: str, text: str) -> None:
        """Take note of what was written somewhere."""
        self._texts.append((place, text))

    def answered(self, app: FastAPI, response: Response) -> None:
        """Take note of an answer where it is a fault or the metrics; patients' data it may hold."""
        if (served := getattr(app.state, "service", None)) is not None:
            self._metrics.add(served.metrics)
        asked = response.request
        if response.status_code >= 400 or asked.url.path == METRICS:
            response.read()
            head = f"{asked.method} {asked.url.path} {response.status_code}"
            self.told(head, f"{response.headers} {response.text}")

    def end(self) -> list[str]:
        """Where a canary got out, with the canary; then nothing is left to be found."""
        texts = [*self._texts, *(("metrics", m.text(NO_SITE).decode()) for m in self._metrics)]
        found = [f"{place}: {canary}" for place, text in texts for canary in within(text)]
        found += in_records(self._records)
        self._records.clear()
        self._texts.clear()
        self._metrics.clear()
        return found


_current: list[Watch] = []


@contextmanager
def watching() -> Iterator[None]:
    """Watch all tests of this process."""
    with recorded() as records:
        _current.append(Watch(records))
        yield
        _current.pop()


def watched(client: TestClient) -> TestClient:
    """The client, with everything it is answered seen."""
    app = client.app
    assert isinstance(app, FastAPI)
    client.event_hooks["response"].append(lambda response: _current[-1].answered(app, response))
    return client


def told(place: str, text: str) -> None:
    """Have a text that was written somewhere searched at the end of the test."""
    _current[-1].told(place, text)


def end() -> list[str]:
    """Where a canary got out since this was last asked."""
    return _current[-1].end()
