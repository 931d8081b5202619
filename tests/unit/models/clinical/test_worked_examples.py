"""The worked examples of the clinical model, in both forms of the rules."""

from datetime import timedelta

from models.patients import LabCode
from tests.unit.models.clinical.builders import (
    CLINIC,
    SIR,
    apixaban,
    aspirin,
    chicago,
    facts,
    first_start,
    lab,
)

NOW = chicago(2, 9)  # Monday 09:00


def test_four_doses_of_apixaban_at_a_clearance_of_70() -> None:
    # Told Tue 09:00, last dose Tue 08:00; skipped Tue 20:00, Wed 08:00, Wed 20:00, Thu 08:00.
    assert first_start(facts(apixaban()), SIR, NOW) == chicago(5, 8)


def test_six_doses_of_apixaban_at_a_clearance_of_40() -> None:
    # (140 - 70) * 72 / (72 * 1.75) = 40 mL/min; two more doses: Thu 20:00, Fri 08:00.
    slow = facts(apixaban(), labs=(lab(LabCode.CREATININE, 1.75),))
    assert first_start(slow, SIR, NOW) == chicago(6, 8)


def test_seven_days_of_aspirin_since_the_recorded_last_dose() -> None:
    # Monday 12 January 07:00 and 7 * 24 h: Monday 19 January 07:00; no clock changes between.
    now = chicago(12, 9, month=1)
    held = facts(aspirin(last_dose=chicago(12, 7, month=1)))
    assert first_start(held, CLINIC, now) == chicago(19, 7, month=1)


def test_the_spring_change_leaves_elapsed_hours_as_they_are() -> None:
    # Monday 2 March 07:00 (UTC-6) and 168 h: Monday 9 March 07:00 of UTC-6, 08:00 by the clock.
    held = facts(aspirin(last_dose=chicago(2, 7)))
    assert first_start(held, CLINIC, NOW) == chicago(2, 7) + timedelta(hours=168)


def test_doses_follow_the_clock_over_the_spring_change() -> None:
    # Now Fri 6 March 09:00; told Sat 09:00, last dose Sat 08:00. Skipped Sat 20:00, Sun 08:00 (now
    # UTC-5), Sun 20:00, Mon 08:00 by the clock, which is 07:00 of UTC-6.
    assert first_start(facts(apixaban()), SIR, chicago(6, 9)) == chicago(9, 7)
