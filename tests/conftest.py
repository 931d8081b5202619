"""For every test: nothing of a patient leaves with a fault, a log line or a metric."""

from collections.abc import Iterator

import pytest

from tests import canaries


@pytest.fixture(autouse=True)
def _no_patient_gets_out(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    watch = canaries.begin()
    yield
    if watch.answers:
        records = [*caplog.get_records("setup"), *caplog.get_records("call")]
        assert watch.leaks(records) == []
