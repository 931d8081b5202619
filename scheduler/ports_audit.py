"""What the services ask of the record of changes."""

from datetime import datetime
from typing import Protocol

from pydantic import BaseModel

from scheduler.records import AuditEntry, AuditFilter


class Audit(Protocol):
    """The append-only record of every change."""

    def add(
        self,
        *,
        at: datetime,
        actor: str,
        action: str,
        subject: str,
        before: BaseModel | None = None,
        after: BaseModel | None = None,
        detail: str = "",
        on_behalf_of: str | None = None,
    ) -> None:
        """Add a row; of the record before and after only digests are kept."""
        ...

    def newest(self) -> AuditEntry | None:
        """The last row; None in a store that nobody has changed yet."""
        ...

    def since(self, seq: int, limit: int) -> tuple[AuditEntry, ...]:
        """The row of that number and those after it, oldest first, at most so many."""
        ...

    def search(self, wanted: AuditFilter, *, after: int = 0, limit: int) -> tuple[AuditEntry, ...]:
        """The rows that are wanted, after the one of a number, oldest first, at most so many."""
        ...

    def first_break(self) -> int | None:
        """The first row that does not follow from the one before it; None when all do."""
        ...

    def entries(self, subject: str | None = None) -> tuple[AuditEntry, ...]:
        """All rows (about one subject), oldest first."""
        ...
