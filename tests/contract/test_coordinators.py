"""Two coordinators with the same proposal on their screens: one of them gets it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from models.errors import ConflictError
from scheduler.bootstrap import Container
from scheduler.store.engine import Store
from tests.contract.department import cells_of_all, department_at, with_cases

PATIENCE = 30  # seconds after which a rendezvous is given up as failed


@pytest.mark.parametrize("act", [Container.reserve, Container.book])
def test_of_two_with_the_same_proposal_one_gets_it(
    store: Store, store_target: str, act: Callable[..., object]
) -> None:
    with_cases(department_at(store), "A", "B")
    rendezvous = threading.Barrier(2, timeout=PATIENCE)

    def coordinate(case: str) -> str:
        own = Store.at(store_target)
        desk = department_at(own)
        best = desk.propose(case, top=1).proposals[0]
        rendezvous.wait()  # both have seen it free
        try:
            act(desk, case, best.start, best.assigned)
        except ConflictError as error:
            return str(error)
        finally:
            own.close()
        return "won"

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(coordinate, ["A", "B"], timeout=PATIENCE))
    assert "is held" in told[0]
    assert told[1] == "won"
    assert list(cells_of_all(store).values()) == [79]  # one case, as in test_booking
    assert department_at(store).faults() == ()
