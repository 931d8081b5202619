"""Every price of the planning file as a small integer function; docs/model.md has the algebra.

Days are elapsed: `floor(x / 24 h)` for waiting, being off a drug and moving, `ceil` for lateness.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from models.base import Priority
from models.problem import Booking, Case, Hold, Objective, Resource

DAY = timedelta(days=1)


def left_out_cost(prices: Objective, case: Case) -> int:
    """Points for leaving the case out, and for breaking its booking if it had one."""
    broken = prices.unbook * case.booking.move_weight if case.booking else 0
    return prices.unscheduled[case.priority] + broken


def wait_cost(prices: Objective, priority: Priority, release: datetime, start: datetime) -> int:
    """Points for whole days between release and start."""
    return prices.wait_per_day[priority] * max(0, (start - release) // DAY)


def late_cost(prices: Objective, priority: Priority, due: datetime | None, start: datetime) -> int:
    """Points for days begun after the due date."""
    if due is None or start <= due:
        return 0
    return prices.late_per_day[priority] * -((due - start) // DAY)


def off_drug_cost(prices: Objective, hold: Hold | None, start: datetime) -> int:
    """Points for whole days off the drug beyond what the hold needs, weighed by thrombotic risk."""
    if hold is None or hold.ready_at is None or start <= hold.ready_at:
        return 0
    return prices.off_drug_per_day * hold.risk * ((start - hold.ready_at) // DAY)


def move_cost(prices: Objective, booking: Booking | None, start: datetime) -> int:
    """Points for moving a booking to another start; another resource at the same start is free."""
    if booking is None or booking.start == start:
        return 0
    days = abs(start - booking.start) // DAY
    return booking.move_weight * (prices.move + prices.move_per_day * days)


def start_cost(prices: Objective, case: Case, start: datetime) -> int:
    """Everything a case costs by itself when it starts at `start`."""
    return (
        wait_cost(prices, case.priority, case.release, start)
        + late_cost(prices, case.priority, case.due, start)
        + off_drug_cost(prices, case.hold, start)
        + move_cost(prices, case.booking, start)
    )


def suite_change_cost(resource: Resource, suites: Iterable[str]) -> int:
    """Points for each further distinct suite a resource works in on one local day."""
    return resource.suite_change_cost * max(0, len(set(suites)) - 1)
