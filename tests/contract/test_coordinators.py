"""Two coordinators with the same proposal on their screens: one of them gets it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from models.errors import ConflictError
from scheduler.store.engine import Store
from tests.contract.department import cells_of_all, department_at, with_cases

PATIENCE = 30  # seconds after which a rendezvous is given up as failed


@pytest.mark.parametrize("act", ["reserve", "book"])
def test_of_two_with_the_same_proposal_one_gets_it(
    store: Store, store_target: str, act: str
) -> None:
    with_cases(department_at(store), "A", "B")
    rendezvous = threading.Barrier(2, timeout=PATIENCE)

    def coordinate(case: str) -> str | None:
        own = Store.at(store_target)
        desk = department_at(own)
        best = desk.propose(case, top=1).proposals[0]
        rendezvous.wait()  # both have seen it free
        try:
            return getattr(desk, act)(case, best.start, best.assigned).id  # type: ignore[no-any-return]
        except ConflictError as error:
            assert "is held" in str(error)
            return None
        finally:
            own.close()

    with ThreadPoolExecutor(2) as pool:
        ids = list(pool.map(coordinate, ["A", "B"], timeout=PATIENCE))
    assert ids.count(None) == 1
    assert list(cells_of_all(store).values()) == [79]  # one case, as in test_booking
    assert department_at(store).faults() == ()
