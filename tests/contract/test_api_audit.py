"""The audit over HTTP, on both engines: found by what is asked, verified, its head exported."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from scheduler.bootstrap import Container
from scheduler.store.engine import Store
from tests.contract.department import NOW, at, department_at, seats, with_cases
from tests.unit.api.service import client_of, headers

NINE = at("09:00", 1)
EVE = "eve:auditor"


@pytest.fixture
def site(store: Store) -> Container:
    made = with_cases(department_at(store), "A", "B")
    made.acting("bob").book("A", NINE, seats(1, NINE))
    made.cancel("A", reason="ill")
    return made


def _ask(client: TestClient, path: str = "", **asked: Any) -> Any:
    answer = client.get(f"/v1/audit{path}", params=asked, headers=headers(EVE))
    assert answer.status_code == 200, answer.text
    return answer.json()


def _told(page: Any) -> list[tuple[str, str, str]]:
    return [(row["actor"], row["action"], row["subject"]) for row in page["items"]]


def test_rows_are_found_by_what_is_asked(site: Container) -> None:
    client = client_of(site)
    assert _told(_ask(client, action="booking")) == [
        ("bob", "booking.add", "A"),
        ("ann", "booking.cancel", "A"),
    ]
    assert _told(_ask(client, actor="bob")) == [("bob", "booking.add", "A")]
    assert _told(_ask(client, action="booking.cancel", subject="B")) == []
    assert _ask(client, until=NOW.isoformat())["items"] == []
    assert _ask(client, since=NOW.isoformat()) == _ask(client)


def test_pages_follow_each_other(site: Container) -> None:
    client = client_of(site)
    whole = _ask(client)["items"]
    first = _ask(client, limit=2)
    rest = _ask(client, limit=200, after=first["next"])
    assert (first["items"] + rest["items"], rest["next"]) == (whole, None)


def test_the_head_is_the_last_row(site: Container) -> None:
    client = client_of(site)
    last = _ask(client)["items"][-1]
    head = _ask(client, "/head")
    assert (head["seq"], head["chain"], head["site"]) == (last["seq"], last["chain"], "small")


def test_a_changed_row_is_found(site: Container, store: Store) -> None:
    client = client_of(site)
    assert _ask(client, "/verify")["intact"] is True
    with store.engine.begin() as connection:
        if store.engine.dialect.name == "sqlite":
            names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
            for name in connection.execute(text(names)).scalars().all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE audit SET actor = 'eve' WHERE actor = 'bob'"))
    found = _ask(client, "/verify")
    broken = _ask(client, actor="eve")["items"][0]["seq"]
    assert (found["intact"], found["first_break"]) == (False, broken)
