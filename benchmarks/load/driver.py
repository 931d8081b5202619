"""Requests at fixed moments, whether or not earlier ones have been answered.

A latency counts from the moment at which the request was to be sent, so a server that stalls is
charged for everybody who would have waited.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.faults.calling import Answer, Caller, LostError

Ask = Callable[[Caller], Coroutine[Any, Any, Answer]]


@dataclass
class Load:
    """Latencies in milliseconds, statuses, and how many requests had no answer."""

    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    lost: int = 0
    answers: list[Answer] = field(default_factory=list)

    def part(self, share: float) -> float:
        """The latency that a share of the requests did not exceed."""
        found = sorted(self.latencies)
        return found[min(len(found) - 1, int(len(found) * share))]


class Pool:
    """Connections that are kept open, as many as are in use at once."""

    def __init__(self, urls: Sequence[str], token: str) -> None:
        self._urls, self._token = urls, token
        self._free: list[Caller] = []
        self._made = 0

    def take(self) -> Caller:
        """A connection that nobody uses."""
        if self._free:
            return self._free.pop()
        self._made += 1
        return Caller(self._urls[self._made % len(self._urls)], self._token)

    def put(self, caller: Caller) -> None:
        """Give a connection back."""
        self._free.append(caller)

    def close(self) -> None:
        """Close all of them."""
        for caller in self._free:
            caller.hang_up()


async def send(pool: Pool, asked: Sequence[Ask], *, rate: float) -> Load:
    """Send requests at a rate and wait for all answers."""
    load, zero = Load(), time.perf_counter() + 0.02
    await asyncio.gather(
        *(_one(pool, ask, zero + number / rate, load) for number, ask in enumerate(asked))
    )
    return load


async def _one(pool: Pool, ask: Ask, intended: float, load: Load) -> None:
    await asyncio.sleep(max(0.0, intended - time.perf_counter()))
    caller = pool.take()
    try:
        answer = await ask(caller)
    except LostError:
        load.lost += 1
        return
    finally:
        pool.put(caller)
    load.latencies.append(1000 * (time.perf_counter() - intended))
    load.statuses[answer.status] += 1
    load.answers.append(answer)
