"""Careful steps into JSON of any shape: what is missing or of another kind reads as empty."""

import math
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


def child(tree: Json, member: str) -> Json:
    """The object under a member, or an empty one."""
    value = tree.get(member)
    return value if isinstance(value, dict) else {}


def children(tree: Json, member: str) -> tuple[Json, ...]:
    """The objects in the list under a member; a lone object counts as a list of one."""
    value = tree.get(member)
    if isinstance(value, dict):
        return (value,)
    if not isinstance(value, list):
        return ()
    return tuple(item for item in value if isinstance(item, dict))


def words(tree: Json, member: str) -> str:
    """The text under a member, trimmed, or an empty one."""
    value = tree.get(member)
    return value.strip() if isinstance(value, str) else ""


def number(tree: Json, member: str) -> float | None:
    """The finite number under a member, or None; true and false are no numbers."""
    value = tree.get(member)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None
