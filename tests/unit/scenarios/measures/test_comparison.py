"""Scenarios against their baseline: what is paired, and what may be said of it."""

from dataclasses import replace
from math import isnan
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import InputError
from scenarios.measures.comparison import Comparison, compare
from scenarios.measures.frames import ALL_SITES
from scenarios.measures.registry import measure_named
from scenarios.records import Run
from tests.unit.scenarios.runs import at, case, replications, run, week


def _row(comparison: Comparison, measure: str, **where: str) -> dict[str, Any]:
    rows = comparison.differences
    for name, value in {"measure": measure, "group": "", **where}.items():
        rows = rows[rows[name] == value]
    assert len(rows) == 1
    return {str(name): value for name, value in rows.iloc[0].items()}


def _costs(*costs: int, **members: Any) -> tuple[Run, ...]:
    return tuple(run(number=n, cost=cost, **members) for n, cost in enumerate(costs))


def _compare_costs(before: tuple[int, ...], after: tuple[int, ...]) -> dict[str, Any]:
    runs = {"as is": _costs(*before), "more": _costs(*after)}
    return _row(compare(runs, "as is", measures=[measure_named("cost")]), "cost")


def test_lower_cost_is_better_when_the_interval_says_so() -> None:
    # differences -10, -12, -11, -10, -12, -11: mean -11, all of one sign
    row = _compare_costs((100, 200, 300, 400, 500, 600), (90, 188, 289, 390, 488, 589))
    assert (row["n"], row["difference"], row["verdict"]) == (6, -11.0, "better")
    assert row["low"] < -11 < row["high"] < 0
    # on average 350 before: -11 / 350
    assert row["relative"] == pytest.approx(-11 / 350)
    assert (row["baseline_mean"], row["scenario_mean"]) == (350.0, 339.0)


def test_the_other_way_round_is_worse() -> None:
    row = _compare_costs((90, 188, 289, 390, 488, 589), (100, 200, 300, 400, 500, 600))
    assert row["verdict"] == "worse"


def test_a_difference_lost_in_its_spread_is_not_distinguishable() -> None:
    row = _compare_costs((100, 200, 300, 400, 500, 600), (150, 140, 390, 350, 530, 570))
    # 50, -60, 90, -50, 30, -30: 30 over 6 pairs
    assert (row["difference"], row["verdict"]) == (5.0, "not distinguishable")
    assert row["low"] < 0 < row["high"]


def test_higher_is_better_where_more_is_wanted() -> None:
    def treated(extra: int) -> tuple[Run, ...]:
        return tuple(
            run([case(str(i), at("08:00", 1)) for i in range(n + extra + n % 2)], number=n)
            for n in range(8)
        )

    compared = compare({"as is": treated(0), "more": treated(5)}, "as is")
    assert _row(compared, "treated")["verdict"] == "better"


def test_few_pairs_have_a_difference_and_no_verdict() -> None:
    # -10, -12, -11, -10, -11: t would be sure; five of one sign by chance: 2 / 2^5 = 0.0625
    row = _compare_costs((100, 200, 300, 400, 500), (90, 188, 289, 390, 489))
    assert (row["difference"], row["verdict"]) == (-10.8, "too few runs to tell")
    assert row["low"] < -10.8 < row["high"] < 0


def test_few_pairs_without_any_difference_say_so() -> None:
    other = tuple(replace(one, cases=(case("a", at("08:00")),)) for one in _costs(3, 5))
    row = _row(compare({"as is": _costs(3, 5), "other": other}, "as is"), "cost")
    assert (row["difference"], row["verdict"]) == (0.0, "no difference")
    assert row["basis"] == "2 pairs: none differs"


def test_identical_runs_differ_by_exactly_nothing() -> None:
    again = tuple(replace(one, seconds=99.0) for one in replications(4))
    compared = compare({"as is": replications(4), "same": again}, "as is")
    known = compared.differences[compared.differences["n"] > 0]
    assert len(known) > 80
    assert (known[["difference", "low", "high"]] == 0).all(axis=None)
    assert set(known["verdict"]) == {"no difference"}
    assert set(known["basis"]) == {"identical runs"}


def test_a_single_run_has_differences_and_no_intervals() -> None:
    plan = {"as is": _costs(100, mode="plan"), "more": _costs(90, mode="plan")}
    compared = compare(plan, "as is")
    row = _row(compared, "cost")
    assert compared.single_run
    assert (row["difference"], row["verdict"], row["basis"]) == (-10.0, "single run", "single run")
    assert isnan(row["low"])
    assert isnan(row["high"])
    assert compared.notes[0].startswith("One night, planned once for each scenario")
    assert set(compared.intervals["note"]) == {"single run", "not defined"}


def test_a_single_replay_is_told_as_one_run() -> None:
    compared = compare({"as is": _costs(100), "more": _costs(90)}, "as is")
    assert compared.notes[0].startswith("Single run:")


def test_a_single_identical_plan_differs_by_exactly_nothing() -> None:
    plan = {"as is": _costs(100, mode="plan"), "same": _costs(100, mode="plan")}
    row = _row(compare(plan, "as is"), "cost")
    assert (row["difference"], row["low"], row["high"]) == (0.0, 0.0, 0.0)
    assert row["verdict"] == "no difference"


def test_scenarios_that_ran_as_the_baseline_are_named() -> None:
    plans = {name: _costs(cost, mode="plan") for name, cost in (("as is", 9), ("same", 9))}
    assert compare(plans | {"more": _costs(8, mode="plan")}, "as is").same == ("same",)


def test_equal_cost_of_different_single_plans_is_no_interval() -> None:
    other = tuple(replace(one, cases=(case("a", at("08:00")),)) for one in _costs(100, mode="plan"))
    row = _row(compare({"as is": _costs(100, mode="plan"), "other": other}, "as is"), "cost")
    assert (row["difference"], row["verdict"]) == (0.0, "single run")
    assert isnan(row["low"])


def test_what_is_neither_good_nor_bad_is_not_judged() -> None:
    busy, calm = replications(6, treated=25), replications(6, treated=15)
    row = _row(compare({"as is": calm, "busy": busy}, "as is"), "suite_use")
    assert row["low"] > 0
    assert row["verdict"] == "no judgement"


def test_what_no_pair_defines_is_not_defined() -> None:
    runs = {"as is": _costs(1, 2), "more": _costs(3, 5)}
    row = _row(compare(runs, "as is"), "waiting_mean")
    assert (row["n"], row["verdict"], row["basis"]) == (0, "not defined", "not defined")


def _waits(*days: int | None) -> tuple[Run, ...]:
    """Replications with one case treated after so many days each, or with nobody treated."""
    return tuple(
        run((case("a", at("00:00", 1), released=at("00:00", 1 - d)),) if d else (), number=n)
        for n, d in enumerate(days)
    )


def _compare_waits(before: tuple[Run, ...], after: tuple[Run, ...]) -> dict[str, Any]:
    measured = [measure_named("waiting_mean")]
    return _row(
        compare({"as is": before, "more": after}, "as is", measures=measured), measured[0].name
    )


def test_pairs_that_are_not_defined_are_told() -> None:
    # of 8 replications the last has nobody treated in either; the others wait 2 days less
    row = _compare_waits(_waits(5, 6, 7, 5, 8, 9, 6, None), _waits(3, 4, 5, 3, 6, 7, 4, None))
    assert (row["n"], row["replications"], row["verdict"]) == (7, 8, "better")
    assert row["remark"] == "7 of 8 pairs"


def test_what_is_undefined_on_one_side_alone_has_no_verdict() -> None:
    # the scenario treats nobody in two replications, which say nothing of its waiting
    row = _compare_waits(_waits(5, 6, 7, 5, 8, 9, 6, 7), _waits(3, 4, 5, 3, 6, 7, None, None))
    assert (row["n"], row["difference"], row["verdict"]) == (6, -2.0, "no judgement")
    assert row["remark"] == (
        "6 of 8 pairs; not judged: not defined in 2 of 8 replications of the scenario and in 0 of "
        "the baseline"
    )


def test_equal_pairs_are_no_sign_of_no_difference_where_others_are_undefined() -> None:
    row = _compare_waits(_waits(5, 6, 7), _waits(5, 6, None))
    assert (row["n"], row["difference"], row["verdict"]) == (2, 0.0, "no judgement")


def test_equal_differences_have_no_interval() -> None:
    # -1 twice: two equal values say nothing of how far others would lie from them
    row = _compare_costs((100, 200), (99, 199))
    assert (row["difference"], row["verdict"]) == (-1.0, "too few runs to tell")
    assert isnan(row["low"])
    assert isnan(row["high"])


def test_an_interval_without_0_that_the_exact_test_does_not_confirm_is_told() -> None:
    # of six pairs the smallest goes the other way: 2 * 2 / 2^6 = 0.0625, though t is sure
    row = _compare_costs((100,) * 6, (80, 79, 78, 77, 76, 101))
    assert row["p_exact"] == 4 / 64
    assert (row["high"] < 0, row["verdict"]) == (True, "not distinguishable")
    assert row["remark"] == (
        "the interval leaves 0 out, but the exact signed-rank test, which fewer than 30 pairs need "
        "as well, does not confirm it"
    )


def test_a_measure_taken_otherwise_is_not_judged() -> None:
    runs = {"as is": _costs(9, 8, 9, 8, 9, 8), "cheaper": _costs(1, 2, 1, 3, 1, 2)}
    cost = measure_named("cost")
    unlike = {"cheaper": {"cost": "measured with other prices"}}
    row = _row(compare(runs, "as is", measures=[cost], unlike=unlike), "cost")
    assert (row["verdict"], row["remark"]) == (
        "no judgement",
        "not judged: measured with other prices",
    )
    assert _row(compare(runs, "as is", measures=[cost]), "cost")["verdict"] == "better"


def test_only_replications_of_both_are_paired() -> None:
    runs = {"as is": _costs(100, 200, 300), "more": _costs(101, 202)}
    compared = compare(runs, "as is", measures=[measure_named("cost")])
    row = _row(compared, "cost")
    # 1 and 2; the baseline's mean is that of the pairs, 150, and not 200
    assert (row["n"], row["difference"], row["baseline_mean"]) == (2, 1.5, 150.0)
    assert "more and as is share 2 replications; only these are paired." in compared.notes


def test_pairs_follow_the_number_and_not_the_order() -> None:
    runs = {"as is": _costs(100, 200, 300), "more": _costs(101, 202, 303)[::-1]}
    assert _row(compare(runs, "as is"), "cost")["difference"] == 2.0


def test_replications_that_lack_a_site_are_left_out_and_told() -> None:
    both = replications(3, sites=("east", "west"))
    stopped = both[:-1]  # the third replication never ran in the west
    compared = compare({"as is": both, "stopped": stopped}, "as is")
    assert _row(compared, "cost", site=ALL_SITES)["n"] == 2
    assert compared.notes[-1] == "stopped: left out, as they lack a site: replications 2."


@settings(max_examples=5, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_runs_changes_nothing(random: Random) -> None:
    runs = {"as is": replications(3), "less": replications(3, wait=5.0)}
    mixed = {name: random.sample(given, len(given)) for name, given in runs.items()}
    there, here = compare(runs, "as is"), compare(mixed, "as is")
    assert here.differences.equals(there.differences)
    assert here.intervals.equals(there.intervals)


def test_networks_are_judged_as_one_and_by_site() -> None:
    sites = ("east", "west")
    runs = {
        "as is": replications(6, sites=sites),
        "less": replications(6, wait=5.0, sites=sites),
    }
    compared = compare(runs, "as is")
    assert compared.site == ALL_SITES
    rows = [_row(compared, "waiting_mean", site=site) for site in (*sites, ALL_SITES)]
    assert [row["verdict"] for row in rows] == ["better"] * 3
    # as many treated at either site: the pooled mean lies in the middle
    east, west, both = (row["difference"] for row in rows)
    assert both == pytest.approx((east + west) / 2)
    whole = compared.whole(compared.differences)
    assert set(whole["site"]) == {ALL_SITES}
    assert set(whole["group"]) == {""}


def test_holms_adjustment_never_says_more() -> None:
    runs = {"as is": replications(8), "less": replications(8, wait=6.5)}
    plain, strict = compare(runs, "as is"), compare(runs, "as is", adjust=True)
    said = {"better", "worse"}
    assert set(strict.differences.index[strict.differences["verdict"].isin(said)]) < set(
        plain.differences.index[plain.differences["verdict"].isin(said)]
    )
    judged = strict.differences[strict.differences["p_holm"].notna()]
    assert (judged["p_holm"] >= judged["p"]).all()
    assert any("Holm" in note for note in strict.notes)
    alone = "the interval leaves 0 out, but stands for this measure alone"
    told = strict.differences["remark"].str.contains(alone, regex=False)
    assert set(strict.differences["verdict"][told]) == {"not distinguishable"}


@pytest.mark.parametrize(("count", "warned"), [(3, True), (5, True), (6, False)])
def test_few_replications_are_told_to_have_no_verdicts(count: int, *, warned: bool) -> None:
    # an exact test of 5 pairs has no p below 2 / 2^5 = 0.0625, of 6 pairs 2 / 2^6 = 0.031
    runs = {"as is": _costs(*range(count)), "more": _costs(*range(1, count + 1))}
    compared = compare(runs, "as is", measures=[measure_named("cost")])
    told = [note for note in compared.notes if note.startswith(f"Only {count} replications")]
    assert bool(told) is warned


def test_plain_verdicts_say_how_many_may_be_chance() -> None:
    runs = {"as is": _costs(1, 2, 3, 4, 5, 6), "more": _costs(2, 5, 4, 6, 9, 7)}
    compared = compare(runs, "as is", measures=[measure_named("cost")])
    assert compared.notes[1].startswith("Each of 1 judged differences stands for itself at 5 %")


def test_a_baseline_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="there is no scenario 'x'; choose one of: as is"):
        compare({"as is": _costs(1)}, "x")


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ((), "it has no runs"),
        ((replace(week(), mode="plan"),), "its runs are of another mode"),
        ((week(site="north"),), "its sites are not those of as is"),
        ((week(5),), "none of its replications is one of as is"),
    ],
)
def test_runs_that_cannot_be_compared_are_refused(other: tuple[Run, ...], reason: str) -> None:
    with pytest.raises(InputError, match=reason) as refused:
        compare({"as is": (week(),), "other": other}, "as is")
    assert refused.value.place == "scenario other"
