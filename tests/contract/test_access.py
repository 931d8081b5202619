"""Who looked at patients and who was turned away stands in the audit, a few rows for many."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from api.accesses import TOGETHER_SECONDS
from api.security.permissions import Role
from api.service import Service, serve_sites
from api.settings import ApiSettings
from scheduler.bootstrap import Container
from scheduler.records import AuditEntry
from scheduler.services import chain
from scheduler.store.engine import Store
from tests.contract.department import NOW, at_hour, department_at, with_cases
from tests.unit.api import identity
from tests.unit.api.service import by_name, client_for, headers

NURSE, AUDITOR = "zoe:nurse", "eve:auditor"


@dataclass
class Watch:
    """A clock that is set by hand."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass(frozen=True)
class Served:
    """A service over one site, its client, and the clock of its collection."""

    site: Container
    service: Service
    client: TestClient
    watch: Watch

    def get(self, path: str, who: str = NURSE) -> int:
        return self.client.get(path, headers=headers(who)).status_code

    def rows(self) -> list[AuditEntry]:
        self.service.accesses.add()
        return [row for row in self.site.audit() if row.action.startswith("access.")]


@pytest.fixture
def served(store: Store) -> Served:
    site = with_cases(department_at(store), "A", "B")
    service = Service(sites={"small": site}, authenticate=by_name)
    service.accesses.monotonic = watch = Watch()
    return Served(site, service, client_for(service), watch)


def told(rows: list[AuditEntry]) -> list[tuple[str, str, str, str]]:
    return [(row.actor, row.action, row.subject, row.detail) for row in rows]


def test_who_looked_at_a_case_stands_in_the_audit(served: Served) -> None:
    assert served.get("/v1/cases/A") == served.get("/v1/cases/A/readiness") == 200
    assert served.get("/v1/cases") == 200
    assert told(served.rows()) == [
        ("zoe", "access.read", "A", "GET /v1/cases/{case}; GET /v1/cases/{case}/readiness"),
        ("zoe", "access.read", "cases", "GET /v1/cases"),
    ]
    assert served.site.read(chain.verify).whole


def test_proposals_are_a_look_at_the_case_too(served: Served) -> None:
    sent = headers(NURSE, key="k")
    assert served.client.post("/v1/cases/A/proposals", json={}, headers=sent).is_success
    assert told(served.rows()) == [
        ("zoe", "access.read", "A", "POST /v1/cases/{case}/proposals"),
    ]


def test_what_tells_of_no_patient_is_not_kept(served: Served) -> None:
    assert served.get("/v1/board") == served.get("/v1/site") == 200
    assert served.rows() == []


def test_a_look_is_no_change_of_the_case(served: Served) -> None:
    served.get("/v1/cases/A")
    served.rows()
    page = served.client.get("/v1/cases/A/history", headers=headers(NURSE)).json()
    assert all(not row["action"].startswith("access") for row in page["items"])


@pytest.mark.parametrize(
    ("path", "who", "way"),
    [
        ("/v1/cases/A", AUDITOR, "403 GET /v1/cases/{case}"),
        ("/v1/audit", NURSE, "403 GET /v1/audit"),
        ("/v1/cases/none", NURSE, "404 GET /v1/cases/{case}"),
        ("/v1/cases/A/readiness", "zoe:nurse@other", "403 GET /v1/cases/{case}/readiness"),
    ],
)
def test_who_is_turned_away_stands_in_the_audit_without_what_they_asked_for(
    served: Served, path: str, who: str, way: str
) -> None:
    sent = headers(who) | {"Holdfast-Site": "small"}
    served.client.get(path, headers=sent)
    name = who.partition(":")[0]
    assert told(served.rows()) == [(name, "access.denied", "api", way)]


def test_a_token_of_nobody_leaves_nothing(served: Served) -> None:
    assert served.get("/v1/cases", who="nobody") == 401
    assert served.rows() == []


def test_however_often_somebody_knocks_there_are_two_rows_a_minute(served: Served) -> None:
    """One at the first turn; the other 300 are counted, and added together a minute later."""
    served.get("/v1/cases", AUDITOR)
    assert len(served.rows()) == 1
    for _ in range(300):
        served.get("/v1/cases", AUDITOR)
        served.watch.seconds += TOGETHER_SECONDS / 400
        served.service.accesses.add()
    assert len(served.rows()) == 1
    served.watch.seconds += TOGETHER_SECONDS
    assert [row.detail for row in served.rows()] == [
        "403 GET /v1/cases",
        "403 GET /v1/cases x300",
    ]


def test_of_many_ways_only_some_are_named(served: Served) -> None:
    for path in ("cases", "board", "runs", "revisions", "audit", "feeds", "accounts"):
        served.get(f"/v1/{path}", "ann:auditor@other")
    for path in ("cases", "board", "revisions", "feeds", "accounts", "clients", "metrics"):
        served.get(f"/v1/{path}", AUDITOR)
    (row,) = served.rows()
    assert row.actor == "eve"
    assert row.detail.endswith("; x2 by other ways")


def test_a_store_that_cannot_be_written_loses_no_access_and_fails_no_answer(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_service: object) -> None:
        raise OperationalError("disk full", None, Exception())

    with monkeypatch.context() as patched:
        patched.setattr(Container, "write", lambda _self, service: full(service))
        assert served.get("/v1/cases", AUDITOR) == 403
        assert served.service.accesses.add() == 0
    assert [row.detail for row in served.rows()] == ["403 GET /v1/cases"]


def test_a_token_that_is_good_no_more_is_laid_to_whom_it_belonged(store: Store) -> None:
    site = department_at(store)
    identity.add_user(site, "bob", Role.SCHEDULER, password=identity.PASSWORD)
    service = serve_sites([site], ApiSettings(limits=None))
    client = client_for(service)
    signed_in = {"name": "bob", "password": identity.PASSWORD}
    token = client.post("/v1/session", json=signed_in).json()["access_token"]
    late = replace(service, sites={"small": at_hour(site, NOW + timedelta(days=1))})
    later = client_for(serve_sites(late.sites.values(), ApiSettings(limits=None)))
    assert later.get("/v1/cases", headers=headers(token)).status_code == 401
    accesses = later.app.state.service.accesses  # type: ignore[attr-defined]
    accesses.add()
    rows = [row for row in site.audit() if row.action == "access.denied"]
    assert [(row.actor, row.detail) for row in rows] == [("bob", "401 GET /v1/cases")]


def test_all_that_is_left_is_added_when_the_service_stops(served: Served) -> None:
    with served.client as client:
        client.get("/v1/cases/A", headers=headers(NURSE))
    assert [row.action for row in served.site.audit()][-1] == "access.read"
