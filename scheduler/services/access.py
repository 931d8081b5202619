"""Who looked at patients and who was turned away, added to the audit; several of a kind in one row.

Changes tell of themselves in their own transaction. What only looks, or is refused, has none: it
is collected where it happens and added here a little later.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from scheduler.services.desk import Desk

MOST_NAMED = 5
"""Ways named in one row; of the others only how many there were."""


class AccessKind(StrEnum):
    """What is kept of an access; the action of its row."""

    READ = "access.read"
    DENIED = "access.denied"


@dataclass(frozen=True, slots=True, order=True)
class Access:
    """Somebody's accesses of one kind."""

    actor: str
    on_behalf_of: str
    """Empty where it is nobody."""
    kind: AccessKind
    subject: str
    """The case that was looked at, or `cases` for lists; `api` where somebody was turned away."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Accesses that are to be added as one row."""

    access: Access
    ways: Mapping[str, int]
    """How often by each way: method and route, and for refusals the status."""


def keep(desk: Desk, seen: Iterable[Seen]) -> None:
    """Add a row for each."""
    for one in seen:
        desk.uow.audit.add(
            at=desk.now,
            actor=one.access.actor,
            on_behalf_of=one.access.on_behalf_of or None,
            action=one.access.kind,
            subject=one.access.subject,
            detail=told(one.ways),
        )


def told(ways: Mapping[str, int]) -> str:
    """The ways with their counts, the most frequent first."""
    ranked = sorted(ways.items(), key=lambda item: (-item[1], item[0]))
    named = [f"{way} x{count}" if count > 1 else way for way, count in ranked[:MOST_NAMED]]
    others = sum(count for _, count in ranked[MOST_NAMED:])
    return "; ".join([*named, f"x{others} by other ways"] if others else named)
