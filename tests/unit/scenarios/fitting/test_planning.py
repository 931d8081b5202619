"""A practice takes over what a history books, with the durations that are ratios to it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from scenarios.durations import minutes
from scenarios.fitting.fit import Fitted, fit_history
from scenarios.fitting.planning import with_durations
from scenarios.practice import Practice
from tests.unit.models.worlds import site
from tests.unit.scenarios.fitting.files import case, write

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


def practice() -> Practice:
    return Practice(
        site=site(enabled=["port-placement", "picc", "vertebroplasty-lumbosacral"]), now=NOW
    )


def booked_as(given: Practice, fitted: Fitted) -> Practice:
    return with_durations(given, fitted.assumptions.durations, fitted.booked_minutes, "log")


def base(of: Practice, key: str) -> int:
    return of.catalogue.get(key).procedure_minutes.base


def test_a_practice_takes_the_booked_minutes_of_the_history(tmp_path: Path) -> None:
    # booked 60, taken 75: the catalogue's 45 minutes become 60, the ratio is 1.25
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


def test_what_the_catalogue_adds_for_what_no_history_tells_is_taken_out(tmp_path: Path) -> None:
    rows = [case(procedure="vertebroplasty-lumbosacral", levels="1")] * 3
    after = booked_as(practice(), fit_history(write(tmp_path, rows)))
    found = after.catalogue.get("vertebroplasty-lumbosacral").procedure_minutes
    # of levels it tells, but had no case with more than one: the catalogue's 20 stay
    assert (found.base, found.per_extra_level) == (60, 20)
    assert (found.bilateral, found.ct_guidance, found.thoracic) == (0, 0, 0)


def test_a_sites_own_figure_for_further_levels_stays_where_the_history_has_none(
    tmp_path: Path,
) -> None:
    own = {"vertebroplasty-lumbosacral": {"per_extra_level": 25, "source": "own log"}}
    given = practice().changed(site=site(procedures=own))
    rows = [case(procedure="vertebroplasty-lumbosacral", levels="1")] * 3
    after = booked_as(given, fit_history(write(tmp_path, rows)))
    assert after.catalogue.get("vertebroplasty-lumbosacral").procedure_minutes.per_extra_level == 25
