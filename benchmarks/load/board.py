"""A timetable of placements that do not collide, so that every booking of a load succeeds."""

from datetime import timedelta
from itertools import product

from benchmarks.faults import world
from benchmarks.faults.world import Body

UNITS = 6
PER_DAY = 4


def timetable(days: int) -> list[Body]:
    """Placements, day by day: six suites, four procedures each, two arrivals at a time."""
    return [
        _placement(day, turn, unit)
        for day, turn, unit in product(world.weekdays(days), range(PER_DAY), range(UNITS))
    ]


def _placement(day: int, turn: int, unit: int) -> Body:
    # Units start in pairs a quarter of an hour apart: two patients can arrive at the same time.
    # A recovery ends three hours after its start, when that of the unit's next patient begins.
    first = world.starts([day])[0]
    start = first + timedelta(minutes=120 * turn + 15 * (unit // 2))
    arrival = (start - timedelta(hours=1)).astimezone(world.ZONE)
    assigned = {
        "suite": f"suite-{unit + 1}",
        "proceduralist": f"dr-{unit + 1}",
        "sedation": f"rn-{unit + 1}",
        "preparation": f"bay-{unit + 1 + UNITS}",
        "recovery": f"bay-{unit + 1}",
        "arrival": f"arrival-{arrival:%Y-%m-%d-%H%M}-{unit % 2 + 1}",
    }
    return {"start": start.isoformat(), "assigned": assigned}
