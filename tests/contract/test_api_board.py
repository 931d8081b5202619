"""The board over HTTP, on both engines: what is held, and nothing new when nothing has changed."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from scheduler.bootstrap import Container
from scheduler.store.engine import Store
from tests.contract.department import at, department_at, seats, with_cases
from tests.unit.api.service import client_of, headers

NINE = at("09:00", 1)
TUESDAY = {"from": "2026-11-17"}


@pytest.fixture
def site(store: Store) -> Container:
    made = with_cases(department_at(store), "A", "B")
    made.book("A", NINE, seats(1, NINE))
    return made


def _board(client: TestClient, **asked: Any) -> dict[str, Any]:
    answer = client.get("/v1/board", params={**TUESDAY, **asked}, headers=headers())
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_every_resource_of_a_booking_shows_it_for_its_time(site: Container) -> None:
    board = _board(client_of(site))
    used = {row["resource"]: row["uses"] for row in board["resources"] if row["uses"]}
    assert set(used) == set(seats(1, NINE).values())
    [suite] = used["suite-1"]
    assert (suite["case"], suite["kind"], suite["start"]) == (
        "A",
        "booking",
        "2026-11-17T09:00:00-06:00",
    )


def test_reservations_and_closures_are_on_the_board(site: Container) -> None:
    ten = at("10:00", 1)
    site.reserve("B", ten, seats(2, ten))
    site.close_resource("ct-1", at("12:00", 1), at("13:00", 1), reason="tube change")
    board = _board(client_of(site), kind=["suite", "ct"])
    rows = {row["resource"]: row for row in board["resources"]}
    assert sorted(rows) == ["ct-1", "suite-1", "suite-2"]
    assert [use["kind"] for use in rows["suite-2"]["uses"]] == ["reservation"]
    # 08-17 less the hour from noon
    assert len(rows["ct-1"]["open"]) == 2
    assert [c["reason"] for c in board["closures"]] == ["tube change"]


def test_a_board_that_was_seen_is_not_sent_again(site: Container) -> None:
    client = client_of(site)
    first = client.get("/v1/board", params=TUESDAY, headers=headers())
    seen = {**headers(), "If-None-Match": first.headers["etag"]}
    assert client.get("/v1/board", params=TUESDAY, headers=seen).status_code == 304
    site.cancel("A", reason="ill")
    after = client.get("/v1/board", params=TUESDAY, headers=seen)
    assert after.status_code == 200
    assert after.headers["etag"] != first.headers["etag"]


def test_days_beyond_the_horizon_can_be_looked_at(site: Container) -> None:
    board = _board(client_of(site), **{"from": "2027-03-01"})
    [suite] = [row for row in board["resources"] if row["resource"] == "suite-1"]
    assert [span["start"] for span in suite["open"]] == ["2027-03-01T08:00:00-06:00"]


@pytest.mark.parametrize(
    "days", [{"from": "2026-11-17", "to": "2026-11-16"}, {"from": "2026-01-01", "to": "2026-12-31"}]
)
def test_days_that_make_no_board_are_refused(site: Container, days: dict[str, str]) -> None:
    answer = client_of(site).get("/v1/board", params=days, headers=headers())
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-input")
