"""A patient to come has the facts of a known one, as old by the calendar and the clock."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from models.patients import Commitment, Exposure, Implant
from models.timegrid import at_local, zone
from scenarios.practice import Known
from scenarios.replay.templates import Person, arrived
from tests.contract.department import normal_labs, patient, referral

BERLIN = zone("Europe/Berlin")
BEFORE_AUTUMN = date(2026, 10, 19)
"""A Monday; the clocks go back on the Sunday after it."""
BEFORE_SPRING = date(2027, 3, 22)
"""A Monday; the clocks go forward on the Sunday after it."""


def clock(day: date, text: str) -> datetime:
    return at_local(day, time.fromisoformat(text), BERLIN)


def known_on(monday: date) -> Known:
    """Known at nine on a Monday: labs of eight, a last dose of the evening before, dialysis."""
    sunday, friday = monday - timedelta(days=1), monday + timedelta(days=4)
    drug = Exposure(drug="apixaban", last_dose=clock(sunday, "20:00"))
    facts = patient("p", drug, labs=normal_labs(clock(monday, "08:00"))).model_copy(
        update={
            "implants": (Implant(kind="stent", placed_on=sunday),),
            "commitments": (
                Commitment(
                    kind="dialysis", start=clock(friday, "07:00"), end=clock(friday, "11:00")
                ),
            ),
            "unavailable": ((clock(friday, "00:00"), clock(friday + timedelta(days=1), "00:00")),),
        }
    )
    return Known(patient=facts, referral=referral("A", "p", authored=clock(monday, "09:00")))


def arriving(monday: date, at: datetime) -> Person:
    return arrived(known_on(monday), "r-1", at, clock(monday, "09:00"), BERLIN)


@pytest.mark.parametrize("monday", [BEFORE_AUTUMN, BEFORE_SPRING])
def test_facts_keep_their_time_of_day_across_a_clock_change(monday: date) -> None:
    # Monday a week later: the Sunday between has 25 or 23 hours
    later = monday + timedelta(days=7)
    facts = arriving(monday, clock(later, "10:00")).patient
    assert {lab.taken_at for lab in facts.labs} == {clock(later, "08:00")}
    assert facts.exposures[0].last_dose == clock(later - timedelta(days=1), "20:00")
    (dialysis,) = facts.commitments
    friday = later + timedelta(days=4)
    assert (dialysis.start, dialysis.end) == (clock(friday, "07:00"), clock(friday, "11:00"))


@pytest.mark.parametrize(("monday", "hours"), [(BEFORE_AUTUMN, 25), (BEFORE_SPRING, 23)])
def test_a_day_that_is_blocked_stays_a_whole_day(monday: date, hours: int) -> None:
    # two days later, the Friday becomes the Sunday of the change
    facts = arriving(monday, clock(monday + timedelta(days=2), "10:00")).patient
    (begin, end) = facts.unavailable[0]
    sunday = monday + timedelta(days=6)
    assert (begin, end - begin) == (clock(sunday, "00:00"), timedelta(hours=hours))


def test_dates_stay_dates() -> None:
    facts = arriving(BEFORE_AUTUMN, clock(date(2026, 10, 26), "10:00")).patient
    assert facts.implants[0].placed_on == date(2026, 10, 25)
    # born on the same day of the calendar but seven: as old on this Monday as on the other
    assert facts.age_on(date(2026, 10, 26)) == known_on(BEFORE_AUTUMN).patient.age_on(BEFORE_AUTUMN)


def test_what_lies_in_the_hour_that_is_skipped_is_empty_and_not_backward() -> None:
    # from 02:30 to 03:00; on the day of the change 02:30 is read as 03:30
    night = Commitment(
        kind="busy", start=clock(BEFORE_SPRING, "02:30"), end=clock(BEFORE_SPRING, "03:00")
    )
    source = known_on(BEFORE_SPRING)
    facts = source.patient.model_copy(update={"commitments": (night,)})
    found = arrived(
        source.model_copy(update={"patient": facts}),
        "r-1",
        clock(date(2027, 3, 28), "10:00"),
        clock(BEFORE_SPRING, "01:00"),
        BERLIN,
    )
    (moved,) = found.patient.commitments
    assert moved.start == moved.end == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_a_result_that_was_in_hand_is_never_of_the_future() -> None:
    # results of eight, known at nine; who is referred at half past seven has them by then
    at = clock(BEFORE_AUTUMN + timedelta(days=2), "07:30")
    facts = arriving(BEFORE_AUTUMN, at).patient
    assert {lab.taken_at for lab in facts.labs} == {at}
