"""Sending messages: at least once, in the order of each subject, again and again until it works.

A round takes what is due, sends it outside any transaction, and then writes down what arrived.
Whoever is killed in between sends again what had arrived: receivers drop ids they have seen. A
message waits for those before it about the same subject, so the first arrivals are in order.
"""

import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from scheduler.jobs.destinations import Destination
from scheduler.records_notices import Message, Sending
from scheduler.services.desk import Desk

T = TypeVar("T")

AT_ONCE = 50
"""Most messages of one destination in one round."""
ROUND_SECONDS = 20.0
"""A round begins no further message after that."""
KEPT_FOR = timedelta(minutes=1)
"""How long a round keeps from others what it took; it is over by then, or killed."""
FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 3600.0


class Department(Protocol):
    """The transactions of one site."""

    def write(self, service: Callable[[Desk], T], /) -> T:
        """Let a service change something, in one transaction."""
        ...


class Send(Protocol):
    """Brings one message to a destination."""

    def __call__(self, destination: Destination, message: Message, now: datetime, /) -> str | None:
        """What went wrong, in a few words without secrets; None when it arrived."""
        ...


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did."""

    arrived: int = 0
    failed: int = 0

    def __add__(self, other: "Round") -> "Round":
        return Round(self.arrived + other.arrived, self.failed + other.failed)


def send_due(
    department: Department,
    destinations: Iterable[Destination],
    send: Send,
    rng: random.Random,
) -> Round:
    """Address what is new, and send what is due, once.

    Args:
        department: the transactions of one site.
        destinations: who is told what happens there.
        send: brings one message to a destination.
        rng: spreads the next tries of what failed.
    """
    told = tuple(destinations)
    if not told:
        return Round()
    department.write(lambda desk: address(desk, told))
    done = Round()
    for destination in told:
        done += _send_to(department, destination, send, rng)
    return done


def address(desk: Desk, destinations: Iterable[Destination]) -> int:
    """Say of new messages to whom they go; how many there were."""
    fresh = desk.uow.outbox.unaddressed(AT_ONCE * 4)
    to = {m.seq: [d.name for d in destinations if d.wants(m.kind)] for m in fresh}
    if to:
        desk.uow.outbox.address(to, desk.now)
    return len(to)


def _send_to(
    department: Department, destination: Destination, send: Send, rng: random.Random
) -> Round:
    taken = department.write(
        lambda desk: (
            desk.now,
            desk.uow.outbox.take(destination.name, desk.now, desk.now + KEPT_FOR, AT_ONCE),
        )
    )
    now, sendings = taken
    tried = _tried(destination, sendings, send, now)
    if sendings:
        department.write(lambda desk: _write_down(desk, destination, sendings, tried, rng))
    failed = sum(error is not None for error in tried.values())
    return Round(len(tried) - failed, failed)


def _tried(
    destination: Destination, sendings: Iterable[Sending], send: Send, now: datetime
) -> dict[int, str | None]:
    """What came of each message that was tried; after one that failed none of its subject is."""
    tried: dict[int, str | None] = {}
    held_up = set()
    began = time.monotonic()
    for sending in sendings:
        message = sending.message
        if time.monotonic() - began > ROUND_SECONDS:
            break
        if message.subject in held_up:
            continue
        tried[message.seq] = send(destination, message, now)
        if tried[message.seq] is not None:
            held_up.add(message.subject)
    return tried


def _write_down(
    desk: Desk,
    destination: Destination,
    sendings: tuple[Sending, ...],
    tried: dict[int, str | None],
    rng: random.Random,
) -> None:
    outbox, name = desk.uow.outbox, destination.name
    untried = [s.message.seq for s in sendings if s.message.seq not in tried]
    outbox.give_back(name, untried, desk.now)
    outbox.arrived(name, [seq for seq, error in tried.items() if error is None], desk.now)
    for sending in sendings:
        error = tried.get(sending.message.seq)
        if error is not None:
            due_at = desk.now + pause(sending.attempts, rng)
            outbox.postpone(name, sending.message.seq, due_at, error)


def pause(attempts: int, rng: random.Random) -> timedelta:
    """How long to wait after so many vain tries before: doubled each time, and spread."""
    longest = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(attempts, 20))
    return timedelta(seconds=round(rng.uniform(longest / 2, longest)))
