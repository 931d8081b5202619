"""A made-up department as a planning problem, for benchmarks on machines without reference files.

Seeded: the same figures give the same problem. Suites, doctors, nurses and bays keep day hours;
arrivals are single slots of half an hour, several at a time.
"""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from models.problem import PlanningProblem

PRIORITIES = ("emergent", "urgent", "soon", "routine")
DAY = timedelta(days=1)
FIRST = datetime(2026, 10, 26, 6, tzinfo=UTC)


def a_department(
    *, cases: int = 900, weeks: int = 4, suites: int = 8, seed: int = 16
) -> PlanningProblem:
    """A waiting list over some weeks; staff, bays and slots grow with the suites."""
    rng = Random(seed)
    days = [FIRST + week * 7 * DAY + day * DAY for week in range(weeks) for day in range(5)]
    resources = [
        *(
            _staff(days, "suite", n, 7, 17, tags=["left"] * (n % 2), open_cost=40)
            for n in range(suites)
        ),
        *(
            _staff(days, "doctor", n, 7, 16, minutes_per_day=420, suite_change_cost=25)
            for n in range(suites)
        ),
        *(_staff(days, "nurse", n, 6 + n % 3, 15 + n % 3) for n in range(suites + suites // 4)),
        *(_staff(days, "bay", n, 5, 20) for n in range(2 * suites + 1)),
        *(slot for day in days for slot in _arrivals(day, suites // 2)),
    ]
    return PlanningProblem.model_validate(
        {
            "format": "holdfast-planning",
            "version": 1,
            "site": "made-up",
            "timezone": "UTC",
            "now": FIRST,
            "tick_minutes": 5,
            "horizon": {"start": FIRST - timedelta(hours=6), "end": days[-1] + DAY},
            "objective": _prices(),
            "resources": resources,
            "cases": [_case(rng, f"case-{n:04}", days) for n in range(cases)],
        }
    )


def _staff(
    days: list[datetime], kind: str, number: int, begin: int, end: int, **members: Any
) -> dict[str, Any]:
    start, stop = timedelta(hours=begin - 6), timedelta(hours=end - 6)
    hours = [(day + start, day + stop) for day in days]
    return {"id": f"{kind}-{number:02}", "kind": kind, "available": hours, **members}


def _arrivals(day: datetime, abreast: int) -> list[dict[str, Any]]:
    slots = []
    for half_hour in range(20):
        begin = day + timedelta(minutes=30 * half_hour)
        for number in range(abreast):
            name = f"arrival-{begin:%m%d-%H%M}-{number}"
            hours = [(begin, begin + timedelta(minutes=30))]
            slots.append({"id": name, "kind": "slot", "available": hours})
    return slots


def _case(rng: Random, name: str, days: list[datetime]) -> dict[str, Any]:
    minutes = rng.randrange(30, 150, 5)
    release = rng.choice(days[: len(days) // 2])
    ready = release + rng.randint(0, 3) * DAY
    tags = ["left"] if rng.random() < 0.3 else []
    needs = [
        {"role": "suite", "kind": "suite", "tags": tags, "from": 0, "minutes": minutes + 20},
        {"role": "doctor", "kind": "doctor", "from": 0, "minutes": minutes},
        {"role": "sedation", "kind": "nurse", "from": -10, "minutes": minutes + 20},
        {"role": "recovery", "kind": "bay", "from": minutes, "minutes": rng.choice((60, 90))},
        {"role": "arrival", "kind": "slot", "from": -60, "minutes": 15},
        {"role": "preparation", "kind": "bay", "from": -45, "minutes": 45},
    ]
    return {
        "id": name,
        "priority": rng.choices(PRIORITIES, (1, 3, 6, 10))[0],
        "release": release,
        "due": release + rng.randint(2, 14) * DAY,
        "windows": [(day + DAY / 24, day + DAY / 2) for day in days if day >= ready],
        "needs": needs if rng.random() < 0.8 else needs[:4],
        "hold": {"stage": "planned", "ready_at": ready, "risk": rng.randint(1, 3)},
    }


def _prices() -> dict[str, Any]:
    return {
        "unscheduled": dict(zip(PRIORITIES, (60_000, 20_000, 8_000, 4_000), strict=True)),
        "wait_per_day": dict(zip(PRIORITIES, (1_200, 300, 80, 25), strict=True)),
        "late_per_day": dict(zip(PRIORITIES, (6_000, 1_500, 400, 125), strict=True)),
        "off_drug_per_day": 60,
        "move": 150,
        "move_per_day": 40,
        "unbook": 3_000,
    }
