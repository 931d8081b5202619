"""The end of a local day: its procedures have been carried out, and their cases are over."""

from collections.abc import Iterator
from datetime import date, timedelta

from models.timegrid import local_day, start_of_day
from scenarios.records import Outcome, StaffedRecord
from scenarios.replay.execution import Booking, Done, carried_out
from scenarios.replay.files import File
from scenarios.replay.lengths import Lengths
from scenarios.replay.world import World

MINUTE = timedelta(minutes=1)


def end_of_day(world: World, day: date) -> None:
    """Carry out what is booked for a day that is over, and write down who was there for it.

    What a practice has booked for days before it is over as well, though nobody wrote it down.
    """
    tz = world.practice.site.tz
    files = {
        case: file
        for case, file in sorted(world.office.files.items())
        if file.booked and local_day(file.booked.start, tz) <= day
    }
    bookings = [booking for file in files.values() for booking in _booking(world, file)]
    for done in carried_out(bookings, _first_late(world, day), world.free):
        _treated(world, files[done.booking.case], done)
    world.staffed += _staffed(world, day)


def _booking(world: World, file: File) -> Iterator[Booking]:
    """The procedure of a case as it will go."""
    if file.booked is None or file.facts is None:
        return
    held, minutes = file.booked.held, world.office.minutes_of(file)
    doctors = [held.assigned[n.role] for n in held.needs if n.kind == "proceduralist"]
    actual = Lengths(world.assumed.durations).actual(
        file.facts,
        file.readiness,
        doctors[0] if doctors else "",
        minutes.catalogue,
        world.draws.uniform("minutes", file.id),
    )
    yield Booking(file.id, held, minutes.planned, actual)


def _first_late(world: World, day: date) -> dict[str, float]:
    """By suite: minutes by which its first procedure of a day starts late."""
    suites = [r.id for r in world.practice.site.resources if r.kind == "suite"]
    late = world.assumed.first_case_late
    return {suite: world.draws.value(late, "first-late", day, suite) for suite in suites}


def _treated(world: World, file: File, done: Done) -> None:
    booking, entry = done.booking, world.entries[file.id]
    booked = booking.held.start
    entry.start = done.start
    entry.planned_minutes = booking.planned_minutes
    entry.actual_minutes = booking.actual_minutes
    entry.late_minutes = (done.start - booked) / MINUTE
    entry.off_drug(world.classes, file, booked, done.start, wasted=False)
    world.uses += done.uses
    for use in done.uses:
        world.free[use.resource] = max(use.end, world.free.get(use.resource, use.end))
    world.leave(file.id, Outcome.TREATED, done.start)


def _staffed(world: World, day: date) -> Iterator[StaffedRecord]:
    """When each resource was there on a day; arrival slots are left out."""
    tz, known = world.practice.site.tz, world.practice.site.resource_by_id
    begin, end = start_of_day(day, tz), start_of_day(day + timedelta(days=1), tz)
    for name, resource in sorted(world.office.moment.resources.items()):
        for a, b in resource.available if name in known else ():
            if a < end and begin < b:
                yield StaffedRecord(name, resource.kind, day, max(a, begin), min(b, end))
