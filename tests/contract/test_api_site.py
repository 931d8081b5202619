"""The site over HTTP, on both engines: read, changed at the version that was seen, closed."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from scheduler.bootstrap import Container
from scheduler.store.engine import Store
from tests.contract.department import at, department_at, seats, with_cases
from tests.unit.api.service import client_of, headers

ADMIN = "zoe:administrator"
NINE = at("09:00", 1)
SUITE = {"resource": "suite-1", "start": NINE.isoformat(), "end": at("12:00", 1).isoformat()}


@pytest.fixture
def site(store: Store) -> Container:
    made = with_cases(department_at(store), "A", "B")
    made.book("A", NINE, seats(1, NINE))
    return made


@pytest.fixture
def client(site: Container) -> TestClient:
    return client_of(site)


def _document(client: TestClient, **changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/v1/site", headers=headers()).json()["document"]
    return found | changes


def _put(client: TestClient, document: Any, *, key: str = "k", seen: str = 'W/"1"') -> Response:
    return client.put("/v1/site", json=document, headers=headers(ADMIN, key=key, seen=seen))


def test_the_site_is_changed_at_the_version_that_was_seen(client: TestClient) -> None:
    done = _put(client, _document(client, notice_hours=48))
    assert (done.status_code, done.headers["etag"]) == (200, 'W/"2"')
    assert client.get("/v1/department", headers=headers()).json()["notice_hours"] == 48
    late = _put(client, _document(client, notice_hours=12), key="k2")
    assert (late.status_code, late.json()["code"]) == (412, "stale")


def test_the_same_document_again_is_no_new_version(client: TestClient) -> None:
    assert _put(client, _document(client)).json()["version"] == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"timezone": "Mars/Olympus"},
        {"policies": ["no-such-policy"]},
        {"enabled": ["no-such-procedure"]},
        {"holidays": {"country": "US", "working": ["No Such Day"]}},
        {"tick_minutes": 10},  # while A is booked
        {"id": "another"},
        {"unknown": 1},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_site_that_cannot_be_is_refused(client: TestClient, changes: dict[str, Any]) -> None:
    refused = _put(client, _document(client, **changes))
    assert refused.status_code == 422, refused.text
    assert client.get("/v1/site", headers=headers()).headers["etag"] == 'W/"1"'


def test_a_dated_closure_beyond_the_calendar_is_refused(client: TestClient) -> None:
    document = _document(client)
    document["resources"][0]["closures"] = [{"first_day": "9999-12-31"}]
    assert _put(client, document).status_code == 422


def test_bookings_are_looked_at_by_the_site_as_it_is_now(
    site: Container, client: TestClient
) -> None:
    document = _document(client)
    afternoons = {"weekly": {"mon-fri": ["12:00-17:00"]}}
    document["calendars"]["weekdays"] = afternoons
    assert _put(client, document).status_code == 200
    booking = site.show_case("A").booking
    assert booking is not None
    assert booking.trouble[0].startswith("suite-1 is not available")


def test_a_closure_flags_what_is_booked_and_its_end_clears_it(client: TestClient) -> None:
    body = {**SUITE, "reason": "tube change"}
    made = client.post("/v1/closures", json=body, headers=headers(key="k"))
    assert made.status_code == 201, made.text
    assert [t["case"] for t in made.json()["troubled"]] == ["A"]
    name = made.json()["closure"]["id"]
    shown = client.get("/v1/resources/suite-1", headers=headers()).json()
    assert [c["id"] for c in shown["closures"]] == [name]
    url, seen = f"/v1/closures/{name}", made.headers["etag"]
    lifted = client.delete(url, headers=headers(key="k2", seen=seen))
    assert (lifted.status_code, lifted.json()["troubled"]) == (200, [])
    again = client.delete(url, headers=headers(key="k3", seen=seen))
    assert again.status_code == 404


def test_a_closure_is_lifted_by_whoever_has_seen_it(client: TestClient) -> None:
    body = {**SUITE, "reason": "tube change"}
    client.post("/v1/closures", json=body, headers=headers(key="k"))
    (listed,) = client.get("/v1/closures", headers=headers()).json()["items"]
    url = f"/v1/closures/{listed['id']}"
    assert client.delete(url, headers=headers(key="a")).status_code == 428
    other = client.delete(url, headers=headers(key="b", seen='W/"1"'))
    assert (other.status_code, other.json()["code"]) == (412, "stale")
    assert client.get("/v1/closures", headers=headers()).json()["items"] == [listed]
    seen = headers(key="c", seen=f'W/"{listed["version"]}"')
    assert client.delete(url, headers=seen).status_code == 200


def test_a_closure_of_nothing_or_backwards_is_refused(client: TestClient) -> None:
    body = {**SUITE, "reason": "tube change"}
    nothing = client.post("/v1/closures", json={**body, "resource": "x"}, headers=headers(key="1"))
    backwards = {**body, "end": SUITE["start"]}
    refused = client.post("/v1/closures", json=backwards, headers=headers(key="2"))
    assert (nothing.status_code, refused.status_code) == (404, 422)


@pytest.mark.parametrize("start", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_closure_beyond_the_calendar_is_refused(client: TestClient, start: str) -> None:
    body = {**SUITE, "start": start, "reason": "slip of the pen"}
    refused = client.post("/v1/closures", json=body, headers=headers(key="k"))
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid-request")


def test_resources_and_calendars_are_listed(client: TestClient) -> None:
    found = client.get("/v1/resources", params={"limit": 3}, headers=headers()).json()
    assert ([r["id"] for r in found["items"]], found["next"]) == (
        ["bay-1", "bay-2", "bay-3"],
        "bay-3",
    )
    calendars = client.get("/v1/calendars", headers=headers()).json()["items"]
    assert [(c["id"], len(c["followed_by"])) for c in calendars] == [("long", 7), ("weekdays", 5)]
