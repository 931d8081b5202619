"""Little's law on sample paths drawn by hand and by hypothesis."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.measures.little import little
from scenarios.measures.view import View
from scenarios.records import CaseRecord, Cause, Outcome
from tests.unit.scenarios.measures.measured import value
from tests.unit.scenarios.runs import at, case, lost, run

# The week has 7 days. Present within it, in days:
PATH = (
    case("there before, treated", at("00:00", 2), released=at("00:00", -5)),  # 2
    case("comes and is treated", at("00:00", 4), released=at("00:00", 1)),  # 3
    case("comes and stays", released=at("00:00", 6)),  # 1
    case("there throughout", at("08:00", 9), outcome=Outcome.BOOKED, released=at("00:00", -1)),  # 7
    case(
        "comes and gives up",  # 1
        outcome=Outcome.CANCELLED,
        released=at("00:00", 1),
        lost=[lost(Cause.PATIENT, at("08:00", 5), at=at("00:00", 2))],
    ),
    case("gone before", at("00:00", -1), released=at("00:00", -3)),  # not seen
    case("comes after", released=at("00:00", 7)),  # not seen
)


def test_the_terms_of_a_path_drawn_by_hand() -> None:
    found = little(View(run(PATH)))
    # 2 + 3 + 1 + 7 + 1 = 14 case-days over 7 days: two present on average; five seen
    assert (found.length, found.seen, found.case_days) == (2.0, 5, 14.0)
    assert (found.rate, found.time) == (5 / 7, 14 / 5)
    assert found.gap == pytest.approx(0, abs=1e-12)


def test_who_was_there_and_came_went_or_is_there() -> None:
    found = little(View(run(PATH)))
    assert (found.at_begin, found.entered, found.left, found.at_end) == (2, 3, 3, 2)
    assert found.balance == 0


def test_the_terms_are_measures_too() -> None:
    found = run(PATH)
    length, rate, days = (value(f"queue_{name}", found) for name in ("length", "rate", "days"))
    assert length == 2.0
    assert length == pytest.approx(rate * days)


def test_lengths_of_sites_add_up() -> None:
    # another site with one case throughout: 2 + 1; 14 + 7 case-days of 5 + 1 cases
    north = run((case("x", released=at("00:00", -1)),), site="north")
    assert value("queue_length", run(PATH), north) == 3.0
    assert value("queue_days", run(PATH), north) == 21 / 6


def test_nobody_at_all_is_an_empty_queue() -> None:
    found = little(View(run()))
    assert (found.length, found.rate, found.time, found.gap) == (0.0, 0.0, 0.0, 0.0)


@st.composite
def cases(draw: st.DrawFn) -> CaseRecord:
    released = at("00:00") + timedelta(minutes=draw(st.integers(-20_000, 20_000)))
    until = released + timedelta(minutes=draw(st.integers(0, 20_000)))
    outcome = draw(st.sampled_from(tuple(Outcome)))
    losses = [lost(Cause.ILLNESS, until, at=until)] if outcome is Outcome.CANCELLED else []
    start = until if outcome in {Outcome.TREATED, Outcome.BOOKED} else None
    name = str(draw(st.integers(0, 999)))
    return case(name, start, released=released, outcome=outcome, lost=losses)


@given(st.lists(cases(), max_size=12))
def test_the_law_holds_of_any_path(some: list[CaseRecord]) -> None:
    # L by walking the path, lambda and W case by case: equal but for the last bits
    found = little(View(run(some)))
    assert found.gap == pytest.approx(0, abs=1e-9)
    assert found.balance == 0
