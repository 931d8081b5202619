"""What the services ask of the store about offers, and about changes that can be undone."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from scheduler.records import BookingRecord
from scheduler.records_promises import BookingChange, OfferRecord


class Offers(Protocol):
    """Proposals with ids, until they expire."""

    def add(self, offers: Iterable[OfferRecord]) -> None:
        """Keep new ones."""
        ...

    def find(self, offer: str) -> OfferRecord | None:
        """The offer of an id, expired or not."""
        ...

    def forget_before(self, moment: datetime) -> int:
        """Drop those that expired before a moment; how many there were."""
        ...


class Changes(Protocol):
    """The last change of each case's booking."""

    def find(self, case: str) -> BookingChange | None:
        """The last change of the booking of a case."""
        ...

    def put(self, change: BookingChange) -> None:
        """Keep a change in place of the one before it."""
        ...

    def newest(self, case: str) -> BookingRecord | None:
        """The last booking of a case, cancelled or not."""
        ...


class Promises(Protocol):
    """Offers and changes."""

    @property
    def offers(self) -> Offers:
        """Proposals with ids."""
        ...

    @property
    def changes(self) -> Changes:
        """What was there before."""
        ...
