"""Who uses which resource when: what is booked and reserved in a span, and what is closed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.freezing import planning_resources
from models.held import Held
from models.problem import Resource
from models.windows import Window
from scheduler.records import BookingRecord, Closure, Reservation
from scheduler.services.department import closed_times
from scheduler.services.desk import Desk
from scheduler.services.scene import Scene

LONGEST_STAY = timedelta(days=2)
"""No placement holds anything for longer, from its first to its last resource."""


@dataclass(frozen=True, slots=True)
class Use:
    """One resource used for `[begin, end)` by a booking or a reservation."""

    resource: str
    begin: datetime
    end: datetime
    role: str
    by: BookingRecord | Reservation


@dataclass(frozen=True, slots=True)
class Occupied:
    """What was read in one transaction."""

    scene: Scene
    span: Window
    uses: tuple[Use, ...]
    """By resource and time."""
    closures: tuple[Closure, ...]


def occupied(desk: Desk, span: Window) -> Occupied:
    """Everything that is held in a span of instants."""
    booked = desk.uow.bookings.standing(since=span.start - LONGEST_STAY)
    held: tuple[BookingRecord | Reservation, ...] = (
        *booked.values(),
        *desk.uow.reservations.live(desk.now),
    )
    uses = sorted(
        (use for one in held for use in _uses(one.held, one) if _meets(use, span)),
        key=lambda use: (use.resource, use.begin, use.role),
    )
    closures = (c for c in desk.uow.closures.all() if c.start < span.end and span.start < c.end)
    return Occupied(desk.scene, span, tuple(uses), tuple(closures))


def _uses(held: Held, by: BookingRecord | Reservation) -> Iterator[Use]:
    for span in held.spans():
        yield Use(span.resource, span.begin, span.end, span.role, by)


def _meets(use: Use, span: Window) -> bool:
    return use.begin < span.end and span.start < use.end


def resources_in(scene: Scene, span: Window) -> Mapping[str, Resource]:
    """The site's resources by id as they are open in a span.

    Days around the horizon are at hand; others are worked out anew.
    """
    known = scene.department.span(scene.now)
    if known.start <= span.start and span.end <= known.end:
        return scene.resources
    closed = closed_times(scene.closures)
    department = scene.department
    found = planning_resources(department.site, span, department.rules, closures=closed)
    return {resource.id: resource for resource in found}
