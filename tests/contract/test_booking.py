"""Reserving, booking, moving and cancelling: everything is claimed or nothing, and written."""

from datetime import datetime, timedelta

import pytest

from models.errors import (
    ConflictError,
    ExpiredError,
    InputError,
    NotFoundError,
    RefusedError,
    StaleError,
)
from scheduler.bootstrap import Container
from scheduler.records import BookingState
from scheduler.store.engine import Store
from tests.contract.department import (
    APIXABAN,
    NOW,
    at,
    at_hour,
    cells_of_all,
    department_at,
    patient,
    seats,
    small_site,
    with_cases,
)

TEN = at("10:00", day=1)
# suite 75 min = 15 cells, doctor 60 = 12, nurse 80 = 16, bays 45 + 120 = 9 + 24, arrival 15 = 3
CELLS = 15 + 12 + 16 + 9 + 24 + 3


@pytest.fixture
def small(store: Store) -> Container:
    """Two cases, nothing held."""
    return with_cases(department_at(store), "A", "B")


def test_a_reservation_holds_every_need_until_it_expires(store: Store, small: Container) -> None:
    kept = small.reserve("A", TEN, seats(1, TEN))
    assert kept.expires_at == NOW + timedelta(minutes=15)
    assert cells_of_all(store) == {kept.id: CELLS}


def test_what_is_reserved_cannot_be_booked_by_another(store: Store, small: Container) -> None:
    kept = small.reserve("A", TEN, seats(1, TEN))
    with pytest.raises(ConflictError, match="bay-1 is held Tue 17 Nov 09:15-10:00 by the reserv"):
        small.book("B", TEN, seats(1, TEN))
    assert cells_of_all(store) == {kept.id: CELLS}


def test_an_expired_reservation_is_gone_for_its_owner(small: Container) -> None:
    kept = small.reserve("A", TEN, seats(1, TEN))
    late = at_hour(small, kept.expires_at)
    with pytest.raises(ExpiredError, match="ended at 09:15"):
        late.book_reserved("A", kept.token)


def test_an_expired_reservation_gives_its_cells_to_whoever_claims_them(
    store: Store, small: Container
) -> None:
    kept = small.reserve("A", TEN, seats(1, TEN))
    booked = at_hour(small, kept.expires_at).book("B", TEN, seats(1, TEN))
    assert cells_of_all(store) == {booked.id: CELLS}
    assert [row.action for row in small.audit("A")][-1] == "reservation.expire"


def test_a_minute_before_its_end_a_reservation_still_holds(small: Container) -> None:
    kept = small.reserve("A", TEN, seats(1, TEN))
    before = at_hour(small, kept.expires_at - timedelta(minutes=1))
    with pytest.raises(ConflictError):
        before.book("B", TEN, seats(1, TEN))


def test_a_second_reservation_of_a_case_replaces_the_first(store: Store, small: Container) -> None:
    small.reserve("A", TEN, seats(1, TEN))
    second = small.reserve("A", TEN, seats(2, TEN))
    assert cells_of_all(store) == {second.id: CELLS}


def test_a_released_reservation_cannot_be_booked(store: Store, small: Container) -> None:
    kept = small.reserve("A", TEN, seats(1, TEN))
    small.release(kept.token)
    assert cells_of_all(store) == {}
    with pytest.raises(ExpiredError, match="is released"):
        small.book_reserved("A", kept.token)


def test_a_token_books_its_own_case_only_and_only_once(store: Store, small: Container) -> None:
    kept = small.reserve("A", TEN, seats(1, TEN))
    with pytest.raises(InputError, match="another case"):
        small.book_reserved("B", kept.token)
    booked = small.book_reserved("A", kept.token)
    assert cells_of_all(store) == {booked.id: CELLS}
    with pytest.raises(ExpiredError, match="is booked"):
        small.book_reserved("A", kept.token)


def test_a_case_is_booked_once(small: Container) -> None:
    small.book("A", TEN, seats(1, TEN))
    with pytest.raises(ConflictError, match="booked already"):
        small.book("A", TEN, seats(2, TEN))
    with pytest.raises(RefusedError, match="move the booking"):
        small.reserve("A", TEN, seats(2, TEN))


def test_a_case_without_open_requirements_is_confirmed(small: Container) -> None:
    assert small.book("A", TEN, seats(1, TEN)).state == BookingState.CONFIRMED


def test_a_booking_waits_for_the_prescriber_and_is_confirmed_when_he_agrees(store: Store) -> None:
    """Apixaban: told Tue 09:00, last dose Tue 08:00, four doses skipped: from Thu 08:00."""
    small = with_cases(department_at(store), "A", facts=patient("p1", APIXABAN))
    start = at("10:00", day=3)
    with pytest.raises(RefusedError, match="no firm booking yet"):
        small.book("A", start, seats(1, start), firm=True)
    booked = small.book("A", start, seats(1, start))
    assert booked.state == BookingState.PROVISIONAL
    assert "apixaban" in booked.waiting_for[0]
    (asked,) = small.show_case("A").readiness.open_at(start)
    after = small.acting("dr-b").approve("A", asked.ref.rule, reason="agreed by phone")
    assert after.booking is not None
    assert after.booking.state == BookingState.CONFIRMED
    assert after.decisions[0].by == "dr-b"


def test_a_start_before_the_hold_is_over_is_refused_in_hold_terms(store: Store) -> None:
    small = with_cases(department_at(store), "A", facts=patient("p1", APIXABAN))
    early = at("10:00", day=2)  # the last dose is that of Tue 08:00, 26 h before
    with pytest.raises(RefusedError, match="26 h since the last apixaban dose"):
        small.book("A", early, seats(1, early))
    assert cells_of_all(store) == {}


@pytest.mark.parametrize(
    ("start", "change", "words"),
    [
        (at("10:02", day=1), {}, "not on a tick"),
        (at("07:00", day=1), {}, "not available"),
        (at("10:00", day=1), {"suite": "dr-1"}, "may not serve"),
        (at("10:00", day=1), {"suite": "suite-9"}, "there is no resource"),
        (at("08:00"), {}, "before now"),
        (at("10:00", day=15), {}, "outside the 14 days"),
    ],
)
def test_a_placement_that_breaks_a_rule_is_refused(
    store: Store, small: Container, start: datetime, change: dict[str, str], words: str
) -> None:
    with pytest.raises(RefusedError, match=words):
        small.book("A", start, {**seats(1, start), **change})
    assert cells_of_all(store) == {}


def test_one_resource_may_serve_two_needs_that_do_not_overlap(small: Container) -> None:
    same_bay = {**seats(1, TEN), "preparation": "bay-1", "recovery": "bay-1"}
    assert small.book("A", TEN, same_bay)


def test_roles_must_be_those_of_the_case(small: Container) -> None:
    assigned = seats(1, TEN)
    del assigned["sedation"]
    with pytest.raises(RefusedError, match="'sedation' is not assigned"):
        small.book("A", TEN, assigned)


def test_minutes_a_day_count_what_others_hold(store: Store) -> None:
    """A doctor may work 119 minutes a day; one case is 60, two would be 120."""
    site = small_site()
    limited = [
        r.model_copy(update={"minutes_per_day": 119}) if r.kind == "proceduralist" else r
        for r in site.resources
    ]
    small = with_cases(
        department_at(store, site=small_site(resources=[r.model_dump() for r in limited])),
        "A",
        "B",
    )
    small.book("A", TEN, seats(1, TEN))
    later = at("13:00", day=1)
    with pytest.raises(RefusedError, match="dr-1: 120 minutes on 2026-11-17, at most 119"):
        small.book("B", later, seats(1, later))
    other_doctor = {**seats(1, later), "proceduralist": "dr-2"}
    assert small.book("B", later, other_doctor)


def test_an_unknown_case_is_not_found(small: Container) -> None:
    with pytest.raises(NotFoundError, match="no case Z"):
        small.book("Z", TEN, seats(1, TEN))


def test_a_move_lets_go_of_the_old_place(store: Store, small: Container) -> None:
    small.book("A", TEN, seats(1, TEN))
    small.tell("A")
    moved = small.move("A", TEN + timedelta(minutes=30), seats(1, TEN + timedelta(minutes=30)))
    assert moved.held.start == TEN + timedelta(minutes=30)
    assert moved.told_at is None
    assert cells_of_all(store) == {moved.id: CELLS}
    assert small.book("B", TEN, seats(2, TEN))


def test_a_move_that_fails_leaves_the_booking_where_it_is(store: Store, small: Container) -> None:
    small.book("A", TEN, seats(1, TEN))
    small.book("B", TEN, seats(2, TEN))
    before = small.show_case("A").booking
    owned = store.read(lambda uow: uow.claims.owned())
    rows = len(small.audit())
    with pytest.raises(ConflictError, match="by the booking of case B"):
        small.move("A", TEN, seats(2, TEN))
    assert small.show_case("A").booking == before
    assert store.read(lambda uow: uow.claims.owned()) == owned
    assert len(small.audit()) == rows


def test_a_move_cut_off_after_the_claim_leaves_the_booking_where_it_is(
    store: Store, store_target: str, small: Container
) -> None:
    small.book("A", TEN, seats(1, TEN))
    before = small.show_case("A").booking

    def fail(point: str) -> None:
        if point == "claim":  # the old cells are given up by now
            msg = "the power failed"
            raise OSError(msg)

    broken = Store.at(store_target, sync=fail)
    with pytest.raises(OSError, match="the power failed"):
        department_at(broken).move("A", TEN, seats(2, TEN))
    broken.close()
    assert small.show_case("A").booking == before
    assert before is not None
    assert cells_of_all(store) == {before.id: CELLS}


def test_a_change_on_an_old_version_is_refused(small: Container) -> None:
    seen = small.book("A", TEN, seats(1, TEN)).version
    small.tell("A")
    with pytest.raises(StaleError, match=f"not {seen}"):
        small.cancel("A", reason="ill", version=seen)
    with pytest.raises(StaleError):
        small.move("A", TEN, seats(2, TEN), version=seen)


def test_a_locked_booking_stays_until_it_is_unlocked(small: Container) -> None:
    small.book("A", TEN, seats(1, TEN))
    small.set_lock("A", locked=True)
    with pytest.raises(RefusedError, match="locked"):
        small.move("A", TEN, seats(2, TEN))
    small.set_lock("A", locked=False)
    assert small.move("A", TEN, seats(2, TEN)).held.assigned["suite"] == "suite-2"


def test_a_cancelled_booking_frees_everything(store: Store, small: Container) -> None:
    small.book("A", TEN, seats(1, TEN))
    small.cancel("A", reason="the patient is ill")
    assert cells_of_all(store) == {}
    assert small.show_case("A").booking is None
    assert small.book("B", TEN, seats(1, TEN))
    with pytest.raises(NotFoundError, match="no booking"):
        small.cancel("A", reason="again")


def test_what_was_proposed_can_be_booked(small: Container) -> None:
    best = small.propose("A").proposals[0]
    booked = small.book("A", best.start, best.assigned)
    assert booked.held.placement("A") == best.placement


def test_a_proposal_keeps_clear_of_what_others_hold(small: Container) -> None:
    first = small.propose("A", top=1).proposals[0]
    small.reserve("A", first.start, first.assigned)
    for offered in small.propose("B", top=20).proposals:
        small.reserve("B", offered.start, offered.assigned)


def test_every_change_is_audited_with_its_actor_and_digests(small: Container) -> None:
    by = small.acting("bob")
    by.book("A", TEN, seats(1, TEN))
    by.move("A", TEN, seats(2, TEN))
    by.cancel("A", reason="ill")
    rows = [row for row in small.audit("A") if row.action.startswith("booking")]
    assert [(row.action, row.actor, row.detail) for row in rows] == [
        ("booking.add", "bob", ""),
        ("booking.move", "bob", ""),
        ("booking.cancel", "bob", "with a reason"),
    ]
    assert rows[0].before is None
    assert [row.after for row in rows[:2]] == [row.before for row in rows[1:]]


def test_a_refused_call_leaves_no_audit_row(small: Container) -> None:
    rows = len(small.audit())
    with pytest.raises(RefusedError):
        small.book("A", at("10:02", day=1), seats(1, TEN))
    assert len(small.audit()) == rows
