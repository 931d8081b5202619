"""The cases present, counted while a replay goes on, so that its records can be checked by it.

The number of open files is integrated from event to event, and so is the sum of their ages: the
first does not know whose file is closed, the second does. No record has a part in it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.windows import Window
from scenarios.records import Headcount

DAY = timedelta(days=1)


@dataclass(slots=True)
class Counter:
    """What was counted so far; whatever lies outside of the window counts as at its edge."""

    window: Window
    """What is measured, in UTC."""
    last: float = 0.0
    """Until when it was counted, in days of the window."""
    ages: float = 0.0
    """Sum over those present of the days for which they have been there."""
    case_days: float = 0.0
    squared_days: float = 0.0
    entered: int = 0
    left: int = 0

    def at(self, now: datetime, present: int) -> None:
        """Count so many open files from the last event to this one, before it changes them."""
        here = self._day(now)
        passed = here - self.last
        self.squared_days += 2 * self.ages * passed + present * passed**2
        self.ages += present * passed
        self.case_days += present * passed
        self.last = here

    def enter(self, released: datetime) -> None:
        """A file is opened; its case has been there since its release, or will be from then on."""
        age = self.last - self._day(released)
        self.case_days += age
        self.squared_days += age**2
        self.ages += age
        self.entered += released in self.window

    def leave(self, released: datetime, left: datetime) -> None:
        """A file is closed, that of a treated case at the end of its day: so much was too much."""
        entered, gone = self._day(released), self._day(left)
        age = self.last - entered
        self.case_days -= self.last - gone
        self.squared_days -= age**2 - (gone - entered) ** 2
        self.ages -= age
        self.left += left in self.window

    def told(self) -> Headcount:
        """What was counted."""
        return Headcount(self.case_days, self.squared_days, self.entered, self.left)

    def _day(self, instant: datetime) -> float:
        within = min(max(instant, self.window.start), self.window.end)
        return (within - self.window.start) / DAY
