"""Pairs of failures on suite-days: what they come to, and what they cost."""

import json
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import InputError
from models.plan import Placement, Plan
from models.problem import PlanningProblem
from models.risk import Risk, SuiteDay, expected_pairs, pairs_of, parse_fragility, suite_days
from tests.builders import a_case, a_problem, a_resource, at, between, need

LISTS = st.lists(st.integers(0, 1000), max_size=6)


def suite_day(*permille: int) -> SuiteDay:
    names = tuple(f"case-{n}" for n in range(len(permille)))
    return SuiteDay("suite-1", date(2026, 11, 23), names, permille)


def placed(case: str, suite: str, clock: str, day: int = 0) -> Placement:
    return Placement(case=case, start=at(clock, day), assigned={"suite": suite})


def four_cases() -> PlanningProblem:
    days = [between("08:00", "17:00", day=n) for n in (0, 1)]
    cases = [a_case(name, windows=days) for name in "ABCD"]
    return a_problem(cases, [a_resource(f"suite-{n}", available=days) for n in (1, 2)])


def test_pairs_are_the_sum_of_all_products() -> None:
    # 100 * 200 + 100 * 300 + 200 * 300
    assert pairs_of((100, 200, 300)) == 110_000


def test_a_case_alone_has_no_pair_however_fragile() -> None:
    assert (suite_day(900).pairs, suite_day(900).collapse) == (0, 0)


@given(LISTS)
def test_collapse_is_the_sum_over_all_outcomes_and_at_most_the_pairs(permille: list[int]) -> None:
    chance = 0.0
    for outcome in product((False, True), repeat=len(permille)):
        if sum(outcome) >= 2:
            one = 1.0
            for fails, p in zip(outcome, permille, strict=True):
                one *= p / 1000 if fails else 1 - p / 1000
            chance += one
    found = suite_day(*permille)
    assert found.collapse == pytest.approx(chance, abs=1e-9)
    assert found.collapse <= found.pairs / 1_000_000 + 1e-9


@given(LISTS, st.integers(0, 1000))
def test_a_further_case_never_lowers_pairs_or_collapse(permille: list[int], more: int) -> None:
    before, after = suite_day(*permille), suite_day(*permille, more)
    assert after.pairs >= before.pairs
    assert after.collapse >= before.collapse - 1e-12


def test_only_cases_of_one_suite_on_one_day_make_pairs() -> None:
    plan = Plan(
        placements=(
            placed("A", "suite-1", "08:00"),
            placed("B", "suite-1", "10:00"),
            placed("C", "suite-2", "08:00"),
            placed("D", "suite-1", "08:00", day=1),
        )
    )
    risk = Risk(1000, {"A": 100, "B": 200, "C": 300, "D": 400})
    found = suite_days(four_cases(), plan, risk)
    assert [(one.suite, one.cases, one.pairs) for one in found] == [
        ("suite-1", ("A", "B"), 20_000),
        ("suite-2", ("C",), 0),
        ("suite-1", ("D",), 0),
    ]
    assert expected_pairs(four_cases(), plan, risk) == 20_000


def test_the_day_is_that_on_which_the_need_of_the_suite_begins() -> None:
    # B starts at 00:30 on Tuesday, but its suite is needed from an hour before: Monday's list
    late = [(at("20:00"), at("04:00", day=1))]
    cases = [
        a_case("A", windows=late),
        a_case("B", need("suite", 120, offset=-60), windows=late),
    ]
    problem = a_problem(cases, [a_resource("suite-1", available=late)])
    plan = Plan(
        placements=(placed("A", "suite-1", "20:00"), placed("B", "suite-1", "00:30", day=1))
    )
    (found,) = suite_days(problem, plan, Risk(1, {"A": 500, "B": 500}))
    assert (found.day, found.pairs) == (date(2026, 11, 23), 250_000)


def test_a_case_that_uses_a_suite_twice_counts_once() -> None:
    twice = [need("suite", 30), need("again", 30, kind="suite", offset=60)]
    problem = a_problem([a_case("A", *twice)], [a_resource("suite-1")])
    both = {"suite": "suite-1", "again": "suite-1"}
    plan = Plan(placements=(Placement(case="A", start=at("08:00"), assigned=both),))
    assert expected_pairs(problem, plan, Risk(1, {"A": 900})) == 0


def test_a_case_that_is_not_named_counts_as_the_rest() -> None:
    assert Risk(1, {"A": 10}, otherwise=400).of("B") == 400


def test_points_are_rounded_down_once() -> None:
    # 1500 * 0.020001 = 30.0015
    assert Risk(1500, {}).points(20_001) == 30


def a_file(**changes: object) -> str:
    whole = {"format": "holdfast-fragility", "version": 1, "permille": {"A": 120}}
    return json.dumps(whole | changes)


def test_a_fragility_file_is_read() -> None:
    assert parse_fragility(a_file(), four_cases(), place="f.json") == {"A": 120}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": "holdfast-planning"}, "format"),
        ({"version": 2}, "version"),
        ({"permille": {"A": 1001}}, "permille.A"),
        ({"permille": {"A": 0.12}}, "permille.A"),
        ({"permille": {"Z": 100}}, "no case 'Z'"),
        ({"drugs": {}}, "drugs"),
    ],
)
def test_a_bad_fragility_file_is_one_error_with_its_place(
    changes: dict[str, object], words: str
) -> None:
    with pytest.raises(InputError) as caught:
        parse_fragility(a_file(**changes), four_cases(), place="f.json")
    assert str(caught.value).startswith("f.json: ")
    assert words in str(caught.value)
