"""The benchmark of durations: its made-up history is repeatable, and its table has every model."""

import pytest

from benchmarks import durations
from benchmarks.durations import MODELS


def test_the_same_seed_makes_the_same_history() -> None:
    one, other, another = (durations._made_up(4, seed)[0].rows for seed in (1, 1, 2))
    assert one.equals(other)
    assert not one.equals(another)


def test_the_table_has_a_row_for_each_model_and_split(capsys: pytest.CaptureFixture[str]) -> None:
    history, truth = durations._made_up(6, 1)
    durations._table(history)
    durations._true(history, truth)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 * len(MODELS) + 1  # and the true figures
    assert all(line.count("%") >= 7 for line in lines)
