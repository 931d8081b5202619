"""The demonstration's department as a practice."""

from collections import Counter

from models.timegrid import local_day
from scenarios.practice import parse_practice
from scheduler.demo.practice import demo_practice


def test_equal_seeds_make_equal_practices_that_survive_a_file() -> None:
    made = demo_practice(cases=12, seed=3)
    text = made.model_dump_json()
    assert demo_practice(cases=12, seed=3).model_dump_json() == text
    assert parse_practice(text, place="test") == made
    assert demo_practice(cases=12, seed=4) != made


def test_referrals_come_in_on_working_days_of_three_weeks() -> None:
    made = demo_practice(cases=60)
    written = [known.referral.authored for known in made.known]
    assert all(moment is not None and moment < made.now for moment in written)
    days = [local_day(moment, made.site.tz) for moment in written if moment is not None]
    assert max(Counter(day.weekday() for day in days)) <= 4  # Monday to Friday
    assert (max(days) - min(days)).days <= 21
    assert all(known.distance_km for known in made.known)
