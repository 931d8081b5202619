"""Accounts, systems and emergencies over HTTP, on both engines."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.security.permissions import Role
from scheduler.bootstrap import Container
from scheduler.services import glass
from scheduler.store.engine import Store
from tests.contract.department import NOW, at, department_at, seats, set_clock, with_cases
from tests.unit.api import identity
from tests.unit.api.identity import PASSWORD, bearer
from tests.unit.api.service import client_for

REASON = {"reason": "cord compression, nobody else on call"}
PLACE = {"placement": {"start": at("09:00", 1).isoformat(), "assigned": seats(1, at("09:00", 1))}}


@pytest.fixture
def site(store: Store) -> Container:
    site = with_cases(department_at(store), "A")
    for role in Role:
        identity.add_user(site, f"the-{role}", role)
    return site


@pytest.fixture
def client(site: Container) -> TestClient:
    return client_for(identity.service_over(site))


def _as(site: Container, role: Role, key: str = "k", seen: int | None = None) -> dict[str, str]:
    more = {"Idempotency-Key": key} | ({} if seen is None else {"If-Match": f'W/"{seen}"'})
    return bearer(identity.token_of(site, f"the-{role}"), **more)


def test_a_user_is_added_given_a_password_and_other_roles(
    site: Container, client: TestClient
) -> None:
    asked = {"name": "ann", "roles": ["nurse"]}
    made = client.post("/v1/accounts", json=asked, headers=_as(site, Role.ADMINISTRATOR))
    assert (made.status_code, made.json()["has_password"]) == (201, False)
    sign_in = {"name": "ann", "password": PASSWORD}
    assert client.post("/v1/session", json=sign_in).status_code == 401
    url = "/v1/accounts/ann"
    seen = _as(site, Role.ADMINISTRATOR, seen=1)
    set_ = client.put(f"{url}/password", json={"password": PASSWORD}, headers=seen)
    assert (set_.status_code, set_.headers["etag"]) == (204, 'W/"2"')
    token = client.post("/v1/session", json=sign_in).json()["access_token"]
    assert client.get("/v1/accounts", headers=bearer(token)).status_code == 403
    roles = {"roles": ["administrator"]}
    stale = client.put(f"{url}/roles", json=roles, headers=seen)
    assert stale.status_code == 412
    changed = _as(site, Role.ADMINISTRATOR, seen=2)
    assert client.put(f"{url}/roles", json=roles, headers=changed).status_code == 200
    assert client.get("/v1/accounts", headers=bearer(token)).status_code == 401


def test_an_account_tells_nothing_secret(site: Container, client: TestClient) -> None:
    identity.add_user(site, "bob", Role.NURSE, password=PASSWORD)
    identity.add_client(site)
    headers = _as(site, Role.ADMINISTRATOR)
    told = [client.get(f"/v1/{kind}", headers=headers).text for kind in ("accounts", "clients")]
    assert "argon2" not in "".join(told)
    assert '"bob"' in told[0]
    assert '"ehr"' not in told[0]  # a system is no user
    assert '"key_ids":["k1"]' in told[1]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"name": "Ann Smith"}, "name"),
        ({"scopes": ["system/Everything.cruds"]}, "body.scopes.0"),
        ({"keys": {}}, "keys"),
        ({"keys": {"jwks": {"keys": []}}}, "jwks"),
        ({"keys": {"jwks": {"keys": [{**identity.key().jwk, "d": "secret"}]}}}, "jwks"),
        ({"keys": {"jwks_url": "http://ehr.example/keys"}}, "jwks_url"),
        ({"keys": {"jwks_url": "file:///etc/passwd"}}, "jwks_url"),
    ],
)
def test_a_system_that_cannot_be_trusted_is_not_added(
    site: Container, client: TestClient, change: dict[str, object], place: str
) -> None:
    keys = {"jwks": identity.key_set(identity.key())}
    asked = {"name": "ris", "scopes": ["system/Slot.rs"], "keys": keys} | change
    refused = client.post("/v1/clients", json=asked, headers=_as(site, Role.ADMINISTRATOR))
    assert refused.status_code == 422
    assert refused.json()["detail"].startswith(f"{place}: ")
    assert client.get("/v1/clients/ris", headers=_as(site, Role.ADMINISTRATOR)).status_code == 404


@pytest.mark.parametrize("secret", ["hush-hush", "the-nurse-xx", "x" * 201])
def test_a_weak_password_is_refused(site: Container, client: TestClient, secret: str) -> None:
    headers = _as(site, Role.ADMINISTRATOR, seen=1)
    url = "/v1/accounts/the-nurse/password"
    refused = client.put(url, json={"password": secret}, headers=headers)
    assert refused.status_code == 422
    assert secret not in refused.text


def _book(client: TestClient, headers: dict[str, str]) -> Response:
    return client.post("/v1/cases/A/booking", json=PLACE, headers=headers)


def test_in_an_emergency_a_nurse_may_book_for_half_an_hour(
    site: Container, client: TestClient
) -> None:
    assert _book(client, _as(site, Role.NURSE)).status_code == 403
    made = client.post("/v1/break-glass", json=REASON, headers=_as(site, Role.NURSE))
    assert made.status_code == 201
    assert "bookings:write" in made.json()["permissions"]
    assert _book(client, _as(site, Role.NURSE)).status_code == 201
    set_clock(site, NOW + timedelta(minutes=30))
    url, why = "/v1/cases/A/booking/cancel", {"reason": "ill"}
    late = client.post(url, json=why, headers=_as(site, Role.NURSE, seen=1))
    assert late.status_code == 403


def test_an_emergency_is_somebodys_own(site: Container, client: TestClient) -> None:
    identity.add_user(site, "other", Role.NURSE)
    client.post("/v1/break-glass", json=REASON, headers=_as(site, Role.NURSE))
    other = bearer(identity.token_of(site, "other"), **{"Idempotency-Key": "k"})
    assert _book(client, other).status_code == 403


def test_an_emergency_is_loud_and_needs_a_reason(site: Container, client: TestClient) -> None:
    silent = client.post("/v1/break-glass", json={"reason": "x"}, headers=_as(site, Role.NURSE))
    blank = {"reason": " " * 20}
    none = client.post("/v1/break-glass", json=blank, headers=_as(site, Role.NURSE))
    assert (silent.status_code, none.status_code) == (422, 422)
    client.post("/v1/break-glass", json=REASON, headers=_as(site, Role.NURSE))
    _book(client, _as(site, Role.NURSE))
    rows = [(row.action, row.actor, row.detail) for row in site.audit() if "glass" in row.action]
    assert rows == [
        ("glass.break", "the-nurse", "emergency of the-nurse"),
        ("glass.use", "the-nurse", "bookings:write"),
    ]


def _alerts(site: Container) -> list[str]:
    return [a.detail for a in site.read(lambda desk: desk.uow.alerts.open(glass.ALERT))]


def test_an_emergency_is_reviewed_once_by_somebody_else(
    site: Container, client: TestClient
) -> None:
    client.post("/v1/break-glass", json=REASON, headers=_as(site, Role.NURSE))
    assert _alerts(site) == ["the-nurse took emergency permissions"]
    [listed] = client.get("/v1/break-glass", headers=_as(site, Role.AUDITOR)).json()["items"]
    assert listed["reason"] == REASON["reason"]
    url, found = f"/v1/break-glass/{listed['id']}/review", {"finding": "nobody could be reached"}
    done = client.post(url, json=found, headers=_as(site, Role.AUDITOR, seen=1))
    assert (done.status_code, done.json()["reviewed_by"]) == (200, "the-auditor")
    assert _alerts(site) == []
    again = client.post(url, json=found, headers=_as(site, Role.ADMINISTRATOR, seen=2))
    assert again.status_code == 422


def test_nobody_reviews_their_own_emergency(site: Container, client: TestClient) -> None:
    identity.add_user(site, "both", Role.NURSE, Role.AUDITOR)
    token = identity.token_of(site, "both")
    headers = bearer(token, **{"Idempotency-Key": "k"})
    grant = client.post("/v1/break-glass", json=REASON, headers=headers).json()["id"]
    found = {"finding": "I was right to do it"}
    seen = {**headers, "If-Match": 'W/"1"'}
    refused = client.post(f"/v1/break-glass/{grant}/review", json=found, headers=seen)
    assert refused.status_code == 422
