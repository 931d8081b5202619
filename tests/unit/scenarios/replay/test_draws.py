"""Draws depend on what they are for, and on nothing else."""

import math

import pytest

from scenarios.assumptions import Chance, Quantiles
from scenarios.replay.draws import Draws

DRAWS = Draws(seed=1, number=0)
MANY = 4_000


def test_a_draw_is_the_same_whatever_was_drawn_before() -> None:
    alone = Draws(1, 0).uniform("late", "suite-1", 3)
    DRAWS.uniform("late", "suite-2", 3)
    assert DRAWS.uniform("late", "suite-1", 3) == alone


@pytest.mark.parametrize(
    "other", [Draws(2, 0).uniform("a", "x"), Draws(1, 1).uniform("a", "x"), DRAWS.uniform("b", "x")]
)
def test_seed_replication_and_purpose_each_give_another_draw(other: float) -> None:
    assert DRAWS.uniform("a", "x") != other


def test_names_are_kept_apart() -> None:
    assert DRAWS.uniform("a", "x", "yz") != DRAWS.uniform("a", "xy", "z")


def test_uniform_draws_have_the_mean_and_variance_of_the_uniform() -> None:
    drawn = [DRAWS.uniform("u", n) for n in range(MANY)]
    mean = sum(drawn) / MANY
    square = sum(d * d for d in drawn) / MANY
    assert mean == pytest.approx(0.5, abs=0.02)  # 4 standard errors are 4 * 0.289 / 63 = 0.018
    assert square - mean**2 == pytest.approx(1 / 12, abs=0.006)


def test_what_happens_at_a_chance_happens_at_every_higher_one() -> None:
    low, high = (Chance(share=s, source="test", evidence="planning") for s in (0.2, 0.5))
    happened = [n for n in range(200) if DRAWS.happens(low, "x", n)]
    assert 20 < len(happened) < 60
    assert all(DRAWS.happens(high, "x", n) for n in happened)


@pytest.mark.parametrize("mean", [0.3, 20.0, 900.0])
def test_counts_have_mean_and_variance_of_poisson(mean: float) -> None:
    drawn = [DRAWS.count(mean, "n", n) for n in range(MANY)]
    average = sum(drawn) / MANY
    variance = sum((d - average) ** 2 for d in drawn) / MANY
    assert average == pytest.approx(mean, abs=4 * math.sqrt(mean / MANY))
    assert variance == pytest.approx(mean, rel=0.15)


def test_counts_never_fall_as_the_mean_rises() -> None:
    for n in range(100):
        counts = [DRAWS.count(mean, "n", n) for mean in (0.0, 1.0, 5.0, 6.0, 30.0)]
        assert counts == sorted(counts)
        assert counts[0] == 0


def test_positions_are_drawn_by_weight() -> None:
    drawn = [DRAWS.index([1.0, 0.0, 3.0], "who", n) for n in range(MANY)]
    assert set(drawn) == {0, 2}
    assert drawn.count(2) / MANY == pytest.approx(0.75, abs=0.03)


def test_values_follow_the_quantiles() -> None:
    given = Quantiles(
        levels=(0.0, 0.5, 1.0), values=(0.0, 10.0, 30.0), source="test", evidence="planning"
    )
    drawn = sorted(DRAWS.value(given, "v", n) for n in range(MANY))
    assert drawn[MANY // 2] == pytest.approx(10.0, abs=0.8)
    assert drawn[3 * MANY // 4] == pytest.approx(20.0, abs=1.5)  # half-way between 10 and 30
    assert drawn[0] >= 0
    assert drawn[-1] <= 30
