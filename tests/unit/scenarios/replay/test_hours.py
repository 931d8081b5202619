"""The office is there on working days, and on no holiday that the site keeps."""

from collections.abc import Mapping
from datetime import date

from models.calendars import HolidayRule
from scenarios.assumptions import Arrivals
from scenarios.replay.hours import OfficeHours
from tests.contract.department import at, small_site
from tests.unit.scenarios.replay.departments import RULES, small_practice

THANKSGIVING = date(2026, 11, 26)
"""A Thursday."""
DAY_AFTER = date(2026, 11, 27)
WEEKDAYS = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), 4.0)
KEPT = HolidayRule(country="US", working=("Veterans Day",), also=(DAY_AFTER,))


def office(rule: HolidayRule | None = KEPT, per_day: Mapping[str, float] = WEEKDAYS) -> OfficeHours:
    practice, arrivals = small_practice(), Arrivals.model_validate({"per_day": per_day})
    assumed = practice.assumptions.model_copy(update={"arrivals": arrivals})
    site = small_site(holidays=rule)
    return OfficeHours.of(practice.changed(site=site, assumptions=assumed), RULES)


def test_the_office_hears_of_things_when_it_is_open() -> None:
    hours = OfficeHours.of(small_practice(), RULES)
    assert hours.known_by(at("10:15")) == at("10:15")
    assert hours.known_by(at("05:00")) == at("08:00")
    assert hours.known_by(at("16:00", day=4)) == at("08:00", day=7)  # Friday's end, then Monday


def test_nobody_is_there_on_a_holiday_that_the_site_keeps() -> None:
    hours = office()
    assert not hours.is_open(THANKSGIVING)
    assert not hours.is_open(DAY_AFTER)
    assert hours.is_open(date(2026, 11, 11))  # Veterans Day, on which the site works
    # Wednesday's end, over the holiday, the site's own day off and the weekend: Monday
    assert hours.known_by(at("16:00", day=9)) == at("08:00", day=14)


def test_a_site_without_holidays_keeps_none() -> None:
    assert office(None).is_open(THANKSGIVING)


def test_days_with_referrals_of_their_own_are_open_besides_working_days() -> None:
    hours = office(per_day={"mon": 2, "sat": 1, "sun": 0})
    assert [hours.is_open(date(2026, 11, 16 + n)) for n in range(7)] == [True] * 6 + [False]


def test_days_on_which_open_cases_were_referred_count_where_no_figure_is_given() -> None:
    # the eight were referred on eight days in a row, a weekend among them
    assert office(per_day={}).is_open(date(2026, 11, 21))  # a Saturday
