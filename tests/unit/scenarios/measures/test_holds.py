"""Hours off drugs, by class and risk, and those that were for nothing."""

from math import isnan

from scenarios.records import Outcome
from tests.unit.scenarios.measures.measured import groups, value
from tests.unit.scenarios.runs import at, case, off, run

BEFORE = at("08:00", -1)
"""Before the week began."""
CASES = (
    case("a", at("08:00"), drug_times=[off(48, "doac", 1), off(120, "vka", 2)]),
    case("b", at("08:00", 1), drug_times=[off(72, "doac", 3), off(24, "doac", 3, wasted=True)]),
    case("c", drug_times=[off(36, "doac", 3, wasted=True), off(500, wasted=True, until=BEFORE)]),
    case("d", at("08:00", 9), outcome=Outcome.BOOKED, drug_times=[off(12, "vka", 1)]),
    case("before", at("08:00", -1), released=at("00:00", -9), drug_times=[off(999, until=BEFORE)]),
)


def test_hours_off_drugs_are_of_holds_that_ended_in_the_window() -> None:
    # 48 + 120 + 72 + 24 + 36 + 12; the 500 and the 999 were over before
    assert value("off_drug_hours", run(CASES)) == 312.0
    assert groups("off_drug_hours_by_class", run(CASES)) == {"doac": 180.0, "vka": 132.0}
    assert groups("off_drug_hours_by_risk", run(CASES)) == {"1": 60.0, "2": 120.0, "3": 132.0}


def test_hours_per_treated_count_the_wasted_ones() -> None:
    # 312 hours, two treated in the window
    assert value("off_drug_per_treated", run(CASES)) == 156.0
    assert isnan(value("off_drug_per_treated", run(CASES[2:3])))


def test_the_length_of_a_hold_is_of_bookings_that_took_place() -> None:
    # 48, 120, 72
    assert value("hold_length", run(CASES)) == 80.0
    assert groups("hold_length_by_class", run(CASES)) == {"doac": 60.0, "vka": 120.0}


def test_wasted_holds_are_counted_and_summed() -> None:
    assert value("wasted_holds", run(CASES)) == 2.0
    assert value("wasted_hold_hours", run(CASES)) == 60.0


def test_no_holds_are_no_hours() -> None:
    none = run((case("a", at("08:00")),))
    assert value("off_drug_hours", none) == 0.0
    assert value("off_drug_per_treated", none) == 0.0
    assert isnan(value("hold_length", none))
