"""Looking up a duration model, by arithmetic and by properties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scenarios.assumptions import Assumptions, DurationGroup, Durations, Quantiles
from scenarios.durations import (
    ANY,
    draw,
    duration_key,
    expected_quantile,
    levels_band,
    mean,
    minutes,
    planned_minutes,
    quantile,
    ratio_for,
    share_below,
)


def ratios(*values: float) -> Quantiles:
    """Values at evenly spaced levels."""
    levels = tuple(i / (len(values) - 1) for i in range(len(values)))
    return Quantiles(levels=levels, values=values, source="test", evidence="fitted")


def group(*key: str, median: float) -> DurationGroup:
    return DurationGroup(key=key, cases=10, ratio=ratios(0.5, median, 2.0))


MODEL = Durations(
    groups=(
        group(median=1.0),
        group("vp", median=1.1),
        group("vp", "1", median=1.2),
        group("vp", "1", "deep", median=1.3),
        group("biopsy", median=0.8),
        group("biopsy", ANY, median=0.8),
        group("biopsy", ANY, "none", median=0.7),
    )
)


@pytest.mark.parametrize(
    ("key", "median"),
    [
        ((), 1.0),
        (("drain", "1", "deep"), 1.0),
        (("vp",), 1.1),
        (("vp", "2", "deep"), 1.1),  # no group for two levels: the procedure's
        (("vp", "1", "moderate", "dr-adams"), 1.2),
        (("vp", "1", "deep", "dr-adams"), 1.3),
        (("biopsy", "1", "none", "dr-adams"), 0.7),  # levels are not told of in the history
    ],
)
def test_the_longest_known_prefix_counts(key: tuple[str, ...], median: float) -> None:
    assert quantile(ratio_for(MODEL, key), 0.5) == median


def test_minutes_scale_with_the_model_and_with_what_is_booked() -> None:
    scaled = MODEL.model_copy(update={"scale": 2.0})
    # 60 booked * 1.2 at the median * 2
    assert minutes(scaled, ("vp", "1"), 60, 0.5) == pytest.approx(144)


def test_planned_minutes_are_those_booked_unless_a_quantile_is_chosen() -> None:
    chosen = MODEL.model_copy(update={"planned_quantile": 0.75})
    assert planned_minutes(MODEL, ("vp",), 60) == 60
    # half way from the median 1.1 to the end 2.0: 1.55 * 60
    assert planned_minutes(chosen, ("vp",), 60) == pytest.approx(93)


def test_a_key_has_levels_in_bands_and_one_where_there_are_none() -> None:
    assert duration_key("vp", 0, "deep", "dr-adams") == ("vp", "1", "deep", "dr-adams")
    assert [levels_band(n) for n in (1, 2, 3, 4)] == ["1", "2", "3+", "3+"]


def test_values_are_linear_between_levels() -> None:
    q = ratios(1.0, 3.0, 4.0)
    # a quarter lies half way from 1 to 3; the mean is (1+3)/2 * 0.5 + (3+4)/2 * 0.5
    assert quantile(q, 0.25) == 2.0
    assert share_below(q, 3.5) == 0.75
    assert mean(q) == 2.75


def test_draws_beyond_the_ends_take_the_ends() -> None:
    q = ratios(1.0, 3.0)
    assert (draw(q, -0.1), draw(q, 1.1)) == (1.0, 3.0)
    assert (share_below(q, 0.9), share_below(q, 3.0)) == (0.0, 1.0)


def test_draws_by_inverse_transform_follow_the_distribution() -> None:
    q = ratios(0.5, 1.0, 1.2, 3.0)
    u = np.random.default_rng(7).random(4000)
    drawn = [draw(q, x) for x in u]
    # a share of 4000 has a standard error of 0.008 at most; 4 of them are 0.032
    for value in (0.7, 1.0, 1.1, 2.0):
        assert np.mean(np.array(drawn) <= value) == pytest.approx(share_below(q, value), abs=0.032)


finite = st.floats(0.01, 100)


@given(st.lists(finite, min_size=2, max_size=8).map(sorted), st.floats(0, 1), st.floats(0, 1))
def test_a_quantile_function_never_falls_and_stays_between_its_ends(
    values: list[float], a: float, b: float
) -> None:
    q = ratios(*values)
    low, high = sorted((a, b))
    assert values[0] <= quantile(q, low) <= quantile(q, high) <= values[-1]


@given(
    st.lists(st.integers(1, 50), min_size=2, max_size=8, unique=True).map(sorted), st.floats(0, 1)
)
def test_share_below_undoes_a_rising_quantile_function(values: list[int], level: float) -> None:
    q = ratios(*map(float, values))
    assert share_below(q, quantile(q, level)) == pytest.approx(level, abs=1e-9)


@given(st.floats(0, 1), st.floats(0.1, 4))
def test_expected_quantiles_are_in_proportion_to_the_scale(level: float, scale: float) -> None:
    scaled = MODEL.model_copy(update={"scale": scale})
    once = expected_quantile(MODEL, ("vp",), level)
    assert expected_quantile(scaled, ("vp",), level) == pytest.approx(once * scale)


def test_the_default_assumptions_come_back_from_json_as_they_were() -> None:
    given_ones = Assumptions()
    assert Assumptions.model_validate_json(given_ones.model_dump_json()) == given_ones


@pytest.mark.parametrize(
    ("levels", "values", "says"),
    [
        ((0.0, 0.5, 1.0), (1.0, 2.0), "not as many"),
        ((0.1, 1.0), (1.0, 2.0), "first level is not 0"),
        ((0.0, 0.5, 0.5, 1.0), (1.0, 1.0, 1.0, 1.0), "do not rise"),
        ((0.0, 1.0), (2.0, 1.0), "values fall"),
    ],
)
def test_what_is_no_distribution_is_refused(
    levels: tuple[float, ...], values: tuple[float, ...], says: str
) -> None:
    with pytest.raises(ValidationError, match=says):
        Quantiles(levels=levels, values=values, source="test", evidence="fitted")


def test_a_model_without_the_group_of_all_cases_is_refused() -> None:
    with pytest.raises(ValidationError, match="one of all cases"):
        Durations(groups=(group("vp", median=1.0),))


def test_a_group_given_twice_is_refused() -> None:
    with pytest.raises(ValidationError, match="given twice"):
        Durations(groups=(group(median=1.0), group("vp", median=1.0), group("vp", median=1.2)))


def test_a_copy_with_other_groups_finds_those() -> None:
    copied = MODEL.model_copy(update={"groups": (group(median=1.0), group("new", median=1.5))})
    assert quantile(ratio_for(copied, ("new",)), 0.5) == 1.5
    assert quantile(ratio_for(copied, ("vp",)), 0.5) == 1.0
