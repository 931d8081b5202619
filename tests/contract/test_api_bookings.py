"""Booking over HTTP, on both engines: once, at the version that was seen, and told as problems."""

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from scheduler.store.engine import Store
from tests.contract.department import at, department_at, seats, with_cases
from tests.unit.api.service import client_of, headers

NINE = at("09:00", 1)
PLACE = {"start": NINE.isoformat(), "assigned": seats(1, NINE)}


@pytest.fixture
def client(store: Store) -> TestClient:
    return client_of(with_cases(department_at(store), "A", "B"))


def _book(client: TestClient, case: str = "A", key: str = "k1", place: object = None) -> Response:
    body = {"placement": place or PLACE}
    return client.post(f"/v1/cases/{case}/booking", json=body, headers=headers(key=key))


def test_a_booking_is_made_and_looked_at(client: TestClient) -> None:
    made = _book(client)
    assert (made.status_code, made.headers["etag"]) == (201, 'W/"1"')
    seen = client.get("/v1/cases/A/booking", headers=headers())
    assert seen.json() == made.json()


def test_the_same_request_again_gets_the_same_answer(client: TestClient) -> None:
    first, again = _book(client), _book(client)
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"


def test_a_key_is_good_for_one_content_only(client: TestClient) -> None:
    _book(client)
    other = _book(client, place={**PLACE, "start": at("10:00", 1).isoformat()})
    assert (other.status_code, other.json()["code"]) == (422, "bad-input")


def test_a_refusal_keeps_nothing(client: TestClient) -> None:
    """The same request is judged anew, and once it is carried out its key is good for it alone."""
    _book(client)
    assert _book(client, case="B", key="b").status_code == 409
    given_up = headers(key="c", seen='W/"1"')
    client.post("/v1/cases/A/booking/cancel", json={"reason": "ill"}, headers=given_up)
    made, again = (_book(client, case="B", key="b") for _ in range(2))
    assert (made.status_code, "idempotency-replayed" in made.headers) == (201, False)
    assert (again.content, again.headers["idempotency-replayed"]) == (made.content, "true")
    other = _book(client, case="B", key="b", place={**PLACE, "start": at("10:00", 1).isoformat()})
    assert (other.status_code, other.json()["code"]) == (422, "bad-input")


def test_two_cases_cannot_have_one_place(client: TestClient) -> None:
    _book(client)
    refused = _book(client, case="B", key="k2")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert "bay-1 is held Tue 17 Nov 08:15-09:00" in refused.json()["detail"]
    assert refused.headers["content-type"] == "application/problem+json"


def test_a_change_needs_the_version_it_was_made_from(client: TestClient) -> None:
    _book(client)
    url, why = "/v1/cases/A/booking/cancel", {"reason": "ill"}
    assert client.post(url, json=why, headers=headers(key="c")).status_code == 428
    stale = client.post(url, json=why, headers=headers(key="c", seen='W/"7"'))
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    done = client.post(url, json=why, headers=headers(key="c", seen='W/"1"'))
    assert done.json()["state"] == "cancelled"


def test_a_condition_that_names_no_version_counts_as_none(client: TestClient) -> None:
    """`*` would let through a change of whatever is there now."""
    _book(client)
    url, why = "/v1/cases/A/booking/cancel", {"reason": "ill"}
    refused = client.post(url, json=why, headers=headers(key="c", seen="*"))
    assert (refused.status_code, refused.json()["code"]) == (428, "version-missing")
    assert "names a version" in refused.json()["detail"]
    assert client.get("/v1/cases/A/booking", headers=headers()).json()["version"] == 1


@pytest.mark.parametrize("what", ["lock", "unlock", "tell", "undo"])
def test_content_is_refused_where_none_is_taken(client: TestClient, what: str) -> None:
    _book(client)
    url, sent = f"/v1/cases/A/booking/{what}", headers(key="c", seen='W/"1"')
    refused = client.post(url, json={"locked": False}, headers=sent)
    assert (refused.status_code, refused.json()["code"]) == (422, "bad-input")
    assert refused.json()["detail"] == "body: this route takes no content"
    assert client.get("/v1/cases/A/booking", headers=headers()).json()["version"] == 1


def test_an_empty_object_is_no_content(client: TestClient) -> None:
    _book(client)
    sent = headers(key="c", seen='W/"1"')
    told = client.post("/v1/cases/A/booking/tell", json={}, headers=sent)
    assert (told.status_code, told.json()["version"]) == (200, 2)


def test_an_unsafe_request_needs_a_key(client: TestClient) -> None:
    refused = client.post("/v1/cases/A/booking", json={"placement": PLACE}, headers=headers())
    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency-key-missing")


def test_who_may_not_book_is_told_so(client: TestClient) -> None:
    body = {"placement": PLACE}
    nobody = client.post("/v1/cases/A/booking", json=body)
    auditor = client.post("/v1/cases/A/booking", json=body, headers=headers("eve:auditor", key="k"))
    elsewhere = client.get("/v1/cases/A/booking", headers=headers("ann:scheduler@other"))
    assert [nobody.status_code, auditor.status_code, elsewhere.status_code] == [401, 403, 403]


def test_a_fault_names_the_place_and_repeats_nothing(client: TestClient) -> None:
    refused = client.post(
        "/v1/cases/A/booking",
        json={"placement": {"start": "CANARY", "assigned": {}}, "CANARY": 1},
        headers=headers(key="k"),
    )
    assert refused.status_code == 422
    assert {f["place"] for f in refused.json()["faults"]} == {"body.placement.start", "body.?"}
    assert "CANARY" not in refused.text
