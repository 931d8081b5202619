"""The rows of the matrix on the plan and the site: board, revisions, policies, audit, feeds."""

from dataclasses import replace

from scheduler.bootstrap import Container
from tests.contract import searches
from tests.contract.department import CountedIds
from tests.contract.matrix import OpenRow, Row


def arrange(site: Container) -> Container:
    """What these rows speak of, with ids that can be foretold."""
    named = replace(site, ids=CountedIds(), search=searches.one_by_one)
    named.night(apply=False)
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

ROWS: tuple[Row, ...] = (*BOARD, *REVISIONS)
OPEN: tuple[OpenRow, ...] = ()
