"""Whole seconds: figures and clocks with fractions never shorten a hold or start in the past."""

from datetime import timedelta

import pytest

from models.clinical.assess import assess
from models.clinical.permitted import permitted
from models.clinical.spans import elapsed, whole_second
from tests.unit.models.clinical.builders import (
    CLINIC,
    NOW,
    apixaban,
    chicago,
    facts,
    overridden,
)


@pytest.mark.parametrize(
    ("hours", "seconds"), [(0, 0), (1, 3600), (36.5, 131_400), (100.1, 360_360), (1 / 7, 515)]
)
def test_hours_round_up_to_a_second(hours: float, seconds: int) -> None:
    # 3600 / 7 = 514.29 s.
    assert elapsed(hours) == timedelta(seconds=seconds)


def test_a_fraction_of_a_second_rounds_up() -> None:
    assert whole_second(NOW) == NOW
    assert whole_second(NOW + timedelta(microseconds=1)) == NOW + timedelta(seconds=1)


def test_odd_figures_of_a_site_are_no_obstacle() -> None:
    hours = {"hold_hours_min": 1, "hold_hours_max": 33.3333, "hold_doses": None}
    book = overridden("SIR2019-high", "apixaban", **hours)
    given = facts(apixaban(dose_times=()), setting={"notice_hours": 1 / 7})
    # Told 515 s after 09:00; 33.3333 h are 119,999.88 s, so 120,000: Tue 18:28:35, tick 18:30.
    readiness = assess(given, book, NOW + timedelta(microseconds=-1))
    assert readiness.windows[0][0] == chicago(3, 18, 30)
    assert readiness.holds[0].ready_at == chicago(3, 18, 28) + timedelta(seconds=35)


def test_now_with_a_fraction_permits_nothing_in_the_past() -> None:
    now = NOW + timedelta(milliseconds=500)
    assert assess(facts(), CLINIC, now).windows[0][0] == chicago(2, 9, 5)
    assert permitted(facts(), CLINIC, now, NOW)[0].kind == "horizon"
