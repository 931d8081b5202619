"""Errors that only HTTP knows: who calls, what a request must carry, how much is too much.

Everything else that can go wrong comes from `models.errors`.
"""

from models.errors import HoldfastError


class HttpError(HoldfastError):
    """Something about the request itself."""

    status = 400


class UnauthorisedError(HttpError):
    """No token, or one that names nobody."""

    code = "unauthorised"
    status = 401

    def __init__(
        self, problem: str, *, remedy: str = "", whose: tuple[str, str] | None = None
    ) -> None:
        super().__init__(problem, remedy=remedy)
        self.whose = whose
        """Site and account of a token that was ours and is good no more; told to nobody."""


class ForbiddenError(HttpError):
    """The caller is known, and may not do this."""

    code = "forbidden"
    status = 403


class MissingKeyError(HttpError):
    """An unsafe request without an `Idempotency-Key`."""

    code = "idempotency-key-missing"
    status = 400


class MissingVersionError(HttpError):
    """A change that does not say which version it was made from."""

    code = "version-missing"
    status = 428


class TooManyError(HttpError):
    """More requests than one caller may make."""

    code = "too-many-requests"
    status = 429

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        """After which it is worth trying again."""
        super().__init__("too many requests", remedy="wait as long as Retry-After says")


class TooSlowError(HttpError):
    """A body that does not arrive."""

    code = "too-slow"
    status = 408


class TooDeepError(HttpError):
    """JSON nested deeper than any request needs."""

    code = "too-deep"
    status = 422


class TooLargeError(HttpError):
    """A body larger than any request needs."""

    code = "too-large"
    status = 413
