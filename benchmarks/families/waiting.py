"""Waiting lists: a department with suites, doctors, nurses, bays and a counter, and who is to come.

Every third case must wait for a hold; some come on certain days only.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from benchmarks.families.parts import (
    DAY,
    PRIORITIES,
    Data,
    at,
    hours,
    prices,
    problem_of,
    workdays,
)
from models.problem import PlanningProblem


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of procedure: how often, how long, and what it asks of suite, doctor and nurse."""

    share: int
    minutes: tuple[int, ...]
    suite: tuple[str, ...]
    doctor: str
    nurse: str
    recovery: tuple[int, ...]
    comes_in: bool = True


KINDS = (
    Kind(30, (20, 30, 40), ("fluoroscopy",), "general", "light", (30, 60)),
    Kind(25, (45, 60, 75), ("fluoroscopy",), "general", "light", (60, 120)),
    Kind(20, (50, 60, 80), ("fluoroscopy",), "spine", "light", (60, 150)),
    Kind(12, (90, 120, 150), ("fluoroscopy", "biplane"), "tumour", "light", (120, 180)),
    Kind(8, (60, 90, 120), ("fluoroscopy", "biplane"), "spine", "deep", (120, 240)),
    Kind(5, (40, 60), ("fluoroscopy", "wide"), "general", "light", (60, 90), comes_in=False),
)


def waiting(cases: int, suites: int, days: int, seed: int) -> PlanningProblem:
    """A waiting list; five cases for each suite and day are about as many as fit."""
    rng = Random(seed)
    calendar = workdays(days)
    listed = [_case(rng, f"case-{n:04}", calendar) for n in range(1, cases + 1)]
    return problem_of(
        f"waiting-{cases}", calendar, prices(), _department(rng, suites, calendar), listed
    )


def _department(rng: Random, suites: int, days: list[date]) -> list[Data]:
    resources: list[Data] = []
    for n in range(suites):
        tags = ["fluoroscopy"] + ["biplane"] * (n % 2 == 0) + ["wide"] * (n % 4 == 0)
        suite = {"tags": tags, "available": hours(days, ("08:00", "17:30")), "open_cost": 40}
        resources.append({"id": f"suite-{n + 1}", "kind": "suite", **suite})
    for n in range(suites):
        tags = ["general"] + ["spine"] * (n % 2 == 0) + ["tumour"] * (n % 3 == 0)
        here = [day for day in days if rng.random() < 0.95]
        doctor = {"tags": tags, "available": hours(here, ("08:00", "12:00"), ("12:40", "17:00"))}
        limits = {"minutes_per_day": 420, "suite_change_cost": 25}
        resources.append({"id": f"doctor-{n + 1}", "kind": "proceduralist", **doctor, **limits})
    for n in range(suites + 1 + suites // 4):
        begin = ("07:30", "08:30", "09:30")[n % 3]
        here = [day for day in days if rng.random() < 0.9]
        tags = ["light"] + ["deep"] * (n % 5 == 0)
        nurse = {"tags": tags, "available": hours(here, (begin, "12:00"), ("12:30", "17:30"))}
        resources.append({"id": f"nurse-{n + 1}", "kind": "sedation", **nurse})
    for n in range(2 * suites + 1):
        bay = {"available": hours(days, ("06:30", "20:00"))}
        resources.append({"id": f"bay-{n + 1}", "kind": "bay", **bay})
    return resources + [slot for day in days for slot in _counter(day, max(1, suites // 2))]


def _counter(day: date, abreast: int) -> list[Data]:
    slots = []
    for half_hour in range(20):
        begin = at(day, "06:30") + half_hour * timedelta(minutes=30)
        hours_open = [(begin, begin + timedelta(minutes=30))]
        for n in range(1, abreast + 1):
            name = f"arrival-{day:%m%d}-{half_hour:02}-{n}"
            slots.append({"id": name, "kind": "outpatient-slot", "available": hours_open})
    return slots


def _case(rng: Random, name: str, days: list[date]) -> Data:
    kind = rng.choices(KINDS, [kind.share for kind in KINDS])[0]
    minutes = rng.choice(kind.minutes)
    priority = rng.choices(PRIORITIES, (2, 10, 30, 58))[0]
    first = rng.randrange(0, max(1, len(days) // 2))
    release = at(days[first], "06:00")
    patience = {"emergent": 2, "urgent": 4, "soon": 10, "routine": 21}[priority]
    member: Data = {
        "id": name,
        "priority": priority,
        "release": release,
        "due": release + patience * DAY,
        "needs": _needs(kind, minutes, rng.choice(kind.recovery)),
    }
    offered = days[first:]
    if rng.random() < 1 / 3:
        ready = release + rng.randint(1, 5) * DAY
        member["hold"] = {"stage": "planned", "ready_at": ready, "risk": rng.randint(1, 3)}
        offered = [day for day in offered if at(day, "08:00") >= ready] or days[-1:]
    if rng.random() < 0.2:
        weekday = rng.randrange(5)
        offered = [day for day in offered if day.weekday() != weekday] or offered
    # The last permitted start leaves time for the procedure and the turn-over of the suite.
    last = at(days[0], "17:30") - at(days[0], "00:00") - timedelta(minutes=minutes + 15)
    member["windows"] = [(at(d, "08:00"), at(d, "00:00") + last) for d in offered]
    return member


def _needs(kind: Kind, minutes: int, recovery: int) -> list[Data]:
    suite = {"tags": list(kind.suite), "from": 0, "minutes": minutes + 20}
    needs = [
        {"role": "suite", "kind": "suite", **suite},
        {"role": "doctor", "kind": "proceduralist", "tags": [kind.doctor]},
        {"role": "nurse", "kind": "sedation", "tags": [kind.nurse]},
        {"role": "recovery", "kind": "bay", "from": minutes, "minutes": recovery},
    ]
    needs[1] |= {"from": 0, "minutes": minutes}
    needs[2] |= {"from": -10, "minutes": minutes + 20}
    if kind.comes_in:
        needs += [
            {"role": "arrival", "kind": "outpatient-slot", "from": -60, "minutes": 15},
            {"role": "preparation", "kind": "bay", "from": -45, "minutes": 45},
        ]
    return needs
