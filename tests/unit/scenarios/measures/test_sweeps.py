"""The table of a sweep."""

from math import isnan

import pytest

from models.errors import InputError
from scenarios.measures.comparison import compare
from scenarios.measures.sweeps import sweep_table
from tests.unit.scenarios.runs import replications

RUNS = {f"wait {n}": replications(6, wait=float(n)) for n in (3, 5, 7)}
POINTS = {f"wait {n}": {"wait": n} for n in (7, 5, 3)}


def test_points_have_means_and_differences_in_their_own_order() -> None:
    table = sweep_table(compare(RUNS, "wait 7"), POINTS)
    rows = table[(table["measure"] == "waiting_mean") & (table["group"] == "")]
    assert rows["first_value"].tolist() == [7.0, 5.0, 3.0]
    assert rows["first_label"].tolist() == ["7", "5", "3"]
    assert set(rows["second_parameter"]) == {""}
    base, near, far = (dict(row) for _, row in rows.iterrows())
    assert isnan(base["difference"])
    assert far["difference"] < near["difference"] < 0
    assert far["mean"] == pytest.approx(base["mean"] + far["difference"])
    assert (base["verdict"], near["verdict"]) == ("", "better")


def test_two_parameters_and_words_are_kept() -> None:
    points = {"wait 3": {"suites": 2, "policy": "SIR"}, "wait 5": {"suites": 3, "policy": "ASRA"}}
    table = sweep_table(compare(RUNS, "wait 3"), points)
    row = table[table["scenario"] == "wait 5"].iloc[0]
    assert (row["first_parameter"], row["first_value"]) == ("suites", 3.0)
    assert (row["second_parameter"], row["second_label"]) == ("policy", "ASRA")
    assert isnan(row["second_value"])


@pytest.mark.parametrize(
    "points", [{"none": {"a": 1}}, {"wait 3": {}}, {"wait 3": dict.fromkeys("abc", 1)}]
)
def test_a_point_that_cannot_be_shown_is_refused(points: dict[str, dict[str, float]]) -> None:
    with pytest.raises(InputError, match="has runs and one or two parameters"):
        sweep_table(compare(RUNS, "wait 3"), points)
