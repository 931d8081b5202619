"""For whom a system acts: said by it, kept in the audit beside it, and permitting nothing more."""

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from scheduler.bootstrap import Container
from scheduler.services import chain
from scheduler.store.engine import Store
from tests.contract.department import at, department_at, seats, with_cases
from tests.unit.api.service import client_of, headers

NINE = at("09:00", 1)
EHR = "ehr:system"
PERSON = "Holdfast-On-Behalf-Of"


@pytest.fixture
def site(store: Store) -> Container:
    return with_cases(department_at(store), "A")


def booked(client: TestClient, person: str | None, *, who: str = EHR, key: str = "k") -> Response:
    sent = headers(who, key=key) | ({PERSON: person} if person else {})
    place = {"placement": {"start": NINE.isoformat(), "assigned": seats(1, NINE)}}
    return client.post("/v1/cases/A/booking", json=place, headers=sent)


def test_the_audit_names_the_system_and_the_person(site: Container) -> None:
    client = client_of(site)
    assert booked(client, "ann@clinic.example").status_code == 201
    row = site.audit("A")[-1]
    assert (row.actor, row.on_behalf_of) == ("ehr", "ann@clinic.example")
    told = client.get("/v1/cases/A/history", headers=headers(EHR)).json()["items"][-1]
    assert (told["actor"], told["on_behalf_of"]) == ("ehr", "ann@clinic.example")


def test_the_chain_covers_the_person(site: Container) -> None:
    booked(client_of(site), "ann")
    assert site.read(chain.verify).whole


def test_who_acts_for_nobody_is_named_alone(site: Container) -> None:
    booked(client_of(site), None)
    assert site.audit("A")[-1].on_behalf_of is None


@pytest.mark.parametrize("who", ["ann:scheduler", "ann:administrator", "ann:clinician"])
def test_only_systems_act_for_others(site: Container, who: str) -> None:
    refused = booked(client_of(site), "bob", who=who)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert "people:act-for" in refused.json()["remedy"]
    assert site.show_case("A").booking is None


@pytest.mark.parametrize("person", ["Ann Smith", "-", "a" * 101, "ann\t", "é"])
def test_an_id_that_is_none_is_refused(site: Container, person: str) -> None:
    refused = booked(client_of(site), person.encode("latin-1"))  # type: ignore[arg-type]
    assert refused.status_code == 422
    assert site.show_case("A").booking is None


def test_a_key_belongs_to_the_person_too(site: Container) -> None:
    """The same key for somebody else is another request, not a repetition."""
    client = client_of(site)
    assert booked(client, "ann").status_code == 201
    assert booked(client, "ann").headers["Idempotency-Replayed"] == "true"
    assert booked(client, "bob").status_code == 422
