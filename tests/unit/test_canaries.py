"""The watch for patients' data finds what gets out; without this its silence would mean nothing."""

import logging

import pytest
from fastapi import FastAPI, HTTPException
from fastapi.testclient import TestClient

from tests.canaries import CANARIES, FREE_TEXT, NAME, Watch


@pytest.fixture
def watch() -> Watch:
    """One of its own: what leaks here must not fail this test."""
    return Watch()


def _client(watch: Watch, status: int) -> TestClient:
    app = FastAPI()

    @app.get("/leak")
    def leak() -> None:
        raise HTTPException(status, detail=FREE_TEXT)

    return watch.client(TestClient(app))


def test_an_error_that_repeats_a_patient_is_found(watch: Watch) -> None:
    _client(watch, 422).get("/leak")
    found = watch.leaks([])
    assert len(found) == 4  # both names, the number and the telephone
    assert found[0] == f"GET /leak 422: {NAME}"


def test_what_was_asked_for_is_no_leak(watch: Watch) -> None:
    _client(watch, 399).get("/leak")
    assert (watch.leaks([]), watch.answers) == ([], 1)


@pytest.mark.parametrize("canary", CANARIES)
def test_a_log_line_that_tells_of_a_patient_is_found(watch: Watch, canary: str) -> None:
    told = logging.LogRecord("holdfast", logging.INFO, "x", 1, "saved %s", (canary,), None)
    named = logging.LogRecord("holdfast", logging.INFO, "x", 1, "saved", None, None)
    named.__dict__["caller"] = canary
    assert watch.leaks([told]) == [f"log of holdfast: {canary}"]
    assert watch.leaks([named]) == [f"log line of holdfast: {canary}"]


def test_an_unforeseen_error_with_a_patient_in_it_is_found(watch: Watch) -> None:
    error = (ValueError, ValueError(FREE_TEXT), None)
    record = logging.LogRecord("x", logging.ERROR, "x", 1, "failed", None, error)
    assert f"log of x: {NAME}" in watch.leaks([record])
