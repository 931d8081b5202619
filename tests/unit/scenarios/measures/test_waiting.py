"""Waiting, lateness and who is left: each on a run small enough to reckon by hand."""

from dataclasses import replace
from math import isnan

import pytest

from models.base import Priority
from models.errors import InputError
from scenarios.records import Cause, Outcome
from tests.unit.scenarios.measures.measured import groups, value
from tests.unit.scenarios.runs import at, case, lost, run

# Released ten days before the week, treated at midnight of its second, third and fourth day.
THREE = tuple(case(str(day), at("00:00", day), released=at("00:00", -10)) for day in (1, 2, 3))


def test_the_mean_waiting_counts_from_release_to_procedure() -> None:
    # 11, 12 and 13 days: 36 / 3 = 12
    assert value("waiting_mean", run(THREE)) == 12.0


def test_the_median_and_the_ninetieth_percentile_interpolate() -> None:
    runs = run((*THREE, case("16", at("00:00", 6), released=at("00:00", -10))))
    # 11, 12, 13, 16: the middle is 12.5; place 0.9 * 3 = 2.7, so 13 + 0.7 * 3 = 15.1
    assert value("waiting_median", runs) == 12.5
    assert value("waiting_p90", runs) == pytest.approx(15.1)


def test_waiting_by_priority_names_those_nobody_has() -> None:
    urgent = case("u", at("12:00"), priority=Priority.URGENT)  # half a day
    found = groups("waiting_mean_by_priority", run((*THREE, urgent)))
    assert list(found) == ["emergent", "urgent", "soon", "routine"]
    assert (found["urgent"], found["routine"]) == (0.5, 12.0)
    assert isnan(found["emergent"])


def test_cases_treated_outside_the_window_do_not_count() -> None:
    before = case("before", at("23:59", -1), released=at("00:00", -30))
    after = case("after", at("00:00", 7))  # the window is half open
    assert value("waiting_mean", run((*THREE, before, after))) == 12.0
    assert value("treated", run((*THREE, before, after))) == 3.0


def test_nobody_treated_has_no_waiting_but_a_waiting_so_far() -> None:
    alone = run((case("w", released=at("00:00", 5)), case("v", released=at("00:00", 3))))
    assert isnan(value("waiting_mean", alone))
    # to the end of day 7: 2 and 4 days
    assert value("waiting_so_far", alone) == 3.0
    assert value("left_at_end", alone) == 2.0


def test_the_waiting_of_all_falls_when_the_longest_waiters_are_treated() -> None:
    long, short = case("l", released=at("00:00", -20)), case("s", released=at("00:00", -2))
    as_is = run((long, replace(short, outcome=Outcome.TREATED, start=at("00:00", 1))))
    both = run(
        tuple(replace(c, outcome=Outcome.TREATED, start=at("00:00", 1)) for c in (long, short))
    )
    # of the treated: 3 days, then (21 + 3) / 2; of all: (27 + 3) / 2, then (21 + 3) / 2
    assert (value("waiting_mean", as_is), value("waiting_mean", both)) == (3.0, 12.0)
    assert (value("waiting_all", as_is), value("waiting_all", both)) == (15.0, 12.0)


def test_the_median_of_new_referrals_reckons_with_those_left() -> None:
    gone = lost(Cause.PATIENT, at("00:00", 9), at=at("00:00", 2))
    cases = (
        case("1", at("00:00", 1)),  # 4 of 5 outlast 1 day
        case("gave up after 2", outcome=Outcome.CANCELLED, lost=[gone]),  # leaves 3
        case("3", at("00:00", 3)),  # 4/5 * 2/3 = 0.53
        case("4", at("00:00", 4)),  # 4/5 * 2/3 * 1/2 = 0.27: the median
        case("left after 7"),
        case("older", at("00:00", 6), released=at("00:00", -9)),  # no new referral
    )
    assert value("waiting_new", run(cases)) == 4.0
    # with two more who are left: 6/7, 6/7 * 4/5, 6/7 * 4/5 * 3/4 = 0.51: more than half outlast
    more = (case("left too"), case("and too", at("08:00", 8), outcome=Outcome.BOOKED))
    assert isnan(value("waiting_new", run(cases + more)))


def test_without_anybody_left_it_is_the_plain_median() -> None:
    # 1, 2, 3: half or fewer outlast 2
    assert value("waiting_new", run([case(str(n), at("00:00", n)) for n in (1, 2, 3)])) == 2.0


def test_waiting_across_a_clock_change_is_elapsed_time() -> None:
    # in Chicago 2026-11-01 has 25 hours: 22 calendar days are 22 days and an hour
    one = case("c", at("00:00"), released=at("00:00", -22))
    assert value("waiting_mean", run((one,))) == pytest.approx(22 + 1 / 24)


def test_one_booked_for_later_is_left_but_has_a_place() -> None:
    booked = case("b", at("08:00", 9), outcome=Outcome.BOOKED)
    waiting = case("w", priority=Priority.SOON)
    found = run((booked, waiting))
    assert value("left_at_end", found) == 2.0
    assert value("unscheduled", found) == 1.0
    assert groups("unscheduled_by_priority", found) == {
        "emergent": 0.0,
        "urgent": 0.0,
        "soon": 1.0,
        "routine": 0.0,
    }


def test_treated_by_due_counts_cases_due_in_the_window() -> None:
    cases = (
        case("on the dot", at("09:00", 1), due=at("09:00", 1)),  # yes
        case("late", at("09:01", 1), due=at("09:00", 1)),  # no
        case("not yet", due=at("09:00", 2)),  # no
        case("due later", due=at("09:00", 8)),  # not asked
        case("due before", at("09:00"), due=at("09:00", -1)),  # not asked
        case("never due", at("09:00")),  # not asked
        case("early", at("08:00"), due=at("09:00", 3), priority=Priority.URGENT),  # yes
    )
    assert value("treated_by_due", run(cases)) == 2 / 4
    by_priority = groups("treated_by_due_by_priority", run(cases))
    assert (by_priority["urgent"], by_priority["routine"]) == (1.0, 1 / 3)


def test_who_gives_up_before_the_due_date_is_not_asked_for() -> None:
    gone = lost(Cause.PATIENT, at("09:00", 2), at=at("09:00", 1))
    early = case("early", outcome=Outcome.CANCELLED, due=at("09:00", 3), lost=[gone])
    late = case("late", outcome=Outcome.CANCELLED, due=at("08:00", 1), lost=[gone])
    # the first left on Tuesday 09:00, before Thursday; the second an hour after its due date
    assert isnan(value("treated_by_due", run((early,))))
    assert value("treated_by_due", run((early, late))) == 0.0


def test_throughput_is_per_week_of_the_window() -> None:
    two_weeks = run(THREE, end=at("00:00", 14))
    assert value("treated", two_weeks) == 3.0
    assert value("throughput", two_weeks) == pytest.approx(1.5)


def test_sites_are_pooled_case_by_case() -> None:
    # one site waits 11, 12, 13 days, the other 2: 38 / 4 = 9.5 and not (12 + 2) / 2 = 7
    other = run((case("x", at("00:00", 2)),), site="north")
    assert value("waiting_mean", run(THREE), other) == 9.5
    assert value("waiting_median", run(THREE), other) == 11.5
    assert value("treated", run(THREE), other) == 4.0


def test_a_record_that_says_gone_but_not_when_is_refused() -> None:
    never = case("c", outcome=Outcome.CANCELLED)
    with pytest.raises(InputError, match="case c: the record says cancelled, but not when"):
        value("left_at_end", run((never,)))
