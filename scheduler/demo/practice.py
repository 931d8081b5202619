"""The demonstration's department with made-up referrals, as a practice for what-if.

Seeded: the same seed and number give the same practice. The referrals came in on the working days
of the last three weeks, more on a Monday, so that arrivals by weekday can be told from them. How
far patients live away is drawn too; nobody in it exists.
"""

from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from models.patients import Referral
from models.timegrid import at_local, local_day
from scenarios.practice import Known, Practice
from scheduler.demo.patients import generate
from scheduler.demo.run import MONDAY, demo_site
from scheduler.intake.intake import take_bundles, take_referrals

WEEKS = 3
"""Over which the referrals came in."""
WEEKDAY_WEIGHTS = (26, 21, 20, 18, 15)
"""Monday to Friday, made up."""
MEDIAN_KM = 18.0
SPREAD = 0.9
"""Of the logarithm of the distance."""
FURTHEST_KM = 250.0
OFFICE = (time(8), 9 * 60)
"""Opening, and minutes open, of whoever takes referrals in."""


def demo_practice(*, cases: int = 120, seed: int = 1, now: datetime | None = None) -> Practice:
    """The department that comes with Holdfast, with open cases of made-up patients, none booked.

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
    return Practice(site=site, now=now, known=tuple(known))


def _working_days(today: date) -> tuple[date, ...]:
    """The days from Monday to Friday of the last weeks, today left out."""
    days = (today - timedelta(days=n) for n in range(1, 7 * WEEKS + 1))
    return tuple(sorted(day for day in days if day.weekday() < len(WEEKDAY_WEIGHTS)))


def _moment(random: Random, days: tuple[date, ...], tz: ZoneInfo) -> datetime:
    """A minute of office hours of one of the days."""
    weights = [WEEKDAY_WEIGHTS[day.weekday()] for day in days]
    opens, minutes = OFFICE
    begin = at_local(random.choices(days, weights=weights)[0], opens, tz)
    return begin + timedelta(minutes=random.randrange(minutes))


def _written(referral: Referral, at: datetime) -> Referral:
    return referral.model_copy(update={"authored": at})


def _distance(random: Random) -> float:
    """Kilometres from the site: most live near, few far away."""
    return round(min(FURTHEST_KM, MEDIAN_KM * random.lognormvariate(0.0, SPREAD)), 1)
