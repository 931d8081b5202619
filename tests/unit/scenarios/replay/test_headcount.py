"""Cases present, counted live: by hand, and in replays whose records are then spoiled."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from random import Random

import pytest

from models.windows import Window
from scenarios.measures.little import little
from scenarios.measures.view import View
from scenarios.records import CaseRecord, Outcome, Run
from scenarios.replay.headcount import Counter
from scenarios.scenario import Replay
from tests.unit.scenarios.replay.departments import replayed, small_practice
from tests.unit.scenarios.runs import at

Cases = tuple[CaseRecord, ...]


def test_a_path_counted_by_hand() -> None:
    count = Counter(Window(at("00:00"), at("00:00", 7)))
    count.enter(at("00:00", -2))  # there since before the window
    count.at(at("00:00", 1), present=1)
    count.at(at("00:00", 2), present=1)
    count.enter(at("00:00", 1))  # released on day 1, heard of on day 2
    count.at(at("00:00", 5), present=2)
    count.leave(at("00:00", -2), at("00:00", 4))  # treated on day 4, closed on day 5
    count.at(at("00:00", 9), present=1)
    found = count.told()
    # stays of 4 days (day 0 to 4) and of 6 (day 1 to 7): 4 + 6, and 16 + 36
    assert (found.case_days, found.squared_days) == (10.0, 52.0)
    assert (found.entered, found.left) == (1, 1)


def test_who_is_released_later_than_heard_of_counts_from_then_on() -> None:
    count = Counter(Window(at("00:00"), at("00:00", 7)))
    count.enter(at("00:00", 3))
    count.at(at("00:00", 7), present=1)
    assert (count.told().case_days, count.told().squared_days) == (4.0, 16.0)


@cache
def season() -> Run:
    """A week after another to warm up."""
    return replayed(small_practice(), run=Replay(weeks=1, warm_up_weeks=1, iterations=50))


def half_dropped(cases: Cases) -> Cases:
    return cases[::2]


def one_dropped(cases: Cases) -> Cases:
    return tuple(case for case in cases if case.case != View(season()).treated[0].case)


def doubled(cases: Cases) -> Cases:
    return cases * 2


def shuffled(cases: Cases) -> Cases:
    """The same starts, each of another case of those treated."""
    done = [case for case in cases if case.outcome is Outcome.TREATED]
    starts = [case.start for case in done]
    Random(1).shuffle(starts)
    given = {case.case: start for case, start in zip(done, starts, strict=True)}
    return tuple(replace(case, start=given.get(case.case, case.start)) for case in cases)


def test_the_records_of_a_replay_agree_with_what_it_counted() -> None:
    found = little(View(season()))
    assert found.agrees
    assert found.gap == pytest.approx(0, abs=1e-9)
    assert found.headcount is not None
    assert min(found.headcount.entered, found.headcount.left, found.seen) > 5


@pytest.mark.parametrize("spoil", [half_dropped, one_dropped, doubled, shuffled])
def test_spoiled_records_do_not_agree(spoil: Callable[[Cases], Cases]) -> None:
    assert not little(View(replace(season(), cases=spoil(season().cases)))).agrees
