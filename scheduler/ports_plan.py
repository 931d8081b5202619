"""What the services ask of the store beside the plan: signatures under policies, and feeds."""

from typing import Protocol

from scheduler.records_plan import Feed, SignOff


class SignOffs(Protocol):
    """Signatures of clinicians; they are added and never changed."""

    def add(self, signed: SignOff) -> None:
        """Keep a signature."""
        ...

    def all(self, policy: str | None = None) -> tuple[SignOff, ...]:
        """Every signature (under one policy), oldest first."""
        ...


class Feeds(Protocol):
    """Calendars that people subscribe to."""

    def get(self, feed: str) -> Feed:
        """A feed; NotFoundError if unknown."""
        ...

    def by_digest(self, digest: str) -> Feed | None:
        """The feed of a secret, by the secret's digest."""
        ...

    def all(self) -> tuple[Feed, ...]:
        """Every feed, by id."""
        ...

    def add(self, feed: Feed) -> None:
        """Keep a new feed."""
        ...

    def change(self, feed: Feed) -> Feed:
        """Write one back with the next version; StaleError if somebody else did."""
        ...


class PlanWork(Protocol):
    """The repositories of one transaction that know these."""

    @property
    def sign_offs(self) -> SignOffs:
        """Signatures under policies."""
        ...

    @property
    def feeds(self) -> Feeds:
        """Calendars that people subscribe to."""
        ...
