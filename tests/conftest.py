"""For every test: nothing of a patient gets out, and no route answers what it does not declare."""

from collections.abc import Iterator

import pytest

from tests import canaries, declared


@pytest.fixture(autouse=True, scope="session")
def _watching() -> Iterator[None]:
    with canaries.watching():
        yield


@pytest.fixture(autouse=True)
def _no_patient_gets_out() -> Iterator[None]:
    yield
    assert canaries.end() == []


@pytest.fixture(autouse=True)
def _no_answer_surprises() -> Iterator[None]:
    surprises = declared.begin()
    yield
    assert surprises.found == []
