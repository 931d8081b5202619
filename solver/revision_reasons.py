"""Why a booking no longer stands, in words."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime

from models.problem import Booking, Case, PlanningProblem, Resource
from models.timegrid import local_day, zone
from models.windows import Window, WindowSet

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Reasons:
    """Judges bookings one after another against the calendars and those held before."""

    def __init__(self, problem: PlanningProblem) -> None:
        self._problem = problem
        self._zone = zone(problem.timezone)
        self._open = {
            r.id: WindowSet(Window(a, b) for a, b in r.available) for r in problem.resources
        }
        self._held: dict[str, list[tuple[datetime, datetime, str]]] = defaultdict(list)
        self._minutes: dict[tuple[str, date], int] = defaultdict(int)
        self._known: dict[str, list[str]] = {}

    def hold(self, case: Case) -> None:
        """From now on the booking of the case holds its resources."""
        if case.booking is None:
            return
        for need in case.needs:
            begin, end = need.span(case.booking.start)
            resource = case.booking.assigned[need.role]
            self._held[resource].append((begin, end, case.id))
            self._minutes[resource, local_day(begin, self._zone)] += need.minutes

    def broken(self, case: Case) -> list[str]:
        """Sentences, each saying one thing that keeps the booking from standing; judged once."""
        if case.id not in self._known:
            booking = case.booking
            self._known[case.id] = [] if booking is None else list(self._faults(case, booking))
        return self._known[case.id]

    def _faults(self, case: Case, booking: Booking) -> Iterator[str]:
        yield from self._start_faults(case, booking.start)
        added: dict[tuple[str, date], int] = defaultdict(int)
        mine: list[tuple[str, datetime, datetime]] = []
        for need in case.needs:
            resource = self._problem.resource_by_id[booking.assigned[need.role]]
            begin, end = need.span(booking.start)
            if not need.accepts(resource):
                yield f"{resource.id} may not serve as {need.role!r}"
            yield from self._time_faults(resource, begin, end)
            if any(r == resource.id and a < end and begin < b for r, a, b in mine):
                yield f"it uses {resource.id} twice at once"
            mine.append((resource.id, begin, end))
            added[resource.id, local_day(begin, self._zone)] += need.minutes
        for (name, day), minutes in added.items():
            limit = self._problem.resource_by_id[name].limit_on(day)
            if limit is not None and self._minutes[name, day] + minutes > limit:
                yield f"{name} may work no more than {limit} minutes on {self._day(day)}"

    def _start_faults(self, case: Case, start: datetime) -> Iterator[str]:
        if not self._problem.grid.is_on(start):
            yield f"{self._clock(start)} is not a time at which procedures start"
        if case.may_start(start):
            return
        ready = case.hold.ready_at if case.hold else None
        if ready is not None and start < ready:
            yield f"the hold is ready only {self._clock(ready)}"
            return
        later = min((a for a, _ in case.windows if a > start), default=None)
        then = f"; the next opens {self._clock(later)}" if later else ""
        yield f"{self._clock(start)} is in none of its windows{then}"

    def _time_faults(self, resource: Resource, begin: datetime, end: datetime) -> Iterator[str]:
        if not any(w.start <= begin and end <= w.end for w in self._open[resource.id]):
            day = local_day(begin, self._zone)
            if self._closed(resource.id, day):
                yield f"{resource.id} is closed on {self._day(day)}"
            else:
                yield (
                    f"{resource.id} is not available from {self._clock(begin)}"
                    f" to {end.astimezone(self._zone):%H:%M}"
                )
        for a, b, other in self._held[resource.id]:
            if a < end and begin < b:
                yield f"{resource.id} is taken by {other} from {self._clock(a)}"

    def _closed(self, resource: str, day: date) -> bool:
        """Whether a resource is there at no time of a local day."""
        return all(
            not local_day(w.start, self._zone) <= day <= local_day(w.end, self._zone)
            for w in self._open[resource]
        )

    def _day(self, day: date) -> str:
        return f"{WEEKDAYS[day.weekday()]} {day:%m-%d}"

    def _clock(self, instant: datetime) -> str:
        local = instant.astimezone(self._zone)
        return f"{self._day(local.date())} {local:%H:%M}"
