"""As of when the holds of a booking count as planned."""

from datetime import timedelta

import pytest

from scheduler.bootstrap import Container
from scheduler.services.desk import Desk
from scheduler.services.readiness import planned_from
from scheduler.store.engine import Store
from tests.contract.department import NOW, CountedIds, at, seats

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
    store: Store, small: Container, now: object, told: object, expected: object
) -> None:
    booking = small.book("A", TEN, seats(1, TEN)).model_copy(update={"told_at": told})
    found = store.read(
        lambda uow: planned_from(
            Desk(uow, small.departments, CountedIds(), now, "ann").scene,  # type: ignore[arg-type]
            booking,
        )
    )
    assert found == expected
