"""Referrals to come are the site's own, on another day."""

from datetime import date, timedelta

import pytest

from models.calendars import HolidayRule, Weekday
from models.timegrid import local_day
from scenarios.assumptions import Arrivals
from scenarios.practice import Known, Practice
from scenarios.replay.arrivals import Arrival, Stream, authored_per_day
from scenarios.replay.draws import Draws
from scenarios.replay.hours import OfficeHours
from tests.contract.department import MONDAY, NOW, ZONE, patient, referral, small_site
from tests.unit.scenarios.replay.departments import RULES, small_practice

DAYS = [MONDAY + timedelta(days=n) for n in range(70)]


def stream(practice: Practice, **changed: object) -> Stream:
    arrivals = practice.assumptions.arrivals.model_copy(update=changed)
    assumptions = practice.assumptions.model_copy(update={"arrivals": arrivals})
    asked = practice.changed(assumptions=assumptions)
    return Stream(asked, Draws(1, 0), OfficeHours.of(asked, RULES))


def everybody(practice: Practice, **changed: object) -> list[Arrival]:
    changed_stream = stream(practice, **changed)
    return [arrival for day in DAYS for arrival in changed_stream.on(day)]


def test_somebody_comes_in_office_hours_of_the_weekdays_named() -> None:
    found = everybody(small_practice(per_day=6.0))
    assert len(found) == pytest.approx(6 * 50, abs=4 * (6 * 50) ** 0.5)
    for arrival in found:
        local = arrival.at.astimezone(ZONE)
        assert local.weekday() < 5
        assert 8 <= local.hour < 16
        assert arrival.person.referral.authored == arrival.at


def test_all_facts_are_shifted_to_the_day_and_the_patient_is_another() -> None:
    practice = small_practice(per_day=6.0)
    day = MONDAY + timedelta(days=9)
    sources = {known.referral.display or known.id: known for known in practice.known}
    for arrival in stream(practice).on(day):
        facts, source = arrival.person.patient, next(iter(sources.values())).patient
        assert facts.id not in {known.patient.id for known in practice.known}
        assert facts.age_on(day) == source.age_on(MONDAY)
        assert {day - local_day(lab.taken_at, ZONE) for lab in facts.labs} == {
            MONDAY - local_day(lab.taken_at, ZONE) for lab in source.labs
        }


def test_factors_below_one_only_take_away() -> None:
    practice = small_practice(per_day=6.0)
    usual, fewer = everybody(practice), everybody(practice, scale=0.6)
    assert set(fewer) < set(usual)
    assert len(fewer) / len(usual) == pytest.approx(0.6, abs=0.12)


def test_factors_above_one_only_add() -> None:
    practice = small_practice(per_day=6.0)
    usual, more = everybody(practice), everybody(practice, scale=1.5)
    assert set(usual) < set(more)
    assert len(more) / len(usual) == pytest.approx(1.5, abs=0.15)


def test_a_factor_on_one_priority_leaves_the_others_as_they_are() -> None:
    practice = small_practice(per_day=6.0)
    usual, more = everybody(practice), everybody(practice, by_priority={"soon": 3.0})
    added = set(more) - set(usual)
    assert set(usual) < set(more)
    assert {arrival.person.referral.priority for arrival in added} == {"urgent"}  # `soon`, as sent


def test_a_factor_on_a_weekday_leaves_the_others_as_they_are() -> None:
    practice = small_practice(per_day=6.0)
    usual, none = everybody(practice), everybody(practice, by_weekday={"wed": 0.0})
    assert set(none) == {a for a in usual if a.at.astimezone(ZONE).weekday() != 2}


def test_nobody_comes_on_a_holiday_and_all_others_come_as_they_would() -> None:
    # ten weeks from 16 November on: Thanksgiving, Christmas, New Year, Martin Luther King Day
    usual = small_practice(per_day=6.0)
    kept = usual.changed(site=small_site(holidays=HolidayRule(country="US")))
    before, after = everybody(usual), everybody(kept)
    gone = {local_day(arrival.at, ZONE) for arrival in set(before) - set(after)}
    assert set(after) < set(before)
    assert gone == {date(2026, 11, 26), date(2026, 12, 25), date(2027, 1, 1), date(2027, 1, 18)}


def test_holidays_do_not_lower_the_mean_of_their_weekday() -> None:
    # one a day from Thursday 19 to Wednesday 25 November, none on Thanksgiving, which is today
    practice, today = small_practice(), NOW + timedelta(days=10)
    days = [today - timedelta(days=n) for n in range(1, 8)]
    known = tuple(
        Known(patient=patient(f"p{n}"), referral=referral(f"C{n}", f"p{n}", authored=day))
        for n, day in enumerate(days)
    )
    site = small_site(holidays=HolidayRule(country="US"))
    made = practice.changed(now=today, site=site, known=known)
    assert authored_per_day(made, OfficeHours.of(made, RULES)) == dict.fromkeys(Weekday, 1.0)


def test_without_figures_arrivals_follow_the_authored_dates() -> None:
    # one a day from Monday the 9th to Monday the 16th: two Mondays with one each, others one day
    practice = small_practice().changed(
        assumptions=small_practice().assumptions.model_copy(update={"arrivals": Arrivals()})
    )
    assert set(authored_per_day(practice, OfficeHours.of(practice, RULES)).values()) == {1.0}
    assert stream(practice)._mean(date(2026, 11, 18)) == 1.0
    assert NOW.date() == MONDAY
