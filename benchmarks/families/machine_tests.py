"""Tests on machines: each runs on one of some machines, some with shared equipment besides.

The tests are cut from a full schedule and forget their place in it: all of them fit, so that the
least cost is 0, which makes a wrong bound or a plan that is content with less visible.
"""

from datetime import datetime, timedelta
from random import Random

from benchmarks.families.parts import Data, at, flat_prices, problem_of, workdays
from models.problem import PlanningProblem

HORIZON_MINUTES = 1_440
FILL = 0.92

Span = tuple[datetime, datetime]


def machine_tests(tests: int, machines: int, equipment: int, seed: int) -> PlanningProblem:
    """So many tests, a point for each left out; the horizon is 24 hours."""
    rng = Random(seed)
    days = workdays(3)
    start = at(days[0], "06:00")
    horizon = (start, start + timedelta(minutes=HORIZON_MINUTES))
    shared = [f"equipment-{n}" for n in range(equipment)]
    names = [f"machine-{n}" for n in range(machines)]
    resources = [{"id": name, "kind": "suite", "available": [horizon]} for name in names]
    resources += [
        {"id": name, "kind": "equipment", "tags": [name], "available": [horizon]} for name in shared
    ]
    busy: dict[str, list[tuple[int, int]]] = {name: [] for name in shared}
    listed = []
    for n, (machine, begin, end) in enumerate(_cut(rng, tests, machines)):
        free = [s for s in shared if all(end <= a or b <= begin for a, b in busy[s])]
        taken = rng.sample(free, min(len(free), rng.choice((0, 0, 1, 1, 2))))
        for name in taken:
            busy[name].append((begin, end))
        run = {"kind": "suite"} | _machines(rng, names, machine)
        listed.append(_test(n, end - begin, run, taken, horizon))
    rng.shuffle(listed)
    return problem_of(
        f"tests-{tests}", days, flat_prices(1), resources, listed, tick_minutes=1, end=horizon[1]
    )


def _cut(rng: Random, tests: int, machines: int) -> list[tuple[int, int, int]]:
    """Machine, begin and end of each test of the schedule from which they come."""
    pieces = []
    for machine in range(machines):
        count = tests // machines + (machine < tests % machines)
        weights = [rng.uniform(0.3, 1.7) for _ in range(count)]
        scale = HORIZON_MINUTES * FILL / sum(weights) if weights else 0
        begin = 0
        for weight in weights:
            end = begin + max(1, int(weight * scale))
            pieces.append((machine, begin, end))
            begin = end
    return pieces


def _machines(rng: Random, names: list[str], machine: int) -> Data:
    """Any machine, or for some tests one of a few."""
    if rng.random() >= 0.3:
        return {}
    others = rng.sample(names, min(len(names), 3))
    return {"among": sorted({names[machine], *others})}


def _test(number: int, minutes: int, machine: Data, equipment: list[str], horizon: Span) -> Data:
    time = {"from": 0, "minutes": minutes}
    needs = [{"role": "machine", **machine, **time}]
    needs += [{"role": name, "kind": "equipment", "tags": [name], **time} for name in equipment]
    return {
        "id": f"test-{number:04}",
        "priority": "routine",
        "release": horizon[0],
        "windows": [horizon],
        "needs": needs,
    }
