"""A run as its measures look at it: who was treated in the window, who waits, who served when.

The window of a run is `[begin, end)`. A case is present from its release until it is treated or
gives up for good; cases treated before the window or released after it are not seen at all.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from models.errors import InputError
from models.timegrid import zone
from models.windows import Window, WindowSet
from scenarios.measures.spans import common, minutes_in
from scenarios.records import CaseRecord, Lost, Moved, Outcome, Run

DAY = timedelta(days=1)
Spans = tuple[Window, ...]


@dataclass(frozen=True)
class Service:
    """One resource within the window, in disjoint spans in order of time."""

    resource: str
    kind: str
    staffed: Spans
    """When it was there."""
    used: Spans
    """When it served, as it went."""

    @cached_property
    def within(self) -> Spans:
        """When it served while it was there."""
        return common(self.used, self.staffed)

    @property
    def overtime(self) -> float:
        """Minutes of service outside the hours at which it was there."""
        return minutes_in(self.used) - minutes_in(self.within)

    @property
    def idle(self) -> float:
        """Minutes at which it was there and did not serve."""
        return minutes_in(self.staffed) - minutes_in(self.within)


@dataclass(frozen=True)
class View:
    """A run, with what several measures need worked out once."""

    run: Run

    @cached_property
    def tz(self) -> ZoneInfo:
        """The site's zone."""
        return zone(self.run.timezone)

    @property
    def days(self) -> float:
        """Length of the window in days of 24 hours."""
        return (self.run.end - self.run.begin) / DAY

    @property
    def weeks(self) -> float:
        """Length of the window in weeks of 168 hours."""
        return self.days / 7

    def covers(self, instant: datetime) -> bool:
        """Whether an instant lies in the window."""
        return self.run.begin <= instant < self.run.end

    @cached_property
    def treated(self) -> tuple[CaseRecord, ...]:
        """Cases whose procedure began in the window."""
        done = (c for c in self.run.cases if c.outcome is Outcome.TREATED)
        return tuple(c for c in done if c.start is not None and self.covers(c.start))

    @cached_property
    def waits(self) -> tuple[tuple[CaseRecord, float], ...]:
        """Each case treated in the window, with the days from its release to its procedure."""
        return tuple((c, waited(c, c.start)) for c in self.treated if c.start is not None)

    @cached_property
    def present(self) -> tuple[CaseRecord, ...]:
        """Cases that were there at some instant of the window, the treated ones included."""
        begin, end = self.run.begin, self.run.end
        return tuple(
            c
            for c in self.run.cases
            if c.released < end and ((gone := left_at(c)) is None or gone >= begin)
        )

    @cached_property
    def waiting(self) -> tuple[CaseRecord, ...]:
        """Cases present at the end of the window: without a place, or booked for later."""
        end = self.run.end
        return tuple(c for c in self.present if (gone := left_at(c)) is None or gone >= end)

    @cached_property
    def losses(self) -> tuple[tuple[CaseRecord, Lost], ...]:
        """Bookings that came to nothing, known so within the window."""
        return tuple((c, loss) for c in self.run.cases for loss in c.lost if self.covers(loss.at))

    @cached_property
    def moves(self) -> tuple[tuple[CaseRecord, Moved], ...]:
        """Moves that were made within the window."""
        return tuple((c, move) for c in self.run.cases for move in c.moves if self.covers(move.at))

    @cached_property
    def services(self) -> tuple[Service, ...]:
        """Every resource that was there or served, by kind and id.

        Kinds of which no hours are recorded at all are left out: arrival slots are places in
        a list, and neither idle nor in overtime.
        """
        staffed: dict[tuple[str, str], list[Window]] = defaultdict(list)
        used: dict[tuple[str, str], list[Window]] = defaultdict(list)
        for there in self.run.staffed:
            staffed[there.kind, there.resource].append(Window(there.begin, there.end))
        for use in self.run.uses:
            used[use.kind, use.resource].append(Window(use.begin, use.end))
        timed = {kind for kind, _ in staffed}
        return tuple(
            Service(
                resource=resource,
                kind=kind,
                staffed=self._clipped(staffed[kind, resource]),
                used=self._clipped(used[kind, resource]),
            )
            for kind, resource in sorted({*staffed, *used})
            if kind in timed
        )

    def _clipped(self, windows: Iterable[Window]) -> Spans:
        return WindowSet(windows).clip(self.run.begin, self.run.end).windows


def waited(case: CaseRecord, until: datetime) -> float:
    """Days of 24 hours from the release to an instant; 0 for one released later."""
    return max((until - case.released) / DAY, 0.0)


def left_at(case: CaseRecord) -> datetime | None:
    """When a case stopped waiting: treated, or cancelled for good; None while it still waits.

    Raises:
        InputError: a case is treated or cancelled and the record does not say when.
    """
    if case.outcome is Outcome.TREATED:
        if case.start is None:
            raise _nameless(case, "treated", "start")
        return max(case.start, case.released)
    if case.outcome is Outcome.CANCELLED:
        if not case.lost:
            raise _nameless(case, "cancelled", "lost booking")
        return max(case.released, *(loss.at for loss in case.lost))
    return None


def _nameless(case: CaseRecord, outcome: str, member: str) -> InputError:
    return InputError(
        f"the record says {outcome}, but not when",
        place=f"case {case.case}",
        remedy=f"give it a {member}",
    )
