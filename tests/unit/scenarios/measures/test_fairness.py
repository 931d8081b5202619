"""Gaps in waiting between groups of patients."""

from datetime import timedelta
from math import isnan

from scenarios.records import CaseRecord
from tests.unit.scenarios.measures.measured import groups, value
from tests.unit.scenarios.runs import at, case, run


def waited(days: float, count: int = 5, **group: str) -> tuple[CaseRecord, ...]:
    start = at("08:00", 2)
    released = start - timedelta(days=days)
    return tuple(case(f"{days}-{n}", start, released=released, **group) for n in range(count))


def test_the_gap_is_between_the_groups_that_wait_longest_and_shortest() -> None:
    cases = waited(3, age="under 65") + waited(10, age="65-79") + waited(6, age="80 and over")
    found = run(cases)
    assert value("waiting_gap_by_age", found) == 7.0
    assert value("waiting_median_gap_by_age", found) == 7.0
    assert list(groups("waiting_mean_by_age", found).values()) == [3.0, 10.0, 6.0]


def test_means_and_medians_have_their_own_gaps() -> None:
    uneven = waited(2, 4, language="en") + waited(12, 1, language="en") + waited(3, language="es")
    # en: mean (4 * 2 + 12) / 5 = 4, median 2; es: 3 and 3
    assert value("waiting_gap_by_language", run(uneven)) == 1.0
    assert value("waiting_median_gap_by_language", run(uneven)) == 1.0


def test_a_group_of_fewer_than_five_is_not_set_against_others() -> None:
    near, far = waited(3, distance="under 20 km"), waited(9, 4, distance="over 50 km")
    assert isnan(value("waiting_gap_by_distance", run(near + far)))
    assert value("waiting_gap_by_distance", run(near + waited(9, distance="over 50 km"))) == 6.0


def test_those_of_whom_it_is_not_known_are_no_group() -> None:
    known = waited(3, age="under 65") + waited(4, age="65-79")
    assert value("waiting_gap_by_age", run(known + waited(90, age="unknown"))) == 1.0


def test_groups_of_several_sites_are_pooled() -> None:
    # three cases of each at either site are too few there, but six together
    here = run(waited(3, 3, language="en") + waited(5, 3, language="es"))
    north = run(waited(3, 3, language="en") + waited(5, 3, language="es"), site="north")
    assert isnan(value("waiting_gap_by_language", here))
    assert value("waiting_gap_by_language", here, north) == 2.0
