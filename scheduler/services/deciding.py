"""Decisions on a revision as somebody saw it: whoever has not seen its last state is refused."""

from collections.abc import Iterable

from models.errors import StaleError
from scheduler.services.accepting import Decision, accept_moves, reject_moves
from scheduler.services.desk import Desk


def accept_seen(
    desk: Desk, name: str, cases: Iterable[str] | None, *, version: int, with_needed: bool = False
) -> Decision:
    """Carry out moves of a revision that stands at a version.

    Raises:
        StaleError: it stands at another; or as `accept_moves`.
        NotFoundError: as `accept_moves`.
        RefusedError: as `accept_moves`.
    """
    _refuse_other(desk, name, version)
    return accept_moves(desk, name, cases, with_needed=with_needed)


def reject_seen(
    desk: Desk, name: str, cases: Iterable[str] | None, *, version: int, reason: str = ""
) -> Decision:
    """Put moves of a revision aside that stands at a version.

    Raises:
        StaleError: it stands at another; or as `reject_moves`.
        NotFoundError: as `reject_moves`.
    """
    _refuse_other(desk, name, version)
    return reject_moves(desk, name, cases, reason=reason)


def _refuse_other(desk: Desk, name: str, version: int) -> None:
    found = desk.uow.revisions.get(name).version
    if found != version:
        raise StaleError(
            f"it is at version {found}, not {version}",
            place=f"revision {name}",
            remedy="look at it again",
        )
