"""A server that dies and comes back, a disk that is full: callers come again, and are served."""

import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import PoolProxiedConnection, event

from benchmarks.faults.postgres import OwnServer, own_server
from models.errors import AwayError
from models.problem import PlanningProblem
from scheduler.bootstrap import Container
from scheduler.nights.leading import Leader
from scheduler.nights.processes import Worker
from scheduler.records_nights import RunOrder, RunState
from scheduler.services import chain, runs
from scheduler.services.night import Answer
from scheduler.store.engine import Store
from tests.contract import searches
from tests.contract.department import at, department_at, seats, with_cases
from tests.unit.api.service import client_of, headers

NINE = at("09:00", 1)
BOOKING = "/v1/cases/A/booking"
PLACE = {"placement": {"start": NINE.isoformat(), "assigned": seats(1, NINE)}}
NOBODY = {"name": "nobody", "password": "no password of anybody"}


@pytest.fixture(scope="module")
def server() -> Iterator[OwnServer]:
    with own_server() as server:
        yield server


@dataclass(frozen=True)
class Served:
    """A service over a store on a server that the test may stop."""

    server: OwnServer
    store: Store
    site: Container
    client: TestClient

    def book(self, key: str = "k") -> Response:
        return self.client.post(BOOKING, json=PLACE, headers=headers(key=key))

    def all_answers(self) -> list[Response]:
        """Answers to a question, a change, and what a stranger may ask."""
        return [
            self.client.get("/v1/cases", headers=headers()),
            self.book(),
            self.client.post("/v1/session", json=NOBODY),
            self.client.get("/v1/health"),
        ]


@pytest.fixture
def served(server: OwnServer) -> Iterator[Served]:
    store = Store.at(server.fresh_database())
    store.migrate()
    site = with_cases(department_at(store, search=searches.one_by_one), "A", "B")
    yield Served(server, store, site, client_of(site))
    store.close()


@pytest.mark.parametrize("end", [OwnServer.kill, OwnServer.shut_down])
def test_who_asks_while_the_server_is_gone_comes_again_and_is_served(
    served: Served, end: Callable[[OwnServer], None]
) -> None:
    assert served.client.get("/v1/cases", headers=headers()).status_code == 200
    end(served.server)
    gone = served.all_answers() + served.all_answers()
    served.server.start()
    assert [answer.status_code for answer in gone] == [503] * len(gone)
    assert {answer.headers["retry-after"] for answer in gone} == {"2"}
    assert {answer.json().get("code", "store-away") for answer in gone} == {"store-away"}
    told = "".join(answer.text for answer in gone)
    assert not re.search("postgres|/", told)  # neither the URL nor the path of a socket
    # the stranger's name and password are wrong, and nobody had to start the service again
    assert [answer.status_code for answer in served.all_answers()] == [200, 201, 401, 200]


def test_a_restart_between_two_requests_is_not_noticed(served: Served) -> None:
    served.client.get("/v1/cases", headers=headers())
    served.server.kill()
    served.server.start()
    assert served.book().status_code == 201


@pytest.mark.parametrize("kept", [True, False])
def test_a_booking_whose_commit_got_no_answer_counts_once(
    served: Served, monkeypatch: pytest.MonkeyPatch, *, kept: bool
) -> None:
    """The server dies before or after the commit: nobody knows, so it is not done again unasked."""
    dialect = served.store.engine.dialect
    commit = dialect.do_commit

    def dying(connection: PoolProxiedConnection) -> None:
        if kept:
            commit(connection)
        served.server.kill()
        connection.cursor().execute("SELECT 1")  # the line is found to be dead

    with monkeypatch.context() as patched:
        patched.setattr(dialect, "do_commit", dying)
        lost = served.book()
    served.server.start()
    assert lost.status_code == 503, lost.text
    assert lost.json()["code"] == "store-away"
    assert "it may have been kept" in lost.json()["detail"]
    again = served.book()
    assert again.status_code == 201
    assert again.headers.get("idempotency-replayed") == ("true" if kept else None)
    assert [row.action for row in served.site.audit("A")].count("booking.add") == 1
    assert served.site.faults() == ()


@dataclass
class Losing:
    """While it searches, the server is killed; it is back before or after the search's end."""

    served: Served
    away_seconds: float
    back: threading.Timer | None = None

    def __call__(self, problem: PlanningProblem, seconds: int, seed: int) -> Answer:
        answer = searches.one_by_one(problem, seconds, seed)
        self.served.server.kill()
        self.back = threading.Timer(self.away_seconds, self.served.server.start)
        self.back.start()
        if not self.away_seconds:
            self.back.join()
        return answer


@pytest.mark.parametrize("away_seconds", [0, 1])
def test_a_night_outlives_a_restart_and_ends_once(served: Served, away_seconds: float) -> None:
    site = served.site
    run = site.write(lambda desk: runs.request(desk, RunOrder(seconds=1, apply=True)))
    search = Losing(served, away_seconds)
    assert Worker([site], lambda _pulse: search, "w1").turn()
    assert search.back is not None
    search.back.join()
    ended = site.read(lambda desk: desk.uow.runs.get(run.id))
    assert (ended.state, ended.attempts) == (RunState.DONE, 1)
    assert [row.action for row in site.audit(run.id)].count("run.end") == 1
    assert len(site.revisions()) == 1
    lease = site.read(lambda desk: desk.uow.leases.find(runs.NIGHT))
    assert lease is not None
    assert lease.until.timestamp() == 0  # given back


def test_a_night_whose_last_commit_got_no_answer_ends_once(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was kept; when it is done again it is refused, as the run is over."""
    site, dialect = served.site, served.store.engine.dialect
    commit = dialect.do_commit

    def dying(connection: PoolProxiedConnection) -> None:
        monkeypatch.setattr(dialect, "do_commit", commit)
        commit(connection)
        served.server.kill()
        served.server.start()
        connection.cursor().execute("SELECT 1")  # the line is found to be dead

    def searched(problem: PlanningProblem, seconds: int, seed: int) -> Answer:
        monkeypatch.setattr(dialect, "do_commit", dying)
        return searches.one_by_one(problem, seconds, seed)

    run = site.write(lambda desk: runs.request(desk, RunOrder(seconds=1, apply=True)))
    assert Worker([site], lambda _pulse: searched, "w1").turn()
    assert site.read(lambda desk: desk.uow.runs.get(run.id)).state == RunState.DONE
    assert [row.action for row in site.audit(run.id)].count("run.end") == 1
    assert len(site.revisions()) == 1
    assert site.faults() == ()


def test_a_worker_that_is_told_to_end_does_not_wait_for_a_server(served: Served) -> None:
    """The run stays begun; whoever comes after the lease takes it over."""
    site = served.site
    site.write(lambda desk: runs.request(desk, RunOrder(seconds=1, apply=True)))

    def losing(problem: PlanningProblem, seconds: int, seed: int) -> Answer:
        served.server.kill()
        return searches.one_by_one(problem, seconds, seed)

    leader = Leader(site.read, site.write, lambda _pulse: losing, "w1", to_end=lambda: True)
    claim = leader.next()
    assert claim is not None
    began = time.monotonic()
    with pytest.raises(AwayError):
        leader.carry_out(claim)
    assert time.monotonic() - began < 5
    served.server.start()
    assert site.read(lambda desk: desk.uow.runs.get(claim.run.id)).state == RunState.RUNNING


# a full disk


@dataclass
class Disk:
    """How many pages a SQLite file may have; 0 is no limit worth speaking of."""

    pages: int = 0

    def limit(self, connection: sqlite3.Connection, *_more: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {self.pages or 1_000_000}")

    def fill(self, store: Store) -> None:
        """No page more than there are."""
        with store.engine.connect() as connection:
            self.pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()


def _turn(client: TestClient, number: int) -> Response:
    """Book at even turns, give up at odd ones."""
    key = f"k{number}"
    if number % 2 == 0:
        return client.post(BOOKING, json=PLACE, headers=headers(key=key))
    seen = client.get(BOOKING, headers=headers()).headers["etag"]
    sent = headers(key=key, seen=seen)
    return client.post(f"{BOOKING}/cancel", json={"reason": "ill"}, headers=sent)


def _until_full(client: TestClient) -> tuple[int, Response]:
    """Book and give up until something is refused: how much was acknowledged, and the refusal."""
    answers = ((turn, _turn(client, turn)) for turn in range(1000))
    return next((turn, answer) for turn, answer in answers if not answer.is_success)


def test_a_full_disk_is_told_keeps_no_halves_and_can_be_read(file_store: Store) -> None:
    site = with_cases(department_at(file_store), "A", "B")
    client, disk = client_of(site), Disk()
    event.listen(file_store.engine, "checkout", disk.limit)
    disk.fill(file_store)
    done, refused = _until_full(client)
    assert (refused.status_code, refused.json()["code"]) == (503, "store-full")
    assert refused.json()["remedy"] == "free space on the disk of the store"
    assert "retry-after" in refused.headers

    assert client.get("/v1/cases", headers=headers()).status_code == 200
    assert site.faults() == ()
    kept = [row.action for row in site.audit("A") if row.action.startswith("booking.")]
    assert len(kept) == done
    assert site.read(chain.verify).whole

    disk.pages = 0
    assert _turn(client, done).is_success
