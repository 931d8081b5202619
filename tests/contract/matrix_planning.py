"""The rows of the matrix on the plan and the site: board, revisions, policies, audit, feeds."""

import base64
import gzip
from dataclasses import replace

from models.clinical.policy import shipped_policy
from scenarios.scenario_files import scenario_of
from scheduler.bootstrap import Container, RandomIds
from scheduler.records_nights import RunState, RunStatus
from scheduler.records_notices import AlertLevel
from scheduler.records_scenarios import StudyLimits
from scheduler.services import feeds, runs, scenarios
from scheduler.services.desk import Desk
from scheduler.services.notices import raise_alert
from scheduler.services.policies import policy_digest
from scheduler.versions import version_of
from tests.contract import searches
from tests.contract.department import CountedIds, small_site
from tests.contract.matrix import NINE, TEN, OpenRow, Row


class _KnownAlert(RandomIds):
    """Ids as ever, and an alert that the rows can name."""

    def new(self, kind: str) -> str:
        return "alert-1" if kind == "alert" else super().new(kind)


def arrange(site: Container) -> Container:
    """What these rows speak of, with ids that can be foretold."""
    named = replace(site, ids=CountedIds(), search=searches.one_by_one)
    named.night(apply=False)
    named.write(runs.request)
    named.write(lambda desk: runs.claim(desk, "worker-1"))
    named.write(lambda desk: feeds.make(desk, resource=None, label="all"))
    _arrange_scenarios(named)
    known = replace(site, ids=_KnownAlert())
    known.write(lambda desk: raise_alert(desk, "undelivered", "webhook"))
    named.close_resource("ct-1", NINE, TEN, reason="tube change")
    return site


CLOSED = {
    "name": "suite-closed",
    "edits": [{"kind": "remove-resource", "resource": "suite-2"}],
}


def _arrange_scenarios(named: Container) -> None:
    """Two scenarios; of the first, a run that waits and one that has ended."""
    document = scenario_of(CLOSED, "test")
    for _ in range(2):
        named.write(lambda desk: scenarios.add(desk, document))
    for _ in range(2):
        named.write(lambda desk: scenarios.ask(desk, "scenario-1", limits=StudyLimits()))
    named.write(_end)


def _end(desk: Desk) -> None:
    page = base64.b64encode(gzip.compress(b"<!doctype html>")).decode()
    desk.uow.comparisons.keep_result("run-4", measures="{}", page=page)
    run = desk.uow.runs.get("run-4")
    runs.end(desk, run, RunState.DONE, RunStatus.COMPLETE, "compared")


#        s n c a y u: scheduler, nurse, clinician, administrator, system, auditor
_DECIDE = "y n n y n n".replace(" ", "")
_PLAN = "y y y y n n".replace(" ", "")
REVISION = {"revision": "revision-1"}

BOARD = (Row("GET", "/v1/board", "y y y y y n".replace(" ", ""), nowhere=200),)
REVISIONS = (
    Row("GET", "/v1/revisions", _PLAN, nowhere=200),
    Row("GET", "/v1/revisions/{revision}", _PLAN, REVISION),
    Row("POST", "/v1/revisions/{revision}/accept", _DECIDE, REVISION, {}, seen=True),
    Row("POST", "/v1/revisions/{revision}/reject", _DECIDE, REVISION, {}, seen=True),
)
DONE, UNDER_WAY = {"run": "run-1"}, {"run": "run-2"}
BEGUN = version_of("run-2", RunState.RUNNING, 1, 2, False)  # once, under the second lease
_FOLLOW = "y y y y n y".replace(" ", "")
_START = "y n n y n n".replace(" ", "")
RUNS = (
    Row("GET", "/v1/runs", _FOLLOW, nowhere=200),
    Row("POST", "/v1/runs", _START, body={}, done=202),
    Row("GET", "/v1/runs/{run}", _FOLLOW, DONE),
    Row("GET", "/v1/runs/{run}/events", _FOLLOW, DONE),
    Row("GET", "/v1/runs/{run}/result", _FOLLOW, DONE),
    Row("POST", "/v1/runs/{run}/cancel", _START, UNDER_WAY, done=202, seen=True, version=BEGUN),
)
ALERT = version_of("alert-1", AlertLevel.RAISED, "", None)
WATCH = (
    Row("GET", "/v1/alerts", "y y y y n y".replace(" ", ""), nowhere=200),
    Row(
        "POST",
        "/v1/alerts/{alert}/seen",
        "y y y y n n".replace(" ", ""),
        {"alert": "alert-1"},
        {"reason": "it is reachable again"},
        seen=True,
        version=ALERT,
    ),
    Row("GET", "/v1/reports/morning", "y y y y y n".replace(" ", ""), nowhere=200),
)
CT = {"resource": "ct-1", "start": NINE.isoformat(), "end": TEN.isoformat(), "reason": "tube"}
CLOSURE = {"closure": "closure-1"}
CLOSED_CT = version_of("closure-1", "ct-1", NINE, TEN, "tube change")
_LOOK = "y y y y y y".replace(" ", "")
_CLOSE = "y n n y n n".replace(" ", "")
_ADMIN = "n n n y n n".replace(" ", "")
SITE = (
    Row("GET", "/v1/site", _LOOK, nowhere=200),
    Row("PUT", "/v1/site", _ADMIN, body=small_site().model_dump(mode="json"), seen=True),
    Row("GET", "/v1/department", _LOOK, nowhere=200),
    Row("GET", "/v1/resources", _LOOK, nowhere=200),
    Row("GET", "/v1/resources/{resource}", _LOOK, {"resource": "ct-1"}),
    Row("GET", "/v1/calendars", _LOOK, nowhere=200),
    Row("GET", "/v1/closures", _LOOK, nowhere=200),
    Row("POST", "/v1/closures", _CLOSE, body=CT, done=201),
    Row("DELETE", "/v1/closures/{closure}", _CLOSE, CLOSURE, seen=True, version=CLOSED_CT),
)
_AUDIT = "n n n y n y".replace(" ", "")
AUDIT = (
    Row("GET", "/v1/audit", _AUDIT, nowhere=200),
    Row("GET", "/v1/audit/head", _AUDIT, nowhere=200),
    Row("GET", "/v1/audit/verify", _AUDIT, nowhere=200),
)
SIR = {"name": "SIR2019-high"}
TWO = {"first": "SIR2019-high", "second": "clinic-page"}
_SIR = shipped_policy("SIR2019-high")
SIGNED = {"version": _SIR.version, "digest": policy_digest(_SIR), "comment": "agreed"}
POLICIES = (
    Row("GET", "/v1/policies", _LOOK, nowhere=200),
    Row("GET", "/v1/policies/{name}", _LOOK, SIR, shared=True),
    Row("GET", "/v1/policies/{first}/diff/{second}", _LOOK, TWO, shared=True),
    Row(
        "POST",
        "/v1/policies/diff/touched",
        "y y y y y n".replace(" ", ""),
        body={"policies": ["SIR2019-high"]},
    ),
    Row(
        "POST",
        "/v1/policies/{name}/sign-off",
        "n n y n n n".replace(" ", ""),
        SIR,
        SIGNED,
        done=201,
        shared=True,
    ),
)
_FEED = "y n n y n n".replace(" ", "")
FEEDS = (
    Row("GET", "/v1/feeds", _FEED, nowhere=200),
    Row("POST", "/v1/feeds", _FEED, body={}, done=201),
    Row("POST", "/v1/feeds/{feed}/revoke", _FEED, {"feed": "feed-1"}, seen=True),
)
_STUDY = "n n y y n y".replace(" ", "")
ASKED = {"scenario": "scenario-1"}
FREE = {"scenario": "scenario-2"}
STUDY = {"scenario": "scenario-1", "run": "run-3"}
ENDED = {"scenario": "scenario-1", "run": "run-4"}
WAITING = version_of("run-3", RunState.QUEUED, 0, 0, False)
SCENARIOS = (
    Row("GET", "/v1/scenarios/library", _STUDY, nowhere=200),
    Row(
        "GET",
        "/v1/scenarios/library/{name}",
        _STUDY,
        {"name": "second-biplane-suite"},
        shared=True,
    ),
    Row("GET", "/v1/scenarios", _STUDY, nowhere=200),
    Row("POST", "/v1/scenarios", _ADMIN, body={"document": CLOSED}, done=201),
    Row("GET", "/v1/scenarios/{scenario}", _STUDY, ASKED),
    Row("PUT", "/v1/scenarios/{scenario}", _ADMIN, ASKED, {"document": CLOSED}, seen=True),
    Row("DELETE", "/v1/scenarios/{scenario}", _ADMIN, FREE, seen=True),
    Row("POST", "/v1/scenarios/{scenario}/check", _ADMIN, ASKED),
    Row("POST", "/v1/scenarios/{scenario}/runs", _ADMIN, ASKED, {}, done=202),
    Row("GET", "/v1/scenarios/{scenario}/runs", _STUDY, ASKED),
    Row("GET", "/v1/scenarios/{scenario}/runs/{run}", _STUDY, STUDY),
    Row("GET", "/v1/scenarios/{scenario}/runs/{run}/result", _STUDY, ENDED),
    Row("GET", "/v1/scenarios/{scenario}/runs/{run}/page", _STUDY, ENDED),
    Row(
        "POST",
        "/v1/scenarios/{scenario}/runs/{run}/cancel",
        _ADMIN,
        STUDY,
        done=202,
        seen=True,
        version=WAITING,
    ),
)
_WATCH = "n n n y y n".replace(" ", "")
HEALTH = (
    Row("GET", "/v1/health/deep", _WATCH, nowhere=200),
    Row("GET", "/v1/metrics", _WATCH, nowhere=200),
)

ROWS: tuple[Row, ...] = (
    *BOARD,
    *REVISIONS,
    *RUNS,
    *WATCH,
    *SITE,
    *AUDIT,
    *POLICIES,
    *FEEDS,
    *SCENARIOS,
    *HEALTH,
)
OPEN = (
    OpenRow("GET", "/v1/calendar/{secret}.ics", 404),
    OpenRow("GET", "/v1/health", 200),
)
