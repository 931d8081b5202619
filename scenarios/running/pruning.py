"""How much is kept on disk of finished runs, and dropping those that were not used for long."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scenarios.running.cache import ENDING


@dataclass(frozen=True, slots=True)
class Kept:
    """One finished run on disk."""

    path: Path
    size: int
    """Bytes."""
    used: datetime
    """When it was written or last read, in UTC."""


@dataclass(frozen=True, slots=True)
class Amount:
    """How much some of them are."""

    runs: int
    size: int
    """Bytes."""
    oldest: datetime | None
    """When the one that was not used for longest was used; None of none."""


def kept_runs(folder: Path) -> tuple[Kept, ...]:
    """What is kept in a folder, that which was not used for longest first; nothing of none."""
    found = sorted(_found(folder), key=lambda one: (one.used, one.path))
    return tuple(found)


def _found(folder: Path) -> Iterator[Kept]:
    for path in folder.glob(f"??/*{ENDING}"):
        try:
            told = path.stat()
        except FileNotFoundError:
            continue  # another process has just dropped it
        yield Kept(path, told.st_size, datetime.fromtimestamp(told.st_mtime, UTC))


def amount(kept: Iterable[Kept]) -> Amount:
    """How much they are together."""
    listed = tuple(kept)
    used = min((one.used for one in listed), default=None)
    return Amount(len(listed), sum(one.size for one in listed), used)


def to_drop(
    kept: Iterable[Kept], *, unused_since: datetime | None = None, most: int | None = None
) -> tuple[Kept, ...]:
    """Those that are to go, that which was not used for longest first.

    Args:
        kept: as `kept_runs` gives them.
        unused_since: those not used since then go.
        most: bytes that may stay; as many go as are needed.
    """
    listed = tuple(kept)
    left = sum(one.size for one in listed)
    found = []
    for one in listed:
        old = unused_since is not None and one.used < unused_since
        if old or (most is not None and left > most):
            found.append(one)
            left -= one.size
    return tuple(found)


def drop(kept: Iterable[Kept]) -> None:
    """Delete them; a run that is asked for again is computed again."""
    for one in kept:
        one.path.unlink(missing_ok=True)
