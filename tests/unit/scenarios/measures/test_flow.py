"""Little's law: its terms by records drawn by hand, and records that a live count gives away."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from models.errors import InputError
from scenarios.measures.frames import measure_frame
from scenarios.measures.little import check_law, little
from scenarios.measures.view import View
from scenarios.records import CaseRecord, Cause, Headcount, Outcome, Run
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
# Days of the week by the number present: 2 on day 0; 4 on day 1; 2 on days 2 and 3; 1 on days 4 and
# 5; 2 on day 6: 14 case-days. Squared stays: 4 + 9 + 1 + 49 + 1. Three come, three go.
COUNTED = Headcount(case_days=14.0, squared_days=64.0, entered=3, left=3)


def counted(cases: Sequence[CaseRecord] = PATH) -> Run:
    """A run that counted the path, with records of these cases."""
    return replace(run(cases), headcount=COUNTED)


def test_the_terms_of_a_path_drawn_by_hand() -> None:
    found = little(View(counted()))
    assert found.recorded == COUNTED
    # 2 + 3 + 1 + 7 + 1 = 14 case-days over 7 days: two present on average; five seen
    assert (found.length, found.seen) == (2.0, 5)
    assert (found.rate, found.time) == (5 / 7, 14 / 5)
    assert found.gap == pytest.approx(0, abs=1e-12)
    assert found.agrees


@pytest.mark.parametrize(
    ("cases", "present"),
    [
        # without the first: 12 case-days over 7 days
        pytest.param(PATH[1:], 12 / 7, id="a record is dropped"),
        pytest.param(PATH * 2, 4.0, id="all are doubled"),
        # treated a day later: 3 + 3 + 1 + 7 + 1
        pytest.param((replace(PATH[0], start=at("00:00", 3)), *PATH[1:]), 15 / 7, id="a time"),
    ],
)
def test_records_that_are_not_those_of_the_run_are_given_away(
    cases: Sequence[CaseRecord], present: float
) -> None:
    found = little(View(counted(cases)))
    assert found.gap == pytest.approx(2.0 - present)
    assert not found.agrees
    with pytest.raises(InputError, match=rf"2\.000 cases present .* by the records {present:.3f}"):
        check_law(View(counted(cases)))


def test_starts_exchanged_between_cases_are_given_away_by_squares() -> None:
    first, second, *others = PATH
    swapped = (replace(first, start=second.start), replace(second, start=first.start), *others)
    found = little(View(counted(swapped)))
    # stays of 4 and 1 in place of 2 and 3: as many case-days, but 16 + 1 + 1 + 49 + 1 squares
    assert found.gap == pytest.approx(0, abs=1e-12)
    assert found.recorded.squared_days == 68.0
    assert not found.agrees


def test_a_run_that_does_not_agree_is_not_measured() -> None:
    with pytest.raises(InputError, match="replication 0 at demo: its records do not agree"):
        measure_frame({"as it is": [counted(PATH[1:])]})


def test_the_terms_are_measures_too() -> None:
    length, rate, days = (value(f"queue_{name}", counted()) for name in ("length", "rate", "days"))
    assert length == 2.0
    assert length == pytest.approx(rate * days)


def test_a_plan_has_no_live_count_and_its_length_is_that_of_its_records() -> None:
    assert little(View(run(PATH))).length == 2.0


def test_lengths_of_sites_add_up() -> None:
    # another site with one case throughout: 2 + 1; 14 + 7 case-days of 5 + 1 cases
    north = run((case("x", released=at("00:00", -1)),), site="north")
    assert value("queue_length", run(PATH), north) == 3.0
    assert value("queue_days", run(PATH), north) == 21 / 6


def test_nobody_at_all_is_an_empty_queue() -> None:
    found = little(View(run()))
    assert (found.length, found.rate, found.time, found.gap) == (0.0, 0.0, 0.0, 0.0)
