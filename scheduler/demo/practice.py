"""The demonstration's department with made-up referrals, as a practice for what-if.

Seeded: the same seed and number give the same practice. The referrals came in on the working days
of the last three weeks, more on a Monday; every second one that finds a place is booked and told.
How far patients live away is drawn too; nobody in it exists. As nobody has been treated yet, those
open are all who came in, so that a replay may draw from them.
"""

from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from models.calendars import Weekday
from models.patients import Referral
from models.timegrid import at_local, local_day
from scenarios.assumptions import Arrivals, Assumptions
from scenarios.practice import Known, Practice, Promise
from scenarios.replay.draws import Draws
from scenarios.replay.night import frozen, searched
from scenarios.replay.simulate import opened
from scheduler.demo.patients import generate
from scheduler.demo.run import MONDAY, demo_site
from scheduler.intake.intake import take_bundles, take_referrals
from scheduler.site_files import LibraryDates

WEEKS = 3
"""Over which the referrals came in."""
REFERRALS = {"mon": 18, "tue": 15, "wed": 14, "thu": 13, "fri": 10}
"""By weekday, made up: fourteen a working day, which CT time can just keep up with."""
ARRIVALS = Arrivals(
    per_day={Weekday(day): count for day, count in REFERRALS.items()},
    source="made up: fourteen referrals a working day, more on a Monday",
    evidence="planning",
)
MEDIAN_KM = 18.0
SPREAD = 0.9
"""Of the logarithm of the distance."""
FURTHEST_KM = 250.0
OPENS, OPEN_MINUTES = time(8), 9 * 60
"""Of whoever takes referrals in."""
STEPS = 300
"""Of the search that finds the places of those who are booked."""


def demo_practice(*, cases: int = 120, seed: int = 1, now: datetime | None = None) -> Practice:
    """The department that comes with Holdfast, with open cases of made-up patients.

    Args:
        cases: how many referrals.
        seed: another seed, other patients.
        now: aware instant; the demonstration's Monday unless given.
    """
    site, now = demo_site(), now or datetime.fromisoformat(MONDAY)
    bundles, requests = generate(seed, cases, now, site.timezone)
    intake = take_bundles(bundles, now=now, timezone=site.timezone)
    referred = take_referrals(requests, timezone=site.timezone, patients=intake)
    patients = {patient.id: patient for patient in intake.patients}
    days = _working_days(local_day(now, site.tz))
    known = []
    for number, referral in enumerate(sorted(referred.referrals, key=lambda one: one.id)):
        random = Random(f"practice {seed} {number}")
        known.append(
            Known(
                patient=patients[referral.patient],
                referral=_written(referral, _moment(random, days, site.tz)),
                distance_km=_distance(random),
            )
        )
    assumed = Assumptions(arrivals=ARRIVALS)
    made = Practice(
        site=site, now=now, known=tuple(known), assumptions=assumed, drawn_from=tuple(known)
    )
    return _booked(made)


def _working_days(today: date) -> tuple[date, ...]:
    """The days from Monday to Friday of the last weeks, today left out."""
    days = (today - timedelta(days=n) for n in range(1, 7 * WEEKS + 1))
    return tuple(sorted(day for day in days if Weekday.of(day) in REFERRALS))


def _moment(random: Random, days: tuple[date, ...], tz: ZoneInfo) -> datetime:
    """A minute of office hours of one of the days."""
    weights = [REFERRALS[Weekday.of(day)] for day in days]
    begin = at_local(random.choices(days, weights=weights)[0], OPENS, tz)
    return begin + timedelta(minutes=random.randrange(OPEN_MINUTES))


def _written(referral: Referral, at: datetime) -> Referral:
    return referral.model_copy(update={"authored": at})


def _distance(random: Random) -> float:
    """Kilometres from the site: most live near, few far away."""
    return round(min(FURTHEST_KM, MEDIAN_KM * random.lognormvariate(0.0, SPREAD)), 1)


def _booked(practice: Practice) -> Practice:
    """Every second of those that find a place together is booked there, and told just now."""
    world = opened(practice, Draws(0, 0), LibraryDates())
    problem = frozen(world.office).problem
    found = searched(problem, seed=0, iterations=STEPS).plan.by_case
    promises = {
        case: Promise(
            start=found[case].start,
            assigned=found[case].assigned,
            needs=problem.case_by_id[case].needs,
            placed_at=practice.now,
            told_at=practice.now,
        )
        for case in sorted(found)[::2]
    }
    told = (one.model_copy(update={"promise": promises.get(one.id)}) for one in practice.known)
    return practice.changed(known=tuple(told))
