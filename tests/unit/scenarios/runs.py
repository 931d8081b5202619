"""Hand-made records of runs in a few words: a week from Monday 2026-11-23 in Chicago.

`at("09:30", 2)` is Wednesday 09:30. Everything not said has a plain default: a routine case of a
vertebroplasty, released at midnight on Monday, due never, treated when a start is given and waiting
when none is. `week(...)` is one small department with something of everything; `replications(...)`
are some of them that differ by number, so that pairs of scenarios have paired differences.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from models.base import Priority
from models.timegrid import local_day
from scenarios.records import (
    CaseRecord,
    Cause,
    DrugTime,
    Lost,
    Moved,
    NightRecord,
    Outcome,
    Run,
    StaffedRecord,
    UseRecord,
)
from tests.builders import CHICAGO, MONDAY, at

__all__ = [
    "MONDAY",
    "at",
    "case",
    "lost",
    "moved",
    "night",
    "off",
    "replications",
    "run",
    "there",
    "use",
    "week",
]
TZ = ZoneInfo(CHICAGO)


def case(
    name: str,
    start: datetime | None = None,
    *,
    released: datetime | None = None,
    due: datetime | None = None,
    outcome: Outcome | None = None,
    priority: Priority = Priority.ROUTINE,
    late: float = 0.0,
    age: str = "65-79",
    distance: str = "under 20 km",
    language: str = "en",
    drug_times: Sequence[DrugTime] = (),
    lost: Sequence[Lost] = (),
    moves: Sequence[Moved] = (),
) -> CaseRecord:
    """A case of 60 planned minutes, treated at `start` if there is one."""
    became = outcome or (Outcome.WAITING if start is None else Outcome.TREATED)
    treated = became is Outcome.TREATED
    release = released or at("00:00")
    return CaseRecord(
        case=name,
        procedure="vertebroplasty",
        priority=priority,
        released=release,
        due=due,
        outcome=became,
        start=start,
        booked_at=release if start is not None or lost else None,
        age_band=age,
        distance_band=distance,
        language=language,
        planned_minutes=60,
        actual_minutes=60.0 if treated else None,
        late_minutes=late if treated else None,
        drug_times=tuple(drug_times),
        lost=tuple(lost),
        moves=tuple(moves),
    )


def off(
    hours: float,
    drug_class: str = "doac",
    risk: int = 1,
    *,
    wasted: bool = False,
    drug: str = "",
    until: datetime | None = None,
) -> DrugTime:
    """Hours off a drug up to the first day; it has the name of its class where none is given."""
    return DrugTime(
        drug=drug or drug_class,
        drug_class=drug_class,
        risk=risk,
        hours=hours,
        wasted=wasted,
        until=until or at("08:00"),
    )


def lost(cause: Cause, start: datetime, *, at: datetime | None = None) -> Lost:
    """A booking for `start` that came to nothing, known a day before unless said otherwise."""
    return Lost(at=at or start - timedelta(days=1), start=start, cause=cause)


def moved(
    before: datetime, after: datetime, *, at: datetime, told: bool = True, after_stop: bool = False
) -> Moved:
    """A move by the night."""
    return Moved(at=at, before=before, after=after, told=told, after_stop=after_stop)


def use(
    resource: str,
    of: str,
    begin: datetime,
    minutes: float = 60,
    *,
    kind: str = "suite",
    role: str | None = None,
    late: float = 0,
    booked_minutes: float | None = None,
) -> UseRecord:
    """A resource's service from `begin` for some minutes, booked `late` minutes earlier."""
    booked = begin - timedelta(minutes=late)
    length = minutes if booked_minutes is None else booked_minutes
    return UseRecord(
        resource=resource,
        kind=kind,
        role=role or kind,
        case=of,
        booked_begin=booked,
        booked_end=booked + timedelta(minutes=length),
        begin=begin,
        end=begin + timedelta(minutes=minutes),
    )


def there(resource: str, begin: datetime, end: datetime, *, kind: str = "suite") -> StaffedRecord:
    """Hours at which a resource is there."""
    day = local_day(begin, TZ)
    return StaffedRecord(resource=resource, kind=kind, day=day, begin=begin, end=end)


def night(day: int = 0, *, before: int = 1_000, after: int = 900, moves: int = 0) -> NightRecord:
    """A night of the week's day, without a bound."""
    return NightRecord(
        day=local_day(at("12:00", day), TZ),
        cost_before=before,
        cost_after=after,
        bound=None,
        moves=moves,
        placed=0,
        left_out=0,
        seconds=0.5,
    )


def run(
    cases: Sequence[CaseRecord] = (),
    uses: Sequence[UseRecord] = (),
    staffed: Sequence[StaffedRecord] = (),
    nights: Sequence[NightRecord] = (),
    *,
    site: str = "demo",
    number: int = 0,
    mode: str = "replay",
    begin: datetime | None = None,
    end: datetime | None = None,
    cost: int = 1_000,
) -> Run:
    """One replication; measured over the week from Monday midnight."""
    return Run(
        site=site,
        timezone=CHICAGO,
        mode=mode,
        seed=7,
        number=number,
        begin=begin or at("00:00"),
        end=end or at("00:00", 7),
        cases=tuple(cases),
        uses=tuple(uses),
        staffed=tuple(staffed),
        nights=tuple(nights),
        cost=cost,
        seconds=1.5,
        versions={"holdfast": "0.1.0"},
    )


def _treated(number: int, random: Random, wait: float) -> tuple[CaseRecord, UseRecord, UseRecord]:
    day, slot = number % 5, number // 5
    late = random.choice((0.0, 0.0, 5.0, 12.0))
    booked = at("08:00", day) + timedelta(minutes=90 * slot)
    start = booked + timedelta(minutes=late)
    record = case(
        f"case-{number:02}",
        start,
        released=booked - timedelta(days=wait * (0.5 + random.random())),
        due=booked + timedelta(days=random.choice((-1, 2))),
        priority=tuple(Priority)[number % 4],
        late=late,
        age=("under 65", "65-79", "80 and over")[number % 3],
        distance=("under 20 km", "over 50 km")[number % 2],
        language=("en", "es")[number % 2],
        drug_times=(off(24.0 + 24 * (number % 3), ("doac", "vka")[number % 2], 1 + number % 3),),
    )
    minutes = random.choice((45, 60, 75))
    suite = use("suite-1", record.case, start, minutes, late=late, booked_minutes=60)
    nurse = use("rn-1", record.case, start, minutes, kind="sedation", late=late, booked_minutes=60)
    return record, suite, nurse


def _not_treated(wait: float) -> tuple[CaseRecord, ...]:
    start = at("08:00", 3)
    late = lost(Cause.HOLD_MISSED, start, at=start)
    move = moved(start, at("08:00", 9), at=at("02:00", 2), after_stop=True)
    return (
        case("case-90", released=at("00:00") - timedelta(days=wait)),
        case("case-91", at("08:00", 8), outcome=Outcome.BOOKED, moves=(move,)),
        case("case-92", outcome=Outcome.CANCELLED, lost=(lost(Cause.PATIENT, start),)),
        case("case-93", lost=(late,), drug_times=(off(48.0, wasted=True),)),
    )


def week(
    number: int = 0, *, wait: float = 7.0, site: str = "demo", treated: int = 20, seed: int = 7
) -> Run:
    """One small department: a suite and a nurse from 08:00 to 16:00 on five days.

    Args:
        number: of the replication; the same number draws the same surprises.
        wait: days that cases have waited, more or less; what scenarios may differ by.
        site: its id.
        treated: how many of its cases are treated, at most 30.
        seed: of the surprises.
    """
    random = Random(f"{seed}/{number}/{site}")
    done = [_treated(n, random, wait) for n in range(treated)]
    hours = [(at("08:00", day), at("16:00", day)) for day in range(5)]
    return run(
        cases=(*(record for record, _, _ in done), *_not_treated(wait)),
        uses=tuple(u for _, suite, nurse in done for u in (suite, nurse)),
        staffed=tuple(
            there(resource, begin, end, kind=kind)
            for resource, kind in (("suite-1", "suite"), ("rn-1", "sedation"))
            for begin, end in hours
        ),
        nights=tuple(night(day) for day in range(5)),
        site=site,
        number=number,
        cost=1_000 + 10 * number + int(100 * wait),
    )


def replications(
    count: int = 6, *, wait: float = 7.0, sites: Sequence[str] = ("demo",), treated: int = 20
) -> tuple[Run, ...]:
    """So many small weeks of each site, one number after the other."""
    return tuple(
        week(number, wait=wait, site=site, treated=treated)
        for number in range(count)
        for site in sites
    )
