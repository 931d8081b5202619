"""What every mapping needs beside its resource: clock, zone, references and journal."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from scheduler.intake.faults import Journal
from scheduler.intake.records import Record, References


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of some files."""

    now: datetime
    """In UTC; nothing dated later is used."""
    tz: ZoneInfo
    """The site's zone, in which dates without a time are days."""
    references: References
    journal: Journal

    def fault(self, record: Record, reason: str) -> None:
        """Say that something is wrong with a resource."""
        self.journal.faults.append(record.fault(reason))

    def note(self, record: Record, reason: str) -> None:
        """Say that a sound resource was left out on purpose."""
        self.journal.notes.append(record.fault(reason))
