"""The long frame: its rows, what is filled in, and that no order of anything changes it."""

from dataclasses import replace
from random import Random
from typing import TypeVar

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import InputError, NotFoundError
from scenarios.measures.frames import ALL_SITES, measure_frame
from scenarios.measures.registry import BY_NAME, MEASURES, measure_named
from tests.unit.scenarios.runs import at, case, off, replications, run, week

T = TypeVar("T")


def _chosen(table: pd.DataFrame, measure: str, site: str = "demo") -> list[tuple[object, ...]]:
    rows = table[(table["measure"] == measure) & (table["site"] == site)]
    columns = (rows[name] for name in ("scenario", "replication", "group", "value"))
    return list(zip(*columns, strict=True))


def test_a_row_for_each_run_measure_and_group() -> None:
    two = (run((case("a", at("00:00", 2)),), number=1), run(number=0, cost=5))
    table = measure_frame({"as is": two}, [measure_named("treated"), measure_named("cost")])
    assert list(table.columns) == [
        "scenario",
        "site",
        "replication",
        "measure",
        "group",
        "value",
        "unit",
    ]
    assert table["value"].tolist() == [0.0, 5.0, 1.0, 1_000.0]
    assert table["unit"].tolist() == ["cases", "points"] * 2


def test_column_types_do_not_depend_on_the_rows() -> None:
    full, empty = measure_frame({"as is": replications(1)}), measure_frame({})
    assert full.dtypes.to_dict() == empty.dtypes.to_dict()
    assert [str(kind) for kind in full.dtypes] == [
        *("str", "str", "int64"),
        *("str", "str", "float64", "str"),
    ]


def test_a_group_that_only_another_run_has_is_filled_in() -> None:
    some = run((case("a", at("08:00"), drug_times=[off(48, "vka")]),))
    names = ("off_drug_hours_by_class", "hold_length_by_class")
    table = measure_frame({"x": (some,), "y": (run(),)}, [measure_named(name) for name in names])
    # hours of none are 0, a mean of none is not defined
    assert _chosen(table, names[0]) == [("x", 0, "vka", 48.0), ("y", 0, "vka", 0.0)]
    assert table["value"].isna().tolist() == [False, False, False, True]


def test_sites_are_pooled_in_rows_of_their_own() -> None:
    runs = replications(2, sites=("demo", "north"), treated=5)
    table = measure_frame({"as is": runs}, [measure_named("treated")])
    assert [value for *_, value in _chosen(table, "treated")] == [5.0, 5.0]
    assert [value for *_, value in _chosen(table, "treated", ALL_SITES)] == [10.0, 10.0]


def test_a_single_site_is_not_pooled() -> None:
    assert set(measure_frame({"as is": replications(1)})["site"]) == {"demo"}


def test_what_cannot_happen_in_a_plan_is_not_measured_there() -> None:
    plan = replace(week(), mode="plan")
    measured = set(measure_frame({"as is": (plan,)})["measure"])
    assert set(BY_NAME) - measured == {
        "cancellation_share",
        "cancellations",
        "cancellations_by_cause",
        "first_case_on_time",
        "given_up",
        "late_approvals",
        "waiting_new",
        "waiting_new_by_priority",
    }


def test_two_runs_of_one_replication_are_refused() -> None:
    with pytest.raises(InputError, match="scenario as is: there are two runs of replication 0"):
        measure_frame({"as is": (run(), run())})


def test_a_replication_without_one_of_the_sites_is_refused() -> None:
    runs = (run(number=0), run(number=1), run(number=1, site="north"))
    with pytest.raises(InputError, match="replication 0 has no run of north"):
        measure_frame({"as is": runs})


def test_an_unknown_measure_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(NotFoundError, match="perhaps 'waiting_mean' is meant"):
        measure_named("waiting-mean")


def test_every_measure_says_what_it_is() -> None:
    assert len(BY_NAME) == len(MEASURES)
    for measure in MEASURES:
        assert measure.title
        assert measure.unit
        assert measure.words.endswith(".")
        assert measure.subject


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_order_of_records_or_runs_changes_a_number(random: Random) -> None:
    runs = replications(2, sites=("demo", "north"))
    shuffled = [
        replace(
            one,
            cases=_shuffled(random, one.cases),
            uses=_shuffled(random, one.uses),
            staffed=_shuffled(random, one.staffed),
        )
        for one in _shuffled(random, runs)
    ]
    pd.testing.assert_frame_equal(
        measure_frame({"as is": shuffled}), measure_frame({"as is": runs}), check_exact=True
    )


def _shuffled(random: Random, items: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(random.sample(items, len(items)))
