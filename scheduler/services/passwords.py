"""Passwords: kept as argon2id hashes, and checked in the same time whoever was named.

Parameters: 19 MiB, two passes, one lane, the first choice of the OWASP password storage
cheat sheet. A few at once at most, so that guesses cannot exhaust the memory.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.errors import BusyError, InputError

SHORTEST, LONGEST = 12, 200
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_turns = BoundedSemaphore(4)
WAIT_SECONDS = 3.0


@contextmanager
def _turn() -> Iterator[None]:
    """Wait a little for one's turn: a flood of guesses must not hold up every other request."""
    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise BusyError("too many people are signing in", remedy="try again in a moment")
    try:
        yield
    finally:
        _turns.release()


def hash_password(password: str, *, account: str) -> str:
    """The hash to keep.

    Raises:
        InputError: too short, too long, or made of the account's name.
        BusyError: too many passwords are being checked.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        problem = f"a password has {SHORTEST} to {LONGEST} characters"
        raise InputError(problem, place="password", remedy="choose another, a sentence for example")
    if account.lower() in password.lower() and len(account) * 2 > len(password):
        raise InputError(
            "the password is little more than the name", place="password", remedy="choose another"
        )
    with _turn():
        return _hasher.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether a password is the one of a hash; without a hash the same work is done for nothing.

    Raises:
        BusyError: too many passwords are being checked.
    """
    with _turn():
        try:
            _hasher.verify(kept or _nobody(), password)
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


@cache
def _nobody() -> str:
    return _hasher.hash("nobody has this password")
