"""What bookings meet: drawn by case and attempt, at an instant before the start or at it."""

from datetime import datetime, timedelta

import pytest

from models.patients import ExposureStatus
from scenarios.assumptions import Assumptions, Chance
from scenarios.records import Cause
from scenarios.replay.draws import Draws
from scenarios.replay.office import Office
from scenarios.replay.surprises import Attempt, on_the_day, stops_of, surprises
from tests.contract.department import APIXABAN, NOW, at, patient, referral
from tests.unit.scenarios.replay.departments import RULES, small_practice

ALWAYS = Chance(share=1.0, source="test", evidence="planning")
NEVER = Chance(share=0.0, source="test", evidence="planning")
NAMES = ("called_off", "no_show", "illness", "hold_missed", "lab_failed", "approval_late")
THURSDAY = at("10:00", day=3)
DRAWS = Draws(1, 0)


def only(*names: str) -> Assumptions:
    return Assumptions(**{name: ALWAYS if name in names else NEVER for name in NAMES})


def attempt(start: datetime = THURSDAY, number: int = 1, *, on_apixaban: bool = True) -> Attempt:
    """A patient who stops apixaban: with four doses skipped, the last is 48 hours before."""
    office = Office(small_practice(), RULES)
    drugs = (APIXABAN,) if on_apixaban else ()
    file = office.take_in(patient("p", *drugs), referral("A", "p"))
    return Attempt(file, number, NOW, start)


def at_once(instant: datetime) -> datetime:
    return instant


def test_nothing_happens_where_nothing_is_assumed() -> None:
    assert surprises(attempt(), only(), DRAWS, at_once) == ()
    assert on_the_day(attempt(), only(), DRAWS) is None


def test_a_booking_is_called_off_between_booking_and_start() -> None:
    (found,) = surprises(attempt(), only("called_off"), DRAWS, at_once)
    assert found.cause is Cause.PATIENT
    assert NOW <= found.at < THURSDAY


def test_a_booking_that_is_moved_meets_the_same_at_another_time() -> None:
    usual = only("called_off")
    (before,) = surprises(attempt(), usual, DRAWS, at_once)
    (after,) = surprises(attempt(THURSDAY + timedelta(days=7)), usual, DRAWS, at_once)
    share = (before.at - NOW) / (THURSDAY - NOW)
    assert (after.at - NOW) / (THURSDAY + timedelta(days=7) - NOW) == pytest.approx(share, abs=1e-4)


def test_a_dose_is_missed_within_the_hold_and_names_the_drug() -> None:
    (stop,) = stops_of(attempt().file, THURSDAY)
    assert stop.last == at("08:00", day=1)  # skipped: Tue 20:00, Wed 08:00 and 20:00, Thu 08:00
    (found,) = surprises(attempt(), only("hold_missed"), DRAWS, at_once)
    assert found.drug == "apixaban"
    assert found.dose_at is not None
    assert stop.last <= found.dose_at < THURSDAY


def test_who_stops_no_drug_misses_no_hold_and_waits_for_no_prescriber() -> None:
    free = attempt(on_apixaban=False)
    assert surprises(free, only("hold_missed", "approval_late"), DRAWS, at_once) == ()


def test_a_prescriber_is_late_when_the_last_dose_is_due() -> None:
    (found,) = surprises(attempt(), only("approval_late"), DRAWS, at_once)
    assert (found.cause, found.at) == (Cause.APPROVAL_LATE, at("08:00", day=1))


def test_illness_comes_before_not_turning_up() -> None:
    assert on_the_day(attempt(), only("illness", "no_show"), DRAWS) is Cause.ILLNESS
    assert on_the_day(attempt(), only("no_show"), DRAWS) is Cause.NO_SHOW


def test_what_was_stopped_for_good_is_stopped_for_no_start() -> None:
    office = Office(small_practice(), RULES)
    gone = APIXABAN.model_copy(update={"status": ExposureStatus.STOPPED, "last_dose": NOW})
    file = office.take_in(patient("p", gone), referral("A", "p"))
    assert [hold.drug for hold in file.readiness.holds] == ["apixaban"]
    assert stops_of(file, THURSDAY) == ()
