"""What the services ask of the store to tell the outside, and to say what must be seen to."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from scheduler.records_notices import AlertRecord, Backlog, Message, RoutineRecord, Sending


class Outbox(Protocol):
    """Messages to the outside, each written with what it tells of."""

    def add(self, message: Message) -> None:
        """Keep a message; it gets its place in the order."""
        ...

    def newest(self, kind: str, subject: str | None = None) -> Message | None:
        """The last message of a kind (about one subject)."""
        ...

    def since(self, seq: int, limit: int) -> tuple[Message, ...]:
        """The message of that place and those after it, oldest first, at most so many."""
        ...

    def unaddressed(self, limit: int) -> tuple[Message, ...]:
        """Messages that have not been addressed yet, oldest first."""
        ...

    def address(self, to: Mapping[int, Collection[str]], now: datetime) -> None:
        """Say to which destinations messages go, by place; to none, where there are none."""
        ...

    def take(
        self, destination: str, now: datetime, until: datetime, limit: int
    ) -> tuple[Sending, ...]:
        """What is due at a destination, in order, kept from others until a moment.

        A message waits for those before it about the same subject.
        """
        ...

    def arrived(self, destination: str, seqs: Collection[int], now: datetime) -> None:
        """Say that messages have arrived."""
        ...

    def postpone(self, destination: str, seq: int, due_at: datetime, error: str) -> None:
        """Say that a message was tried in vain, and when it is tried again."""
        ...

    def give_back(self, destination: str, seqs: Collection[int], now: datetime) -> None:
        """Let go of messages that were taken and not tried."""
        ...

    def backlog(self) -> tuple[Backlog, ...]:
        """What waits, by destination."""
        ...

    def unaddressed_count(self) -> int:
        """How many messages have not been addressed yet."""
        ...

    def forget_before(self, moment: datetime) -> int:
        """Drop older messages, arrived or not; how many there were."""
        ...


class Alerts(Protocol):
    """What a person must see to."""

    def get(self, alert: str) -> AlertRecord:
        """An alert; NotFoundError if unknown."""
        ...

    def find_open(self, kind: str, subject: str, about: str = "") -> AlertRecord | None:
        """The open alert of that sort."""
        ...

    def open(self, kind: str | None = None) -> tuple[AlertRecord, ...]:
        """All open alerts (of a kind), oldest first."""
        ...

    def add(self, alert: AlertRecord) -> None:
        """Keep a new alert."""
        ...

    def change(self, alert: AlertRecord) -> None:
        """Write an open alert back; StaleError if it has ended."""
        ...

    def forget_before(self, moment: datetime) -> int:
        """Drop alerts that ended before a moment; how many there were."""
        ...


class Routines(Protocol):
    """When the routines were last done."""

    def find(self, name: str) -> RoutineRecord | None:
        """The last time of a job."""
        ...

    def all(self) -> tuple[RoutineRecord, ...]:
        """The last time of every job, by name."""
        ...

    def put(self, routine: RoutineRecord) -> None:
        """Write down that a job was done."""
        ...


class Keeping(Protocol):
    """What has had its use and may be forgotten."""

    def forget_proofs(self, now: datetime) -> int:
        """Drop one-time proofs that would be refused by their age; how many there were."""
        ...

    def forget_sessions(self, moment: datetime) -> int:
        """Drop sessions that were over before a moment; how many there were."""
        ...

    def settled_patients(self, moment: datetime, limit: int) -> tuple[str, ...]:
        """Patients with facts, all of whose cases ended before a moment, by id."""
        ...

    def forget_words(self, case: str) -> int:
        """Drop what was written about a case and how it was booked before; how many decisions."""
        ...
