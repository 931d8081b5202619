from datetime import timedelta

import pytest

from models.calendars import Weekday
from models.errors import InputError
from models.patients import Lab, LabCode
from models.timegrid import local_day
from scenarios.practice import Known, Practice
from scenarios.replay.arrivals import Stream, authored_per_day
from scenarios.replay.draws import Draws
from scenarios.replay.hours import OfficeHours
from scheduler.site_files import LibraryDates
from tests.builders import at, booked
from tests.unit.models.worlds import CHICAGO, local
from tests.unit.scenarios.edits.worlds import case, edit, known, practice, problem, promise

TEN = tuple(
    known(f"R{n}", priority="urgent" if n < 4 else "routine", authored=local(f"11-{10 + n} 10:00"))
    for n in range(10)
)


def test_a_fifth_more_are_drawn_from_those_known() -> None:
    # 10 x 1.2 = 12
    after = edit("scale-demand", factor=1.2).on_practice(practice(*TEN))
    new = after.known[10:]
    assert len(new) == 2
    assert all(one.id.endswith("~1") and one.promise is None for one in new)
    assert after.assumptions.arrivals.scale == pytest.approx(1.2)


def test_a_drawn_referral_is_another_patients() -> None:
    after = edit("add-referrals", count=1).on_practice(practice(known("A")))
    assert after.known[1].patient.id == after.known[1].referral.patient == "pat-A~1"


def test_more_than_are_known_draws_each_again() -> None:
    # 2 x 3.5 = 7: five more, of two
    after = edit("scale-demand", factor=3.5).on_practice(practice(*TEN[:2]))
    assert len({one.id for one in after.known}) == 7


def test_times_move_together_by_whole_days_and_never_past_now() -> None:
    lab = Lab(code=LabCode.INR, value=1.0, taken_at=local("11-21 09:00"))
    one = TEN[5]
    tested = Known(patient=one.patient.model_copy(update={"labs": (lab,)}), referral=one.referral)
    before = practice(*TEN[:5], tested)
    for seed in range(20):
        after = edit("add-referrals", count=6, seed=seed).on_practice(before)
        (new,) = (k for k in after.known if k.id == "R5~1")
        moved = new.patient.labs[0].taken_at
        assert new.referral.authored is not None
        # R5 was authored on the 15th, six days before its result
        assert moved - new.referral.authored == timedelta(days=5, hours=23)
        assert moved <= before.now
        assert new.referral.authored >= local("11-10 10:00")


def test_referrals_of_a_weekday_stay_on_it() -> None:
    mondays = tuple(known(f"M{n}", authored=local(f"11-{2 + 7 * n:02} 10:00")) for n in range(3))
    after = edit("add-referrals", count=9, weekday="mon").on_practice(practice(*mondays))
    days = [k.referral.authored for k in after.known if k.referral.authored is not None]
    assert len(days) == 12
    assert {Weekday.of(local_day(day, CHICAGO)) for day in days} == {Weekday.MON}
    assert after.assumptions.arrivals.by_weekday == {Weekday.MON: 4.0}


def test_fewer_leaves_some_out() -> None:
    # 10 x 0.75 = 7.5, halves up: 8
    after = edit("scale-demand", factor=0.75).on_practice(practice(*TEN))
    assert len(after.known) == 8


def test_a_case_under_way_is_never_left_out() -> None:
    running = known("A", promise=promise("11-23 07:30"))
    after = edit("scale-demand", factor=0).on_practice(practice(running, known("B")))
    assert [k.id for k in after.known] == ["A"]


def test_only_the_priority_named_is_scaled() -> None:
    # the FHIR priority `urgent` is our `soon`: four of the ten
    after = edit("scale-demand", factor=2, priority="soon").on_practice(practice(*TEN))
    assert len(after.known) == 14
    assert after.assumptions.arrivals.by_priority == {"soon": 2.0}


def test_only_the_procedure_named_is_scaled() -> None:
    name = "vertebroplasty-lumbosacral"
    after = edit("scale-demand", factor=0.5, procedure=name).on_practice(practice(*TEN))
    assert len(after.known) == 5
    assert after.assumptions.arrivals.by_procedure == {name: 0.5}


def test_factors_multiply() -> None:
    twice = edit("scale-demand", factor=1.5)
    after = twice.on_practice(twice.on_practice(practice(*TEN)))
    assert after.assumptions.arrivals.scale == 2.25


@pytest.mark.parametrize("factor", [0.5, 2])
def test_what_is_to_come_is_drawn_from_the_same_referrals_as_before(factor: float) -> None:
    # else twice as many known and twice the arrivals would come to four times as many
    before = practice(*TEN)
    after = edit("scale-demand", factor=factor).on_practice(before)
    assert len(after.known) == 10 * factor
    assert after.sources == before.sources == before.known
    assert edit("scale-demand", factor=3).on_practice(after).sources == before.known


def test_the_seed_decides_who_is_drawn() -> None:
    drawn = {
        tuple(
            k.id for k in edit("scale-demand", factor=1.2, seed=n).on_practice(practice(*TEN)).known
        )
        for n in range(10)
    }
    assert len(drawn) > 1
    once, again = (edit("scale-demand", factor=1.2).on_practice(practice(*TEN)) for _ in range(2))
    assert once == again


def test_an_unknown_procedure_is_refused() -> None:
    with pytest.raises(InputError, match="nearest: vertebroplasty-lumbosacral"):
        edit("scale-demand", factor=2, procedure="vertebroplasty-lumbosacrl").on_practice(
            practice()
        )


def test_nothing_can_be_drawn_from_nothing() -> None:
    with pytest.raises(InputError, match="there are no referrals to draw from"):
        edit("add-referrals", count=1).on_practice(practice())


def test_two_kinds_at_once_are_refused() -> None:
    with pytest.raises(ValueError, match="give one of procedure, priority and weekday"):
        edit("scale-demand", factor=2, priority="soon", weekday="mon")


def test_cases_of_a_planning_file_come_again_without_booking() -> None:
    held = case(booking=booked(at("09:00"), {"suite": "suite-1", "doctor": "dr-1"}))
    after = edit("scale-demand", factor=2).on_problem(problem(held))
    assert set(after.case_by_id) == {"A", "A~1"}
    assert after.case_by_id["A~1"].booking is None
    assert after.case_by_id["A"] == held


def test_cases_of_a_planning_file_are_left_out_by_priority() -> None:
    cases = (case("A"), case("B", priority="urgent"))
    after = edit("scale-demand", factor=0, priority="urgent").on_problem(problem(*cases))
    assert set(after.case_by_id) == {"A"}


def test_a_planning_file_says_no_procedure() -> None:
    with pytest.raises(InputError, match="neither the procedure nor when"):
        edit("scale-demand", factor=2, weekday="mon").on_problem(problem(case()))


def test_arrivals_are_set_by_weekday() -> None:
    after = edit("arrivals", per_day={"mon": 12, "tue": 8}).on_practice(practice())
    assert after.assumptions.arrivals.per_day == {Weekday.MON: 12, Weekday.TUE: 8}


def arrivals(found: Practice, weekday: str = "11-24") -> set[tuple[str, str]]:
    """Who comes in on a day of a replay: the case, and whose like it is."""
    day = local_day(local(f"{weekday} 12:00"), CHICAGO)
    stream = Stream(found, Draws(1, 0), OfficeHours.of(found, LibraryDates()))
    return {(one.case, one.person.referral.code) for one in stream.on(day)}


def test_demand_leaves_arrivals_that_it_does_not_touch_as_they_are() -> None:
    # five a day on average; more adds to the same, fewer keeps some of the same
    before = edit("arrivals", per_day={"tue": 5}).on_practice(practice(*TEN))
    usual = arrivals(before)
    more = arrivals(edit("scale-demand", factor=4).on_practice(before))
    fewer = arrivals(edit("scale-demand", factor=0.5).on_practice(before))
    assert fewer < usual < more


def test_known_referrals_that_are_drawn_do_not_raise_what_comes_in_twice() -> None:
    before = practice(*TEN)
    after = edit("scale-demand", factor=2).on_practice(before)
    hours = OfficeHours.of(before, LibraryDates())
    assert authored_per_day(after, hours) == authored_per_day(before, hours)
