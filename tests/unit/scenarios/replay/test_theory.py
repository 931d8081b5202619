"""A replay of a department that is a queue waits as queues do."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from benchmarks.queue_practice import NOW, TICK, queue_practice, wait_minutes
from benchmarks.queue_theory import Queue, interval, replayed
from benchmarks.queueing import erlang_c, wait_mdc, wait_mg1, wait_mmc
from scenarios.records import CaseRecord
from scenarios.replay.draws import Draws
from scenarios.replay.simulate import replay
from scenarios.scenario import Replay
from scheduler.site_files import LibraryDates

DAY = timedelta(days=1)
WEEK = Replay(weeks=1, warm_up_weeks=0, iterations=1)


def recursion(cases: Iterable[CaseRecord], suites: int) -> dict[str, float]:
    """Waits by the recursion of Kiefer and Wolfowitz: whoever comes takes the first free suite.

    Args:
        cases: in the order in which they are booked.
        suites: how many.
    """
    free, waits = [0.0] * suites, {}
    for case in cases:
        tick = -((NOW - case.released) // TICK) * 5.0
        start = max(tick, min(free))
        free[free.index(min(free))] = start + case.planned_minutes
        waits[case.case] = start - tick
    return waits


@pytest.mark.parametrize(("suites", "per_day"), [(1, 14.0), (2, 28.0)])
def test_every_single_wait_is_that_of_the_recursion(suites: int, per_day: float) -> None:
    practice = queue_practice(suites, 30, (1, 2, 5), per_day)  # 30, 60 or 150 minutes: 80
    run = replay(practice, WEEK, Draws(4, 0), LibraryDates())
    came = sorted(
        (c for c in run.cases if not c.case.startswith("source")),
        key=lambda c: (c.released, c.case),
    )
    expected = recursion(came, suites)
    later = [c for c in came if c.released > NOW + DAY]  # the first day has the sources' own load
    assert len(later) > 50
    assert max(expected.values()) > 0
    assert {c.case: wait_minutes(c) for c in later} == {c.case: expected[c.case] for c in later}


@pytest.mark.parametrize(
    "queue",
    [Queue("M/D/1", 1, 60, (1,), 0.5), Queue("M/G/1", 1, 30, (1, 4), 0.5)],
    ids=lambda queue: queue.name,
)
def test_the_mean_wait_and_the_number_waiting_are_those_of_theory(queue: Queue) -> None:
    seen = replayed(queue, weeks=1, replications=6, seed=1)
    mean, low, high = interval([one.wait for one in seen])
    assert low <= queue.theory <= high
    assert mean == pytest.approx(queue.theory, rel=0.5)
    _, low, high = interval([one.length for one in seen])
    assert low <= queue.length <= high


def test_formulas_agree_where_they_meet() -> None:
    assert wait_mg1(0.01, [60.0]) == pytest.approx(0.01 * 3600 / (2 * 0.4))  # PK by hand
    assert wait_mdc(0.01, 60.0, 1) == pytest.approx(wait_mg1(0.01, [60.0]))
    assert erlang_c(1, 0.6) == pytest.approx(0.6)  # one server: the chance to wait is its use
    assert erlang_c(2, 1.0) == pytest.approx(1 / 3)  # (1/2) / (1/2) * 1/2 over 1 + 1 + 1
    assert wait_mmc(0.01, 60.0, 1) == pytest.approx(2 * wait_mg1(0.01, [60.0]))
