"""Intervals against tables, scipy and simulation."""

from math import isnan, nan, sqrt
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scenarios.measures.intervals import (
    holm,
    mean_interval,
    paired_difference,
    signed_rank_p,
)

FLOATS = st.floats(-1e6, 1e6)


def test_the_interval_of_a_mean_is_students() -> None:
    # 1, 2, 3, 4, 5: mean 3, spread sqrt(10 / 4); t of 4 degrees at 97.5 % is 2.776 (tables)
    found = mean_interval([1, 2, 3, 4, 5])
    half = 2.776 * sqrt(2.5) / sqrt(5)
    assert (found.n, found.mean) == (5, 3.0)
    assert (found.low, found.high) == pytest.approx((3 - half, 3 + half), abs=1e-3)


def test_a_single_run_has_a_value_and_no_interval() -> None:
    found = mean_interval([4.0])
    assert (found.mean, found.note) == (4.0, "single run")
    assert isnan(found.low)
    assert isnan(found.high)


def test_what_is_not_defined_is_left_out() -> None:
    assert mean_interval([nan, 2.0, 4.0]).n == 2
    assert mean_interval([nan]).note == "not defined"


def test_equal_values_have_no_interval() -> None:
    found = mean_interval([0.1 + 0.2, 0.3, 0.3])  # the first is 0.30000000000000004
    assert (found.mean, found.spread, found.note) == (pytest.approx(0.3), 0.0, "no spread")
    assert isnan(found.low)
    assert isnan(found.high)


def test_differences_are_taken_within_pairs() -> None:
    # 10 - 9, 20 - 18, 30 - 27: 1, 2, 3
    found = paired_difference([(9, 10), (18, 20), (27, 30), (nan, 1)])
    assert (found.interval.n, found.interval.mean) == (3, 2.0)
    assert found.p_t == pytest.approx(stats.ttest_rel([10, 20, 30], [9, 18, 27]).pvalue)


def test_no_difference_is_exactly_none() -> None:
    found = paired_difference([(0.1, 0.1), (3.3, 3.3), (7.7, 7.7)])
    assert (found.interval.mean, found.interval.spread) == (0.0, 0.0)
    assert found.p_exact == 1.0
    assert found.basis == "3 pairs: none differs"


@given(st.lists(FLOATS, min_size=2, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_values_does_not_matter(values: list[float], random: Random) -> None:
    mixed = list(values)
    random.shuffle(mixed)
    assert mean_interval(mixed) == mean_interval(values)


@given(st.lists(FLOATS, min_size=2, max_size=8))
def test_turning_the_scenarios_round_turns_the_difference_round(values: list[float]) -> None:
    pairs = [(v, v / 2 + 1) for v in values]
    there, back = paired_difference(pairs), paired_difference([(b, a) for a, b in pairs])
    assert there.interval.mean == pytest.approx(-back.interval.mean)
    assert there.interval.low == pytest.approx(-back.interval.high, nan_ok=True)
    assert there.p_exact == pytest.approx(back.p_exact)


def test_the_exact_test_agrees_with_scipys_where_there_are_no_ties() -> None:
    values = [1.5, -0.3, 2.2, 4.1, -1.1, 3.7, 0.9, 5.0]
    assert signed_rank_p(values) == pytest.approx(stats.wilcoxon(values, method="exact").pvalue)


def test_the_exact_test_counts_signs_where_all_sizes_are_equal() -> None:
    # five of six equal sizes are positive: 2 * (1 + 6) / 64
    assert signed_rank_p([1, 1, 1, 1, 1, -1]) == pytest.approx(14 / 64)


def test_the_exact_test_leaves_out_zeros() -> None:
    assert signed_rank_p([0, 0, 3, 4]) == signed_rank_p([3, 4]) == 0.5  # 2 * 1 / 4
    assert signed_rank_p([0, 0]) == 1.0
    assert isnan(signed_rank_p([]))


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=9))
def test_the_exact_test_is_that_of_all_signs(values: list[int]) -> None:
    # by brute force: every choice of signs of the ranks is equally likely
    sizes = [abs(v) for v in values if v]
    ranks = stats.rankdata(sizes) if sizes else np.array([])
    positive = sum(rank for rank, v in zip(ranks, [v for v in values if v], strict=True) if v > 0)
    sums = [
        sum(rank for i, rank in enumerate(ranks) if choice >> i & 1)
        for choice in range(2 ** len(ranks))
    ]
    below = sum(s <= positive + 1e-9 for s in sums) / len(sums)
    above = sum(s >= positive - 1e-9 for s in sums) / len(sums)
    assert signed_rank_p([float(v) for v in values]) == pytest.approx(min(1, 2 * min(below, above)))


def test_few_pairs_have_no_p_to_rest_on() -> None:
    found = paired_difference([(0, 1.0), (0, 1.1), (0, 0.9), (0, 1.0), (0, 1.05)])
    assert found.p_t < 0.05 < found.p_exact  # all five one way by chance: 2 / 2^5 = 0.0625
    assert isnan(found.p)
    assert found.basis == "5 pairs: too few for a test, which needs 6"


def test_equal_differences_rest_on_the_exact_test() -> None:
    # six of six one way by chance: 2 / 2^6
    found = paired_difference([(0, 1.0)] * 6)
    assert (found.p, isnan(found.p_t)) == (2 / 64, True)


def test_the_larger_p_of_both_tests_counts_in_between() -> None:
    # seven differences of one sign but one: t sees the large ones, signs do not suffice
    uneven = [(0.0, d) for d in (8.0, 9.0, 10.0, 9.0, 8.0, -9.5)]
    found = paired_difference(uneven)
    assert found.p == max(found.p_t, found.p_exact)


def test_holms_adjustment_steps_down() -> None:
    # 0.01 * 3, then 0.02 * 2 = 0.04, then 0.04 * 1 no lower than the one before
    assert holm([0.04, nan, 0.01, 0.02])[2:] == pytest.approx((0.03, 0.04))
    assert holm([0.04, 0.01, 0.02])[0] == pytest.approx(0.04)
    assert isnan(holm([nan])[0])


TRIALS, PAIRS, TRUE = 2_000, 10, 1.5


def _trials() -> tuple[np.ndarray, np.ndarray]:
    """Baseline and scenario with much in common (spread 3) and little of their own (spread 1)."""
    random = np.random.default_rng(20261122)
    shared = random.normal(0, 3, (TRIALS, PAIRS))
    before = shared + random.normal(0, 1, (TRIALS, PAIRS))
    return before, shared + TRUE + random.normal(0, 1, (TRIALS, PAIRS))


def test_paired_intervals_cover_the_true_difference_as_often_as_they_say() -> None:
    before, after = _trials()
    covered = 0
    for b, a in zip(before, after, strict=True):
        found = paired_difference(list(zip(b, a, strict=True))).interval
        covered += found.low <= TRUE <= found.high
    # 2000 trials at 95 %: 1900, spread sqrt(2000 * 0.95 * 0.05) = 9.7; within four of them
    assert abs(covered - 1_900) < 39


def test_intervals_without_pairs_are_wider() -> None:
    # paired spread sqrt(2), unpaired sqrt(10) for each: 2.2 times as wide
    before, after = _trials()
    wider = 0
    for b, a in zip(before[:200], after[:200], strict=True):
        paired = paired_difference(list(zip(b, a, strict=True))).interval
        unpaired = stats.ttest_ind(a, b).confidence_interval()
        wider += (unpaired.high - unpaired.low) > 1.3 * (paired.high - paired.low)
    assert wider > 190


@pytest.mark.parametrize("pairs", [3, 5, 6, 12])
@pytest.mark.parametrize("often", [0.2, 10.0])
def test_counts_that_differ_by_chance_are_seldom_told(pairs: int, often: float) -> None:
    # Poisson counts, rare ones and frequent ones, of two scenarios that are the same
    random = np.random.default_rng(7)
    told = 0
    for _ in range(500):
        before, after = random.poisson(often, (2, pairs)).astype(float)
        told += paired_difference(list(zip(before, after, strict=True))).p <= 0.05
    # at most 25 of 500 expected; spread sqrt(500 * 0.05 * 0.95) = 4.9, so 45 are four of them
    assert told < 45


def test_a_real_difference_is_told_as_often_as_theory_says() -> None:
    # true difference 1.5, paired spread sqrt(2), ten pairs: the t test has a power of 0.85
    # (noncentrality 1.5 / sqrt(0.2) = 3.35, 9 degrees); the exact test costs little of it
    before, after = _trials()
    told = sum(
        paired_difference(list(zip(b, a, strict=True))).p <= 0.05
        for b, a in zip(before[:500], after[:500], strict=True)
    )
    assert 380 < told < 460
