"""Runs over HTTP, on both engines: queued once, followed to their end, cancelled."""

import json
from datetime import timedelta
from typing import Any

import anyio
import pytest
from fastapi.testclient import TestClient

from api.following import events
from models.errors import AwayError
from scheduler.bootstrap import Container
from scheduler.records_nights import RunProgress, RunRecord, RunState, RunStatus
from scheduler.services import runs
from scheduler.store.engine import Store
from tests.contract import searches
from tests.contract.department import department_at, with_cases
from tests.unit.api.service import client_of, headers


@pytest.fixture
def site(store: Store) -> Container:
    return with_cases(department_at(store, search=searches.one_by_one), "A")


@pytest.fixture
def client(site: Container) -> TestClient:
    return client_of(site)


def _start(client: TestClient, key: str = "k", **asked: Any) -> Any:
    return client.post("/v1/runs", json=asked, headers=headers(key=key))


def _begun(site: Container) -> runs.Claim:
    claim = site.write(lambda desk: runs.claim(desk, "worker-1", lease_for=timedelta(minutes=2)))
    assert claim is not None
    return claim


def test_a_run_is_queued_with_what_was_asked(client: TestClient) -> None:
    made = _start(client, seconds=5, seed=7, apply=False)
    assert made.status_code == 202, made.text
    run = client.get(made.headers["location"], headers=headers()).json()
    assert (run["state"], run["seconds"], run["seed"], run["apply"]) == ("queued", 5, 7, False)
    assert run["requested_by"] == "ann"


def test_a_second_run_does_not_join_the_queue(client: TestClient) -> None:
    first = _start(client)
    assert _start(client).json() == first.json()  # the same request again
    second = _start(client, "k2")
    assert (second.status_code, second.json()["code"]) == (409, "conflict")


def test_a_waiting_run_is_cancelled_at_once_and_only_once(client: TestClient) -> None:
    made = _start(client)
    url = f"{made.headers['location']}/cancel"
    done = client.post(url, headers=headers(key="c", seen=made.headers["etag"]))
    assert (done.status_code, done.json()["state"]) == (202, "cancelled")
    stale = client.post(url, headers=headers(key="c2", seen=made.headers["etag"]))
    again = client.post(url, headers=headers(key="c3", seen=done.headers["etag"]))
    assert (stale.status_code, again.status_code) == (412, 409)


def test_a_running_run_is_asked_to_end(site: Container, client: TestClient) -> None:
    url = _start(client).headers["location"]
    _begun(site)
    seen = client.get(url, headers=headers()).headers["etag"]
    done = client.post(f"{url}/cancel", headers=headers(key="c", seen=seen)).json()
    assert (done["state"], done["cancel_requested"]) == ("running", True)


def test_a_run_is_cancelled_as_it_was_looked_at(site: Container, client: TestClient) -> None:
    """It is another thing to stop a search than to take a request back."""
    made = _start(client)
    url = f"{made.headers['location']}/cancel"
    assert client.post(url, headers=headers(key="a")).status_code == 428
    _begun(site)
    late = client.post(url, headers=headers(key="b", seen=made.headers["etag"]))
    assert (late.status_code, late.json()["code"]) == (412, "stale")


def test_a_run_that_only_comes_further_keeps_its_version(
    site: Container, client: TestClient
) -> None:
    url = _start(client).headers["location"]
    name = _begun(site).run.id
    before = client.get(url, headers=headers())
    site.write(lambda desk: runs.note(desk, name, RunProgress(phase="searching", cost=5)))
    after = client.get(url, headers=headers())
    assert after.json()["progress"] != before.json()["progress"]
    assert after.headers["etag"] == before.headers["etag"] == f'W/"{after.json()["version"]}"'


def test_a_result_is_there_when_the_run_is_over(site: Container, client: TestClient) -> None:
    waiting = _start(client).json()["id"]
    refused = client.get(f"/v1/runs/{waiting}/result", headers=headers())
    assert refused.status_code == 409
    site.night(apply=False)
    [newest, *_] = client.get("/v1/runs", headers=headers()).json()["items"]
    done = newest if newest["id"] != waiting else None
    assert done is not None
    result = client.get(f"/v1/runs/{done['id']}/result", headers=headers()).json()
    assert result["run"]["status"] == "left-for-approval"
    assert result["revision"]["moves"] == 1


def test_the_list_goes_on_where_it_ended(site: Container, client: TestClient) -> None:
    for _ in range(2):
        site.night(apply=False)
    first = client.get("/v1/runs", params={"limit": 1}, headers=headers()).json()
    rest = client.get("/v1/runs", params={"after": first["next"]}, headers=headers()).json()
    assert [run["id"] for run in first["items"] + rest["items"]] == ["run-2", "run-1"]


def test_a_run_is_followed_from_the_step_the_follower_has(site: Container) -> None:
    """Steps: 0 queued, 1 begun, 2 a better plan, then the end."""
    name = site.write(runs.request).id
    claim = _begun(site)
    todo = iter(
        (
            lambda desk: desk.uow.runs.note_progress(
                name, RunProgress(step=2, phase="searching", cost=5)
            ),
            lambda desk: runs.fail(desk, desk.uow.runs.get(name), RunStatus.GAVE_UP, "out of time"),
        )
    )

    async def follow(after: int) -> list[tuple[Any, Any]]:
        found = []
        stream = events(
            lambda: site.read(lambda desk: desk.uow.runs.get(name)), after=after, pause=0
        )
        async for event in stream:
            found.append((event.id, event.event))
            change = next(todo, None)
            if change is not None:
                site.write(change)
        return found

    assert claim.run.progress.step == 1
    assert anyio.run(follow, 0) == [("1", "progress"), ("2", "progress"), ("2-over", "over")]
    assert anyio.run(follow, 1) == [("2-over", "over")]


def test_a_follower_waits_out_a_store_that_is_away(site: Container) -> None:
    name = site.write(runs.request).id
    site.write(lambda desk: runs.cancel(desk, name))
    looked: list[str] = []

    def look() -> RunRecord:
        looked.append(name)
        if len(looked) < 3:
            raise AwayError("it cannot be used now")
        return site.read(lambda desk: desk.uow.runs.get(name))

    async def follow() -> list[Any]:
        return [event.event async for event in events(look, after=-1, pause=0)]

    assert anyio.run(follow) == ["over"]
    assert len(looked) == 3


def test_a_follower_comes_again_after_a_while(site: Container) -> None:
    name = site.write(runs.request).id

    async def follow() -> list[Any]:
        look = lambda: site.read(lambda desk: desk.uow.runs.get(name))  # noqa: E731  # one word
        return [event.id async for event in events(look, after=-1, pause=0, longest=0)]

    assert anyio.run(follow) == ["0"]


def test_a_run_that_is_over_says_so_once(site: Container, client: TestClient) -> None:
    site.night(apply=False)
    url = "/v1/runs/run-1/events"
    told = client.get(url, headers=headers())
    lines = dict(line.split(": ", 1) for line in told.text.splitlines() if ": " in line)
    assert (told.headers["content-type"].split(";")[0], lines["event"]) == (
        "text/event-stream",
        "over",
    )
    assert json.loads(lines["data"])["state"] == RunState.DONE
    again = client.get(url, headers={**headers(), "Last-Event-ID": lines["id"]})
    assert (again.status_code, again.text) == (204, "")


def test_an_id_that_is_no_events_is_refused(site: Container, client: TestClient) -> None:
    site.night(apply=False)
    asked = {**headers(), "Last-Event-ID": "seven"}
    assert client.get("/v1/runs/run-1/events", headers=asked).status_code == 422
