"""Shrinkage of quantiles: its weights, its limits, and that it foretells what it says."""

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.fitting.intervals import counted
from scenarios.fitting.shrinkage import (
    LEVELS,
    Floats,
    Key,
    Sample,
    chosen_strengths,
    empirical,
    groups_of,
    pinball,
    shrunken,
    telling,
    weight,
)

MEDIAN = LEVELS.index(0.5)


def sample(keys: list[Key], values: list[float]) -> Sample:
    return Sample(tuple(keys), np.array(values), np.ones(len(values)))


def test_the_kth_of_n_is_at_level_k_over_n_plus_one() -> None:
    # 19 values: 1 is at level 1/20, 10 at 10/20, 19 at 19/20
    quantiles = empirical(np.arange(1.0, 20.0))
    by_level = dict(zip(LEVELS, quantiles, strict=True))
    assert by_level[0.05] == pytest.approx(1.0)
    assert by_level[0.5] == pytest.approx(10.0)
    assert by_level[0.95] == pytest.approx(19.0)


@pytest.mark.parametrize(
    ("cases", "strength", "share"), [(10, 10, 0.5), (30, 10, 0.75), (5, inf, 0)]
)
def test_a_group_counts_n_over_n_plus_k(cases: int, strength: float, share: float) -> None:
    assert weight(cases, strength) == share


def test_a_group_is_drawn_towards_its_parent_by_its_weight() -> None:
    two = sample([("a",)] * 3 + [("b",)] * 3, [1.0, 1.0, 1.0, 3.0, 3.0, 3.0])
    made = shrunken(groups_of(two), (1.0,))
    # the median of all is 2; of a: 3/4 * 1 + 1/4 * 2
    assert made[("a",)][MEDIAN] == pytest.approx(1.25)
    assert made[("b",)][MEDIAN] == pytest.approx(2.75)


def test_a_depth_that_tells_nothing_has_no_groups() -> None:
    groups = groups_of(sample([("a", "x")] * 4, [1.0, 2.0, 3.0, 4.0]))
    assert telling(groups, (5.0, inf)) == ((), ("a",))


def test_groups_on_the_way_to_one_that_tells_are_kept() -> None:
    groups = groups_of(sample([("a", "x")] * 4, [1.0, 2.0, 3.0, 4.0]))
    assert telling(groups, (inf, 5.0)) == ((), ("a",), ("a", "x"))


def test_too_few_cases_are_not_grouped() -> None:
    assert chosen_strengths(sample([("a",)] * 9, [1.0] * 9)) == (inf,)


def made_up(
    *, groups: int, cases: int, between: float, within: float, seed: int
) -> tuple[Sample, Floats]:
    """Lognormal values of groups whose shifts are normal, and the shift of each case."""
    generator = np.random.default_rng(seed)
    shifts = generator.normal(0, between, groups)
    at = np.tile(np.arange(groups), cases)
    values = np.exp(shifts[at] + within * generator.standard_normal(groups * cases))
    keys = tuple((f"group-{g}",) for g in at)
    return Sample(keys, values, np.ones(len(values))), shifts[at]


def halves(*, between: float, cases: int) -> tuple[Sample, Sample]:
    """The same groups twice: to fit, and to try on (twenty times as many cases)."""
    whole, _ = made_up(groups=40, cases=cases * 21, between=between, within=0.3, seed=5)
    cut = 40 * cases
    first = Sample(whole.keys[:cut], whole.values[:cut], whole.weights[:cut])
    return first, Sample(whole.keys[cut:], whole.values[cut:], whole.weights[cut:])


def foretold(strength: float, fitted: Sample, tried: Sample) -> Floats:
    """Quantiles of the cases tried: cases by LEVELS."""
    made = shrunken(groups_of(fitted), (strength,))
    return np.array([made[key] for key in tried.keys])


def test_groups_that_differ_much_are_drawn_less_than_groups_that_hardly_do() -> None:
    apart, _ = made_up(groups=30, cases=20, between=0.4, within=0.2, seed=1)
    alike, _ = made_up(groups=30, cases=20, between=0.01, within=0.2, seed=1)
    assert chosen_strengths(apart)[0] < 10 < chosen_strengths(alike)[0]


def misses(strength: float) -> float:
    """The largest difference between a level and the share below it, groups of six cases."""
    first, then = halves(between=0.15, cases=6)
    below = (then.values[:, None] <= foretold(strength, first, then)).mean(axis=0)
    levels = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
    return max(abs(float(below[LEVELS.index(p)]) - p) for p in levels)


def test_shares_below_the_quantiles_are_as_many_as_they_say() -> None:
    first, _ = halves(between=0.15, cases=6)
    # 4800 tried cases, whose shares have errors of 0.007; groups of 6 add their own
    assert misses(chosen_strengths(first)[0]) < 0.03


def test_without_shrinkage_they_are_not() -> None:
    # The largest of 6 is all a group knows of its 0.95 quantile: a further case is below it with
    # 6/7 = 0.857, not 0.95
    assert misses(1e-9) > 0.07


def test_shrinkage_chosen_foretells_better_than_none_and_than_full() -> None:
    first, then = halves(between=0.15, cases=6)
    chosen = chosen_strengths(first)[0]
    losses = {k: pinball(foretold(k, first, then), then.values).mean() for k in (1e-9, chosen, inf)}
    assert min(losses, key=losses.__getitem__) == chosen


def test_the_loss_of_a_forecast_is_that_of_its_levels() -> None:
    # all quantiles 10, the case took 14: level p costs 4 p; the mean of the levels is 0.5
    assert pinball(np.full((1, len(LEVELS)), 10.0), np.array([14.0])) == pytest.approx([2.0])


values = st.lists(st.floats(0.1, 10), min_size=1, max_size=12)


@given(values, values, st.floats(0.1, 100))
def test_shrunken_quantiles_lie_between_group_and_parent_and_never_fall(
    a: list[float], b: list[float], strength: float
) -> None:
    groups = groups_of(sample([("a",)] * len(a) + [("b",)] * len(b), a + b))
    made = shrunken(groups, (strength,))
    low = np.minimum(groups.own[("a",)], made[()])
    high = np.maximum(groups.own[("a",)], made[()])
    assert np.all(low - 1e-9 <= made[("a",)])
    assert np.all(made[("a",)] <= high + 1e-9)
    assert np.all(np.diff(made[("a",)]) >= -1e-9)


@given(values, st.floats(0.1, 100), st.floats(0.1, 100))
def test_the_stronger_the_shrinkage_the_nearer_the_parent(
    a: list[float], one: float, other: float
) -> None:
    groups = groups_of(sample([("a",)] * len(a) + [("b",)] * 3, [*a, 1.0, 2.0, 3.0]))
    weak, strong = sorted((one, other))
    near = np.abs(shrunken(groups, (strong,))[("a",)] - groups.own[()])
    far = np.abs(shrunken(groups, (weak,))[("a",)] - groups.own[()])
    assert np.all(near <= far + 1e-9)


def test_wilson_intervals_are_those_of_the_formula() -> None:
    # 0 of 10: high = z^2 / (10 + z^2) = 3.8415 / 13.8415
    assert counted(0, 10).high == pytest.approx(3.8415 / 13.8415, abs=1e-4)
    # 5 of 10: 0.5 -+ z / (1 + z^2/10) * sqrt(0.25/10 + z^2/400) = 0.5 -+ 0.2634
    assert counted(5, 10).low == pytest.approx(0.2366, abs=1e-4)
    assert counted(0, 0).share is None
