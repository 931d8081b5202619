"""The night changes all it proposed or nothing, and only what it saw."""

from datetime import timedelta

import pytest

from models.errors import StaleError
from scheduler.bootstrap import Container
from scheduler.records import CaseState, MoveState, RevisionState
from scheduler.records_nights import RunState
from scheduler.services.night import Search
from scheduler.store.engine import Store
from solver.revision import Change
from tests.contract import searches
from tests.contract.department import (
    APIXABAN,
    at,
    at_hour,
    cells_of_all,
    department_at,
    patient,
    seats,
    small_site,
    with_cases,
)

TEN = at("10:00", day=2)
CELLS = 79  # of one case, as in test_booking


def state_of(container: Container, store: Store) -> object:
    """Everything that an unapplied night must leave alone."""
    bookings = [file.booking for file in container.list_cases()]
    return bookings, store.read(lambda uow: uow.claims.owned())


@pytest.fixture
def broken(store: Store) -> Container:
    """A and B booked for Wednesday at ten, C waiting; the first suite is broken that day."""
    container = with_cases(department_at(store, search=searches.one_by_one), "A", "B", "C")
    container.book("A", TEN, seats(1, TEN))
    container.book("B", TEN, seats(2, TEN))
    container.close_resource("suite-1", at("06:00", 2), at("20:00", 2), reason="tube broken")
    return container


def test_a_night_moves_what_broke_books_what_waits_and_leaves_the_rest(
    store: Store, broken: Container
) -> None:
    report = broken.night(apply=True)
    assert report.applied
    assert [(m.case, m.change, m.forced) for m in report.moves.moves] == [
        ("A", Change.MOVED, True),
        ("C", Change.PLACED, False),
    ]
    assert any("suite-1" in reason for reason in report.moves.moves[0].reasons)
    bookings = {file.id: file.booking for file in broken.list_cases()}
    assert all(booking and not booking.trouble for booking in bookings.values())
    assert bookings["B"] is not None
    assert bookings["B"].held.start == TEN
    assert cells_of_all(store) == {b.id: CELLS for b in bookings.values() if b}


def test_a_night_without_approval_changes_nothing_until_it_is_applied(
    store: Store, broken: Container
) -> None:
    before = state_of(broken, store)
    report = broken.night(apply=False)
    assert report.revision is not None
    assert report.revision.state == RevisionState.PROPOSED
    assert state_of(broken, store) == before
    assert broken.accept_moves(report.revision.id).record.state == RevisionState.APPLIED
    assert state_of(broken, store) != before


@pytest.mark.parametrize(("most", "applied"), [(0, ["C"]), (1, ["A", "C"])])
def test_the_site_says_which_moves_need_nobody(
    store: Store, broken: Container, most: int, applied: list[str]
) -> None:
    """A was told Wednesday at ten, which is one move; C is placed, and nobody has been told."""
    broken.tell("A")
    broken.init(small_site(auto_apply={"enabled": True, "max_moves": most}))
    report = broken.night()
    assert report.revision is not None
    assert list(report.revision.cases(MoveState.APPLIED)) == applied
    assert report.applied
    waits = "A" not in applied
    assert (report.revision.state == RevisionState.PROPOSED) is waits
    moved = broken.show_case("A").booking
    assert moved is not None
    assert (moved.held.start == TEN) is waits


def test_who_has_not_been_told_is_moved_without_approval(store: Store, broken: Container) -> None:
    broken.init(small_site(auto_apply={"enabled": True}))
    report = broken.night()
    assert report.moves.count(Change.MOVED) == 1
    assert report.revision is not None
    assert report.revision.state == RevisionState.APPLIED


def test_a_site_that_says_nothing_leaves_every_move_for_approval(broken: Container) -> None:
    report = broken.night()
    assert report.revision is not None
    assert report.revision.cases(MoveState.PROPOSED) == ("A", "C")


def test_a_refused_revision_is_put_aside(broken: Container) -> None:
    report = broken.night(apply=False)
    assert report.revision is not None
    refused = broken.acting("bob").reject_moves(report.revision.id, reason="not today").record
    assert (refused.state, refused.decided_by) == (RevisionState.REFUSED, "bob")
    with pytest.raises(StaleError, match="refused already"):
        broken.accept_moves(report.revision.id)


def test_a_revision_is_applied_once(broken: Container) -> None:
    report = broken.night(apply=True)
    assert report.revision is not None
    with pytest.raises(StaleError, match="applied already"):
        broken.accept_moves(report.revision.id)
    assert broken.revisions()[0].state == RevisionState.APPLIED


def test_an_error_in_the_middle_of_applying_leaves_everything_as_it_was(
    store: Store, store_target: str, broken: Container
) -> None:
    report = broken.night(apply=False)
    assert report.revision is not None
    before, rows = state_of(broken, store), len(broken.audit())

    def fail(point: str) -> None:
        if point == "apply.claimed":  # all claims have changed hands, no booking has yet
            msg = "the power failed"
            raise OSError(msg)

    other = Store.at(store_target, sync=fail)
    with pytest.raises(OSError, match="the power failed"):
        department_at(other).accept_moves(report.revision.id)
    other.close()
    assert state_of(broken, store) == before
    assert len(broken.audit()) == rows
    assert broken.accept_moves(report.revision.id).record.state == RevisionState.APPLIED


@pytest.mark.parametrize(
    ("search", "words"),
    [
        (searches.dies, "SIGSEGV"),
        (searches.lies_about_cost, "as the search said"),
        (searches.overlaps, "breaks"),
    ],
)
def test_when_the_search_fails_the_plan_stands_and_the_run_says_so(
    store: Store, broken: Container, search: Search, words: str
) -> None:
    before = state_of(broken, store)
    report = department_at(store, search=search).night(apply=True)
    assert report.revision is None
    assert report.run.state == RunState.FAILED
    assert words in report.run.outcome
    assert report.run.outcome.endswith("the plan stands as it was")
    assert state_of(broken, store) == before
    assert broken.runs()[0].outcome == report.run.outcome


def test_a_night_with_nothing_to_do_leaves_no_revision(store: Store) -> None:
    container = with_cases(department_at(store, search=searches.one_by_one), "A")
    container.night(apply=True)
    again = container.night(apply=True)
    assert again.revision is None
    assert again.run.state == RunState.DONE
    assert again.run.outcome.startswith("nothing to change")


def test_what_is_reserved_stays_where_it_is(store: Store) -> None:
    container = with_cases(department_at(store, search=searches.one_by_one), "A", "B")
    kept = container.reserve("A", TEN, seats(1, TEN))
    report = container.night(apply=True)
    assert [m.case for m in report.moves.moves] == ["B"]
    assert cells_of_all(store)[kept.id] == CELLS


def test_bookings_that_are_about_to_begin_are_left_alone(store: Store) -> None:
    """Frozen are the 24 hours from now: Monday 10:00 is, though earlier would be cheaper."""
    container = with_cases(department_at(store, search=searches.one_by_one), "A")
    today = at("15:00")
    container.book("A", today, seats(1, today))
    frozen = container.problem_now().problem.case_by_id["A"]
    assert frozen.booking is not None
    assert frozen.booking.locked
    assert frozen.windows == ((today, today + timedelta(minutes=5)),)


def test_a_missed_hold_moves_the_patient_to_when_it_is_over(store: Store) -> None:
    """Taken Wed 20:00; Thu 08:00, Thu 20:00, Fri 08:00, Fri 20:00 are skipped: Monday at eight."""
    container = with_cases(
        department_at(store, search=searches.one_by_one), "A", facts=patient("p1", APIXABAN)
    )
    start = at("10:00", day=3)
    container.book("A", start, seats(1, start))
    container.tell("A")
    wednesday = at_hour(container, at("21:00", day=2))
    wednesday.record_missed_hold("A", "apixaban", at("20:00", day=2))
    report = wednesday.night(apply=True)
    (moved,) = report.moves.moves
    assert moved.after == at("08:00", day=7)
    assert report.applied


def test_cases_whose_day_is_over_are_done_and_no_more_planned(store: Store) -> None:
    container = with_cases(department_at(store, search=searches.one_by_one), "A")
    container.book("A", TEN, seats(1, TEN))
    thursday = at_hour(container, at("02:00", day=3))
    report = thursday.night(apply=True)
    assert report.moves.moves == ()
    assert thursday.show_case("A").record.state == CaseState.DONE
    assert thursday.problem_now().problem.cases == ()
