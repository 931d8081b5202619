"""The department of a store as what-if gets it."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from models.calendars import Weekday
from scenarios.applying import apply
from scenarios.practice import OutOfUse, Practice
from scenarios.pseudonyms import pseudonymous
from scenarios.scenario import Scenario
from scheduler.bootstrap import Container
from scheduler.jobs.keeping import forget
from scheduler.records import CaseState
from scheduler.services.practices import practice_of
from scheduler.store.engine import Store
from tests import canaries
from tests.contract.department import (
    APIXABAN,
    NOW,
    at,
    department_at,
    patient,
    referral,
    seats,
    set_clock,
    small_site,
    with_cases,
)

TEN = at("10:00", day=3)
LUMBAR = "vertebroplasty-lumbosacral"


def _booked(store: Store) -> Container:
    """Two cases, the first booked and told; a suite closed."""
    small = with_cases(department_at(store), "A", "B", facts=patient("p", APIXABAN))
    small.book("A", TEN, seats(1, TEN))
    small.tell("A")
    small.close_resource("suite-2", at("08:00", day=1), at("17:00", day=1), reason="tube failed")
    return small


def test_a_practice_is_what_the_store_knows(store: Store) -> None:
    small = _booked(store)
    practice = small.read(practice_of)
    assert (practice.site, practice.now) == (small.department().site, NOW)
    first, second = practice.known
    assert (first.id, second.id, second.promise) == ("A", "B", None)
    assert first.patient == small.show_case("A").patient.facts
    booking = small.show_case("A").booking
    assert first.promise
    assert booking
    assert (first.promise.start, first.promise.told_at) == (TEN, NOW)
    assert first.promise.needs == booking.held.needs
    (closed,) = practice.out_of_use
    begin = at("08:00", day=1)
    assert closed == OutOfUse(resource="suite-2", start=begin, end=begin + timedelta(hours=9))


def test_a_practice_survives_its_file(store: Store) -> None:
    practice = _booked(store).read(practice_of)
    assert Practice.model_validate_json(practice.model_dump_json()) == practice


def test_a_pseudonymous_one_carries_no_canary(store: Store) -> None:
    practice = _booked(store).read(practice_of)
    assert canaries.FREE_TEXT in practice.model_dump_json()
    hidden = pseudonymous(practice).model_dump_json()
    assert canaries.FREE_TEXT not in hidden
    assert canaries.BORN.isoformat() not in hidden


SIX_WEEKS = [at("09:00", day=day) for day in range(-42, 0)]
"""Every day from Monday 5 October to Sunday 15 November, the day before `NOW`."""


def _receive(small: Container, when: datetime, case: str, ends: CaseState, **order: object) -> None:
    """A referral that comes in at an instant, and what became of it by now."""
    set_clock(small, when)
    order = {"authored": when} | order
    small.import_intake([patient(f"p-{case}")], [referral(case, f"p-{case}", **order)])
    if ends is not CaseState.OPEN:
        record = small.show_case(case).record.model_copy(update={"state": ends})
        small.write(lambda desk: desk.uow.cases.change(record))


def _with_history(store: Store, **changes: object) -> Container:
    """Six weeks, each with three referrals on Monday and one, withdrawn, on Wednesday.

    Of Monday's the urgent one and a routine one are treated, so that routine ones are left.
    """
    small = department_at(store, site=small_site(**changes))
    for when in SIX_WEEKS:
        name = f"{when:%m%d}"
        if when.weekday() == 0:
            _receive(small, when, f"{name}-a", CaseState.DONE, priority="urgent")
            _receive(small, when, f"{name}-b", CaseState.DONE)
            _receive(small, when, f"{name}-c", CaseState.OPEN)
        if when.weekday() == 2:
            _receive(small, when, f"{name}-d", CaseState.CLOSED)
    set_clock(small, NOW)
    return small


def test_arrivals_are_all_that_came_in_whatever_became_of_them(store: Store) -> None:
    """18 on Mondays and 6 on Wednesdays in six weeks; the open ones alone say 1 a Monday."""
    practice = _with_history(store).read(practice_of)
    arrivals = practice.assumptions.arrivals
    assert len(practice.known) == 6
    assert arrivals.per_day == {Weekday("mon"): 18 / 6, Weekday("wed"): 6 / 6}
    assert arrivals.evidence == "site"
    assert arrivals.source == (
        "24 referrals received from 2026-10-05 to 2026-11-15, 6 weeks, since the first came in"
    )
    drawn = Counter(known.referral.priority for known in practice.sources)
    assert drawn["urgent"] / drawn.total() == pytest.approx(6 / 24)  # of the open ones: none
    assert all(known.promise is None for known in practice.sources)


def test_what_the_store_began_with_is_no_arrival(store: Store) -> None:
    """Its backlog came in on one day, and misses all that had been treated before."""
    small = department_at(store)
    for number in range(9):
        written = at("09:00", day=-50 - number)
        _receive(small, SIX_WEEKS[0], f"old-{number}", CaseState.OPEN, authored=written)
    assert small.read(practice_of).assumptions.arrivals.per_day == {}
    practice = _with_history(store).read(practice_of)
    assert practice.assumptions.arrivals.per_day == {Weekday("mon"): 3, Weekday("wed"): 1}
    assert len(practice.sources) == 24


def test_a_store_of_a_few_days_says_nothing_of_arrivals(store: Store) -> None:
    small = department_at(store)
    for number, when in enumerate(SIX_WEEKS[-6:]):  # Tuesday to Sunday
        _receive(small, when, f"new-{number}", CaseState.OPEN)
    set_clock(small, NOW)
    practice = small.read(practice_of)
    assert (practice.assumptions.arrivals.per_day, practice.drawn_from) == ({}, None)


def test_older_weeks_are_not_looked_at(store: Store) -> None:
    """Thirteen weeks before Monday 16 November begin on 17 August."""
    small = department_at(store)
    _receive(small, at("09:00", day=-13 * 7 - 1), "before", CaseState.DONE)
    _receive(small, at("09:00", day=-13 * 7), "within", CaseState.DONE)
    set_clock(small, NOW)
    practice = small.read(practice_of)
    assert [known.id for known in practice.sources] == ["within"]
    assert practice.assumptions.arrivals.per_day == {Weekday("mon"): 1 / 13}
    assert practice.assumptions.arrivals.source.endswith("2026-08-17 to 2026-11-15, 13 weeks")


def test_others_stand_in_for_whoever_is_forgotten(store: Store) -> None:
    """Kept for 14 days: the 3 of each of the first four weeks that have ended are forgotten."""
    small = _with_history(store)
    before = small.read(practice_of)
    retention = small_site().retention.model_copy(update={"patient_days": 14})
    small.init(small_site(retention=retention))
    small.write(forget)
    after = small.read(practice_of)
    arrivals = after.assumptions.arrivals
    assert arrivals.per_day == before.assumptions.arrivals.per_day
    assert arrivals.source.partition("; ")[2] == (
        "facts of 12 are forgotten: others of their procedure and priority stand in for them"
    )
    for practice in (before, after):
        assert Counter(one.referral.priority for one in practice.sources)["urgent"] == 6
    assert all(known.patient.labs for known in after.sources)


def test_a_treated_patient_comes_again_as_fresh_as_then(store: Store) -> None:
    """The result was a day old when the referral came in, six weeks ago: it is a day old now."""
    small = department_at(store)
    when = SIX_WEEKS[0]
    set_clock(small, when)
    lab = patient().labs[0].model_copy(update={"taken_at": when - timedelta(days=1)})
    facts = patient("p-A").model_copy(update={"labs": (lab,)})
    small.import_intake([facts], [referral("A", "p-A", authored=when)])
    set_clock(small, NOW)
    (drawn,) = small.read(practice_of).sources
    assert [one.taken_at for one in drawn.patient.labs] == [NOW - timedelta(days=1)]


def test_what_is_drawn_from_is_pseudonymous_too(store: Store) -> None:
    practice = _with_history(store).read(practice_of)
    hidden = pseudonymous(practice)
    assert len(hidden.sources) == 24
    assert canaries.FREE_TEXT in practice.model_dump_json()
    assert canaries.FREE_TEXT not in hidden.model_dump_json()
    assert "1005-a" not in hidden.model_dump_json()


@pytest.mark.parametrize(
    ("which", "member", "times"),
    [
        ({"priority": "urgent"}, "by_priority", {"urgent": 2.0}),
        ({"procedure": LUMBAR}, "by_procedure", {LUMBAR: 2.0}),
        ({"weekday": "mon"}, "by_weekday", {Weekday("mon"): 2.0}),
    ],
)
def test_demand_is_scaled_on_what_came_in(
    file_store: Store, which: dict[str, str], member: str, times: dict[str, float]
) -> None:
    """Also of a kind of which nobody is open: all that came in stay what is drawn from."""
    before = _with_history(file_store).read(practice_of)
    edit = {"kind": "scale-demand", "factor": 2} | which
    after = apply(Scenario.model_validate({"name": "more", "edits": [edit]}), before)
    assert after.sources == before.sources
    arrivals = after.assumptions.arrivals
    assert arrivals.per_day == before.assumptions.arrivals.per_day
    assert getattr(arrivals, member) == times
