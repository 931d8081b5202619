"""Messages arrive at least once, in the order of each subject, whatever happens on the way."""

import random
from collections import defaultdict
from datetime import datetime, timedelta

import pytest

from scheduler.bootstrap import Container
from scheduler.jobs.delivery import Round, send_due
from scheduler.jobs.destinations import Destination
from scheduler.records_notices import Message
from scheduler.services.desk import Desk
from scheduler.services.notices import notify
from scheduler.store.engine import Store
from tests.contract.department import HandClock, department_at

MESSAGES = 1000
SUBJECTS = 40
EVERYBODY = Destination(name="all", url="https://example.org/hook", secret_env="SECRET")
BOOKINGS = Destination(name="bookings", file="bookings.jsonl", kinds=("booking.*",))


class KilledError(Exception):
    """The sender is gone between sending and writing down."""


class Receiver:
    """Somebody who drops requests, answers too late, and kills senders; remembers what he did."""

    def __init__(self, seed: int = 0, *, trouble: bool = True, drops_seen: bool = True) -> None:
        self._rng = random.Random(seed)
        self._trouble, self._drops_seen = trouble, drops_seen
        self._late: list[Message] = []
        self._seen: set[str] = set()
        self.requests = 0
        self.effects: dict[str, list[str]] = defaultdict(list)

    def __call__(self, _to: Destination, message: Message, _now: datetime, /) -> str | None:
        fate = self._rng.random() if self._trouble else 1.0
        if fate < 0.1:
            return "ConnectError"  # it never arrived
        self._take(message)
        if fate < 0.2:
            return "ReadTimeout"  # it arrived, but its answer did not: it comes again
        if fate < 0.25:
            self._late.append(message)  # a copy stays in the network for a while
        if self._late and fate > 0.95:
            self._take(self._late.pop(self._rng.randrange(len(self._late))))
        if 0.25 < fate < 0.26:
            raise KilledError
        return None

    def _take(self, message: Message) -> None:
        self.requests += 1
        if self._drops_seen and message.id in self._seen:
            return
        self._seen.add(message.id)
        self.effects[message.subject].append(message.body)


def written(container: Container, count: int) -> dict[str, list[str]]:
    """Messages about several subjects in turn; the bodies by subject."""
    rng = random.Random(7)

    def write(desk: Desk) -> None:
        for number in range(count):
            notify(desk, "booking.move", f"case-{rng.randrange(SUBJECTS)}", number=number)

    container.write(write)
    wanted = defaultdict(list)
    for message in container.read(lambda desk: desk.uow.outbox.since(0, count)):
        wanted[message.subject].append(message.body)
    return wanted


def sent(container: Container, receiver: Receiver) -> Round:
    """Rounds until nothing waits, with a clock that goes on; senders that are killed come back."""
    clock, rng, total = container.clock, random.Random(3), Round()
    assert isinstance(clock, HandClock)
    for _ in range(400):
        try:
            done = send_due(container, [EVERYBODY], receiver, rng)
        except KilledError:
            done = Round(failed=1)
        total += done
        if not container.read(waits):
            return total
        if done == Round():
            clock.instant = clock.instant + timedelta(minutes=5)
    pytest.fail("messages were left over")


def waits(desk: Desk) -> bool:
    return bool(desk.uow.outbox.backlog()) or desk.uow.outbox.unaddressed_count() > 0


@pytest.fixture
def small(store: Store) -> Container:
    return department_at(store)


def test_every_message_has_its_effect_once_and_in_order(small: Container) -> None:
    wanted = written(small, MESSAGES)
    receiver = Receiver()
    sent(small, receiver)
    assert receiver.requests > MESSAGES  # at least once: some came again
    assert receiver.effects == wanted


def test_a_receiver_that_drops_nothing_sees_some_twice(small: Container) -> None:
    # the control: without dropping what was seen, the same trouble shows
    wanted = written(small, MESSAGES // 5)
    careless = Receiver(drops_seen=False)
    sent(small, careless)
    assert sum(map(len, careless.effects.values())) > MESSAGES // 5
    assert careless.effects != wanted


def test_a_message_that_fails_holds_up_its_own_subject_only(small: Container) -> None:
    small.write(lambda desk: [notify(desk, "booking.add", name) for name in ("A", "A", "B")])
    tried = []

    def send(_destination: Destination, message: Message, _now: datetime) -> str | None:
        tried.append(message.subject)
        return "answered 500" if message.subject == "A" else None

    assert send_due(small, [EVERYBODY], send, random.Random(0)) == Round(arrived=1, failed=1)
    assert send_due(small, [EVERYBODY], send, random.Random(0)) == Round()  # not due yet
    assert tried == ["A", "B"]
    (left,) = small.read(lambda desk: desk.uow.outbox.backlog())
    assert (left.waiting, left.failing, left.error) == (2, 1, "answered 500")


def test_each_destination_gets_what_it_asked_for(small: Container) -> None:
    small.write(lambda desk: [notify(desk, k, "A") for k in ("booking.add", "case.note")])
    got: dict[str, list[str]] = defaultdict(list)

    def send(destination: Destination, message: Message, _now: datetime) -> str | None:
        got[destination.name].append(message.kind)
        return None

    send_due(small, [EVERYBODY, BOOKINGS], send, random.Random(0))
    assert got == {"all": ["booking.add", "case.note"], "bookings": ["booking.add"]}


def test_what_one_sender_has_taken_no_other_sends(small: Container) -> None:
    small.write(lambda desk: notify(desk, "booking.add", "A"))
    taken = []

    def send(_destination: Destination, message: Message, _now: datetime) -> str | None:
        # while this one is under way, another sender finds nothing to do
        taken.append(send_due(small, [EVERYBODY], send, random.Random(0)))
        return None

    assert send_due(small, [EVERYBODY], send, random.Random(0)) == Round(arrived=1)
    assert taken == [Round()]


def test_without_destinations_messages_wait_for_one(small: Container) -> None:
    small.write(lambda desk: notify(desk, "booking.add", "A"))
    assert send_due(small, [], Receiver(), random.Random(0)) == Round()
    assert small.read(lambda desk: desk.uow.outbox.unaddressed_count()) == 1
