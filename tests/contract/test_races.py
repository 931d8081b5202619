"""Two connections want the same cells at the same moment; the primary key lets one of them win.

Both look, wait for each other at a sync point, and only then write. The control does the same on a
table without the key, looking before it writes as applications without a guard do, and must show
the double booking: otherwise the test would prove nothing.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from models.held import Held
from scheduler.store.engine import Store
from scheduler.store.unit_of_work import SqlUnitOfWork
from tests.contract.data import NINE, held, minutes

PATIENCE = 30  # seconds after which a rendezvous is given up as failed
Attempt = Callable[[Store, str, threading.Barrier], bool]


def contend(target: str, attempt: Attempt) -> list[bool]:
    """Two contenders, each with a connection of its own; who believes to have won."""
    rendezvous = threading.Barrier(2, timeout=PATIENCE)
    stores = [Store.at(target), Store.at(target)]
    with ThreadPoolExecutor(2) as pool:
        tried = [
            pool.submit(attempt, store, name, rendezvous)
            for store, name in zip(stores, "ab", strict=True)
        ]
        won = [future.result(timeout=PATIENCE) for future in tried]
    for store in stores:
        store.close()
    return won


def owners_of_suite(store: Store) -> set[str]:
    with store.engine.begin() as connection:
        rows = connection.execute(
            text("SELECT owner_id FROM claim_cell WHERE resource_id = 'suite-1'")
        )
        return set(rows.scalars())


def is_free(uow: SqlUnitOfWork, wanted: Held) -> bool:
    return not any(uow.claims.holders(s.resource, s.begin, s.end) for s in wanted.spans())


def look_then_claim(store: Store, name: str, rendezvous: threading.Barrier) -> bool:
    """What the application does: the claim itself decides, whatever was seen before."""
    seen_free = store.read(lambda uow: is_free(uow, held()))
    rendezvous.wait()
    return seen_free and not store.write(lambda uow: uow.claims.claim({name: held()}))


def test_of_two_that_saw_the_slot_free_one_gets_it(store: Store, store_target: str) -> None:
    won = contend(store_target, look_then_claim)
    assert sorted(won) == [False, True]
    assert owners_of_suite(store) == {"ab"[won.index(True)]}


def test_control_without_the_key_both_get_it(store: Store, store_target: str) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("DROP TABLE claim_cell"))
        connection.execute(
            text("CREATE TABLE claim_cell (resource_id TEXT, cell BIGINT, owner_id TEXT)")
        )
    assert contend(store_target, look_then_claim) == [True, True]
    assert owners_of_suite(store) == {"a", "b"}


def test_writers_queue_so_that_a_check_still_holds_when_its_write_comes(
    store: Store, store_target: str
) -> None:
    """Check and write in one transaction, no key: begun as a writer, each sees the other's work."""
    with store.engine.begin() as connection:
        connection.execute(text("DROP TABLE claim_cell"))
        connection.execute(
            text("CREATE TABLE claim_cell (resource_id TEXT, cell BIGINT, owner_id TEXT)")
        )

    def check_and_claim(own: Store, name: str, rendezvous: threading.Barrier) -> bool:
        rendezvous.wait()
        return own.write(lambda uow: is_free(uow, held()) and not uow.claims.claim({name: held()}))

    assert sorted(contend(store_target, check_and_claim)) == [False, True]


@pytest.mark.parametrize("order", [("suite-1", "bay-1"), ("bay-1", "suite-1")])
def test_many_contenders_leave_no_cell_with_two_owners(
    store: Store, store_target: str, order: tuple[str, str]
) -> None:
    """16 attempts on 4 starts, 30 minutes apart; each placement overlaps its neighbours."""

    def attempt(number: int) -> bool:
        own = Store.at(store_target)
        try:
            wanted = held(NINE + minutes(30 * (number % 4)), suite=order[0], bay=order[1])
            return not own.write(lambda uow: uow.claims.claim({str(number): wanted}))
        finally:
            own.close()

    with ThreadPoolExecutor(4) as pool:
        won = [n for n, ok in enumerate(pool.map(attempt, range(16))) if ok]
    owned = store.read(lambda uow: uow.claims.owned())
    assert sorted(owned, key=int) == [str(n) for n in won]
    # a winner has its 18 cells to itself, so the sum is 18 a winner
    assert sum(map(len, owned.values())) == 18 * len(won)
    assert won
