"""Calendar feeds over HTTP, on both engines: by a secret told once, without patients, revocable."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from icalendar import Calendar
from sqlalchemy import text

from scheduler.bootstrap import Container
from scheduler.store.engine import Store
from tests.contract.department import at, department_at, seats, with_cases
from tests.unit.api.service import client_of, headers

NINE = at("09:00", 1)


@pytest.fixture
def site(store: Store) -> Container:
    made = with_cases(department_at(store), "A", "B")
    made.book("A", NINE, seats(1, NINE))
    ten = at("10:00", 2)
    made.book("B", ten, seats(2, ten))
    return made


@pytest.fixture
def client(site: Container) -> TestClient:
    return client_of(site)


def _make(client: TestClient, key: str = "k", **asked: Any) -> Any:
    made = client.post("/v1/feeds", json=asked, headers=headers(key=key))
    assert made.status_code == 201, made.text
    return made


def _path(made: Any) -> str:
    return urlsplit(made.json()["url"]).path


def _events(client: TestClient, path: str) -> list[tuple[str, str, str]]:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (
        200,
        "text/calendar",
    )
    found = Calendar.from_ical(answer.content).walk("VEVENT")
    return [
        (str(e["summary"]), e["dtstart"].dt.isoformat(), e["dtend"].dt.isoformat()) for e in found
    ]


def test_a_feed_of_everything_has_each_procedure(client: TestClient) -> None:
    """The suite is held for 75 minutes from the start; Chicago is 6 h behind UTC."""
    assert _events(client, _path(_make(client))) == [
        ("A", "2026-11-17T15:00:00+00:00", "2026-11-17T16:15:00+00:00"),
        ("B", "2026-11-18T16:00:00+00:00", "2026-11-18T17:15:00+00:00"),
    ]


def test_a_feed_of_a_resource_has_its_own_times(client: TestClient) -> None:
    assert [name for name, *_ in _events(client, _path(_make(client, resource="suite-2")))] == ["B"]
    missing = client.post("/v1/feeds", json={"resource": "x"}, headers=headers(key="m"))
    assert missing.status_code == 404


def test_the_secret_is_told_once_and_kept_nowhere(client: TestClient, store: Store) -> None:
    made = _make(client)
    secret = _path(made).rpartition("/")[2].removesuffix(".ics")
    again = _make(client)
    assert (again.json()["url"], again.headers["idempotency-replayed"]) == (None, "true")
    assert again.json() == {**made.json(), "url": None}
    with store.engine.connect() as connection:
        for table in ("feed", "answer", "audit"):
            rows = connection.execute(text(f"SELECT * FROM {table}")).all()  # noqa: S608  # fixed names
            assert secret not in repr(rows)


def test_a_feed_that_was_seen_is_not_sent_again(site: Container, client: TestClient) -> None:
    path = _path(_make(client))
    seen = {"If-None-Match": client.get(path).headers["etag"]}
    assert client.get(path, headers=seen).status_code == 304
    site.cancel("A", reason="ill")
    assert client.get(path, headers=seen).status_code == 200
    assert [name for name, *_ in _events(client, path)] == ["B"]


def test_a_revoked_feed_answers_as_one_that_never_was(client: TestClient) -> None:
    made = _make(client)
    url = f"/v1/feeds/{made.json()['id']}/revoke"
    seen = made.headers["etag"]
    assert client.post(url, headers=headers(key="r", seen=seen)).json()["revoked_by"] == "ann"
    ended, never = client.get(_path(made)), client.get("/v1/calendar/nobodys.ics")
    assert (ended.status_code, ended.content) == (404, never.content)
    late = client.post(url, headers=headers(key="r2", seen='W/"2"'))
    assert late.status_code == 412
    listed = client.get("/v1/feeds", headers=headers()).json()["items"]
    assert [(f["id"], f["revoked_at"] is not None) for f in listed] == [(made.json()["id"], True)]


def test_a_feed_names_no_patient_and_no_procedure(site: Container, client: TestClient) -> None:
    content = client.get(_path(_make(client))).text
    for word in ("p-A", "plasty", "22511", "1950", "M80"):
        assert word not in content
