"""Cases over HTTP, on both engines: documents in, lists, readiness, history, facts and holds."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from scheduler.bootstrap import Container
from scheduler.store.engine import Store
from tests.contract.department import APIXABAN, NOW, at, department_at, patient, seats, with_cases
from tests.unit.api.service import client_of, headers

NINE = at("09:00", 3)


def _referral(name: str, patient: str = "p1", status: str = "active") -> dict[str, Any]:
    return {
        "resourceType": "ServiceRequest",
        "id": name,
        "status": status,
        "intent": "order",
        "subject": {"reference": f"Patient/{patient}"},
        "code": {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "22511"}]},
    }


def _bundle(*resources: Mapping[str, Any]) -> dict[str, Any]:
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


PATIENT = {"resourceType": "Patient", "id": "p1", "birthDate": "1950-01-01", "gender": "male"}
BUNDLE = _bundle(PATIENT, _referral("R1"))


@pytest.fixture
def site(store: Store) -> Container:
    return department_at(store)


@pytest.fixture
def client(site: Container) -> TestClient:
    return client_of(site)


@pytest.fixture
def held(site: Container) -> TestClient:
    """A patient who takes apixaban, booked for Thursday at nine."""
    with_cases(site, "A", facts=patient("p", APIXABAN))
    site.book("A", NINE, seats(1, NINE))
    return client_of(site)


def _post(client: TestClient, url: str, body: object, key: str = "k", who: str = "") -> Response:
    return client.post(f"/v1{url}", json=body, headers=headers(who or "ann:scheduler", key=key))


def _get(client: TestClient, url: str) -> Response:
    return client.get(f"/v1{url}", headers=headers())


def test_a_bundle_is_kept_and_its_cases_are_assessed(client: TestClient) -> None:
    taken = _post(client, "/intake", BUNDLE).json()
    assert (taken["patients_added"], taken["cases_added"], taken["cases"]) == (1, 1, ["R1"])
    assert taken["ready"] + taken["conditional"] + taken["blocked"] == 1
    assert _get(client, "/cases/R1").json()["status"] is not None


def test_the_same_bundle_again_changes_nothing(client: TestClient) -> None:
    _post(client, "/intake", BUNDLE, key="a")
    again = _post(client, "/intake", BUNDLE, key="b").json()
    assert (again["unchanged"], again["cases"]) == (2, [])


def test_what_cannot_be_read_is_told_by_line_and_the_rest_is_kept(client: TestClient) -> None:
    broken = {**_referral("R2"), "subject": {"reference": "Patient/nobody"}}
    taken = _post(client, "/intake", [BUNDLE, _bundle(broken)]).json()
    assert taken["cases"] == ["R1"]
    said = [fault["line"] for fault in taken["faults"]] + list(taken["refused"])
    assert said != []


@pytest.mark.parametrize("body", [{}, [], {"resourceType": "Bundle"}, [{"resourceType": "Device"}]])
def test_a_document_without_anything_to_take_is_refused(client: TestClient, body: object) -> None:
    refused = _post(client, "/intake", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "bad-input")


def test_a_number_that_is_none_is_refused(client: TestClient) -> None:
    refused = client.post(
        "/v1/intake", content=b'{"resourceType": "Bundle", "x": NaN}', headers=headers(key="k")
    )
    assert refused.status_code == 422


def test_cases_are_listed_by_page_and_filter(site: Container) -> None:
    with_cases(site, "A", "B", "C")
    site.book("B", NINE, seats(1, NINE))
    client = client_of(site)
    first = _get(client, "/cases?limit=2").json()
    assert [c["id"] for c in first["items"]] == ["A", "B"]
    assert [c["id"] for c in _get(client, f"/cases?after={first['next']}").json()["items"]] == ["C"]
    assert [c["id"] for c in _get(client, "/cases?booked=true").json()["items"]] == ["B"]
    assert _get(client, "/cases?state=done").json() == {"items": [], "next": None}
    assert len(_get(client, "/cases?status=ready&troubled=false").json()["items"]) == 3


def test_a_case_is_shown_with_its_booking_and_without_the_token_of_its_reservation(
    site: Container,
) -> None:
    with_cases(site, "A")
    kept = site.reserve("A", NINE, seats(1, NINE))
    shown = _get(client_of(site), "/cases/A")
    assert shown.json()["reservation"]["expires_at"] == kept.expires_at.isoformat().replace(
        "+00:00", "Z"
    )
    assert kept.token not in shown.text
    assert shown.json()["patient"]["age"] == 76  # born on 1 January 1950


def test_readiness_is_that_of_this_moment(held: TestClient) -> None:
    said = _get(held, "/cases/A/readiness").json()
    assert [hold["drug"] for hold in said["holds"]] == ["apixaban"]
    assert said["assessed_at"] == NOW.astimezone().isoformat() or said["windows"]
    assert all(asked["key"].startswith(asked["kind"]) for asked in said["requirements"])


def test_history_tells_every_change_of_a_case(held: TestClient) -> None:
    rows = _get(held, "/cases/A/history").json()["items"]
    assert [row["action"] for row in rows] == ["patient.add", "case.add", "booking.add"]
    page = _get(held, "/cases/A/history?limit=2").json()
    assert len(_get(held, f"/cases/A/history?after={page['next']}").json()["items"]) == 1


def test_a_dose_taken_after_all_puts_the_booking_in_trouble(site: Container) -> None:
    with_cases(site, "A", facts=patient("p", APIXABAN))
    site.book("A", NINE, seats(1, NINE))
    late = at("08:00", 2)  # 25 hours before the start: four doses and more are not off by then
    there = client_of(site_at(site, at("08:30", 2)))
    body = {"drug": "apixaban", "last_dose": late.isoformat()}
    said = _post(there, "/cases/A/holds/missed", body).json()
    assert said["troubled"] == ["A"]
    assert said["booking"]["trouble"] != []


def site_at(site: Container, now: Any) -> Container:
    from tests.contract.department import at_hour

    return at_hour(site, now)


def test_a_hold_that_has_started_is_so_in_the_readiness(held: TestClient) -> None:
    body = {"drug": "apixaban", "last_dose": (NOW - timedelta(hours=1)).isoformat()}
    said = _post(held, "/cases/A/holds/started", body).json()
    assert [hold["stage"] for hold in said["readiness"]["holds"]] == ["started"]
    assert said["booking"]["trouble"] == []


def test_a_clinician_approves_and_a_scheduler_does_not(held: TestClient) -> None:
    asked = _get(held, "/cases/A/readiness").json()["requirements"]
    body = {"requirement": asked[0]["key"], "reason": "agreed with the cardiologist"}
    refused = _post(held, "/cases/A/holds/approve", body)
    done = _post(held, "/cases/A/holds/approve", body, who="cleo:clinician", key="c")
    assert (refused.status_code, done.status_code) == (403, 200)
    left = [one["key"] for one in done.json()["readiness"]["requirements"]]
    assert asked[0]["key"] not in left


def test_results_and_doses_are_noted_together_or_not_at_all(held: TestClient) -> None:
    lab = {"code": "INR", "value": 1.1, "taken_at": NOW.isoformat()}
    dose = {"drug": "apixaban", "last_dose": NOW.isoformat()}
    wrong = {"labs": [lab], "doses": [{**dose, "drug": "CANARY"}]}
    refused = _post(held, "/cases/A/facts", wrong)
    assert (refused.status_code, "CANARY" in refused.text) == (422, False)
    before = _get(held, "/cases/A").json()["patient"]["labs"]
    assert [one["taken_at"] for one in before if one["code"] == "INR"] != [lab["taken_at"]]
    _post(held, "/cases/A/facts", {"labs": [lab], "doses": [dose]}, key="b")
    after = _get(held, "/cases/A").json()["patient"]
    assert [one["value"] for one in after["labs"] if one["code"] == "INR"] == [1.1]
    assert after["drugs"][0]["last_dose"] is not None


def test_a_fact_from_the_future_and_no_fact_are_refused(held: TestClient) -> None:
    lab = {"code": "INR", "value": 1.1, "taken_at": (NOW + timedelta(hours=1)).isoformat()}
    future = _post(held, "/cases/A/holds/labs", lab)
    nothing = _post(held, "/cases/A/facts", {}, key="b")
    assert [future.status_code, nothing.status_code] == [422, 422]
