"""A replay decides as the service does: the same days through both, the same bookings after each.

One side is the real container over a store; the other is the replay's office in memory. Both are
told the same things at the same instants, and nights search with the same steps and seed.
"""

from datetime import timedelta

import pytest

from models.site import AutoApply
from scenarios.replay.files import Booked
from scheduler.store.engine import Store
from tests.contract.both import Both, both_over
from tests.contract.department import NOW, at, small_site

RULE = AutoApply(enabled=True, max_moves=2, max_started_moves=0, min_gain=1)


@pytest.fixture
def rule() -> AutoApply:
    return RULE


@pytest.fixture(params=[0, 50_000], ids=["by cost", "with risk"])
def both(request: pytest.FixtureRequest, file_store: Store, rule: AutoApply) -> Both:
    return both_over(file_store, small_site(auto_apply=rule, risk={"weight": request.param}))


def test_days_of_operation_leave_the_same_bookings(both: Both) -> None:
    for hour, case in enumerate("ABCDEF"):
        both.at(NOW + timedelta(minutes=20 * hour))
        both.arrive(case, priority="urgent" if case in "AC" else "routine")
    both.same()
    both.at(at("15:00"))
    both.cancel("A")
    both.close("suite-1", at("08:00", day=1), at("17:00", day=2))
    both.same()

    assert both.night(at("02:00", day=1), seed=5) > 0  # who was in suite 1 has to move
    both.same()

    both.at(at("10:00", day=1))
    both.offer("A")
    for number, case in enumerate("GHIJ"):
        both.at(at("11:00", day=1) + timedelta(minutes=20 * number))
        both.arrive(case, levels=("L1", "L2"))
    both.at(at("09:30", day=2))
    both.miss_hold("B", "apixaban", at("09:00", day=2))
    both.same()
    assert both.office.files["B"].booked is not None

    assert both.night(at("02:00", day=3), seed=6, everything=True) > 0
    both.same()


@pytest.mark.parametrize("rule", [RULE.model_copy(update={"max_moves": 0})])
def test_moves_that_wait_for_approval_wait_on_both_sides(both: Both) -> None:
    """Nobody who was told a time is moved unasked; who was not is, from a bad place."""
    for case in "ABCDEF":
        both.take_in(case, priority="urgent")
        both.book_late(case, told=case in "BDE")
    starts = {case: file.booked.start for case, file in both.office.files.items() if file.booked}
    both.same()

    moved = both.night(at("02:00", day=1), seed=5)

    both.same()
    now = {case: file.booked.start for case, file in both.office.files.items() if file.booked}
    assert {case for case in now if now[case] != starts[case]} <= set("ACF")
    (kept,) = both.container.revisions()
    assert 0 < moved < len(kept.moves)  # some were carried out and others wait


def test_beside_what_is_held_off_the_grid_both_offer_the_same(file_store: Store) -> None:
    """No board of quarters of an hour can tell of C, who is booked five minutes late.

    A, who is booked for today, may go elsewhere: the freeze binds the night and no person.
    """
    both = both_over(file_store, small_site(tick_minutes=15))
    both.arrive("A")
    both.arrive("C")
    booked = both.office.files["A"].booked
    assert booked is not None
    assert booked.start < NOW + timedelta(hours=24)
    record = both.container.show_case("C").booking
    assert record is not None
    late = record.held.model_copy(update={"start": record.start + timedelta(minutes=5)})
    moved = record.model_copy(update={"held": late})
    file_store.write(lambda uow: uow.bookings.change(moved))
    both.office.keep("C", Booked(late, placed_at=NOW))
    both.offer("A")
    assert len(both.board.proposals("A", top=5)) == 5
