"""As of when the holds of a booking count as planned."""

from datetime import datetime, timedelta

import pytest

from models.base import HoldStage
from models.clinical.booked import planned_from
from models.errors import RefusedError
from scheduler.bootstrap import Container
from scheduler.services.problems import gather_all
from scheduler.store.engine import Store
from tests.contract.department import (
    APIXABAN,
    NOW,
    at,
    at_hour,
    department_at,
    patient,
    seats,
    with_cases,
)

TEN = at("10:00", day=3)
DAY = timedelta(days=1)  # the site's notice is 24 hours


@pytest.mark.parametrize(
    ("now", "told", "expected"),
    [
        (NOW + timedelta(hours=3), None, NOW),  # there is still time to tell
        (NOW + 30 * timedelta(hours=1), None, NOW + 6 * timedelta(hours=1)),  # 30 h less 24 h
        (NOW + 2 * DAY, NOW + timedelta(hours=5), NOW),  # told within the notice
        (NOW + 2 * DAY, NOW + 25 * timedelta(hours=1), NOW + timedelta(hours=1)),  # an hour late
    ],
)
def test_it_counts_from_the_choice_of_the_place_unless_told_too_late(
    small: Container, now: datetime, told: datetime | None, expected: datetime
) -> None:
    booking = small.book("A", TEN, seats(1, TEN)).model_copy(update={"told_at": told})
    setting = small.read(gather_all).scene.department.site.setting
    found = planned_from(setting, booking, now)
    assert found == expected


def on_apixaban(small_store: Store) -> Container:
    """A booked and told on Monday 09:00 for Thursday 10:00: the last dose is Tuesday 08:00."""
    container = with_cases(department_at(small_store), "A", facts=patient("p1", APIXABAN))
    container.book("A", TEN, seats(1, TEN))
    container.tell("A")
    return container


def test_a_hold_is_planned_once_the_patient_is_told(store: Store) -> None:
    told = on_apixaban(store)
    told.assess_all()  # Monday 09:00: the last dose is due on Tuesday 08:00
    assert told.show_case("A").readiness.stage == HoldStage.PLANNED


def test_a_begun_hold_outlives_a_move_to_later(store: Store) -> None:
    # Wednesday 20:00 is 36 h after the last dose; told anew, the patient would have to wait until
    # Saturday, yet nobody takes up the drug again because of one hour.
    evening = at_hour(on_apixaban(store), at("20:00", day=2))
    later = TEN + timedelta(hours=1)
    moved = evening.move("A", later, seats(1, later))
    assert (moved.told_at, moved.stops_told_at) == (None, NOW)
    evening.assess_all()
    file = evening.show_case("A")
    assert file.booking is not None
    assert file.booking.trouble == ()
    assert file.readiness.stage == HoldStage.STARTED


def test_a_move_to_earlier_starts_from_what_the_patient_knows_now(store: Store) -> None:
    evening = at_hour(on_apixaban(store), at("20:00", day=2))
    earlier = TEN - timedelta(hours=1)
    with pytest.raises(RefusedError, match="apixaban"):
        evening.move("A", earlier, seats(1, earlier))
