"""Days of surgery: theatres that cost to open, surgeons with minutes by day, mandatory cases.

What decides is which case goes to which day and theatre. The mandatory cases are drawn from a plan
that stands, so that a plan with all of them exists.
"""

from datetime import date, datetime
from random import Random

from benchmarks.families.parts import Data, at, flat_prices, hours, problem_of, workdays
from models.problem import PlanningProblem

THEATRE_MINUTES = 480
LENGTHS = (60, 90, 120, 150, 180, 240)
MANDATORY_FILL = 0.6


def surgery(cases: int, theatres: int, days: int, seed: int) -> PlanningProblem:
    """So many cases for theatres of eight hours a day; a theatre holds about four a day."""
    rng = Random(seed)
    calendar = workdays(days)
    surgeons = 2 * theatres
    limits = [[rng.choice((0, 240, 360, 480)) for _ in calendar] for _ in range(surgeons)]
    listed = _mandatory(rng, calendar, theatres, limits)[: cases * 2 // 3]
    for n in range(len(listed), cases):
        first = rng.randrange(days)
        windows = _windows(calendar[first:])
        listed.append(
            _case(n, rng.randrange(surgeons), rng.choice(LENGTHS), calendar[first], windows)
        )
    resources = [
        {"id": f"theatre-{n}", "kind": "suite", "available": _day(calendar), "open_cost": 20}
        for n in range(theatres)
    ]
    for n, minutes in enumerate(limits):
        surgeon: Data = {"tags": [f"surgeon-{n}"], "available": _day(calendar)}
        by_day = {day.isoformat(): most for day, most in zip(calendar, minutes, strict=True)}
        surgeon |= {"minutes_per_day": by_day, "suite_change_cost": 10}
        resources.append({"id": f"surgeon-{n}", "kind": "proceduralist", **surgeon})
    return problem_of(
        f"surgery-{cases}", calendar, flat_prices(150, 5), resources, listed, tick_minutes=30
    )


def _day(days: list[date]) -> list[tuple[datetime, datetime]]:
    return hours(days, ("08:00", "16:00"))


def _windows(days: list[date]) -> list[tuple[datetime, datetime]]:
    return hours(days, ("08:00", "15:30"))


def _mandatory(rng: Random, days: list[date], theatres: int, limits: list[list[int]]) -> list[Data]:
    """Fill theatres one after another, a surgeon at a time, and forget all but the window."""
    listed: list[Data] = []
    for d in range(len(days)):
        left = [by_day[d] for by_day in limits]
        for _ in range(theatres):
            # One surgeon stays in one theatre, so that nobody is in two at once.
            surgeon = max(range(len(left)), key=lambda n: (left[n], n))
            open_minutes = int(THEATRE_MINUTES * MANDATORY_FILL)
            while fitting := [m for m in LENGTHS if m <= min(left[surgeon], open_minutes)]:
                minutes = rng.choice(fitting)
                left[surgeon] -= minutes
                open_minutes -= minutes
                first = max(0, d - rng.randint(0, 4))
                span = days[first : d + rng.randint(1, 4)]
                case = _case(len(listed), surgeon, minutes, span[0], _windows(span))
                listed.append(case | {"mandatory": True, "priority": "urgent"})
            left[surgeon] = 0
    rng.shuffle(listed)
    return [case | {"id": f"case-{n:04}"} for n, case in enumerate(listed)]


def _case(
    number: int,
    surgeon: int,
    minutes: int,
    release: date,
    windows: list[tuple[datetime, datetime]],
) -> Data:
    return {
        "id": f"case-{number:04}",
        "priority": "routine",
        "release": at(release, "00:00"),
        "windows": windows,
        "needs": [
            {"role": "theatre", "kind": "suite", "from": 0, "minutes": minutes},
            {
                "role": "surgeon",
                "kind": "proceduralist",
                "tags": [f"surgeon-{surgeon}"],
                "from": 0,
                "minutes": minutes,
            },
        ],
    }
