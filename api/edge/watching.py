"""Which requests are accesses that the audit has to tell of: looks at patients, and refusals."""

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.types import Scope

from api.security.permissions import Permission
from scheduler.services.access import Access, AccessKind

if TYPE_CHECKING:
    from api.accesses import Accesses

PATIENTS = frozenset({Permission.READ_CASES, Permission.PROPOSE})
"""What is answered to whoever has one of these tells of patients: cases, readiness, why, proposals,
candidates. Boards, revisions and runs tell of cases by id, and of no facts."""
REDIRECTED = 300
DENIED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
"""404 too: to callers what is not theirs does not exist."""


def take_note(accesses: "Accesses", scope: Scope, route: str | None, status: int) -> None:
    """Note an answered request, if the audit has to tell of it.

    A path that was refused is named by its route: its ids are whatever the caller made up.
    """
    state = scope["state"]
    site, subject = state.get("site_id"), state.get("subject")
    if site not in accesses.sites or subject is None:
        return
    way = f"{scope['method']} {route or '?'}"
    if status in DENIED:
        what, way = (AccessKind.DENIED, "api"), f"{status} {way}"
    elif state.get("permission") in PATIENTS and status < REDIRECTED:
        what = AccessKind.READ, str(scope.get("path_params", {}).get("case", "cases"))
    else:
        return
    accesses.note(site, Access(subject, state.get("person") or "", *what), way)
