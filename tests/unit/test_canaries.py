"""The watch for patients' data finds what gets out; without this its silence would mean nothing.

Each test asks for what has got out before the watch over all tests does, which then finds nothing.
"""

import logging
from threading import Thread

import pytest
import typer
from fastapi import FastAPI, HTTPException
from fastapi.testclient import TestClient

from api import service
from api.service import Service
from benchmarks.faults.canaries import Searched, log_file, search
from scheduler import logs
from tests import canaries
from tests.canaries import CANARIES, FREE_TEXT, GIVEN, MRN, NAME, PHONE
from tests.integration import command_line
from tests.unit.api.service import by_name

log = logging.getLogger("holdfast.nights")


def _app(status: int) -> FastAPI:
    app = FastAPI()

    @app.get("/leak")
    def leak() -> None:
        raise HTTPException(status, detail=FREE_TEXT)

    return app


def test_an_error_that_repeats_a_patient_is_found() -> None:
    canaries.watched(TestClient(_app(422))).get("/leak")
    assert canaries.end() == [f"GET /leak 422: {word}" for word in (NAME, GIVEN, MRN, PHONE)]


def test_what_was_asked_for_is_no_leak() -> None:
    canaries.watched(TestClient(_app(399))).get("/leak")
    assert canaries.end() == []


def test_a_patient_in_a_label_of_the_metrics_is_found() -> None:
    app, served = _app(399), Service({}, by_name)
    service.install(app, served)
    canaries.watched(TestClient(app)).get("/leak")
    served.metrics.answered("GET", f"/v1/cases/{MRN}", 200, 0.1)
    assert set(canaries.end()) == {f"metrics: {MRN}"}


@pytest.mark.parametrize("canary", CANARIES)
def test_a_log_line_that_tells_of_a_patient_is_found(canary: str) -> None:
    log.info("saved %s", canary)
    log.info("saved", extra={"caller": canary})
    assert canaries.end() == [
        f"log of holdfast.nights: {canary}",
        f"log line of holdfast.nights: {canary}",
    ]


def test_what_a_thread_logs_is_found() -> None:
    thread = Thread(target=log.info, args=("a chore for %s", NAME))
    thread.start()
    thread.join()
    assert canaries.end() == [f"log of holdfast.nights: {NAME}"]


def test_records_are_found_whatever_handlers_a_command_puts_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", root.handlers[:])
    logs.configure()
    log.info("a night of %s", NAME)
    assert canaries.end() == [f"log of holdfast.nights: {NAME}"]


def test_an_unforeseen_error_with_a_patient_in_it_is_found() -> None:
    logging.getLogger("some.library").error("failed", exc_info=ValueError(FREE_TEXT))
    assert f"log of some.library: {NAME}" in canaries.end()


def test_the_address_that_a_client_asks_for_is_no_leak() -> None:
    logging.getLogger("httpx2").info("HTTP Request: %s", f"/v1/cases/{MRN}")
    assert canaries.end() == []


def test_what_a_command_writes_beside_its_answer_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def leaky(_words: object) -> int:
        typer.echo(f"the answer is about {MRN}")
        typer.echo(f"cannot read {NAME}", err=True)
        return 0

    monkeypatch.setattr(command_line, "main", leaky)
    command_line.run("status")
    assert canaries.end() == [f"stderr of status: {NAME}"]


def test_a_log_file_is_searched_line_by_line() -> None:
    with log_file() as kept:
        kept.write(f"a request\na request of {NAME}, {PHONE}\n")
        found = search(kept)
    assert found == Searched(lines=2, leaks=(f"a request of {NAME}, {PHONE}",))
    assert str(found) == "canaries in 2 lines of logs: 1"


@pytest.mark.parametrize(("lines", "clean"), [(0, False), (1, True)])
def test_a_log_without_a_line_proves_nothing(lines: int, clean: object) -> None:
    assert Searched(lines).clean is clean
