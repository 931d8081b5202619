"""Tokens on both engines: given for a password or a proof, worth nothing once anything changed."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.security.permissions import Role
from api.settings import ApiSettings, Limits
from scheduler.bootstrap import Container
from scheduler.records_identity import AccountState
from scheduler.services import accounts, sessions, signing
from scheduler.store.engine import Store
from tests.contract.department import NOW, department_at, set_clock, with_cases
from tests.unit.api import identity
from tests.unit.api.identity import PASSWORD, assertion, bearer, form, from_outside, service_over
from tests.unit.api.service import client_for

CASE = "/v1/cases/A/booking"
KINDS = (accounts.AccountKind.USER,)


@pytest.fixture
def site(store: Store) -> Container:
    return with_cases(department_at(store), "A")


def _client(site: Container, **more: object) -> TestClient:
    return client_for(service_over(site, **more))  # type: ignore[arg-type]


def _sign_in(client: TestClient, name: str = "ann", password: str = PASSWORD) -> Response:
    return client.post("/v1/session", json={"name": name, "password": password})


def _look(client: TestClient, token: str) -> int:
    # 404: recognised and permitted, and A has no booking
    return client.get(CASE, headers=bearer(token)).status_code


def test_a_user_signs_in_and_is_recognised(site: Container) -> None:
    identity.add_user(site, "ann", Role.NURSE, password=PASSWORD)
    client = _client(site)
    made = _sign_in(client)
    assert made.status_code == 201
    assert made.json()["roles"] == ["nurse"]
    assert made.headers["cache-control"] == "no-store"
    assert _look(client, made.json()["access_token"]) == 404


def test_an_unknown_name_and_a_wrong_password_are_told_alike(site: Container) -> None:
    identity.add_user(site, "ann", Role.NURSE, password=PASSWORD)
    client = _client(site)
    wrong, unknown = _sign_in(client, password="not this one"), _sign_in(client, name="bob")
    assert wrong.status_code == 401
    assert wrong.content == unknown.content


def test_guesses_are_shut_out_whether_or_not_somebody_has_the_name(
    site: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "GUESSES", 2)
    identity.add_user(site, "ann", Role.NURSE, password=PASSWORD)
    client = _client(site)
    for name in ("ann", "bob"):
        for _ in range(sessions.GUESSES):
            assert _sign_in(client, name=name, password="a guess").status_code == 401
    shut = [_sign_in(client, name=name) for name in ("ann", "bob")]
    assert [one.status_code for one in shut] == [429, 429]  # even with the right password
    assert shut[0].content == shut[1].content
    assert shut[0].headers["retry-after"] == "901"  # 15 minutes and a second, clock standing still
    set_clock(site, NOW + sessions.GUESS_SPAN + timedelta(seconds=1))
    assert _sign_in(client).status_code == 201


def test_users_set_their_own_password(site: Container) -> None:
    identity.add_user(site, "ann", Role.NURSE, password=PASSWORD)
    client, other = _client(site), "eight wooden spoons"
    token = _sign_in(client).json()["access_token"]

    def change(old: str, new: str) -> int:
        asked = {"name": "ann", "password": old, "new_password": new}
        return client.post("/v1/session/password", json=asked).status_code

    assert [change("a wrong one", other), change(PASSWORD, "short"), change(PASSWORD, other)] == [
        401,
        422,
        204,
    ]
    assert _look(client, token) == 401
    assert [_sign_in(client, password=p).status_code for p in (PASSWORD, other)] == [401, 201]


def test_a_disabled_user_is_told_what_a_stranger_is_told(site: Container) -> None:
    identity.add_user(site, "ann", Role.NURSE, password=PASSWORD)
    site.write(lambda desk: accounts.shut_out(desk, "ann"))
    client = _client(site)
    assert _sign_in(client).content == _sign_in(client, name="bob").content


@pytest.mark.parametrize("minutes", [29, 31])
def test_a_session_ends_when_it_rests(site: Container, minutes: int) -> None:
    identity.add_user(site, "ann", Role.NURSE)
    token, client = identity.token_of(site, "ann"), _client(site)
    set_clock(site, NOW + timedelta(minutes=minutes))
    assert _look(client, token) == (404 if minutes < 30 else 401)


def test_use_keeps_a_session_alive_but_not_for_ever(site: Container) -> None:
    identity.add_user(site, "ann", Role.NURSE)
    token, client = identity.token_of(site, "ann"), _client(site)
    seen = []
    for minutes in (*range(0, 480, 29), 480):
        set_clock(site, NOW + timedelta(minutes=minutes))
        seen.append(_look(client, token))
    assert seen == [404] * 17 + [401]  # 0, 29, ... 464; 480 minutes are the eight hours


def test_any_change_of_the_account_ends_its_tokens_at_once(site: Container) -> None:
    client = _client(site)
    for number, change in enumerate(
        (
            lambda desk, one: accounts.set_roles(desk, one, [Role.CLINICIAN]),
            lambda desk, one: accounts.set_state(desk, one, AccountState.DISABLED),
            lambda desk, one: accounts.set_password(desk, one, "a hash"),
        )
    ):
        name = f"ann-{number}"
        identity.add_user(site, name, Role.NURSE)
        token = identity.token_of(site, name)
        assert _look(client, token) == 404
        site.write(lambda desk: change(desk, accounts.one(desk, name, kinds=KINDS)))  # noqa: B023
        assert _look(client, token) == 401


def test_a_token_that_was_revoked_is_worth_nothing(site: Container) -> None:
    identity.add_user(site, "ann", Role.NURSE)
    client, token = _client(site), identity.token_of(site, "ann")
    answers = [client.post("/v1/oauth/revoke", data={"token": t}) for t in (token, token, "x.y.z")]
    assert [a.status_code for a in answers] == [200, 200, 200]
    assert _look(client, token) == 401


def test_keys_are_rotated_without_ending_sessions_unless_revoked(site: Container) -> None:
    identity.add_user(site, "ann", Role.NURSE)
    client, old = _client(site), identity.token_of(site, "ann")
    site.write(signing.rotate)
    new = identity.token_of(site, "ann")
    assert [_look(client, old), _look(client, new)] == [404, 404]
    site.write(lambda desk: signing.rotate(desk, revoke=True))
    newest = identity.token_of(site, "ann")
    assert [_look(client, t) for t in (old, new, newest)] == [401, 401, 404]


def test_a_system_gets_a_short_token_for_what_it_may(site: Container) -> None:
    identity.add_client(site, scopes=("system/Appointment.rs",))
    client = _client(site)
    made = client.post(
        "/v1/oauth/token", data=form(assertion(NOW), scope="system/Appointment.rs system/Slot.rs")
    )
    assert made.status_code == 200
    assert made.json()["expires_in"] == 300
    assert made.json()["scope"] == "system/Appointment.rs"  # it may not ask for slots
    token = made.json()["access_token"]
    assert _look(client, token) == 404
    booked = client.post(CASE, json={}, headers=bearer(token))
    assert booked.status_code == 403  # the role may book, the scope may not


def test_both_algorithms_of_the_standard_are_taken(site: Container) -> None:
    rs384 = identity.key("RS384", "r1")
    both = json.dumps(identity.key_set(identity.key(), rs384))
    identity.add_client(site, jwks=both)
    client = _client(site)
    proofs = assertion(NOW), assertion(NOW, signed=rs384)
    made = [client.post("/v1/oauth/token", data=form(proof)).status_code for proof in proofs]
    assert made == [200, 200]


def test_a_caller_who_asks_too_often_is_told_so_whatever_the_token(site: Container) -> None:
    for name in ("ann", "bob"):
        identity.add_user(site, name, Role.NURSE)
    client = _client(site, settings=ApiSettings(limits=Limits(caller="2/hour")))
    tokens = [identity.token_of(site, name) for name in ("ann", "ann", "ann", "bob")]
    assert [_look(client, token) for token in tokens] == [404, 404, 429, 404]


def test_a_proof_is_good_once(site: Container) -> None:
    identity.add_client(site)
    client, proof = _client(site), assertion(NOW)
    first, again = (client.post("/v1/oauth/token", data=form(proof)) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 401)
    assert again.json()["error"] == "invalid_client"


def test_a_proof_is_good_once_however_many_send_it_together(site: Container) -> None:
    identity.add_client(site)
    client, proof = _client(site), assertion(NOW)
    with ThreadPoolExecutor(6) as pool:
        sent = pool.map(lambda _: client.post("/v1/oauth/token", data=form(proof)), range(6))
        assert sorted(answer.status_code for answer in sent) == [200, 401, 401, 401, 401, 401]


def test_keys_may_be_published_and_are_fetched_once(site: Container) -> None:
    url = "https://ehr.example/jwks"
    identity.add_client(site, jwks=None, jwks_url=url)
    web = identity.Published({url: identity.key_set(identity.key())})
    client = _client(site, published=web)
    made = [client.post("/v1/oauth/token", data=form(assertion(NOW))) for _ in range(2)]
    assert [m.status_code for m in made] == [200, 200]
    assert web.fetched == 1


def test_an_outside_token_has_the_roles_its_groups_have_here(site: Container) -> None:
    client = _client(site, settings=ApiSettings(limits=None, issuers=(identity.hospital(),)))
    assert _look(client, from_outside(NOW)) == 404
    auditor = from_outside(NOW, realm={"groups": ["ir-audit"]})
    assert _look(client, auditor) == 403
    stranger = from_outside(NOW, realm={"groups": ["surgery"]})
    assert _look(client, stranger) == 401


def test_somebody_from_outside_is_shut_out_at_once(site: Container) -> None:
    client = _client(site, settings=ApiSettings(limits=None, issuers=(identity.hospital(),)))
    assert _look(client, from_outside(NOW)) == 404
    site.write(lambda desk: accounts.shut_out(desk, "hospital:u-17"))
    assert _look(client, from_outside(NOW)) == 401


def test_every_sign_in_and_change_is_in_the_audit(site: Container) -> None:
    identity.add_user(site, "ann", Role.NURSE, password=PASSWORD)
    client = _client(site)
    _sign_in(client)
    _sign_in(client, password="wrong password")
    _sign_in(client, name="my password by mistake")
    rows = [
        (row.action, row.subject) for row in site.audit() if row.action.startswith(("acc", "ses"))
    ]
    assert rows == [
        ("account.add", "ann"),
        ("session.open", "ann"),
        ("session.refused", "ann"),
        ("session.refused", "unknown"),
    ]
