"""A store takes one site, and its next versions as long as bookings stay readable."""

import pytest

from models.errors import RefusedError
from scheduler.bootstrap import Container
from tests.contract.department import at, seats, small_site

TEN = at("10:00", day=1)


def test_the_same_site_again_is_the_same_version(small: Container) -> None:
    assert small.init(small_site()).version == 1


def test_a_changed_site_is_the_next_version_and_is_used_at_once(small: Container) -> None:
    assert small.init(small_site(reservation_minutes=30)).version == 2
    kept = small.reserve("A", TEN, seats(1, TEN))
    assert (kept.expires_at - kept.created_at).total_seconds() == 30 * 60


def test_a_store_keeps_to_its_site(small: Container) -> None:
    with pytest.raises(RefusedError, match="the store is of site small"):
        small.init(small_site(id="other"))


@pytest.mark.parametrize("change", [{"tick_minutes": 15}, {"timezone": "America/New_York"}])
def test_the_grid_stays_while_anything_is_held(small: Container, change: dict[str, object]) -> None:
    small.reserve("A", TEN, seats(1, TEN))
    with pytest.raises(RefusedError, match="while anything is booked"):
        small.init(small_site(**change))


def test_the_grid_may_change_while_nothing_is_held(small: Container) -> None:
    assert small.init(small_site(tick_minutes=15)).version == 2


def test_a_resource_taken_out_of_the_site_troubles_its_bookings(small: Container) -> None:
    small.book("A", TEN, seats(2, TEN))
    rest = [r.model_dump() for r in small_site().resources if r.id != "suite-2"]
    small.init(small_site(resources=rest))
    assert small.assess_all().troubled == ("A",)
    assert small.problem_now().problem.case_by_id["A"].booking is None
