"""Moves are accepted and rejected one by one, and whatever is accepted fits with all that stays.

A and B change places on Wednesday; D leaves its place on Thursday, which E gets; C gets a free one.
"""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from models.errors import NotFoundError, RefusedError, StaleError
from models.plan import Placement
from models.problem import PlanningProblem
from scheduler.bootstrap import Container
from scheduler.records import MoveState, RevisionRecord, RevisionState
from scheduler.services.night import Answer
from scheduler.services.revisions import kept_moves
from scheduler.store.engine import Store
from solver.moves import Moves
from tests.contract import searches
from tests.contract.department import (
    at,
    department_at,
    patient,
    referral,
    seats,
    small_site,
    with_cases,
)

TEN, ONE = at("10:00", 2), at("13:00", 2)
THURSDAY, FRIDAY = at("13:00", 3), at("13:00", 4)
FREE = at("10:00", 3)
BOOKED = {"A": TEN, "B": ONE, "D": THURSDAY}
PLANNED = {"A": (1, ONE), "B": (1, TEN), "C": (2, FREE), "D": (1, FRIDAY), "E": (1, THURSDAY)}
EVERYBODY = tuple(PLANNED)


def planned_search() -> searches.Search:
    places = {
        case: Placement(case=case, start=start, assigned=seats(unit, start))
        for case, (unit, start) in PLANNED.items()
    }
    return searches.to_these(places)


@pytest.fixture
def planned(store: Store) -> Container:
    """A, B and D are booked; what the night would change waits for a decision."""
    container = with_cases(department_at(store, search=planned_search()), *EVERYBODY)
    for case, start in BOOKED.items():
        container.book(case, start, seats(1, start))
    container.night(apply=False)
    return container


def proposed(container: Container) -> RevisionRecord:
    return container.revisions()[0]


def accept(container: Container, *cases: str, with_needed: bool = False) -> RevisionRecord:
    name = proposed(container).id
    return container.accept_moves(name, cases or None, with_needed=with_needed).record


def states(container: Container) -> dict[str, str]:
    """The state of each move by case."""
    return {move.case: move.state.value for move in proposed(container).moves}


def starts(container: Container) -> dict[str, object]:
    files = container.list_cases()
    return {file.id: file.booking.held.start for file in files if file.booking}


def whole(container: Container) -> bool:
    """Whether nobody is in trouble and every booking holds exactly its cells."""
    return container.faults() == () and container.assess_all().troubled == ()


def test_what_waits_for_what_is_kept_with_the_revision(planned: Container) -> None:
    moves = kept_moves(proposed(planned))
    assert moves.groups == (("A", "B"),)
    assert moves.waits == {"A": ("B",), "B": ("A",), "C": (), "D": (), "E": ("D",)}


def test_one_move_is_accepted_and_the_others_wait(planned: Container) -> None:
    record = accept(planned, "C")
    assert record.state == RevisionState.PROPOSED
    assert record.cases(MoveState.APPLIED) == ("C",)
    assert record.cases(MoveState.PROPOSED) == ("A", "B", "D", "E")
    assert starts(planned) == BOOKED | {"C": FREE}
    assert whole(planned)


@pytest.mark.parametrize(("case", "missing"), [("A", "B"), ("B", "A"), ("E", "D")])
def test_a_move_without_what_it_waits_for_is_refused(
    planned: Container, case: str, missing: str
) -> None:
    rows = len(planned.audit())
    with pytest.raises(RefusedError, match=f"wait for those of {missing}"):
        accept(planned, case, "C")
    assert starts(planned) == BOOKED
    assert set(states(planned).values()) == {"proposed"}
    assert len(planned.audit()) == rows


def test_what_a_move_waits_for_can_be_taken_along(planned: Container) -> None:
    assert accept(planned, "A", with_needed=True).cases(MoveState.APPLIED) == ("A", "B")
    assert starts(planned) == {"A": ONE, "B": TEN, "D": THURSDAY}
    assert whole(planned)


def test_what_waits_may_follow_later(planned: Container) -> None:
    accept(planned, "D")
    assert accept(planned, "E").cases(MoveState.APPLIED) == ("D", "E")
    assert starts(planned) == BOOKED | {"D": FRIDAY, "E": THURSDAY}
    assert whole(planned)


def test_all_that_is_left_is_accepted_at_once(planned: Container) -> None:
    accept(planned, "A", "B")
    record = accept(planned)
    assert record.state == RevisionState.APPLIED
    assert record.cases(MoveState.APPLIED) == EVERYBODY
    assert starts(planned) == {case: start for case, (_, start) in PLANNED.items()}
    assert whole(planned)


def test_rejecting_a_move_rejects_what_waits_for_it(planned: Container) -> None:
    name = proposed(planned).id
    decision = planned.acting("bob").reject_moves(name, ["D"], reason="she is away on Friday")
    assert decision.rejected == ("D", "E")
    details = {move.case: (move.detail, move.decided_by) for move in decision.record.moves}
    assert details["D"] == ("she is away on Friday", "bob")
    assert details["E"] == ("it waits for the move of D", "bob")
    assert decision.record.state == RevisionState.PROPOSED
    with pytest.raises(StaleError, match="its move is rejected already"):
        accept(planned, "E")
    assert accept(planned).cases(MoveState.APPLIED) == ("A", "B", "C")
    assert starts(planned) == {"A": ONE, "B": TEN, "C": FREE, "D": THURSDAY}


def test_rejecting_half_of_a_group_rejects_the_group(planned: Container) -> None:
    assert planned.reject_moves(proposed(planned).id, ["B"]).rejected == ("A", "B")


def test_a_revision_all_of_which_is_rejected_is_refused(planned: Container) -> None:
    record = planned.reject_moves(proposed(planned).id).record
    assert record.state == RevisionState.REFUSED
    assert record.cases(MoveState.REJECTED) == EVERYBODY
    assert starts(planned) == BOOKED


def test_a_move_is_decided_once(planned: Container) -> None:
    accept(planned, "C")
    with pytest.raises(StaleError, match="its move is applied already"):
        accept(planned, "C")
    with pytest.raises(StaleError, match="its move is applied already"):
        planned.reject_moves(proposed(planned).id, ["C"])


def test_a_case_without_a_move_is_named(planned: Container) -> None:
    with pytest.raises(NotFoundError, match="no move of case Z"):
        accept(planned, "Z")


@pytest.mark.parametrize("change", ["cancel", "facts", "lock", "tell", "move", "decide"])
def test_a_case_that_has_changed_makes_stale_what_waits_for_it_and_no_more(
    planned: Container, change: str
) -> None:
    """Of the two that change places one has changed: neither moves, the other three do."""
    match change:
        case "cancel":
            planned.cancel("B", reason="ill")
        case "facts":
            facts = planned.show_case("B").patient.imported
            planned.import_intake([facts.model_copy(update={"weight_kg": 60.0})], [])
        case "lock":
            planned.set_lock("B", locked=True)
        case "tell":
            planned.tell("B")
        case "move":
            planned.move("B", at("10:00", 8), seats(1, at("10:00", 8)))
        case _:
            again = referral("B", "p-B").model_copy(update={"levels": ("L3", "L4")})
            planned.import_intake([], [again])
    before = starts(planned)
    decision = planned.accept_moves(proposed(planned).id)
    assert decision.applied == ("C", "D", "E")
    assert dict(decision.stale) == {
        "A": "it waits for the move of B, which can no longer be made",
        "B": "the case has changed since this was planned",
    }
    assert starts(planned) == before | {"C": FREE, "D": FRIDAY, "E": THURSDAY}
    assert states(planned)["A"] == states(planned)["B"] == "stale"
    assert decision.record.state == RevisionState.APPLIED
    assert planned.faults() == ()


def test_new_cases_and_a_new_assessment_make_nothing_stale(planned: Container) -> None:
    planned.import_intake([patient("p-F")], [referral("F", "p-F")])
    planned.assess_all()
    assert accept(planned).cases(MoveState.APPLIED) == EVERYBODY
    assert whole(planned)


def test_a_resource_closed_since_makes_stale_what_needs_it(planned: Container) -> None:
    planned.close_resource("suite-2", at("06:00", 3), at("20:00", 3), reason="service")
    decision = planned.accept_moves(proposed(planned).id)
    assert decision.applied == ("A", "B", "D", "E")
    assert [case for case, _ in decision.stale] == ["C"]
    assert "suite-2" in dict(decision.stale)["C"]


def test_a_slot_taken_since_makes_stale_what_wants_it(planned: Container) -> None:
    with_cases(planned, "F")
    planned.book("F", at("10:00", 4), seats(2, at("10:00", 4)))
    taken = FRIDAY + timedelta(minutes=60)
    planned.move("F", taken, seats(1, taken))
    decision = planned.accept_moves(proposed(planned).id)
    assert decision.applied == ("A", "B", "C")
    reasons = dict(decision.stale)
    assert "by the booking of case F" in reasons["D"]
    assert reasons["E"] == "it waits for the move of D, which can no longer be made"
    assert planned.faults() == ()


def test_a_case_that_somebody_is_offered_a_slot_for_is_left_alone(planned: Container) -> None:
    later = at("10:00", 8)
    planned.reserve("C", later, seats(1, later))
    decision = planned.accept_moves(proposed(planned).id, ["C", "D"])
    assert decision.applied == ("D",)
    assert "reserved" in dict(decision.stale)["C"]


def test_when_no_move_can_be_made_any_more_it_is_an_error_and_the_revision_is_stale(
    planned: Container,
) -> None:
    for case in EVERYBODY:
        facts = planned.show_case(case).patient.imported
        planned.import_intake([facts.model_copy(update={"weight_kg": 60.0})], [])
    with pytest.raises(StaleError, match="nothing of it can be made any more: A: the case has"):
        accept(planned)
    assert proposed(planned).state == RevisionState.STALE
    assert set(states(planned).values()) == {"stale"}
    assert starts(planned) == BOOKED


def test_every_decision_is_audited_with_what_became_of_each_move(planned: Container) -> None:
    name = proposed(planned).id
    planned.cancel("B", reason="ill")
    planned.acting("ann").accept_moves(name, ["A", "B", "C"])
    planned.acting("bob").reject_moves(name, reason="not this week")
    rows = {row.action: row for row in planned.audit(name)}
    said = rows["revision.accept"]
    assert said.actor == "ann"
    assert said.detail == "A stale; B stale; C applied"
    assert rows["revision.reject"].detail == "D rejected; E rejected"  # why is with the moves
    assert [row.action for row in planned.audit("C")][-1] == "booking.add"
    assert planned.faults() == ()


def test_minutes_taken_since_on_a_limited_day_make_stale_what_adds_to_them(store: Store) -> None:
    """Doctors work at most 100 minutes a day, of which F leaves 40 on Friday, and D needs 60."""
    site = small_site()
    limited = tuple(
        resource.model_copy(update={"minutes_per_day": 100})
        if resource.kind == "proceduralist"
        else resource
        for resource in site.resources
    )
    site = site.model_copy(update={"resources": limited})
    container = with_cases(
        department_at(store, search=planned_search(), site=site), "C", "D", "E", "F"
    )
    container.book("D", THURSDAY, seats(1, THURSDAY))
    container.night(apply=False)
    morning = at("09:00", 4)
    container.book("F", morning, seats(1, morning))
    decision = container.accept_moves(proposed(container).id)
    assert decision.applied == ("C",)
    assert "at most 100 allowed" in dict(decision.stale)["D"]
    assert container.faults() == ()


def test_claims_refuse_what_a_revision_without_dependencies_would_put_in_one_place(
    store: Store, planned: Container
) -> None:
    """A second guard: E and B want what D and A hold, though nothing says that they wait."""
    record = proposed(planned)
    free = tuple(m.model_copy(update={"depends_on": ()}) for m in kept_moves(record).moves)
    document = Moves(moves=free).model_dump_json()
    other = record.model_copy(update={"id": "free", "document": document})
    store.write(lambda uow: uow.revisions.add(other))
    decision = planned.accept_moves("free", ["B", "C", "E"])
    assert decision.applied == ("C",)
    reasons = dict(decision.stale)
    assert "by the booking of case A" in reasons["B"]
    assert "by the booking of case D" in reasons["E"]
    assert whole(planned)


def test_a_booking_that_no_longer_fits_its_case_is_waited_for_as_it_is_held(store: Store) -> None:
    """A needs the CT by now, so the problem knows no booking of it; its place is held all the same.

    E gets that place, and so waits for A.
    """
    places = {
        "A": Placement(case="A", start=FREE, assigned=seats(2, FREE) | {"ct": "ct-1"}),
        "E": Placement(case="E", start=TEN, assigned=seats(1, TEN)),
    }
    container = with_cases(department_at(store, search=searches.to_these(places)), "A", "E")
    container.book("A", TEN, seats(1, TEN))
    flags = frozenset({"failed-conservative", "ct-guidance"})
    container.import_intake([], [referral("A", "p-A", flags=flags)])
    container.night(apply=False)
    assert kept_moves(proposed(container)).waits == {"A": (), "E": ("A",)}
    with pytest.raises(RefusedError, match="wait for those of A"):
        accept(container, "E")
    assert accept(container).cases(MoveState.APPLIED) == ("A", "E")
    assert whole(container)


def test_bookings_made_while_the_night_searches_are_respected(store: Store) -> None:
    """F books D's new place meanwhile: D and E stay, the rest is applied in the same night."""
    container = with_cases(department_at(store), *EVERYBODY, "F")
    for case, start in BOOKED.items():
        container.book(case, start, seats(1, start))

    def search(problem: PlanningProblem, seconds: int, seed: int) -> Answer:
        container.book("F", FRIDAY, seats(1, FRIDAY))
        return planned_search()(problem, seconds, seed)

    report = replace(container, search=search).night(apply=True)
    assert report.revision is not None
    assert report.revision.cases(MoveState.APPLIED) == ("A", "B", "C")
    assert report.revision.cases(MoveState.STALE) == ("D", "E")
    assert starts(container)["F"] == FRIDAY
    assert whole(container)


@pytest.mark.parametrize("seed", range(3))
def test_decisions_in_any_order_leave_the_department_whole(planned: Container, seed: int) -> None:
    rng = Random(seed)
    name = proposed(planned).id
    for _ in range(8):
        waiting = proposed(planned).cases(MoveState.PROPOSED)
        if not waiting:
            break
        some = rng.sample(waiting, rng.randint(1, len(waiting)))
        if rng.random() < 0.3:
            planned.reject_moves(name, some[:1])
        else:
            planned.accept_moves(name, some, with_needed=True)
        now = states(planned)
        assert now["A"] == now["B"]
        assert (now["E"] == "applied") <= (now["D"] == "applied")
        assert whole(planned)
