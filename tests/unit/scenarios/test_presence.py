"""Whether as many cases are present when measuring ends as when it begins."""

from dataclasses import replace

from scenarios.presence import present_by_week, unsteady, weeks_before
from scenarios.records import Run
from scenarios.report.data import Estimate
from scenarios.report.presence import presences
from tests.unit.scenarios import runs


def replicated(*present: tuple[int, ...], site: str = "demo") -> tuple[Run, ...]:
    """One week measured, after as many to warm up as are left."""
    return tuple(
        replace(runs.run(number=number, site=site), present=counts)
        for number, counts in enumerate(present)
    )


FALLING = tuple((40 + n, 30 + n, 24 + n % 3) for n in range(6))
"""In the week measured, which begins with 30 to 35, fewer go than come in every replication."""
LEVEL = tuple((40, 30 + n, 35 - n) for n in range(6))
"""From 30 to 35, from 31 to 34, ... and from 35 to 30: by 0 in the mean."""


def test_sites_of_a_replication_are_summed() -> None:
    both = (*replicated((5, 4, 3), (6, 5, 4)), *replicated((1, 1, 1), (2, 2, 2), site="other"))
    assert present_by_week(both) == {0: (6, 5, 4), 1: (8, 7, 6)}
    assert weeks_before(both[0]) == 1


def test_a_backlog_that_is_still_worked_off_is_told() -> None:
    """From a mean of 32.5 to one of 25."""
    (said,) = unsteady({"baseline": replicated(*FALLING), "x": replicated(*LEVEL)})
    assert "from 32.5 to 25.0 (" in said
    assert "in baseline" in said
    assert "in x" not in said


def test_five_replications_are_too_few_to_tell() -> None:
    assert list(unsteady({"baseline": replicated(*FALLING[:5])})) == []


def test_a_plan_has_no_weeks() -> None:
    planned = {"baseline": (runs.run(mode="plan"),)}
    assert list(unsteady(planned)) == []
    assert presences(planned) == ()


def test_the_page_has_a_mean_for_each_week() -> None:
    (found,) = presences({"baseline": replicated((4, 2, 2), (6, 2, 4))})
    assert (found.scenario, found.first) == ("baseline", -1)
    assert [estimate.value for estimate in found.weeks] == [5.0, 2.0, 3.0]
    assert found.weeks[1] == Estimate(2.0)  # in both: no spread, no interval
