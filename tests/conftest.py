"""For every test: nothing of a patient gets out, and no route answers what it does not declare."""

from collections.abc import Iterator

import pytest

from tests import canaries, declared


@pytest.fixture(autouse=True)
def _no_patient_gets_out(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    watch = canaries.begin()
    yield
    if watch.answers:
        records = [*caplog.get_records("setup"), *caplog.get_records("call")]
        assert watch.leaks(records) == []


@pytest.fixture(autouse=True)
def _no_answer_surprises() -> Iterator[None]:
    surprises = declared.begin()
    yield
    assert surprises.found == []
