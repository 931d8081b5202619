"""A day's procedures as they go: late starts, actual minutes, and what waits for whom.

A procedure starts as booked, or later: when its suite's day starts late, or when something it needs
at its start is still in use. Nothing starts early. Who overruns keeps the suite and the team; the
stay in recovery begins after it, and later if the bay is not free, and is as long as booked. So no
resource is used twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models.held import Held
from models.problem import Need
from scenarios.records import UseRecord

SUITE = "suite"
ZERO = timedelta()


@dataclass(frozen=True, slots=True)
class Booking:
    """A procedure of the day."""

    case: str
    held: Held
    planned_minutes: int
    """Length of the procedure phase as it was booked."""
    actual_minutes: float

    @property
    def over(self) -> timedelta:
        """How much longer the procedure takes than booked; negative when it is shorter."""
        return timedelta(seconds=round(60 * (self.actual_minutes - self.planned_minutes)))


@dataclass(frozen=True, slots=True)
class Done:
    """A procedure as it went."""

    booking: Booking
    start: datetime
    uses: tuple[UseRecord, ...]


@dataclass(slots=True)
class _Running:
    """What has become of one procedure so far."""

    start: datetime | None = None
    earliest: datetime | None = None
    uses: list[UseRecord] = field(default_factory=list)


NOTHING_USED: Mapping[str, datetime] = {}


def carried_out(
    bookings: Iterable[Booking],
    first_late: Mapping[str, float],
    free: Mapping[str, datetime] = NOTHING_USED,
) -> tuple[Done, ...]:
    """The procedures of one day as they went, by booked start.

    Args:
        bookings: those that take place.
        first_late: by suite: minutes by which its first procedure starts late.
        free: when resources were done with what they did the days before.
    """
    listed = sorted(bookings, key=lambda one: (one.held.start, one.case))
    late = _late_starts(listed, first_late)
    day = _Day(late, free)
    steps = [step for booking in listed for step in _steps(booking)]
    for _, booking, need in sorted(steps, key=lambda s: (s[0], s[1].case, _turn(s[2]))):
        day.take(booking, need)
    return tuple(day.done(booking) for booking in listed)


def _late_starts(listed: list[Booking], first_late: Mapping[str, float]) -> dict[str, timedelta]:
    """By case: how late it starts because it is the first of its suite."""
    first: dict[str, str] = {}
    for booking in listed:
        for need in booking.held.needs:
            if need.kind == SUITE:
                first.setdefault(booking.held.assigned[need.role], booking.case)
    return {
        case: timedelta(seconds=round(60 * first_late.get(suite, 0.0)))
        for suite, case in sorted(first.items())
    }


def _steps(booking: Booking) -> Iterable[tuple[datetime, Booking, Need | None]]:
    """What happens when, as booked: needs before and after by themselves, the rest at the start."""
    yield booking.held.start, booking, None
    for need in booking.held.needs:
        if not _is_during(need):
            yield need.span(booking.held.start)[0], booking, need


def _turn(need: Need | None) -> str:
    return "" if need is None else need.role


def _is_during(need: Need) -> bool:
    """Whether it must be there when the procedure starts."""
    return need.offset <= 0 < need.offset + need.minutes


class _Day:
    """From when on each resource is free, as the day goes on."""

    def __init__(self, late: Mapping[str, timedelta], free: Mapping[str, datetime]) -> None:
        self._late = late
        self._free = dict(free)
        self._running: dict[str, _Running] = defaultdict(_Running)

    def take(self, booking: Booking, need: Need | None) -> None:
        """The start of a procedure, or a need before or after it."""
        if need is None:
            self._start(booking)
        elif need.offset + need.minutes <= 0:
            self._before(booking, need)
        else:
            self._after(booking, need)

    def _before(self, booking: Booking, need: Need) -> None:
        begin, end = need.span(booking.held.start)
        begin = self._not_before(booking, need, begin)
        end = begin + timedelta(minutes=need.minutes)
        self._use(booking, need, begin, end)
        earliest = end - timedelta(minutes=need.offset + need.minutes)
        running = self._running[booking.case]
        running.earliest = max(running.earliest or earliest, earliest)

    def _start(self, booking: Booking) -> None:
        held, running = booking.held, self._running[booking.case]
        start = held.start + self._late.get(booking.case, ZERO)
        start = max(start, running.earliest or start)
        during = [need for need in held.needs if _is_during(need)]
        for need in during:
            lead = timedelta(minutes=need.offset)
            start = max(start, self._not_before(booking, need, start + lead) - lead)
        running.start = start
        for need in during:
            begin, end = need.span(start)
            reaches = need.offset + need.minutes >= booking.planned_minutes
            over = max(booking.over, start - end) if reaches else ZERO
            self._use(booking, need, begin, end + over)

    def _after(self, booking: Booking, need: Need) -> None:
        start = self._running[booking.case].start or booking.held.start
        begin, _ = need.span(start)
        if need.offset >= booking.planned_minutes:
            begin += booking.over
        begin = self._not_before(booking, need, begin)
        self._use(booking, need, begin, begin + timedelta(minutes=need.minutes))

    def _not_before(self, booking: Booking, need: Need, begin: datetime) -> datetime:
        return max(begin, self._free.get(booking.held.assigned[need.role], begin))

    def _use(self, booking: Booking, need: Need, begin: datetime, end: datetime) -> None:
        resource = booking.held.assigned[need.role]
        booked_begin, booked_end = need.span(booking.held.start)
        self._free[resource] = max(end, self._free.get(resource, end))
        self._running[booking.case].uses.append(
            UseRecord(
                resource=resource,
                kind=need.kind,
                role=need.role,
                case=booking.case,
                booked_begin=booked_begin,
                booked_end=booked_end,
                begin=begin,
                end=end,
            )
        )

    def done(self, booking: Booking) -> Done:
        """How a procedure went."""
        running = self._running[booking.case]
        return Done(booking, running.start or booking.held.start, tuple(running.uses))
