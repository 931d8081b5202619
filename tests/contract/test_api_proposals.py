"""Proposals with ids, reservations and the undoing of changes, over HTTP on both engines."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from scheduler.bootstrap import Container
from scheduler.store.engine import Store
from tests.contract.department import (
    APIXABAN,
    NOW,
    at,
    at_hour,
    department_at,
    patient,
    seats,
    small_site,
    with_cases,
)
from tests.unit.api.service import client_of, headers

NINE, NOON = at("09:00", 1), at("12:00", 1)
BOOKING = "/v1/cases/A/booking"


@pytest.fixture
def site(store: Store) -> Container:
    return with_cases(department_at(store), "A", "B")


@pytest.fixture
def client(site: Container) -> TestClient:
    return client_of(site)


def _post(
    client: TestClient, url: str, body: object = None, *, key: str = "k", seen: str | None = None
) -> Response:
    return client.post(url, json=body, headers=headers(key=key, seen=seen))


def _proposals(client: TestClient, case: str = "A", key: str = "p", **asked: Any) -> Any:
    made = _post(client, f"/v1/cases/{case}/proposals", asked, key=key)
    assert made.status_code == 201, made.text
    return made.json()


def _book(client: TestClient, start: Any, key: str = "b", case: str = "A") -> Response:
    body = {"placement": {"start": start.isoformat(), "assigned": seats(1, start)}}
    return _post(client, f"/v1/cases/{case}/booking", body, key=key)


def test_proposals_are_ranked_and_the_same_request_has_the_same_ids(client: TestClient) -> None:
    made = _proposals(client, top=3)
    costs = [one["cost"] for one in made["proposals"]]
    assert (len(costs), costs) == (3, sorted(costs))
    assert _proposals(client, top=3) == made
    assert made["nowhere"] is None


def test_a_proposal_is_booked_by_its_id(client: TestClient) -> None:
    first = _proposals(client)["proposals"][0]
    booked = _post(client, BOOKING, {"proposal": first["id"]})
    assert booked.status_code == 201
    assert booked.json()["assigned"] == first["assigned"]


def test_a_proposal_is_reserved_by_its_id_and_then_booked_by_the_token(client: TestClient) -> None:
    first = _proposals(client)["proposals"][0]
    kept = _post(client, "/v1/cases/A/reservation", {"proposal": first["id"]})
    seen = client.get("/v1/cases/A/reservation", headers=headers()).json()
    assert (kept.status_code, seen["start"]) == (201, first["start"])
    booked = _post(client, BOOKING, {"reservation": kept.json()["token"]}, key="c")
    assert booked.json()["assigned"] == first["assigned"]


def test_a_proposal_of_another_case_and_one_that_never_was_are_not_found(
    client: TestClient,
) -> None:
    first = _proposals(client)["proposals"][0]["id"]
    other = _post(client, "/v1/cases/B/booking", {"proposal": first})
    ghost = _post(client, BOOKING, {"proposal": "proposal-0"})
    assert [other.status_code, ghost.status_code] == [404, 404]


def test_a_proposal_ends_with_its_time(site: Container, client: TestClient) -> None:
    first = _proposals(client)["proposals"][0]["id"]
    # the site keeps proposals for 15 minutes
    later = client_of(at_hour(site, NOW + timedelta(minutes=15)))
    gone = _post(later, BOOKING, {"proposal": first})
    assert (gone.status_code, gone.json()["code"]) == (410, "expired")


def test_a_proposal_is_stale_once_something_became_known(client: TestClient) -> None:
    first = _proposals(client)["proposals"][0]["id"]
    lab = {"code": "INR", "value": 1.1, "taken_at": NOW.isoformat()}
    _post(client, "/v1/cases/A/holds/labs", lab)
    stale = _post(client, BOOKING, {"proposal": first}, key="b")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")


def test_a_proposal_that_others_took_is_a_conflict(client: TestClient) -> None:
    first = _proposals(client)["proposals"][0]
    place = {"start": first["start"], "assigned": first["assigned"]}
    _post(client, "/v1/cases/B/booking", {"placement": place}, key="b")
    taken = _post(client, BOOKING, {"proposal": first["id"]})
    assert (taken.status_code, taken.json()["code"]) == (409, "conflict")


def test_a_booking_is_moved_to_a_proposal(client: TestClient) -> None:
    _book(client, NOON)
    first = _proposals(client)["proposals"][0]
    moved = client.put(
        BOOKING, json={"proposal": first["id"]}, headers=headers(key="m", seen='W/"1"')
    )
    assert (moved.status_code, moved.json()["start"]) == (200, first["start"])


@pytest.mark.parametrize("body", [{}, {"proposal": "x", "reservation": "y"}])
def test_what_is_booked_is_said_once(client: TestClient, body: object) -> None:
    assert _post(client, BOOKING, body).status_code == 422


def test_where_there_is_no_place_the_answer_says_why(store: Store) -> None:
    # the hold of apixaban takes 48 h and the notice 24 h: longer than a horizon of two days
    site = department_at(store, site=small_site(horizon_days=2))
    made = _proposals(client_of(with_cases(site, "A", facts=patient("p", APIXABAN))))
    assert made["proposals"] == []
    assert made["nowhere"]["sentence"].startswith("A can be placed nowhere")


def test_room_is_made_by_moving_others_in_one_transaction(store: Store) -> None:
    # one doctor works, on Wednesday from nine to one: two starts of B's length fit, and B has nine
    wednesday = at("09:00", 2)
    site = with_cases(department_at(store, site=small_site(horizon_days=3)), "A", "B")
    site.close_resource("dr-2", NOW, at("17:00", 2), reason="away")
    site.close_resource("dr-1", NOW, wednesday, reason="away")
    site.close_resource("dr-1", at("13:00", 2), at("17:00", 2), reason="away")
    site.book("B", wednesday, seats(1, wednesday))
    client = client_of(site)
    made = _proposals(client, make_room=True, top=100)["proposals"]
    one = next(one for one in made if one["moved"])
    moved = one["moved"][0]
    kept = _post(client, BOOKING, {"proposal": one["id"]}, key="r")
    assert kept.status_code == 201, kept.text
    there = client.get(f"/v1/cases/{moved['case']}/booking", headers=headers()).json()
    assert there["start"] == moved["to_start"]
    assert site.faults() == ()


def test_why_names_who_holds_what_is_wanted(client: TestClient) -> None:
    _book(client, NINE, case="B")
    asked = {"at": NINE.isoformat()}
    said = client.get("/v1/cases/A/why", params=asked, headers=headers()).json()
    assert said["possible"] is True  # the other suite, doctor and nurse are free
    whole = client.get("/v1/cases/A/why", headers=headers()).json()
    assert (whole["possible"], whole["starts"] > 0) == (True, True)


def test_why_says_what_the_rules_have_against_it(store: Store) -> None:
    site = with_cases(department_at(store), "A", facts=patient("p", APIXABAN))
    asked = {"at": NINE.isoformat()}
    said = client_of(site).get("/v1/cases/A/why", params=asked, headers=headers()).json()
    assert said["possible"] is False
    assert any("apixaban" in sentence for sentence in said["clinical"])


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "x"])
def test_a_moment_beyond_all_calendars_is_refused(client: TestClient, moment: str) -> None:
    refused = client.get("/v1/cases/A/why", params={"at": moment}, headers=headers())
    place = {"start": moment, "assigned": seats(1, NINE)}
    unbooked = _post(client, BOOKING, {"placement": place})
    assert [refused.status_code, unbooked.status_code] == [422, 422]


def test_a_reservation_is_released_with_its_token_only(client: TestClient) -> None:
    place = {"start": NINE.isoformat(), "assigned": seats(1, NINE)}
    token = _post(client, "/v1/cases/A/reservation", {"placement": place}).json()["token"]
    url = "/v1/cases/{}/reservation/release"
    wrong = _post(client, url.format("B"), {"token": token})
    done = _post(client, url.format("A"), {"token": token}, key="d")
    gone = client.get("/v1/cases/A/reservation", headers=headers())
    assert [wrong.status_code, done.json()["state"], gone.status_code] == [404, "released", 404]


def test_a_move_is_undone_with_what_the_patient_was_told(client: TestClient) -> None:
    _book(client, NINE)
    _post(client, f"{BOOKING}/tell", seen='W/"1"', key="t")
    body = {"start": NOON.isoformat(), "assigned": seats(1, NOON)}
    client.put(BOOKING, json=body, headers=headers(key="m", seen='W/"2"'))
    undone = _post(client, f"{BOOKING}/undo", seen='W/"3"', key="u")
    assert undone.status_code == 200, undone.text
    assert datetime.fromisoformat(undone.json()["start"]) == NINE
    assert undone.json()["told_at"] is not None
    rows = client.get("/v1/cases/A/history", headers=headers()).json()["items"]
    assert [row["action"] for row in rows][-2:] == ["booking.move", "booking.undo"]


def test_a_cancelled_booking_comes_back_unless_its_place_is_taken(client: TestClient) -> None:
    _book(client, NINE)
    _post(client, f"{BOOKING}/cancel", {"reason": "ill"}, seen='W/"1"', key="c")
    back = _post(client, f"{BOOKING}/undo", seen='W/"2"', key="u")
    assert (back.status_code, back.json()["state"]) == (200, "confirmed")
    version = back.headers["etag"]
    _post(client, f"{BOOKING}/cancel", {"reason": "ill"}, seen=version, key="c2")
    _book(client, NINE, case="B", key="b2")
    taken = _post(client, f"{BOOKING}/undo", seen=f'W/"{int(version[3:-1]) + 1}"', key="u2")
    assert (taken.status_code, taken.json()["code"]) == (409, "conflict")


def test_an_undone_booking_is_given_up_and_undoing_that_brings_it_back(client: TestClient) -> None:
    _book(client, NINE)
    gone = _post(client, f"{BOOKING}/undo", seen='W/"1"', key="u")
    back = _post(client, f"{BOOKING}/undo", seen=gone.headers["etag"], key="u2")
    assert (gone.json()["state"], back.json()["state"]) != ("cancelled", "cancelled")
    assert gone.json()["state"] == "cancelled"


def test_a_change_of_long_ago_stays(site: Container, client: TestClient) -> None:
    _book(client, NINE)
    # the site lets changes be undone for 30 minutes
    later = client_of(at_hour(site, NOW + timedelta(minutes=31)))
    late = _post(later, f"{BOOKING}/undo", seen='W/"1"', key="u")
    assert (late.status_code, late.json()["code"]) == (422, "refused")


def test_nothing_to_undo_is_not_found_and_an_old_version_is_stale(client: TestClient) -> None:
    nothing = _post(client, f"{BOOKING}/undo", seen='W/"1"', key="u")
    _book(client, NINE)
    stale = _post(client, f"{BOOKING}/undo", seen='W/"7"', key="v")
    assert [nothing.status_code, stale.status_code] == [404, 412]


def test_a_locked_booking_is_not_moved_until_it_is_unlocked(client: TestClient) -> None:
    _book(client, NINE)
    locked = _post(client, f"{BOOKING}/lock", seen='W/"1"', key="l")
    body = {"start": NOON.isoformat(), "assigned": seats(1, NOON)}
    refused = client.put(BOOKING, json=body, headers=headers(key="m", seen='W/"2"'))
    free = _post(client, f"{BOOKING}/unlock", seen='W/"2"', key="f")
    assert (locked.json()["locked"], refused.status_code) == (True, 422)
    assert (free.json()["locked"], free.headers["etag"]) == (False, 'W/"3"')
