"""Booking a quantile changes what is booked, never how long cases take."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.catalogue import shipped_catalogue
from models.errors import InputError
from scenarios.assumptions import Assumptions, DurationGroup, Durations, Quantiles
from scenarios.durations import minutes
from scenarios.fitting.fit import Fitted, fit_history
from scenarios.fitting.planning import booking_quantile, planned_overrides, with_durations
from scenarios.practice import Practice
from tests.unit.models.worlds import site
from tests.unit.scenarios.fitting.files import case, write

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


def spread(median: float) -> Quantiles:
    """From half the median to twice it."""
    return Quantiles(
        levels=(0.0, 0.5, 1.0),
        values=(median / 2, median, 2 * median),
        source="test",
        evidence="fitted",
    )


DURATIONS = Durations(
    groups=(
        DurationGroup(key=(), ratio=spread(1.0), cases=50),
        DurationGroup(key=("port-placement",), ratio=spread(1.2), cases=30),
        DurationGroup(key=("port-placement", "1"), ratio=spread(1.3), cases=30),
    )
)


def practice() -> Practice:
    return Practice(
        site=site(enabled=["port-placement", "picc"]),
        now=NOW,
        assumptions=Assumptions(durations=DURATIONS),
    )


def booked_as(given: Practice, fitted: Fitted) -> Practice:
    return with_durations(given, fitted.assumptions.durations, fitted.booked_minutes, "log")


def base(of: Practice, key: str) -> int:
    return of.catalogue.get(key).procedure_minutes.base


def test_the_catalogue_books_the_quantile_in_whole_minutes_upwards() -> None:
    found = planned_overrides(shipped_catalogue(), DURATIONS, 0.75)
    # port: 45 minutes * 1.8 (half way from 1.2 to 2.4) = 81; picc: 30 * 1.5 = 45
    assert found["port-placement"].base == 81
    assert found["picc"].base == 45
    # at 0.6: 30 * 1.2 = 36, 45 * 1.44 = 64.8
    assert planned_overrides(shipped_catalogue(), DURATIONS, 0.6)["port-placement"].base == 65


def test_minutes_of_further_levels_grow_with_the_base() -> None:
    found = planned_overrides(shipped_catalogue(), DURATIONS, 0.75)["kyphoplasty-lumbar"]
    # 75 * 1.5 = 112.5, booked 113; 20 a level * 113 / 75 = 30.1
    assert (found.base, found.per_extra_level) == (113, 30)


@pytest.mark.parametrize("level", [0.05, 0.5, 0.9])
@pytest.mark.parametrize(
    "key", [("port-placement",), ("port-placement", "1"), ("picc",), ("picc", "1")]
)
def test_cases_take_as_long_as_before_whatever_is_booked(
    key: tuple[str, ...], level: float
) -> None:
    before, after = practice(), booking_quantile(practice(), 0.75)
    assert base(after, key[0]) > base(before, key[0])
    was = minutes(before.assumptions.durations, key, base(before, key[0]), level)
    now = minutes(after.assumptions.durations, key, base(after, key[0]), level)
    assert now == pytest.approx(was)


@pytest.mark.parametrize("level", [0.0, 1.0, 7.5])
def test_what_is_no_quantile_is_refused(level: float) -> None:
    with pytest.raises(InputError, match="no quantile to book"):
        booking_quantile(practice(), level)


def test_a_practice_takes_the_booked_minutes_of_the_history(tmp_path: Path) -> None:
    # booked 60, taken 75: the catalogue's 45 minutes become 60, the factor is 1.25
    fitted = fit_history(write(tmp_path, [case()] * 3))
    after = booked_as(practice(), fitted)
    assert base(after, "port-placement") == 60
    assert base(after, "picc") == base(practice(), "picc")
    assert minutes(after.assumptions.durations, ("port-placement",), 60, 0.5) == pytest.approx(75)


def test_other_figures_of_a_procedure_are_kept(tmp_path: Path) -> None:
    own = {"port-placement": {"turnover_minutes": 25, "source": "own log"}}
    given = practice().changed(site=site(procedures=own))
    after = booked_as(given, fit_history(write(tmp_path, [case()] * 3)))
    assert after.catalogue.get("port-placement").turnover_minutes == 25


def test_cases_take_as_long_as_the_history_says_where_minutes_were_rounded(tmp_path: Path) -> None:
    # booked 50.4, taken 75: 50 are booked, the median stays 75
    fitted = fit_history(write(tmp_path, [case(booked_minutes="50.4")] * 3))
    after = booked_as(practice(), fitted)
    assert base(after, "port-placement") == 50
    found = minutes(after.assumptions.durations, ("port-placement",), 50, 0.5)
    assert found == pytest.approx(75, abs=0.001)
