"""Versions of records that count no changes: digests of what a decision about them rests on."""

import hashlib
import json

from models.errors import StaleError


def version_of(*facts: object) -> str:
    """A version that is another as soon as one of the facts is another; 16 hexadecimal digits."""
    return hashlib.sha256(json.dumps(facts, default=str).encode()).hexdigest()[:16]


def check_version(now: str, seen: str | None, *, place: str) -> None:
    """Refuse a change that was decided on by another version; None says that none was looked at.

    Raises:
        StaleError: it is at another version.
    """
    if seen not in {None, now}:
        raise StaleError(
            "it is not as it was looked at any more", place=place, remedy="look at it again"
        )
