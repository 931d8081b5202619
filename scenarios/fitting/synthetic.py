"""A made-up history of a department whose true figures are known, to try and to test fitting with.

Everything is drawn from one seed. The figures are invented to be found again, not clinical.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from scipy.special import ndtri

from models.base import Priority
from models.catalogue import Catalogue
from models.procedures import ProcedureType
from models.site import Site
from models.timegrid import at_local
from scenarios.fitting.columns import COLUMNS

PRIORITIES = {Priority.URGENT: 0.1, Priority.SOON: 0.3, Priority.ROUTINE: 0.6}
OPENS, OPEN_HOURS = time(8), timedelta(hours=8)
PER_ROOM = (3.5, 3.0, 2.75, 3.0, 2.0, 0.0, 0.0)
"""Mean referrals for each room from Monday to Sunday: about as many as it can treat."""
WAIT_DAYS = 7
"""Days between a referral and the first day it may be booked for."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of the made-up department.

    A case takes its booked minutes times exp(its procedure's shift + its proceduralist's shift +
    `spread` z), z being standard normal: neither levels nor sedation make a difference.
    """

    timezone: str
    procedures: tuple[ProcedureType, ...]
    shares: tuple[float, ...]
    """Of referrals, by procedure; the sum is 1."""
    rooms: tuple[str, ...]
    by_procedure: dict[str, float]
    by_proceduralist: dict[str, float]
    per_weekday: tuple[float, ...]
    """Mean referrals from Monday to Sunday; their number is Poisson."""
    spread: float = 0.25
    causes: dict[str, float] = field(
        default_factory=lambda: {"patient": 0.08, "no-show": 0.02, "illness": 0.02}
    )
    """Shares of bookings that do not take place, by cause."""
    held: float = 0.4
    """Share of bookings with a hold."""
    hold_missed: float = 0.05
    """Share of those that miss it."""
    on_time: float = 0.35
    """Share of first cases that are not late; the others are by an exponential number of minutes
    with the mean `late_mean`."""
    late_mean: float = 20.0
    turnover: tuple[float, float] = (10.0, 25.0)
    """Least and most minutes from one case to the next; all between are alike."""

    def ratio(self, procedure: str, proceduralist: str, level: float) -> float:
        """The true quantile of actual over booked minutes."""
        shift = self.by_procedure[procedure] + self.by_proceduralist[proceduralist]
        return float(np.exp(shift + self.spread * ndtri(level)))


def truth_for(site: Site, catalogue: Catalogue, *, seed: int, kinds: int = 20) -> Truth:
    """Made-up true figures for a site.

    Args:
        site: its suites and proceduralists are those of the history.
        catalogue: the first `kinds` procedures in a suite are those carried out.
        seed: decides all that is drawn.
        kinds: number of procedures.
    """
    generator = np.random.default_rng([seed, 1])
    in_suites = [p for p in catalogue.procedures if any(n.kind == "suite" for n in p.needs)][:kinds]
    raw = generator.gamma(0.8, 1.0, len(in_suites)) + 0.02
    people = sorted(r.id for r in site.resources if r.kind == "proceduralist")
    rooms = tuple(sorted(r.id for r in site.resources if r.kind == "suite"))
    return Truth(
        timezone=site.timezone,
        procedures=tuple(in_suites),
        shares=tuple(map(float, raw / raw.sum())),
        rooms=rooms,
        per_weekday=tuple(mean * len(rooms) for mean in PER_ROOM),
        by_procedure={p.key: float(generator.normal(0.05, 0.15)) for p in in_suites},
        by_proceduralist={who: float(generator.normal(0.0, 0.08)) for who in people},
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """A referral: what, how many levels, how pressing, since when."""

    procedure: ProcedureType
    levels: int
    priority: Priority
    at: datetime

    @property
    def minutes(self) -> int:
        figures = self.procedure.procedure_minutes
        return figures.base + figures.per_extra_level * (self.levels - 1)


def synthetic_history(truth: Truth, *, seed: int, first: date, weeks: int) -> pd.DataFrame:
    """A made-up history in the own format, to be written as it is.

    Args:
        truth: what is true of the department.
        seed: decides all that is drawn.
        first: first day of referrals.
        weeks: how many weeks of them.

    Returns:
        One row per booking, all columns as text.
    """
    generator = np.random.default_rng([seed, 2])
    zone = ZoneInfo(truth.timezone)
    queue: deque[_Asked] = deque()
    rows: list[dict[str, object]] = []
    for day in (first + timedelta(days=n) for n in range(7 * weeks)):
        if day.weekday() < 5:
            for room in truth.rooms:
                opens = at_local(day, OPENS, zone)
                rows += _room_day(truth, generator, queue, opens, room)
        queue.extend(sorted(_asked(truth, generator, day, zone), key=lambda asked: asked.at))
    blank = dict.fromkeys(COLUMNS, "")
    named = (blank | row | {"case": f"made-up-{at}"} for at, row in enumerate(rows))
    return pd.DataFrame(list(named), columns=list(COLUMNS)).astype(str)


def _asked(
    truth: Truth, generator: np.random.Generator, day: date, zone: ZoneInfo
) -> Iterator[_Asked]:
    """The referrals of a day."""
    for _ in range(int(generator.poisson(truth.per_weekday[day.weekday()]))):
        procedure = truth.procedures[int(generator.choice(len(truth.shares), p=truth.shares))]
        levels = int(generator.choice([1, 2, 3], p=[0.7, 0.2, 0.1])) if procedure.vertebral else 1
        pressing = str(generator.choice(list(PRIORITIES), p=list(PRIORITIES.values())))
        clock = time(8 + int(generator.integers(0, 9)), int(generator.integers(0, 60)))
        yield _Asked(procedure, levels, Priority(pressing), at_local(day, clock, zone))


def _room_day(
    truth: Truth,
    generator: np.random.Generator,
    queue: deque[_Asked],
    opens: datetime,
    room: str,
) -> Iterator[dict[str, object]]:
    """The bookings of a room on a day, first come first served, and what became of them."""
    booked, free = opens, None
    while queue and _may(queue[0], booked, opens + OPEN_HOURS):
        asked = queue.popleft()
        row = _booking(truth, generator, asked, booked, room)
        cause = _cause(truth, generator, held=row["hold"] == "yes")
        if cause is None:
            begin = _begin(truth, generator, booked, free)
            end = begin + _lasts(truth, generator, asked, str(row["proceduralist"]))
            free = end + timedelta(minutes=5)
            row |= _times(begin, end, free)
        else:
            status = "no-show" if cause == "no-show" else "cancelled"
            row |= {"status": status, "cause": cause}
        yield row
        booked += timedelta(minutes=asked.minutes + 15)


def _may(asked: _Asked, booked: datetime, closes: datetime) -> bool:
    rested = booked - asked.at >= timedelta(days=WAIT_DAYS)
    return rested and booked + timedelta(minutes=asked.minutes) <= closes


def _booking(
    truth: Truth, generator: np.random.Generator, asked: _Asked, booked: datetime, room: str
) -> dict[str, object]:
    return {
        "procedure": asked.procedure.key,
        "levels": asked.levels,
        "proceduralist": str(generator.choice(sorted(truth.by_proceduralist))),
        "room": room,
        "sedation": asked.procedure.sedation,
        "priority": asked.priority.value,
        "referred_at": asked.at.isoformat(),
        "booked_start": booked.isoformat(),
        "booked_minutes": asked.minutes,
        "status": "done",
        "hold": "yes" if generator.random() < truth.held else "no",
    }


def _cause(truth: Truth, generator: np.random.Generator, *, held: bool) -> str | None:
    """Why a booking does not take place, or None; each cause has its share of all bookings."""
    u, miss = generator.random(), generator.random()
    for cause, share in truth.causes.items():
        if u < share:
            return cause
        u -= share
    return "hold-missed" if held and miss < truth.hold_missed else None


def _begin(
    truth: Truth, generator: np.random.Generator, booked: datetime, free: datetime | None
) -> datetime:
    if free is None:
        late = 0.0 if generator.random() < truth.on_time else generator.exponential(truth.late_mean)
        return booked + timedelta(minutes=round(late))
    # The room is left at `free`; the next patient is in it 5 minutes before the procedure.
    return max(booked, free + timedelta(minutes=round(generator.uniform(*truth.turnover)) + 5))


def _lasts(truth: Truth, generator: np.random.Generator, asked: _Asked, who: str) -> timedelta:
    ratio = truth.ratio(asked.procedure.key, who, generator.random())
    return timedelta(seconds=max(60, round(60 * asked.minutes * ratio)))


def _times(begin: datetime, end: datetime, out: datetime) -> dict[str, object]:
    entered = begin - timedelta(minutes=5)
    return {
        "in_at": entered.isoformat(),
        "start_at": begin.isoformat(),
        "end_at": end.isoformat(),
        "out_at": out.isoformat(),
    }
