"""A parameter that a route does not know is told, not passed over."""

from scheduler.store.engine import Store
from tests.contract.department import department_at
from tests.unit.api.service import client_of, headers


def test_an_unknown_parameter_is_refused_and_the_known_ones_are_named(store: Store) -> None:
    client = client_of(department_at(store))
    refused = client.get("/v1/board?day=2026-11-23", headers=headers())
    assert (refused.status_code, refused.json()["code"]) == (422, "bad-input")
    assert "from, kind, to" in refused.json()["remedy"]
    assert client.get("/v1/board?from=2026-11-23", headers=headers()).status_code == 200


def test_a_route_without_parameters_takes_none(store: Store) -> None:
    refused = client_of(department_at(store)).get("/v1/site?bogus=1", headers=headers())
    assert refused.json()["remedy"] == "it knows none"
