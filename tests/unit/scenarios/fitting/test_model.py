"""The duration model of a history, and how it does on cases it was not fitted to."""

from functools import cache
from math import inf
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scenarios.durations import ANY, expected_quantile, minutes
from scenarios.fitting.accuracy import GRID, Accuracy, accuracies, crps
from scenarios.fitting.model import fit_model, keys_of, model_of
from scenarios.fitting.planning import BookedMinutes
from scenarios.fitting.reference import reference_of
from tests.unit.scenarios.fitting.files import case, read

KNOWN = frozenset({"procedure", "booked_minutes", "start_at", "end_at"})
SHIFTS = {"a": -0.2, "b": 0.0, "c": 0.3}
SPREAD = 0.25


def done(procedures: list[str], booked: list[float], actual: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "procedure": procedures,
            "levels": np.nan,
            "proceduralist": "",
            "sedation": "",
            "booked_minutes": booked,
            "actual_minutes": actual,
        }
    )


@cache
def known_history(cases: int = 1200, seed: int = 11) -> pd.DataFrame:
    """Cases of 60 booked minutes that take 60 exp(shift + 0.25 z), in no order."""
    generator = np.random.default_rng(seed)
    procedures = [str(name) for name in generator.choice(list(SHIFTS), cases)]
    shifts = np.array([SHIFTS[name] for name in procedures])
    taken = 60 * np.exp(shifts + SPREAD * generator.standard_normal(cases))
    return done(procedures, [60.0] * cases, list(taken))


def test_quantiles_of_a_known_distribution_are_found() -> None:
    model = fit_model(known_history(), KNOWN, source="test", listed={})
    for name, shift in SHIFTS.items():
        # lognormal: 0.9 quantile exp(shift + 0.25 * 1.2816); 400 cases, standard error about 0.02
        expected = np.exp(shift + SPREAD * 1.2816)
        found = expected_quantile(model.durations, (name,), 0.9)
        assert found == pytest.approx(expected, rel=0.08)


def test_a_procedure_never_seen_is_foretold_from_all_cases() -> None:
    model = fit_model(known_history(), KNOWN, source="test", listed={})
    unseen = minutes(model.durations, ("never-seen",), 60, 0.5)
    # a mixture of three in equal parts with medians 0.82, 1 and 1.35: its median is near 1
    assert unseen == pytest.approx(61, abs=3)


def test_shares_below_are_as_many_as_the_levels_say() -> None:
    for tried in accuracies(known_history(), KNOWN, {}):
        for each in tried.coverage:
            assert each.below.low - 0.01 <= each.level <= each.below.high + 0.01


def test_a_model_that_drew_every_group_fully_to_the_mean_of_all_is_seen_to_be_worse() -> None:
    chosen = accuracies(known_history(), KNOWN, {})
    drawn_fully = accuracies(known_history(), KNOWN, {}, strengths=(inf,))
    for good, bad in zip(chosen, drawn_fully, strict=True):
        assert good.crps < 0.95 * bad.crps
        assert bad.crps == pytest.approx(bad.group_crps)


def tried_by_time(frame: pd.DataFrame) -> Accuracy:
    return accuracies(frame, KNOWN, {})[0]


def test_errors_of_the_booked_minutes_are_set_against_the_models() -> None:
    # every case takes 90 minutes and is booked for 60: the booked minutes are off by 30, the model
    # by nothing
    tried = tried_by_time(done(["a"] * 80, [60.0] * 80, [90.0] * 80))
    assert tried.booked_error == pytest.approx(30)
    assert tried.model_error == pytest.approx(0)
    assert tried.gain is not None
    assert (tried.gain.low, tried.gain.high) == pytest.approx((-30, -30))
    assert tried.cases == 20  # the last quarter


def test_the_last_quarter_is_foretold_without_having_been_seen() -> None:
    # what takes 60 minutes at first takes 120 later: a model that had seen it would be nearer
    tried = tried_by_time(done(["a"] * 80, [60.0] * 80, [60.0] * 60 + [120.0] * 20))
    assert tried.model_error == pytest.approx(60)


def test_too_few_cases_are_not_tried() -> None:
    assert accuracies(done(["a"] * 39, [60.0] * 39, [60.0] * 39), KNOWN, {}) == ()


def test_the_score_of_a_point_forecast_is_its_error() -> None:
    # all quantiles at 10, the case took 14: the score is 4
    assert crps(np.full((1, len(GRID)), 10.0), np.array([14.0])) == pytest.approx([4.0])


def test_the_score_of_a_uniform_forecast() -> None:
    # uniform on (0, 1), taken 0.5: integral of (F - step)^2 = 2 * (0.5^3 / 3) = 1/12
    assert crps(GRID[None, :], np.array([0.5])) == pytest.approx([1 / 12], abs=0.001)


def test_without_booked_minutes_the_usual_ones_of_a_procedure_stand_in() -> None:
    nan = float("nan")
    frame = done(["a"] * 3, [nan] * 3, [50.0, 60.0, 90.0])
    found = reference_of(frame, KNOWN, {}).booked
    assert found == {"a": BookedMinutes(base=60, per_extra_level=0)}  # no column for levels
    model = fit_model(frame, KNOWN, source="test", listed={})
    # the median is the reference itself
    assert minutes(model.durations, ("a",), 60.0, 0.5) == pytest.approx(60.0)


def test_a_column_that_is_missing_is_any_and_a_blank_ends_the_key(tmp_path: Path) -> None:
    rows = [
        case(procedure="a", sedation="deep", proceduralist="dr-adams"),
        case(procedure="a", sedation="", proceduralist="dr-adams"),
    ]
    history = read(tmp_path, rows)
    keys = keys_of(history.rows, history.known)
    # no column for levels; the second does not say how deep
    assert keys == (("a", ANY, "deep", "dr-adams"), ("a",))


def test_parts_at_the_end_that_are_missing_are_left_out(tmp_path: Path) -> None:
    history = read(tmp_path, [case(procedure="a", levels="4")])
    assert keys_of(history.rows, history.known) == (("a", "3+"),)


def test_cases_that_fell_through_are_no_durations(tmp_path: Path) -> None:
    history = read(tmp_path, [case(), case(start_at="", end_at="", status="cancelled")])
    assert model_of(history, {}).cases == 1


def test_what_a_quantile_would_have_come_to_is_counted() -> None:
    # booked 60 throughout; of the last quarter, ten take 50 and ten 90
    actual = [50.0, 90.0] * 40
    booking = tried_by_time(done(["a"] * 80, [60.0] * 80, actual)).bookings[0]
    assert booking.level is None
    assert (booking.over.count, booking.over.of) == (10, 20)
    assert booking.over_minutes == pytest.approx(15)  # half of 30
    assert booking.idle_minutes == pytest.approx(5)  # half of 10


def test_a_booking_is_tried_without_knowing_who_will_carry_it_out() -> None:
    # one takes 50 minutes and the other 70, in turn: 60 is the median of both, which half exceed
    frame = done(["a"] * 80, [60.0] * 80, [50.0, 70.0] * 40)
    frame = frame.assign(levels=1.0, sedation="deep", proceduralist=["dr-quick", "dr-slow"] * 40)
    known = KNOWN | {"levels", "sedation", "proceduralist"}
    tried = accuracies(frame, known, {})[0]
    assert tried.model_error == pytest.approx(0, abs=0.1)  # the model knows who it was
    half = tried.bookings[1]
    assert half.booked == pytest.approx(60)
    assert half.over.count == 10


def test_booking_more_leaves_fewer_to_run_over() -> None:
    _, half, more, most = tried_by_time(known_history()).bookings
    assert (half.level, more.level, most.level) == (0.5, 0.75, 0.9)
    assert half.booked < more.booked < most.booked
    assert half.over.count > more.over.count > most.over.count
    assert half.idle_minutes < more.idle_minutes < most.idle_minutes
