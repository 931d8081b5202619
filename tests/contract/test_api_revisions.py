"""Revisions over HTTP, on both engines: each move with reasons, decided one by one."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from scheduler.bootstrap import Container
from scheduler.store.engine import Store
from tests.contract.department import department_at, seats, with_cases
from tests.contract.test_revisions import BOOKED, EVERYBODY, planned_search
from tests.unit.api.service import client_of, headers


@pytest.fixture
def planned(store: Store) -> Container:
    """A and B change places, E gets what D leaves, C is new; all wait for a decision."""
    container = with_cases(department_at(store, search=planned_search()), *EVERYBODY)
    for case, start in BOOKED.items():
        container.book(case, start, seats(1, start))
    container.night(apply=False)
    return container


@pytest.fixture
def client(planned: Container) -> TestClient:
    return client_of(planned)


def _revision(client: TestClient) -> dict[str, Any]:
    [kept] = client.get("/v1/revisions", headers=headers()).json()["items"]
    found: dict[str, Any] = client.get(f"/v1/revisions/{kept['id']}", headers=headers()).json()
    return found


def _decide(
    client: TestClient, what: str, key: str = "k", seen: str = 'W/"1"', **body: Any
) -> Response:
    name = _revision(client)["id"]
    return client.post(
        f"/v1/revisions/{name}/{what}", json=body, headers=headers(key=key, seen=seen)
    )


def test_a_revision_shows_each_move_with_its_reasons_and_groups(client: TestClient) -> None:
    found = _revision(client)
    assert [(m["case"], m["change"]) for m in found["changes"]] == [
        ("A", "moved"),
        ("B", "moved"),
        ("C", "placed"),
        ("D", "moved"),
        ("E", "placed"),
    ]
    assert found["groups"] == [["A", "B"]]
    waits = {m["case"]: m["waits_for"] for m in found["changes"]}
    assert waits["E"] == ["D"]
    assert (found["moves"], found["waiting"]) == (5, 5)


def test_moves_are_accepted_and_rejected_one_by_one(client: TestClient) -> None:
    first = _decide(client, "accept", moves=["C"])
    assert first.status_code == 200, first.text
    assert (first.json()["applied"], first.json()["waiting"]) == (["C"], ["A", "B", "D", "E"])
    second = _decide(client, "reject", "k2", first.headers["etag"], moves=["D"], reason="on leave")
    assert second.json()["rejected"] == ["D", "E"]
    third = _decide(client, "accept", "k3", second.headers["etag"])
    assert (third.json()["applied"], third.json()["state"]) == (["A", "B"], "applied")


def test_a_move_without_the_one_it_waits_for_is_refused(client: TestClient) -> None:
    refused = _decide(client, "accept", moves=["E"])
    assert (refused.status_code, refused.json()["code"]) == (422, "refused")
    assert _decide(client, "accept", "k2", moves=["E"], with_needed=True).json()["applied"] == [
        "D",
        "E",
    ]


def test_a_stale_move_is_refused_and_the_others_are_made(planned: Container) -> None:
    client = client_of(planned)
    planned.cancel("A", reason="ill")
    decided = _decide(client, "accept").json()
    assert [move["case"] for move in decided["stale"]] == ["A", "B"]
    assert decided["applied"] == ["C", "D", "E"]


def test_who_has_not_seen_the_last_decision_is_refused(client: TestClient) -> None:
    _decide(client, "accept", moves=["C"])
    late = _decide(client, "accept", "k2", moves=["D"])
    assert (late.status_code, late.json()["code"]) == (412, "stale")
    again = _decide(client, "accept", moves=["C"])
    assert again.headers["idempotency-replayed"] == "true"


def test_the_list_goes_on_where_it_ended(planned: Container) -> None:
    client = client_of(planned)
    planned.reject_moves(planned.revisions()[0].id)
    planned.night(apply=False)
    names = [record.id for record in planned.revisions()]
    first = client.get("/v1/revisions", params={"limit": 1}, headers=headers()).json()
    assert ([r["id"] for r in first["items"]], first["next"]) == (names[:1], names[0])
    rest = client.get("/v1/revisions", params={"after": names[0]}, headers=headers()).json()
    assert ([r["id"] for r in rest["items"]], rest["next"]) == (names[1:], None)
