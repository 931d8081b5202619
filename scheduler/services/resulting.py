"""The plan that some moves would result in, beside all else that is held in the store."""

from collections.abc import Collection

from models import resulting
from models.checks.feasibility import Violation
from models.held import Held
from models.resulting import Placed
from scheduler.services.desk import Desk


def broken_rules(desk: Desk, placed: Placed) -> list[Violation]:
    """Every rule that the resulting plan would break on the resources and days of the moves."""
    return resulting.broken_rules(desk.scene, placed, _beside(desk, placed))


def guilty(desk: Desk, placed: Placed, moved: Collection[str]) -> dict[str, str]:
    """By case: the rule that its move breaks in the resulting plan; empty where none is broken.

    Args:
        desk: the transaction.
        placed: what is to be held.
        moved: all cases that give up what they hold, those left unbooked among them.

    Raises:
        ConflictError: a rule is broken and no move of these is to blame.
    """
    return resulting.guilty(desk.scene, placed, _beside(desk, moved))


def _beside(desk: Desk, moved: Collection[str]) -> dict[str, Held]:
    since = desk.department.span(desk.now).start
    held = {r.case: r.held for r in desk.uow.reservations.live(desk.now)}
    held |= {b.case: b.held for b in desk.uow.bookings.standing(since=since).values()}
    return {case: what for case, what in sorted(held.items()) if case not in moved}
