"""Requests that may arrive twice: the first is carried out, the others get its answer again.

The answer is kept in the transaction of the change itself, so there is never one without the other.
A request that failed changed nothing and kept nothing: sent again, it is tried again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from models.errors import InputError
from scheduler.records import Answered, RequestKey
from scheduler.services.desk import Desk

T = TypeVar("T")


class RepeatedError(Exception):
    """The request has been carried out before; `answer` is what was answered then."""

    def __init__(self, answer: Answered) -> None:
        self.answer = answer
        super().__init__("answered before")


@dataclass(frozen=True)
class Once:
    """A request with its key and a digest of its content."""

    key: RequestKey
    digest: str
    show: Callable[[Any], Answered]
    """The answer to what a service returned."""

    def carry_out(self, desk: Desk, service: Callable[[Desk], T]) -> T:
        """Run a service and keep the answer, unless that has been done before.

        Raises:
            RepeatedError: it has; carries the answer.
            InputError: the key was used for another content.
        """
        before = desk.uow.answers.find(self.key)
        if before is None:
            result = service(desk)
            desk.uow.answers.add(self.key, self.show(result), desk.now)
            return result
        if before.digest != self.digest:
            raise InputError(
                "this key was used for a request with another content",
                place="Idempotency-Key",
                remedy="use a new key for a new request",
            )
        raise RepeatedError(before)
