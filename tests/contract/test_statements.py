"""How many SQL statements a request costs: a gate that no noise of a machine can move."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import event

from models.plan import Placement
from scheduler.bootstrap import Container
from scheduler.store.engine import Store
from tests.contract import searches
from tests.contract.department import at, department_at, seats, with_cases
from tests.unit.api.service import client_of, headers

NINE, TEN = at("09:00", 1), at("10:30", 1)
PLACE = {"start": NINE.isoformat(), "assigned": seats(1, NINE)}
LATER = {"start": TEN.isoformat(), "assigned": seats(2, TEN)}
URL = "/v1/cases/A/booking"


@pytest.fixture
def site(store: Store) -> Container:
    return with_cases(department_at(store), "A", "B")


@pytest.fixture
def client(site: Container) -> TestClient:
    return client_of(site)


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """The statements of a block, but for those that begin a transaction."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("BEGIN", "SET TRANSACTION", "SELECT pg_advisory")):
            seen.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    yield seen
    event.remove(store.engine, "before_cursor_execute", note)


def _book(client: TestClient, key: str = "k") -> Response:
    return client.post(URL, json={"placement": PLACE}, headers=headers(key=key))


def _move(client: TestClient) -> Response:
    return client.put(URL, json=LATER, headers=headers(key="m", seen='W/"1"'))


def _cancel(client: TestClient) -> Response:
    return client.post(
        f"{URL}/cancel", json={"reason": "ill"}, headers=headers(key="c", seen='W/"1"')
    )


def _look(client: TestClient) -> Response:
    return client.get(URL, headers=headers())


def test_a_booking_costs_so_many_statements(store: Store, client: TestClient) -> None:
    # the key; the file with its decisions; site and closures; overdue reservations; the claim; the
    # booking; the audit's last row and its new one; what can be undone; the notice; the answer
    with counted(store) as seen:
        assert _book(client).status_code == 201
    assert len(seen) == BOOK, seen


def test_a_repetition_costs_one_statement(store: Store, client: TestClient) -> None:
    _book(client)
    with counted(store) as seen:
        assert _book(client).status_code == 201
    assert len(seen) == 1, seen  # the key


@pytest.mark.parametrize(("act", "most"), [("move", 19), ("cancel", 12), ("look", 2)])
def test_other_requests_cost_no_more_than_so_many(
    store: Store, client: TestClient, act: str, most: int
) -> None:
    _book(client)
    acts: dict[str, Callable[[TestClient], Response]] = {
        "move": _move,
        "cancel": _cancel,
        "look": _look,
    }
    with counted(store) as seen:
        assert acts[act](client).status_code == 200
    assert len(seen) <= most, seen


def test_a_warm_question_reads_what_has_changed_only(store: Store, site: Container) -> None:
    # the site's rows after the last one seen, the file, its decisions
    site.propose("A")
    with counted(store) as seen:
        site.propose("B")
    assert len(seen) == 3, seen


@pytest.mark.parametrize("moves", [1, 2])
def test_a_move_that_is_carried_out_costs_so_many_statements(store: Store, moves: int) -> None:
    # once: the revision with its moves (2); overdue reservations; site and closures (2); what is
    # held beside the moves (2); overdue reservations; the claim; what is held beside them in the
    # end (2); the revision; the audit (2); the notice
    # each: the file, its decisions, the booking last given up; who holds the six things it wants;
    # the booking, the audit (2), what can be undone, the notice; the booking read again; the move
    places = {"A": (1, NINE), "B": (2, TEN)}
    chosen = {
        case: Placement(case=case, start=places[case][1], assigned=seats(*places[case]))
        for case in "AB"[:moves]
    }
    night = with_cases(department_at(store, search=searches.to_these(chosen)), *chosen)
    night.night(apply=False)
    (kept,) = night.revisions()
    with counted(store) as seen:
        assert len(night.accept_moves(kept.id).applied) == moves
    assert len(seen) == 15 + 16 * moves, seen


BOOK = 13
