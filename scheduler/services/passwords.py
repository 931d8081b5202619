"""Passwords: kept as argon2id hashes, and checked in the same time whoever was named.

Parameters: 19 MiB, two passes, one lane, the first choice of the OWASP password storage
cheat sheet. A few at once at most, so that guesses cannot exhaust the memory.
"""

from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.errors import InputError

SHORTEST, LONGEST = 12, 200
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_turns = BoundedSemaphore(4)


def hash_password(password: str, *, account: str) -> str:
    """The hash to keep.

    Raises:
        InputError: too short, too long, or made of the account's name.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        problem = f"a password has {SHORTEST} to {LONGEST} characters"
        raise InputError(problem, place="password", remedy="choose another, a sentence for example")
    if account.lower() in password.lower() and len(account) * 2 > len(password):
        raise InputError(
            "the password is little more than the name", place="password", remedy="choose another"
        )
    with _turns:
        return _hasher.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether a password is the one of a hash; without a hash the same work is done for nothing."""
    with _turns:
        try:
            _hasher.verify(kept or _nobody(), password)
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


@cache
def _nobody() -> str:
    return _hasher.hash("nobody has this password")
