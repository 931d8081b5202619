"""Deliberate overbooking: a resource that no proposal and no plan uses, a permission, a reason."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from models.errors import RefusedError
from models.site import Site
from scheduler.bootstrap import Container
from scheduler.services import backfill
from scheduler.services.problems import gather_all, snapshot_of
from scheduler.store.engine import Store
from tests.contract.department import at, department_at, seats, small_site, with_cases
from tests.unit.api.service import client_of, headers

NINE, NOON = at("09:00", 2), at("12:00", 2)
REASON = "cord compression, agreed with the charge nurse"
EXTRA = {
    "id": "suite-x",
    "kind": "suite",
    "tags": ("fluoroscopy", "biplane"),
    "calendar": "weekdays",
    "overflow": True,
}


@pytest.fixture
def site(store: Store) -> Container:
    plain = small_site().model_dump()
    made = Site.model_validate(plain | {"resources": (*plain["resources"], EXTRA)})
    return with_cases(department_at(store, site=made), "A", "B", "C")


def _book(client: TestClient, case: str, who: str = "cleo:clinician", **more: Any) -> Response:
    # the third at nine: both suites are taken, but a doctor is shared with nobody at noon
    start = more.pop("start", NINE)
    assigned = {**seats(1, start), "suite": "suite-x"}
    body = {"placement": {"start": start.isoformat(), "assigned": assigned}, **more}
    return client.post(f"/v1/cases/{case}/booking", json=body, headers=headers(who, key=case + who))


def test_overbooking_needs_a_permission_and_a_reason(site: Container) -> None:
    client = client_of(site)
    scheduler = _book(client, "A", who="ann:scheduler", reason=REASON)
    silent = _book(client, "A")
    done = _book(client, "B", reason=REASON)
    assert [scheduler.status_code, silent.status_code, done.status_code] == [403, 422, 201]
    [row] = [row for row in site.audit("B") if row.action == "booking.add"]
    assert row.detail == "with a reason"
    assert done.json()["reason"] == REASON
    [told] = client.get("/v1/cases/B/history?limit=200", headers=headers()).json()["items"][-1:]
    assert (told["action"], told["reason"]) == ("booking.add", REASON)


def test_every_other_rule_still_holds(site: Container) -> None:
    client = client_of(site)
    site.book("A", NINE, seats(1, NINE))
    taken = _book(client, "B", reason=REASON)  # the doctor of A
    early = _book(client, "C", start=at("05:00", 2), reason=REASON)
    assert [taken.status_code, early.status_code] == [409, 422]


def test_a_reason_without_overbooking_is_refused(site: Container) -> None:
    body = {"placement": {"start": NINE.isoformat(), "assigned": seats(1, NINE)}, "reason": REASON}
    refused = client_of(site).post(
        "/v1/cases/A/booking", json=body, headers=headers("cleo:clinician", key="k")
    )
    assert (refused.status_code, "body.reason" in refused.json()["detail"]) == (422, True)


def test_nothing_proposes_or_reserves_it(site: Container) -> None:
    found = site.propose("A", top=1000).proposals
    assert "suite-x" not in {p.assigned["suite"] for p in found}
    with pytest.raises(RefusedError, match="deliberate overbooking"):
        site.reserve("A", NINE, {**seats(1, NINE), "suite": "suite-x"})
    with pytest.raises(Exception, match="no such resource"):
        site.read(lambda desk: backfill.gather_gap(desk, "suite-x", NINE, NOON))


def test_the_night_and_the_board_respect_what_it_holds(site: Container) -> None:
    assert _book(client_of(site), "B", reason=REASON).status_code == 201
    problem = snapshot_of(site.read(gather_all)).problem
    booked = problem.case_by_id["B"].booking
    assert booked is not None
    assert (booked.locked, "suite" in booked.assigned) == (True, False)
    assert "suite-x" not in problem.resource_by_id
    board = site.board_data()
    assert board.placements["B"].assigned["suite"] == "suite-x"
    assert "suite-x" in board.problem.resource_by_id
    at_nine = [p for p in site.propose("A", top=1000).proposals if p.start == NINE]
    # dr-1 is with B, so that only dr-2 is left
    assert {p.assigned["proceduralist"] for p in at_nine} == {"dr-2"}
    assert site.faults() == ()


def test_assessing_anew_finds_no_trouble_in_it(site: Container) -> None:
    _book(client_of(site), "B", reason=REASON)
    assert site.assess_all().troubled == ()


def test_a_booking_is_moved_off_it_without_a_reason(site: Container) -> None:
    client = client_of(site)
    _book(client, "B", reason=REASON)
    body = {"start": NOON.isoformat(), "assigned": seats(2, NOON)}
    moved = client.put("/v1/cases/B/booking", json=body, headers=headers(key="m", seen='W/"1"'))
    assert moved.json()["assigned"]["suite"] == "suite-2"
