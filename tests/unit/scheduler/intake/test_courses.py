"""Whether a drug still counts, and its last dose. Now is Mon 23 Nov 2026, 09:00 -06:00."""

from datetime import UTC, datetime

import pytest

from models.patients import ExposureStatus
from scheduler.intake.courses import Course, course_of
from tests.unit.scheduler.intake.resources import NOW, TZ, Json, facts, order, read, statement

ACTIVE = Course(ExposureStatus.ACTIVE)
INTENDED = Course(ExposureStatus.INTENDED)
STOPPED_SOME_DAY = Course(ExposureStatus.STOPPED)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def course(medication: Json) -> Course | None:
    return course_of(medication, NOW.astimezone(UTC), TZ)


@pytest.mark.parametrize("status", ["active", "unknown"])
def test_an_active_or_unclear_order_is_taken(status: str) -> None:
    assert course(order(status=status)) == ACTIVE


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error", "draft"])
def test_an_order_that_never_led_to_a_dose_is_nothing(status: str) -> None:
    assert course(order(status=status)) is None


def test_an_order_not_to_give_a_drug_is_nothing() -> None:
    assert course(order(doNotPerform=True)) is None


def test_a_proposed_order_is_intended() -> None:
    assert course(order(intent="proposal")) == INTENDED


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        # 365 days of validity and 35 of look-back: 400 days before 23 Nov 2026 is 19 Oct 2025.
        ("2026-11-20", STOPPED_SOME_DAY),
        ("2025-10-20", STOPPED_SOME_DAY),
        ("2025-10-18", None),
        ("2001-05-01", None),
    ],
)
def test_a_stopped_order_without_an_end_counts_while_its_prescription_may_have_run(
    written: str, expected: Course | None
) -> None:
    assert course(order(status="stopped", authoredOn=written)) == expected


def test_a_stopped_order_without_any_date_counts() -> None:
    assert course(order(status="stopped", authoredOn=None)) == STOPPED_SOME_DAY


def test_a_stopped_order_unchanged_for_longer_than_any_hold_is_over() -> None:
    # Changed on 1 Oct, 53 days ago, when it was already stopped; the look-back is 35 days.
    old = order(status="stopped", meta={"lastUpdated": "2026-10-01T00:00:00Z"})
    assert course(old) is None


def test_an_old_stopped_order_changed_lately_counts() -> None:
    stamp = {"lastUpdated": "2026-11-20T00:00:00Z"}
    late = order(status="stopped", authoredOn="2015-01-01", meta=stamp)
    assert course(late) == STOPPED_SOME_DAY


def _bounded(end: str, **members: str) -> Json:
    timing = {"repeat": {"boundsPeriod": {"end": end}}}
    return order(**members, dosageInstruction=[{"timing": timing}])


def test_the_end_of_the_dosing_period_is_the_last_dose_of_a_held_order() -> None:
    held = _bounded("2026-11-21T08:00:00-06:00", status="on-hold")
    assert course(held) == Course(ExposureStatus.ON_HOLD, utc("2026-11-21T14:00:00+00:00"))


def test_a_held_order_without_an_end_has_an_unknown_last_dose() -> None:
    assert course(order(status="on-hold")) == Course(ExposureStatus.ON_HOLD, None)


def test_a_completed_order_that_ended_long_ago_is_nothing() -> None:
    assert course(_bounded("2026-09-01", status="completed")) is None


@pytest.mark.parametrize("status", ["not-taken", "entered-in-error"])
def test_a_statement_of_not_taking_is_nothing(status: str) -> None:
    assert course(statement(status)) is None


@pytest.mark.parametrize(
    ("status", "expected"), [("active", ACTIVE), ("unknown", ACTIVE), ("intended", INTENDED)]
)
def test_a_statement_of_taking_is_an_exposure(status: str, expected: Course) -> None:
    assert course(statement(status)) == expected


def test_a_date_alone_means_the_end_of_that_day() -> None:
    # 20 Nov in Chicago ends at 05:59:59 UTC on the 21st.
    said = statement("stopped", effectivePeriod={"end": "2026-11-20"})
    assert course(said) == Course(ExposureStatus.STOPPED, utc("2026-11-21T05:59:59+00:00"))


def test_today_means_no_later_than_now() -> None:
    said = statement("on-hold", effectivePeriod={"end": "2026-11-23"})
    assert course(said) == Course(ExposureStatus.ON_HOLD, NOW.astimezone(UTC))


def test_a_stop_still_to_come_is_no_stop() -> None:
    said = statement("on-hold", effectivePeriod={"end": "2026-11-25T08:00:00-06:00"})
    assert course(said) == ACTIVE


@pytest.mark.parametrize(
    ("end", "kept"),
    [("2026-10-19T09:00:00-06:00", True), ("2026-10-19T08:59:59-06:00", False)],
)
def test_a_stopped_drug_counts_for_840_hours(end: str, kept: bool) -> None:  # noqa: FBT001 -- a case of the table
    # 19 Oct 09:00 at -06:00 to 23 Nov 09:00 at -06:00 is 35 days, 840 h.
    assert (course(statement("stopped", effectivePeriod={"end": end})) is not None) is kept


def test_without_an_end_the_statement_itself_bounds_the_last_dose() -> None:
    said = statement("stopped", dateAsserted="2026-11-19T10:00:00-06:00")
    assert course(said) == Course(ExposureStatus.STOPPED, utc("2026-11-19T16:00:00+00:00"))


def test_the_day_on_which_a_drug_was_taken_is_not_its_last() -> None:
    taken = statement("on-hold", effectiveDateTime="2024-01-01")
    assert course(taken) == Course(ExposureStatus.ON_HOLD, None)
    said = statement(
        "stopped", effectiveDateTime="2024-01-01", dateAsserted="2026-11-19T10:00:00-06:00"
    )
    assert course(said) == Course(ExposureStatus.STOPPED, utc("2026-11-19T16:00:00+00:00"))


def test_a_stopped_statement_without_any_date_has_an_unknown_last_dose() -> None:
    assert course(statement("stopped")) == STOPPED_SOME_DAY


def test_an_order_written_after_now_is_noted_and_not_used() -> None:
    found = read(order(authoredOn="2026-11-24"))
    assert found.patients[0].exposures == ()
    assert [note.reason for note in found.notes] == ["written after now: not used"]


def test_an_order_written_today_is_used() -> None:
    assert len(facts(order(authoredOn="2026-11-23")).exposures) == 1


def test_a_status_outside_fhir_is_reported_and_taken_as_active() -> None:
    found = read(order(status="halted"))
    assert found.patients[0].exposures[0].status == ExposureStatus.ACTIVE
    assert "status 'halted'" in found.faults[0].reason
