"""Arrivals, chances, lateness and named forms, on histories small enough to count by hand."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from models.calendars import Weekday
from scenarios.assumptions import Assumptions
from scenarios.fitting.arrivals import daily, fit_arrivals
from scenarios.fitting.chances import ChanceReport, fit_chances
from scenarios.fitting.forms import fit_forms
from scenarios.fitting.intervals import poisson_mean
from scenarios.fitting.lateness import fit_lateness, late_starts, turnovers
from tests.unit.scenarios.fitting.files import case, lost, read

DEFAULT = Assumptions()
MONDAY = date(2026, 1, 5)


def referred(*days_after: int) -> list[dict[str, str]]:
    """Cases referred so many days after a Monday, each at 23:30 of local time."""
    return [
        case(referred_at=f"{MONDAY + timedelta(days=n)}T23:30", priority="soon") for n in days_after
    ]


def test_days_are_those_of_the_site_and_empty_ones_count(tmp_path: Path) -> None:
    # 23:30 in Chicago is the next day in UTC
    counts = daily(read(tmp_path, referred(0, 0, 3)))
    assert str(counts.index[0].date()) == "2026-01-05"
    assert list(counts) == [2, 0, 0, 1]


def test_rates_are_means_by_weekday(tmp_path: Path) -> None:
    # 29 days from Monday to Monday: five Mondays with 2, 0, 0, 0, 3 referrals, four of each other
    history = read(tmp_path, referred(0, 0, 28, 28, 28))
    fitted, report = fit_arrivals(history, DEFAULT.arrivals)
    monday = report.weekdays[0]
    assert fitted.per_day[Weekday.MON] == monday.mean == 1.0  # 5 / 5
    assert fitted.per_day[Weekday.TUE] == 0.0
    assert (monday.days, report.weekdays[1].days) == (5, 4)
    # variance of 2, 0, 0, 0, 3: (1 + 1 + 1 + 1 + 4) / 4 = 2; over the mean: 2
    assert monday.dispersion == pytest.approx(2.0)
    # chance of chi-square with 4 degrees above 2 * 4 = 8: exp(-4) * (1 + 4)
    assert monday.p == pytest.approx(np.exp(-4) * 5)
    assert fitted.evidence == "fitted"


def test_rates_of_too_few_days_are_not_fitted(tmp_path: Path) -> None:
    fitted, report = fit_arrivals(read(tmp_path, referred(0, 1)), DEFAULT.arrivals)
    assert fitted == DEFAULT.arrivals
    assert "known of 2 days" in report.missing


def test_the_mix_is_in_shares(tmp_path: Path) -> None:
    rows = [case(procedure="a"), case(procedure="b"), case(procedure="a"), case(procedure="a")]
    _, report = fit_arrivals(read(tmp_path, rows), DEFAULT.arrivals)
    assert [(s.value, s.counted.share) for s in report.mix] == [("a", 0.75), ("b", 0.25)]


def test_a_poisson_interval_is_exact() -> None:
    # nothing in 4 days: high = -ln(0.025) / 4
    assert poisson_mean(0, 4) == pytest.approx((0.0, 0.0, -np.log(0.025) / 4))


def found(reports: tuple[ChanceReport, ...], name: str) -> ChanceReport:
    return next(report for report in reports if report.name == name)


def test_chances_are_shares_of_those_to_whom_it_can_happen(tmp_path: Path) -> None:
    rows = [
        lost("cancelled", "patient", hold="yes"),
        lost("no-show", hold="no"),
        lost("cancelled", "hold-missed", hold="yes"),
        *[case(hold="yes") for _ in range(3)],
        *[case(hold="no") for _ in range(4)],
    ]
    chances, reports, causes = fit_chances(read(tmp_path, rows * 5), DEFAULT)
    assert chances["called_off"].share == 0.1  # 5 of 50
    assert chances["no_show"].share == pytest.approx(5 / 45, abs=1e-6)  # of those not called off
    assert chances["hold_missed"].share == 0.25  # 5 of 20 with a hold that were not called off
    assert found(reports, "lab_failed").why_not.startswith("the history has no column lab_gate")
    assert {cause.cause: cause.counted.count for cause in causes} == {
        "patient": 5,
        "no-show": 5,
        "hold-missed": 5,
    }


def test_chances_of_few_bookings_stay_as_assumed(tmp_path: Path) -> None:
    chances, reports, _ = fit_chances(read(tmp_path, [lost("no-show"), *[case()] * 18]), DEFAULT)
    assert chances == {}
    assert found(reports, "no_show").why_not == "it could happen to 19 only, 20 are needed"


def test_a_history_of_done_cases_says_nothing_of_chances(tmp_path: Path) -> None:
    chances, reports, _ = fit_chances(read(tmp_path, [case(), case()]), DEFAULT)
    assert chances == {}
    assert all("no bookings that fell through" in report.why_not for report in reports)


def at(begin: str, end: str, booked: str, day: str = "2026-03-02") -> dict[str, str]:
    return case(
        room="1",
        booked_start=f"{day}T{booked}",
        start_at=f"{day}T{begin}",
        end_at=f"{day}T{end}",
    )


ROOM_DAY = [
    at("09:10", "10:00", "09:00"),  # first, 10 minutes late
    at("10:20", "11:00", "09:50"),  # 30 late; was due when the room was left: turnover 20
    at("12:00", "12:30", "12:00"),  # on time; waited for its hour: no turnover
    at("12:20", "13:00", "12:20"),  # begins before the one before it has ended
    at("08:50", "09:30", "09:00", "2026-03-03"),  # first of the next day, early: 0 late
]


def test_lateness_of_first_and_later_cases(tmp_path: Path) -> None:
    first, later = late_starts(read(tmp_path, ROOM_DAY))
    assert sorted(first) == [0.0, 10.0]
    assert sorted(later) == [0.0, 0.0, 30.0]


def test_a_gap_is_turnover_only_if_the_next_case_was_due(tmp_path: Path) -> None:
    gaps, overlaps = turnovers(read(tmp_path, ROOM_DAY))
    assert list(gaps) == [20.0]
    assert overlaps == 1


def test_lateness_of_few_cases_is_not_fitted(tmp_path: Path) -> None:
    report = fit_lateness(read(tmp_path, ROOM_DAY))
    assert report.first_cases.minutes is None
    assert "2 are too few" in report.first_cases.missing


def test_lateness_of_many_cases_is_a_distribution(tmp_path: Path) -> None:
    days = [f"2026-03-{n:02d}" for n in range(1, 31)]
    late = [at(f"09:{n:02d}", "10:30", "09:00", day) for n, day in enumerate(days)]
    report = fit_lateness(read(tmp_path, late)).first_cases
    # 0 to 29 minutes: mean 14.5, one of 30 on time
    assert report.mean == pytest.approx(14.5)
    assert report.on_time is not None
    assert (report.on_time.count, report.on_time.of) == (1, 30)
    assert report.minutes is not None
    assert report.minutes.values[-1] == 29.0


def test_the_form_that_the_cases_were_drawn_from_is_found() -> None:
    drawn = np.exp(0.1 + 0.5 * np.random.default_rng(3).standard_normal(2000))
    report = fit_forms(["a"] * 2000, drawn)[0]
    best = next(fit for fit in report.fits if fit.form == report.best)
    assert report.best == "lognormal"
    assert best.aic == min(fit.aic for fit in report.fits)
    # shape 0.5 and scale exp(0.1) within four standard errors: 0.5 / sqrt(2 n), 0.5 e^0.1 / sqrt(n)
    assert best.shape == pytest.approx(0.5, abs=0.037)
    assert best.scale == pytest.approx(np.exp(0.1), abs=0.058)


def test_cases_that_are_all_alike_have_no_form() -> None:
    report = fit_forms(["a"] * 50, np.ones(50))[0]
    assert report.missing == "only 1 different values"
    assert report.fits == ()
