"""Alerts and the morning's report over HTTP, on both engines."""

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from scheduler.bootstrap import Container
from scheduler.records_notices import AlertLevel
from scheduler.services import glass
from scheduler.services.notices import escalate, raise_alert
from scheduler.store.engine import Store
from tests.contract.department import at, department_at, seats, with_cases
from tests.unit.api.service import client_of, headers

NINE = at("09:00", 1)
REASON = {"reason": "the clock runs again"}


@pytest.fixture
def site(store: Store) -> Container:
    made = with_cases(department_at(store), "A")
    made.write(lambda desk: raise_alert(desk, "night-missed", "2026-11-15", detail="no clock"))
    made.write(lambda desk: raise_alert(desk, "undelivered", "webhook"))
    return made


@pytest.fixture
def client(site: Container) -> TestClient:
    return client_of(site)


def listed(client: TestClient, kind: str = "") -> dict[str, dict[str, str]]:
    """The open alerts by kind."""
    asked = {"kind": kind} if kind else {}
    answer = client.get("/v1/alerts", params=asked, headers=headers())
    assert answer.status_code == 200, answer.text
    return {item["kind"]: item for item in answer.json()["items"]}


def see_to(
    client: TestClient, alert: dict[str, str], key: str = "k", who: str = "ann:scheduler"
) -> Response:
    """Say that an alert was seen to, as it was listed."""
    asked = headers(who, key=key, seen=f'W/"{alert["version"]}"')
    return client.post(f"/v1/alerts/{alert['id']}/seen", json=REASON, headers=asked)


def test_open_alerts_are_listed_by_kind(client: TestClient) -> None:
    assert set(listed(client)) == {"night-missed", "undelivered"}
    assert set(listed(client, "undelivered")) == {"undelivered"}


def test_alerts_are_paged(client: TestClient) -> None:
    first = client.get("/v1/alerts", params={"limit": 1}, headers=headers()).json()
    asked = {"limit": 1, "after": first["next"]}
    rest = client.get("/v1/alerts", params=asked, headers=headers()).json()
    kinds = [item["kind"] for item in first["items"] + rest["items"]]
    assert (sorted(kinds), rest["next"]) == (["night-missed", "undelivered"], None)


def test_an_alert_that_was_seen_to_is_open_no_more_and_the_audit_says_so(
    client: TestClient, site: Container
) -> None:
    done = see_to(client, listed(client)["night-missed"], who="zoe:nurse")
    assert done.status_code == 200
    assert done.json()["ended_at"] is not None
    assert set(listed(client)) == {"undelivered"}
    row = site.audit("2026-11-15")[-1]
    assert (row.actor, row.action) == ("zoe", "alert.end")
    assert done.json()["detail"] == "the clock runs again"
    assert row.detail == "night-missed: seen to"


def test_an_alert_is_seen_to_once(client: TestClient) -> None:
    alert = listed(client)["undelivered"]
    done = see_to(client, alert)
    assert (done.status_code, see_to(client, alert).status_code) == (200, 200)
    assert see_to(client, alert, "k2").status_code == 412
    again = see_to(client, done.json(), "k3")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


def test_an_alert_that_has_gone_further_is_looked_at_again(
    client: TestClient, site: Container
) -> None:
    alert = listed(client)["undelivered"]
    url = f"/v1/alerts/{alert['id']}/seen"
    assert client.post(url, json=REASON, headers=headers(key="a")).status_code == 428
    kept = site.read(lambda desk: desk.uow.alerts.get(alert["id"]))
    site.write(lambda desk: escalate(desk, kept, AlertLevel.ESCALATED, "for two hours"))
    late = see_to(client, alert)
    assert (late.status_code, late.json()["code"]) == (412, "stale")
    assert see_to(client, listed(client)["undelivered"], "k2").status_code == 200


def test_the_alert_of_an_emergency_ends_with_its_review(
    client: TestClient, site: Container
) -> None:
    site.write(lambda desk: glass.break_glass(desk, "zoe", "nobody else was to be reached"))
    refused = see_to(client, listed(client)[glass.ALERT])
    assert (refused.status_code, refused.json()["code"]) == (422, "refused")
    assert glass.ALERT in listed(client)


def test_the_morning_tells_how_the_cases_of_two_days_stand(
    client: TestClient, site: Container
) -> None:
    site.book("A", NINE, seats(1, NINE))
    told = client.get("/v1/reports/morning", headers=headers("zoe:nurse")).json()
    assert told["today"] == "2026-11-16"
    (line,) = told["cases"]
    assert (line["case"], line["stands"], line["trouble"]) == ("A", "ready", [])
