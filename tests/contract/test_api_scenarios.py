"""Scenarios over HTTP, on both engines: handed in, checked, run beside the nights, read."""

import base64
import gzip
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from models.errors import GaveUpError, SolverError
from scheduler.bootstrap import Container
from scheduler.records_scenarios import StudyLimits
from scheduler.services import runs, scenarios
from scheduler.store.engine import Store
from scheduler.whatif.order import StudyAnswer, StudyOrder, StudyProgress
from scheduler.whatif.studies import Studies
from tests import canaries
from tests.contract.department import (
    APIXABAN,
    NOW,
    at,
    department_at,
    patient,
    seats,
    set_clock,
    with_cases,
)
from tests.unit.api import service
from tests.unit.api.service import client_of

TEN = at("10:00", day=3)
NOTICE = {"kind": "notice", "hours": 120}
LONGER = {"name": "longer-notice", "edits": [NOTICE]}


def headers(**more: Any) -> dict[str, str]:
    """Of an administrator's request."""
    return service.headers("ann:administrator", **more)


@pytest.fixture
def site(store: Store) -> Container:
    """A patient on apixaban, booked in three days and told."""
    made = with_cases(department_at(store), "A", facts=patient("p", APIXABAN))
    made.book("A", TEN, seats(1, TEN))
    made.tell("A")
    return made


@pytest.fixture
def client(site: Container) -> TestClient:
    return client_of(site)


def _post(client: TestClient, path: str, body: Any = None, key: str = "k", **more: str) -> Any:
    return client.post(f"/v1/scenarios{path}", json=body, headers=headers(key=key, **more))


def _added(client: TestClient, document: Any = LONGER, key: str = "add") -> str:
    made = _post(client, "", {"document": document}, key)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def _cancel(client: TestClient, path: str) -> Any:
    """Look at a run, and cancel it."""
    seen = client.get(path, headers=headers()).headers["etag"]
    return client.post(f"{path}/cancel", headers=headers(key=f"cancel {path}", seen=seen))


class Fake:
    """Stands in for the process of a study."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.orders: list[StudyOrder] = []

    def __call__(self, order: StudyOrder, **asked: Any) -> StudyAnswer:
        self.orders.append(order)
        asked["on_progress"](StudyProgress(done=1, total=2, seconds=1.5))
        asked["should_stop"]()
        if self.error:
            raise self.error
        page = base64.b64encode(gzip.compress(b"<!doctype html><p>compared")).decode()
        return StudyAnswer(measures={"runs": {"computed": 2}, "differences": []}, page=page)


def _studied(site: Container, fake: Fake) -> bool:
    return Studies((site,), "worker-1", fake).turn(lambda: False)


def test_a_scenario_is_kept_in_versions(client: TestClient) -> None:
    made = _post(client, "", {"document": LONGER})
    path = made.headers["location"].removeprefix("/v1/scenarios")
    shown = client.get(f"/v1/scenarios{path}", headers=headers())
    assert shown.json() == made.json()
    assert made.json()["changes"] == ["Give patients 120 hours of notice."]
    shorter = {"document": {**LONGER, "edits": [{"kind": "notice", "hours": 2}]}}
    asked = headers(key="put", seen=shown.headers["etag"])
    after = client.put(f"/v1/scenarios{path}", json=shorter, headers=asked)
    assert (after.status_code, after.json()["version"]) == (200, 2)
    stale = headers(key="late", seen=shown.headers["etag"])
    assert client.put(f"/v1/scenarios{path}", json=shorter, headers=stale).status_code == 412
    listed = client.get("/v1/scenarios", headers=headers()).json()["items"]
    assert [one["version"] for one in listed] == [2]


def test_the_same_request_again_hands_in_nothing_more(client: TestClient) -> None:
    first, again = (_post(client, "", {"library": "suite-down-a-week"}) for _ in range(2))
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    assert len(client.get("/v1/scenarios", headers=headers()).json()["items"]) == 1


def test_a_bad_scenario_is_refused_with_the_edit_named(client: TestClient) -> None:
    bad: tuple[tuple[Any, int, str], ...] = (
        ({"document": {"name": "x", "edits": [{"kind": "notise"}]}}, 422, "edit 1"),
        ({"document": {"name": "x", "edits": [NOTICE | {"ours": 2}]}}, 422, "edit 1 (notice)"),
        ({"library": "second-biplane-suit"}, 404, "second-biplane-suit"),
        ({}, 422, "either a document or"),
    )
    for number, (body, status, said) in enumerate(bad):
        refused = _post(client, "", body, f"k{number}")
        assert (refused.status_code, said in refused.text) == (status, True), refused.text
    assert client.get("/v1/scenarios", headers=headers()).json()["items"] == []


def test_a_check_lists_the_bookings_that_a_changed_notice_touches(client: TestClient) -> None:
    """The patient was told three days before; with 120 hours of notice that was too late."""
    checked = _post(client, f"/{_added(client)}/check").json()
    (trial,) = checked["trials"]
    assert (trial["assessed"], trial["falling"]) == (1, 1)
    (booking,) = trial["touched"]
    assert (booking["case"], booking["forbidden"]) == ("A", True)
    assert booking["after"]["earliest"] > booking["before"]["earliest"]


def test_a_check_without_an_effect_touches_nobody(client: TestClient) -> None:
    name = _added(client, {"name": "same", "edits": []})
    (trial,) = _post(client, f"/{name}/check").json()["trials"]
    assert (trial["assessed"], trial["touched"]) == (1, [])


def test_a_run_that_does_not_fit_the_department_is_refused_before_it_waits(
    client: TestClient,
) -> None:
    missing = {"name": "x", "edits": [{"kind": "remove-resource", "resource": "suite-9"}]}
    name = _added(client, missing)
    refused = _post(client, f"/{name}/runs", {})
    assert refused.status_code == 422
    assert "edit 1 (remove-resource)" in refused.json()["detail"]
    assert client.get("/v1/runs", headers=headers()).json()["items"] == []


def test_a_run_asks_for_no_more_than_the_limits(client: TestClient) -> None:
    asked = {"mode": "replay", "replications": 500}
    refused = _post(client, f"/{_added(client)}/runs", asked)
    assert refused.status_code == 422
    assert "500 replications are more than 20" in refused.json()["detail"]


def test_a_run_is_carried_out_by_the_worker_and_read(site: Container, client: TestClient) -> None:
    name = _added(client)
    asked = _post(client, f"/{name}/runs", {"mode": "plan", "iterations": 50, "seed": 3})
    assert asked.status_code == 202, asked.text
    path = asked.headers["location"]
    assert client.get(f"{path}/result", headers=headers()).status_code == 409
    fake = Fake()
    assert _studied(site, fake)
    assert not _studied(site, fake)  # the queue is empty
    run = client.get(path, headers=headers()).json()["run"]
    assert (run["state"], run["status"], run["job"]) == ("done", "complete", "scenario")
    found = client.get(f"{path}/result", headers=headers()).json()["measures"]
    assert found["runs"] == {"computed": 2}
    page = client.get(f"{path}/page", headers=headers())
    assert page.text == "<!doctype html><p>compared"
    assert page.headers["content-disposition"].startswith("attachment")
    order = fake.orders[0]
    assert (order.settings.seed, order.settings.run.iterations) == (3, 50)


def test_the_newest_pages_are_kept_and_all_figures(site: Container, client: TestClient) -> None:
    """Eleven runs of one scenario: the page of the first is gone."""
    name = _added(client)
    paths = []
    for number in range(11):
        set_clock(site, NOW + timedelta(minutes=number))
        paths.append(_post(client, f"/{name}/runs", {}, f"k{number}").headers["location"])
        _studied(site, Fake())
    pages = [client.get(f"{path}/page", headers=headers()).status_code for path in paths]
    assert pages == [409] + 10 * [200]
    assert client.get(f"{paths[0]}/result", headers=headers()).status_code == 200


def test_the_process_of_a_run_is_given_no_names(site: Container, client: TestClient) -> None:
    _post(client, f"/{_added(client)}/runs", {})
    fake = Fake()
    _studied(site, fake)
    given = fake.orders[0].model_dump_json()
    assert [known.id for known in fake.orders[0].practice.known] == ["case-000001"]
    assert not [word for word in canaries.CANARIES if word in given]


def test_a_run_that_dies_says_so_and_changes_nothing(site: Container, client: TestClient) -> None:
    name = _added(client)
    ends = ((GaveUpError("too long"), "gave-up"), (SolverError("it died"), "solver-crash"))
    for number, (error, status) in enumerate(ends):
        path = _post(client, f"/{name}/runs", {}, f"r{number}").headers["location"]
        _studied(site, Fake(error))
        run = client.get(path, headers=headers()).json()["run"]
        assert (run["state"], run["status"]) == ("failed", status)
        assert client.get(f"{path}/page", headers=headers()).status_code == 409
    assert site.read(lambda desk: desk.uow.bookings.find("A")) is not None


def test_a_waiting_run_is_cancelled_and_a_running_one_is_asked_to_end(
    site: Container, client: TestClient
) -> None:
    name = _added(client)
    first = _post(client, f"/{name}/runs", {}, "one").headers["location"]
    second = _post(client, f"/{name}/runs", {}, "two").headers["location"]
    assert client.post(f"{first}/cancel", headers=headers(key="c0")).status_code == 428
    waiting = _cancel(client, first)
    assert waiting.json()["state"] == "cancelled"
    claim = site.write(lambda desk: runs.claim(desk, "worker-2", job=runs.SCENARIO))
    assert claim is not None
    asked = _cancel(client, second).json()
    assert (asked["state"], asked["cancel_requested"]) == ("running", True)


def test_a_run_that_is_cancelled_while_it_runs_keeps_nothing(
    site: Container, client: TestClient
) -> None:
    name = _added(client)
    path = _post(client, f"/{name}/runs", {}).headers["location"]

    class Cancelled(Fake):
        def __call__(self, order: StudyOrder, **asked: Any) -> StudyAnswer:
            _cancel(client, path)
            return super().__call__(order, **asked)

    impatient = replace(Studies((site,), "worker-1", Cancelled()), lasts=timedelta(0))
    assert impatient.turn(lambda: False)
    run = client.get(path, headers=headers()).json()["run"]
    assert (run["state"], run["status"]) == ("cancelled", "cancelled")


def test_a_worker_that_is_to_end_leaves_the_run_to_the_next(
    site: Container, client: TestClient
) -> None:
    path = _post(client, f"/{_added(client)}/runs", {}).headers["location"]
    told = iter((False, True))  # asked once before it begins, then while it runs
    Studies((site,), "worker-1", Fake()).turn(lambda: next(told, True))
    run = client.get(path, headers=headers()).json()["run"]
    assert (run["state"], run["attempts"]) == ("queued", 0)
    assert _studied(site, Fake())
    assert client.get(path, headers=headers()).json()["run"]["state"] == "done"


def test_no_more_runs_wait_than_the_limits_say(site: Container, client: TestClient) -> None:
    name = _added(client)
    for _ in range(5):
        site.write(lambda desk: scenarios.ask(desk, name, limits=StudyLimits()))
    refused = _post(client, f"/{name}/runs", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


def test_a_scenario_goes_with_its_results_once_its_runs_have_ended(
    site: Container, client: TestClient
) -> None:
    name = _added(client)
    path = _post(client, f"/{name}/runs", {}).headers["location"]
    drop = headers(key="d", seen='W/"1"')
    assert client.delete(f"/v1/scenarios/{name}", headers=drop).status_code == 409
    _studied(site, Fake())
    assert client.delete(f"/v1/scenarios/{name}", headers=drop).status_code == 200
    assert client.get(path, headers=headers()).status_code == 404
    actions = [entry.action for entry in site.audit() if entry.action.startswith("scenario.")]
    assert actions == ["scenario.add", "scenario.remove"]


def test_a_night_does_not_wait_for_a_study(site: Container, client: TestClient) -> None:
    """They have leases of their own."""
    _post(client, f"/{_added(client)}/runs", {})
    study = site.write(lambda desk: runs.claim(desk, "worker-1", job=runs.SCENARIO))
    site.write(runs.request)
    night = site.write(lambda desk: runs.claim(desk, "worker-1"))
    assert study is not None
    assert night is not None
