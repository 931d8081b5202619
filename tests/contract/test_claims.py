"""Claim cells: who gets them, who is named when they are taken, and how they are given up."""

from datetime import timedelta

import pytest

from scheduler.ports import Holder
from scheduler.store.claims import cells_between, cells_of
from scheduler.store.engine import Store
from scheduler.store.unit_of_work import SqlUnitOfWork
from tests.contract.data import NINE, add_case, booking, held, minutes, reservation

NINE_CELL = int(NINE.timestamp()) // 300


def owned(store: Store) -> dict[str, int]:
    return {name: len(cells) for name, cells in store.read(lambda uow: uow.claims.owned()).items()}


def test_a_span_claims_every_cell_it_touches() -> None:
    # 09:04 to 09:11 touches the cells of 09:00, 09:05 and 09:10
    assert cells_between(NINE + minutes(4), NINE + minutes(11)) == range(NINE_CELL, NINE_CELL + 3)


def test_a_span_that_ends_on_an_edge_leaves_the_next_cell() -> None:
    assert cells_between(NINE, NINE + minutes(10)) == range(NINE_CELL, NINE_CELL + 2)


def test_all_needs_are_claimed_together(store: Store) -> None:
    # 60 minutes of suite are 12 cells, 30 minutes of bay are 6
    assert store.write(lambda uow: uow.claims.claim({"x": held()})) == ()
    assert owned(store) == {"x": 18}
    assert len(cells_of(held())) == 18


def test_a_taken_cell_refuses_the_whole_claim_and_names_the_holder(store: Store) -> None:
    def first(uow: SqlUnitOfWork) -> None:
        add_case(uow, "A")
        uow.bookings.add(booking("A", held()))
        uow.claims.claim({"booking-A": held()})

    store.write(first)
    # B wants suite-1 09:30-10:30, of which A has 09:30-10:00; its bay is another one
    later = held(NINE + minutes(30), bay="bay-2")
    in_the_way = store.write(lambda uow: uow.claims.claim({"booking-B": later}))
    assert in_the_way == (
        Holder("suite-1", NINE + minutes(30), NINE + minutes(60), "booking-A", "A", "booking"),
    )
    assert owned(store) == {"booking-A": 18}


def test_holders_on_several_resources_are_all_named(store: Store) -> None:
    def first(uow: SqlUnitOfWork) -> None:
        add_case(uow, "A")
        add_case(uow, "B")
        uow.bookings.add(booking("A", held(bay="bay-9")))
        uow.reservations.add(
            reservation("B", held(suite="suite-9"), expires_at=NINE + timedelta(hours=1))
        )
        assert uow.claims.claim({"booking-A": held(bay="bay-9")}) == ()
        assert uow.claims.claim({"reservation-B": held(suite="suite-9")}) == ()

    store.write(first)
    found = store.write(lambda uow: uow.claims.claim({"c": held()}))
    assert [(h.resource, h.case, h.kind) for h in found] == [
        ("bay-1", "B", "reservation"),
        ("suite-1", "A", "booking"),
    ]


def test_the_transaction_goes_on_after_a_refusal(store: Store) -> None:
    def work(uow: SqlUnitOfWork) -> bool:
        uow.claims.claim({"a": held()})
        assert uow.claims.claim({"b": held()})
        return not uow.claims.claim({"b": held(NINE + minutes(90))})

    assert store.write(work)
    assert owned(store) == {"a": 18, "b": 18}


def test_placements_that_follow_each_other_do_not_collide(store: Store) -> None:
    # A has the suite until 10:00 and the bay until 10:30; B starts when A's suite is free
    wanted = {"a": held(), "b": held(NINE + minutes(60))}
    assert store.write(lambda uow: uow.claims.claim(wanted)) == ()


def test_two_owners_in_one_claim_may_not_share_a_cell(store: Store) -> None:
    wanted = {"a": held(), "b": held(NINE + minutes(55), bay="bay-2")}
    found = store.write(lambda uow: uow.claims.claim(wanted))
    assert [(h.resource, h.begin, h.end) for h in found] == [
        ("suite-1", NINE + minutes(55), NINE + minutes(60))
    ]
    assert owned(store) == {}


def test_released_cells_can_be_claimed_again(store: Store) -> None:
    store.write(lambda uow: uow.claims.claim({"a": held()}))
    store.write(lambda uow: uow.claims.release(["a"]))
    assert store.write(lambda uow: uow.claims.claim({"b": held()})) == ()


def test_holders_of_a_resource_are_listed_by_time(store: Store) -> None:
    wanted = {"b": held(), "a": held(NINE + minutes(60))}
    store.write(lambda uow: uow.claims.claim(wanted))
    found = store.read(
        lambda uow: uow.claims.holders("suite-1", NINE + minutes(30), NINE + minutes(90))
    )
    assert [(h.owner, h.begin) for h in found] == [
        ("b", NINE + minutes(30)),
        ("a", NINE + minutes(60)),
    ]


def test_an_error_after_the_claim_gives_the_cells_back(store: Store) -> None:
    def work(uow: SqlUnitOfWork) -> None:
        uow.claims.claim({"a": held()})
        msg = "the power failed"
        raise OSError(msg)

    with pytest.raises(OSError, match="the power failed"):
        store.write(work)
    assert owned(store) == {}
