"""What breaks a plan flags the bookings it touches, and nothing else."""

from datetime import timedelta

import pytest

from models.base import HoldStage
from models.errors import ExpiredError, InputError, NotFoundError, RefusedError
from models.patients import Lab, LabCode
from scheduler.bootstrap import Container
from scheduler.records import BookingState, CaseState
from scheduler.store.engine import Store
from tests.contract.department import (
    APIXABAN,
    NOW,
    at,
    at_hour,
    cells_of_all,
    department_at,
    normal_labs,
    patient,
    referral,
    seats,
    with_cases,
)

TEN = at("10:00", day=1)
THURSDAY = at("10:00", day=3)


@pytest.fixture
def small(store: Store) -> Container:
    """A booked with the first of everyone, B with the second, both on Tuesday at ten."""
    container = with_cases(department_at(store), "A", "B")
    container.book("A", TEN, seats(1, TEN))
    container.book("B", TEN, seats(2, TEN))
    return container


@pytest.fixture
def on_apixaban(store: Store) -> Container:
    """A takes apixaban and is booked for Thursday at ten: the hold is over on Thursday at eight."""
    container = with_cases(department_at(store), "A", facts=patient("p1", APIXABAN))
    container.book("A", THURSDAY, seats(1, THURSDAY))
    return container


def test_a_closure_flags_whoever_holds_the_resource_then(small: Container) -> None:
    done = small.close_resource("suite-1", TEN, TEN + timedelta(hours=3), reason="tube broken")
    assert [b.case for b in done.troubled] == ["A"]
    flagged = small.show_case("A").booking
    assert flagged is not None
    assert flagged.trouble == ("suite-1 is not available Tue 17 Nov 10:00-11:15",)
    other = small.show_case("B").booking
    assert other is not None
    assert other.trouble == ()


def test_a_closure_that_ends_when_the_need_begins_touches_nobody(small: Container) -> None:
    done = small.close_resource("suite-1", TEN - timedelta(hours=1), TEN, reason="cleaning")
    assert done.troubled == ()


def test_nothing_can_be_booked_on_what_is_closed(small: Container) -> None:
    later = at("14:00", day=1)
    small.close_resource("suite-1", later, later + timedelta(hours=1), reason="broken")
    with pytest.raises(RefusedError, match="suite-1 is not available"):
        small.move("A", later, seats(1, later))
    assert all(
        p.assigned["suite"] != "suite-1" or not later - timedelta(minutes=75) < p.start < later
        for p in small.propose("A", top=50).proposals
    )


def test_a_closure_lets_go_of_reservations_in_it(store: Store) -> None:
    container = with_cases(department_at(store), "A")
    kept = container.reserve("A", TEN, seats(1, TEN))
    done = container.close_resource("rn-1", TEN, TEN + timedelta(hours=8), reason="ill")
    assert done.released == ("A",)
    assert cells_of_all(store) == {}
    with pytest.raises(ExpiredError):
        container.book_reserved("A", kept.token)


def test_arrival_slots_can_be_closed_as_one(small: Container) -> None:
    done = small.close_resource("arrival", TEN - timedelta(hours=2), TEN, reason="desk moves")
    assert [b.case for b in done.troubled] == ["A", "B"]
    assert small.problem_now().problem.case_by_id["A"].booking is None


def test_a_lifted_closure_clears_the_flag(small: Container) -> None:
    done = small.close_resource("suite-1", TEN, TEN + timedelta(hours=3), reason="tube broken")
    assert done.closure is not None
    small.reopen_resource(done.closure.id)
    booking = small.show_case("A").booking
    assert booking is not None
    assert booking.trouble == ()
    assert small.closures() == ()


def test_an_unknown_resource_cannot_be_closed(small: Container) -> None:
    with pytest.raises(NotFoundError, match="no resource suite-7"):
        small.close_resource("suite-7", TEN, TEN + timedelta(hours=1), reason="?")
    with pytest.raises(InputError, match="ends before"):
        small.close_resource("suite-1", TEN, TEN, reason="?")


def test_a_missed_hold_flags_the_booking_and_says_why(on_apixaban: Container) -> None:
    """Taken Wed 20:00: 14 h before Thu 10:00."""
    wednesday = at_hour(on_apixaban, at("21:00", day=2))
    done = wednesday.record_missed_hold("A", "apixaban", at("20:00", day=2))
    (flagged,) = done.troubled
    assert "14 h since the last apixaban dose" in flagged.trouble[0]
    assert wednesday.show_case("A").readiness.holds[0].last_dose == at("20:00", day=2)


def test_what_was_noted_survives_the_next_import(on_apixaban: Container) -> None:
    wednesday = at_hour(on_apixaban, at("21:00", day=2))
    wednesday.record_missed_hold("A", "apixaban", at("20:00", day=2))
    renewed = patient("p-A", APIXABAN).model_copy(update={"weight_kg": 74.0})
    wednesday.import_intake([renewed], [])
    facts = wednesday.show_case("A").patient.facts
    assert facts.weight_kg == 74.0
    assert facts.exposures[0].last_dose == at("20:00", day=2)


def test_a_dose_of_another_drug_or_of_the_future_is_refused(on_apixaban: Container) -> None:
    with pytest.raises(InputError, match="takes no drug of this name"):
        on_apixaban.record_missed_hold("A", "warfarin", NOW)
    with pytest.raises(InputError, match="future"):
        on_apixaban.record_missed_hold("A", "apixaban", NOW + timedelta(hours=1))


def test_a_patient_told_in_time_keeps_the_hold_as_planned(on_apixaban: Container) -> None:
    """On Wednesday evening a stranger could not be ready by Thursday; who was told on Monday is."""
    on_apixaban.tell("A")
    wednesday = at_hour(on_apixaban, at("21:00", day=2))
    assert wednesday.assess_all().troubled == ()
    readiness = wednesday.show_case("A").readiness
    assert THURSDAY in readiness.window_set
    # the last of the doses that can be taken for Thu 10:00 was due two days before: it has begun
    assert readiness.stage == HoldStage.STARTED


def test_a_patient_not_told_for_longer_than_the_notice_is_in_trouble(
    on_apixaban: Container,
) -> None:
    tuesday = at_hour(on_apixaban, at("09:00", day=1))
    assert tuesday.assess_all().troubled == ()
    # told Wed 12:00 at the earliest: Wed 08:00 was taken, two doses are skipped by Thu 10:00
    wednesday = at_hour(on_apixaban, at("12:00", day=2))
    assert wednesday.assess_all().troubled == ("A",)


def test_a_result_opens_what_waited_for_it(store: Store) -> None:
    labs = tuple(lab for lab in normal_labs(NOW) if lab.code != LabCode.INR)
    container = with_cases(department_at(store), "A", facts=patient("p1", labs=labs))
    booked = container.book("A", TEN, seats(1, TEN))
    assert booked.state == BookingState.PROVISIONAL
    assert "INR" in booked.waiting_for[0]
    container.record_lab("A", Lab(code=LabCode.INR, value=1.1, taken_at=NOW))
    after = container.show_case("A").booking
    assert after is not None
    assert after.state == BookingState.CONFIRMED
    assert after.waiting_for == ()


def test_a_reservation_does_not_outlive_the_facts_it_rests_on(store: Store) -> None:
    container = with_cases(department_at(store), "A")
    container.reserve("A", TEN, seats(1, TEN))
    done = container.record_lab("A", Lab(code=LabCode.INR, value=3.4, taken_at=NOW))
    assert done.released == ("A",)
    assert cells_of_all(store) == {}


def test_a_requirement_nobody_asked_for_cannot_be_approved(small: Container) -> None:
    with pytest.raises(NotFoundError, match="no single open requirement"):
        small.approve("A", "approval:nothing")


def test_a_withdrawn_referral_closes_its_case(small: Container) -> None:
    report = small.import_intake([], [referral("A", "p-A", active=False)])
    assert report.cases_closed == 1
    assert [f.id for f in small.list_cases(state=CaseState.OPEN)] == ["B"]
    with pytest.raises(RefusedError, match="closed"):
        small.propose("A")


def test_a_closed_case_keeps_its_cells_until_it_is_cancelled(
    store: Store, small: Container
) -> None:
    small.import_intake([], [referral("A", "p-A", active=False)])
    held = {name for name, case in small.problem_now().problem.case_by_id.items() if case.booking}
    assert held == {"A", "B"}
    small.cancel("A", reason="withdrawn")
    assert small.problem_now().problem.case_by_id.keys() == {"B"}


def test_a_referral_of_an_unknown_patient_is_reported_and_left_out(store: Store) -> None:
    container = department_at(store)
    report = container.import_intake([patient()], [referral("A"), referral("B", "nobody")])
    assert (report.cases_added, report.patients_added) == (1, 1)
    assert report.faults == ("referral B: its patient nobody is unknown",)
    again = container.import_intake([patient()], [referral("A")])
    assert again.unchanged == 2


def test_a_procedure_that_is_not_offered_is_a_requirement(store: Store) -> None:
    container = department_at(store)
    container.import_intake([patient()], [referral("A", code="99999", display="Other")])
    container.assess_all()
    (asked,) = container.show_case("A").readiness.requirements
    assert asked.kind == "unknown-procedure"
    with pytest.raises(RefusedError, match="not offered"):
        container.propose("A")
