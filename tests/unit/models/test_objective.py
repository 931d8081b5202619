from datetime import timedelta

import pytest

from models.base import HoldStage, Priority
from models.objective import (
    late_cost,
    left_out_cost,
    move_cost,
    off_drug_cost,
    start_cost,
    suite_change_cost,
    wait_cost,
)
from models.problem import Booking, Case, Hold, Objective, Resource
from tests.unit.models.worlds import PRICES, booking_data, case_data, utc

OBJECTIVE = Objective.model_validate(PRICES)
T0 = utc("11-23 08:00")
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(("hours", "points"), [(-48, 0), (0, 0), (23, 0), (24, 25), (47, 25)])
def test_waiting_counts_whole_days(hours: int, points: int) -> None:
    # routine: 25 a day begun and ended
    assert wait_cost(OBJECTIVE, Priority.ROUTINE, T0, T0 + hours * HOUR) == points


@pytest.mark.parametrize(("hours", "points"), [(-1, 0), (0, 0), (1, 125), (24, 125), (25, 250)])
def test_lateness_counts_days_begun(hours: int, points: int) -> None:
    # routine: 125 a day, the first as soon as it is late
    assert late_cost(OBJECTIVE, Priority.ROUTINE, T0, T0 + hours * HOUR) == points


def test_without_a_due_date_nothing_is_late() -> None:
    assert late_cost(OBJECTIVE, Priority.ROUTINE, None, T0) == 0


@pytest.mark.parametrize(("hours", "points"), [(-1, 0), (0, 0), (23, 0), (24, 180), (48, 360)])
def test_days_off_the_drug_weigh_by_risk(hours: int, points: int) -> None:
    hold = Hold(stage=HoldStage.STARTED, ready_at=T0, risk=3)
    # 60 * risk 3 a whole day
    assert off_drug_cost(OBJECTIVE, hold, T0 + hours * HOUR) == points


def test_a_hold_without_an_end_costs_nothing() -> None:
    assert off_drug_cost(OBJECTIVE, Hold(stage=HoldStage.PLANNED), T0) == 0
    assert off_drug_cost(OBJECTIVE, None, T0) == 0


@pytest.mark.parametrize(("hours", "points"), [(0, 0), (1, 300), (-23, 300), (-24, 380), (49, 460)])
def test_a_move_costs_by_distance_either_way(hours: int, points: int) -> None:
    booking = Booking.model_validate(booking_data(T0.isoformat(), move_weight=2))
    # 2 * (150 + 40 * whole days)
    assert move_cost(OBJECTIVE, booking, T0 + hours * HOUR) == points


def test_without_a_booking_nothing_moves() -> None:
    assert move_cost(OBJECTIVE, None, T0) == 0


def test_leaving_a_booked_case_out_breaks_its_booking() -> None:
    free = Case.model_validate(case_data("A"))
    booked = booking_data("2026-11-23T08:00:00+00:00", move_weight=2)
    kept = Case.model_validate(case_data("A", booking=booked))
    # routine 4000; with booking + 3000 * 2
    assert (left_out_cost(OBJECTIVE, free), left_out_cost(OBJECTIVE, kept)) == (4000, 10000)


def test_the_cost_of_a_start_is_the_sum_of_its_terms() -> None:
    case = Case.model_validate(
        case_data(
            "A",
            due="2026-11-23T08:00:00+00:00",
            hold={"stage": "started", "ready_at": "2026-11-23T06:00:00+00:00", "risk": 2},
            booking=booking_data("2026-11-23T08:00:00+00:00"),
        )
    )
    # 26 h after release and ready_at, 24 h after due and booking:
    # wait 25 + late 125 + off drug 60 * 2 + move 150 + 40
    assert start_cost(OBJECTIVE, case, T0 + timedelta(days=1)) == 460


def test_the_first_suite_of_a_day_is_free() -> None:
    doctor = Resource(id="dr", kind="proceduralist", available=(), suite_change_cost=25)
    assert suite_change_cost(doctor, []) == 0
    assert suite_change_cost(doctor, ["s1", "s1"]) == 0
    assert suite_change_cost(doctor, ["s1", "s2", "s1", "s3"]) == 50
