"""Health and figures over HTTP, on both engines: little for everybody, faults for operators."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from scheduler.bootstrap import Container
from scheduler.records_nights import Heartbeat
from scheduler.store.engine import Store
from tests.contract.department import NOW, at, department_at, seats, with_cases
from tests.unit.api.service import client_of, headers

NINE = at("09:00", 1)
ADMIN = "zoe:administrator"


@pytest.fixture
def site(store: Store) -> Container:
    made = with_cases(department_at(store), "A", "B")
    made.book("A", NINE, seats(1, NINE))
    return made


@pytest.fixture
def client(site: Container) -> TestClient:
    return client_of(site)


def _deep(client: TestClient) -> Any:
    return client.get("/v1/health/deep", headers=headers(ADMIN)).json()


def _figures(client: TestClient) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    answer = client.get("/v1/metrics", headers=headers(ADMIN))
    assert answer.status_code == 200, answer.text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def _beat(site: Container, kind: str, seconds_ago: int) -> None:
    at_then = NOW.fromtimestamp(NOW.timestamp() - seconds_ago, NOW.tzinfo)
    beat = Heartbeat(process=f"{kind}-1", kind=kind, at=at_then, version="0")
    site.write(lambda desk: desk.uow.heartbeats.beat(beat))


def test_everybody_is_told_up_and_nothing_else(client: TestClient) -> None:
    answer = client.get("/v1/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "up"})


def test_a_store_that_is_gone_is_down(site: Container, store: Store, client: TestClient) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE site RENAME TO gone"))
    answer = client.get("/v1/health")
    assert (answer.status_code, answer.json()) == (503, {"status": "down"})


def test_silent_processes_are_worth_a_look(site: Container, client: TestClient) -> None:
    assert [(p["kind"], p["age_seconds"], p["late"]) for p in _deep(client)["processes"]] == [
        ("clock", None, True),
        ("worker", None, True),
    ]
    _beat(site, "clock", 12)
    _beat(site, "worker", 301)
    found = _deep(client)
    assert [(p["age_seconds"], p["late"]) for p in found["processes"]] == [(12, False), (301, True)]
    _beat(site, "worker", 0)
    assert (_deep(client)["status"], _deep(client)["faults"]) == ("whole", [])


def test_a_booking_without_its_cells_is_found(client: TestClient, store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM claim_cell WHERE resource_id = 'suite-1'"))
    found = _deep(client)
    assert found["status"] == "look"
    # 75 minutes of the suite are 15 cells of five minutes
    assert "lacks 15 of its cells" in found["faults"][0]


def test_requests_are_counted_by_route_and_refusals_by_code(client: TestClient) -> None:
    for _ in range(3):
        client.get("/v1/cases/A/booking", headers=headers())
    client.get("/v1/cases/nobody/booking", headers=headers())
    client.get("/v1/nowhere/A", headers=headers())
    client.request("BREW", "/v1/board", headers=headers())
    found = _figures(client)

    def asked(method: str, route: str, status: str) -> float | None:
        labels = (("method", method), ("route", route), ("status", status))
        return found.get(("holdfast_http_requests_total", labels))

    route = "/v1/cases/{case}/booking"
    assert (asked("GET", route, "200"), asked("GET", route, "404")) == (3, 1)
    assert asked("GET", "-", "404") == 1
    assert asked("OTHER", "/v1/board", "405") == 1
    assert found["holdfast_refusals_total", (("code", "not-found"),)] == 2


def test_the_figures_of_a_site_are_those_of_the_moment(site: Container, client: TestClient) -> None:
    _beat(site, "worker", 7)
    found = _figures(client)
    assert found["holdfast_bookings", (("state", "confirmed"),)] == 1
    assert found["holdfast_open_cases", (("status", "ready"),)] == 2
    assert found["holdfast_heartbeat_age_seconds", (("kind", "worker"),)] == 7


def test_no_label_has_an_id(client: TestClient) -> None:
    client.get("/v1/cases/referral-CANARY/booking", headers=headers())
    client.get("/v1/CANARY", headers=headers("CANARY:scheduler"))
    answer = client.get("/v1/metrics", headers=headers(ADMIN)).text
    assert not re.search("CANARY|ann|zoe", answer)


def test_each_application_counts_for_itself(site: Container) -> None:
    first, second = client_of(site), client_of(site)
    first.get("/v1/board", headers=headers())
    labels = (("method", "GET"), ("route", "/v1/board"), ("status", "200"))
    assert ("holdfast_http_requests_total", labels) in _figures(first)
    assert ("holdfast_http_requests_total", labels) not in _figures(second)
