"""What the service asks of the store beyond the department itself: answers, jobs, notices."""

from datetime import datetime
from typing import Protocol

from scheduler.records import Answered, RequestKey


class Answers(Protocol):
    """What was answered to requests that may be sent again."""

    def find(self, key: RequestKey) -> Answered | None:
        """What was answered to the request of a key."""
        ...

    def add(self, key: RequestKey, answer: Answered, at: datetime) -> None:
        """Keep an answer."""
        ...

    def forget_before(self, moment: datetime) -> int:
        """Drop answers kept before a moment; how many there were."""
        ...
