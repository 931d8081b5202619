"""What happens in a replay, in the order in which it becomes known."""

import heapq
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum


class Kind(IntEnum):
    """What happens; at one instant, in this order."""

    DAY = 0  # a local day is over
    LOSS = 1
    NIGHT = 2
    MORNING = 3
    ARRIVAL = 4
    ANSWER = 5
    SURPRISE = 6
    START = 7


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """Something that happens, with what it is about."""

    at: datetime
    kind: Kind
    about: str = ""
    """A case, a day or a loss."""
    version: int = 0
    """Of the case's booking: an event of an earlier one is void."""
    part: int = 0


@dataclass(slots=True)
class Queue:
    """Events to come."""

    _heap: list[Event] = field(default_factory=list)

    def put(self, event: Event) -> None:
        """Let something happen."""
        heapq.heappush(self._heap, event)

    def next_before(self, end: datetime) -> Event | None:
        """The next event, unless it lies at an instant or after it."""
        if not self._heap or self._heap[0].at >= end:
            return None
        return heapq.heappop(self._heap)
