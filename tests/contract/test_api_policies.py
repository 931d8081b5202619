"""Policies over HTTP, on both engines: read with their evidence, tried before adopted, signed."""

from datetime import time
from typing import Any

import pytest
from fastapi.testclient import TestClient

from models.patients import Exposure
from scheduler.bootstrap import Container
from scheduler.store.engine import Store
from tests.contract.department import department_at, patient, with_cases
from tests.unit.api.service import client_of, headers

LEE = "dr-lee:clinician"
ASPIRIN = Exposure(drug="aspirin", dose_times=(time(8),), dose_mg=81)


@pytest.fixture
def site(store: Store) -> Container:
    """A takes aspirin, B nothing; both are booked where their rules allow it first."""
    made = department_at(store)
    with_cases(made, "A", facts=patient("p", ASPIRIN))
    with_cases(made, "B")
    for case in ("A", "B"):
        place = made.propose(case).proposals[0].placement
        made.book(case, place.start, place.assigned)
    return made


@pytest.fixture
def client(site: Container) -> TestClient:
    return client_of(site)


def _get(client: TestClient, path: str, **asked: Any) -> Any:
    answer = client.get(f"/v1/policies{path}", params=asked, headers=headers())
    assert answer.status_code == 200, answer.text
    return answer.json()


def _sign(client: TestClient, key: str = "k", who: str = LEE, **changes: Any) -> Any:
    read = _get(client, "/SIR2019-high")
    body = {"version": read["version"], "digest": read["digest"], "comment": "agreed", **changes}
    url = "/v1/policies/SIR2019-high/sign-off"
    return client.post(url, json=body, headers=headers(who, key=key))


def test_policies_in_force_come_first_and_unsigned_ones_say_so(client: TestClient) -> None:
    found = _get(client, "")["items"]
    assert [(p["name"], p["rank"], p["signed"]) for p in found][:1] == [("SIR2019-high", 1, False)]
    assert all(p["rank"] is None for p in found[1:])
    assert all(p["sources"] and sum(p["evidence"].values()) == p["rows"] for p in found)
    first = _get(client, "", limit=2)
    assert _get(client, "", after=first["next"])["items"] == found[2:]


def test_a_clinician_signs_what_they_have_read(site: Container, client: TestClient) -> None:
    done = _sign(client)
    assert (done.status_code, done.json()["signed"]) == (201, True)
    shown = _get(client, "/SIR2019-high")["signatures"]
    assert [(s["by"], s["comment"], s["current"]) for s in shown] == [("dr-lee", "agreed", True)]
    assert site.audit("SIR2019-high")[-1].action == "policy.sign"
    assert _sign(client, "k2").json()["code"] == "refused"  # twice is once


def test_only_clinicians_sign_and_only_this_wording(client: TestClient) -> None:
    assert _sign(client, who="zoe:administrator").status_code == 403
    other = _sign(client, digest="0" * 64)
    assert (other.status_code, other.json()["code"]) == (409, "stale")


def test_an_if_match_that_nothing_compares_changes_no_status(client: TestClient) -> None:
    """412 is the answer of routes that compare versions; this one compares digests."""
    asked = {**headers("dr-lee:clinician", key="k"), "If-Match": 'W/"1"'}
    body = {"version": "1", "digest": "0" * 64, "comment": "agreed"}
    done = client.post("/v1/policies/SIR2019-high/sign-off", json=body, headers=asked)
    assert (done.status_code, done.json()["code"]) == (409, "stale")


def test_a_decision_of_the_site_ends_the_signature(site: Container, client: TestClient) -> None:
    """Who signed the policy did not sign what the site has laid over it since."""
    _sign(client)
    document = client.get("/v1/site", headers=headers()).json()["document"]
    document["overrides"] = [
        {
            "policy": "SIR2019-high",
            "drug": "apixaban",
            "row": {"restart_hours": 30},
            "approver": "dr-lee",
            "reason": "local practice",
            "decided_on": "2026-11-16",
        }
    ]
    url, seen = "/v1/site", 'W/"1"'
    done = client.put(url, json=document, headers=headers("z:administrator", key="p", seen=seen))
    assert done.status_code == 200, done.text
    shown = _get(client, "/SIR2019-high")
    assert (shown["signed"], [s["current"] for s in shown["signatures"]]) == (False, [False])
    assert [o["approver"] for o in shown["decided_by_site"]] == ["dr-lee"]


def test_two_policies_are_compared(client: TestClient) -> None:
    found = _get(client, "/SIR2019-high/diff/SIR2012-superseded")
    assert found["differences"]
    assert _get(client, "/SIR2019-high/diff/SIR2019-high")["differences"] == []
    missing = client.get("/v1/policies/SIR2019-high/diff/none", headers=headers())
    assert missing.status_code == 404


def _touched(client: TestClient, *names: str, **more: Any) -> Any:
    body = {"policies": names, **more}
    return client.post("/v1/policies/diff/touched", json=body, headers=headers())


def test_a_change_shows_the_bookings_it_would_touch(site: Container, client: TestClient) -> None:
    """A longer hold of aspirin touches A, who takes it, and not B."""
    before = site.audit()[-1]
    longer = {
        "policy": "SIR2019-high",
        "drug": "aspirin",
        "row": {"hold_hours_min": 240, "hold_hours_max": 240, "hold_doses": "10"},
        "approver": "dr-lee",
        "reason": "trial",
        "decided_on": "2026-11-16",
    }
    found = _touched(client, "SIR2019-high", overrides=[longer])
    assert found.status_code == 200, found.text
    assert (found.json()["assessed"], [t["case"] for t in found.json()["touched"]]) == (2, ["A"])
    assert found.json()["touched"][0]["forbidden"] is True
    assert site.audit()[-1] == before
    assert site.department().site.overrides == ()


def test_the_policies_in_force_touch_nothing(client: TestClient) -> None:
    assert _touched(client, "SIR2019-high").json() == {"assessed": 2, "touched": []}


@pytest.mark.parametrize("names", [(), ("no-such",), ("SIR2019-high", "SIR2019-high")])
def test_policies_that_cannot_be_in_force_are_refused(
    client: TestClient, names: tuple[str, ...]
) -> None:
    assert _touched(client, *names).status_code == 422
