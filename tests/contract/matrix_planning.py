"""The rows of the matrix on the plan and the site: board, revisions, policies, audit, feeds."""

from dataclasses import replace

from scheduler.bootstrap import Container
from scheduler.services import runs
from tests.contract import searches
from tests.contract.department import CountedIds
from tests.contract.matrix import OpenRow, Row


def arrange(site: Container) -> Container:
    """What these rows speak of, with ids that can be foretold."""
    named = replace(site, ids=CountedIds(), search=searches.one_by_one)
    named.night(apply=False)
    named.write(runs.request)
    named.write(lambda desk: runs.claim(desk, "worker-1"))
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

ROWS: tuple[Row, ...] = (*BOARD, *REVISIONS, *RUNS)
OPEN: tuple[OpenRow, ...] = ()
