"""The rows of the matrix on the plan and the site: board, revisions, policies, audit, feeds."""

from dataclasses import replace

from models.clinical.policy import shipped_policy
from scheduler.bootstrap import Container, RandomIds
from scheduler.services import feeds, runs
from scheduler.services.notices import raise_alert
from scheduler.services.policies import policy_digest
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
    known = replace(site, ids=_KnownAlert())
    known.write(lambda desk: raise_alert(desk, "undelivered", "webhook"))
    named.close_resource("ct-1", NINE, TEN, reason="tube change")
    return site


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
_FOLLOW = "y y y y n y".replace(" ", "")
_START = "y n n y n n".replace(" ", "")
RUNS = (
    Row("GET", "/v1/runs", _FOLLOW, nowhere=200),
    Row("POST", "/v1/runs", _START, body={}, done=202),
    Row("GET", "/v1/runs/{run}", _FOLLOW, DONE),
    Row("GET", "/v1/runs/{run}/events", _FOLLOW, DONE),
    Row("GET", "/v1/runs/{run}/result", _FOLLOW, DONE),
    Row("POST", "/v1/runs/{run}/cancel", _START, UNDER_WAY, done=202),
)
WATCH = (
    Row("GET", "/v1/alerts", "y y y y n y".replace(" ", ""), nowhere=200),
    Row(
        "POST",
        "/v1/alerts/{alert}/seen",
        "y y y y n n".replace(" ", ""),
        {"alert": "alert-1"},
        {"reason": "it is reachable again"},
    ),
    Row("GET", "/v1/reports/morning", "y y y y y n".replace(" ", ""), nowhere=200),
)
CT = {"resource": "ct-1", "start": NINE.isoformat(), "end": TEN.isoformat(), "reason": "tube"}
CLOSURE = {"closure": "closure-1"}
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
    Row("DELETE", "/v1/closures/{closure}", _CLOSE, CLOSURE),
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
    *HEALTH,
)
OPEN = (
    OpenRow("GET", "/v1/calendar/{secret}.ics", 404),
    OpenRow("GET", "/v1/health", 200),
)
