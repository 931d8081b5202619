"""The routines: each does what it should, and doing it again does nothing more."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event

from models.patients import PatientFacts
from models.site import Site
from scheduler.bootstrap import Container
from scheduler.jobs.deadlines import find_due
from scheduler.jobs.keeping import forget
from scheduler.jobs.routines import (
    ROUTINES,
    Do,
    Routine,
    at_once,
    do_due,
    expire,
    look_whether_whole,
    watch_sending,
)
from scheduler.records import BookingState, CaseState
from scheduler.records_notices import AlertLevel, AlertRecord
from scheduler.services.desk import Desk
from scheduler.services.morning import Standing, morning_report, send_report
from scheduler.services.notices import notify
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
THURSDAY = at("10:00", day=3)


def on_apixaban(store: Store, site: Site | None = None) -> Container:
    """One case, booked for Thursday 10:00.

    Told on Monday at 9, the last dose before four skipped ones is that of Tuesday 08:00. The
    prescriber must agree by Monday 08:00 (24 hours before), so that is late from the start; the
    first dose left out is that of Tuesday 20:00.
    """
    small = with_cases(department_at(store, site=site), "A", facts=patient("p1", APIXABAN))
    small.book("A", THURSDAY, seats(1, THURSDAY))
    small.tell("A")
    return small


def alerts(container: Container) -> tuple[AlertRecord, ...]:
    return container.read(lambda desk: desk.uow.alerts.open())


def looked(container: Container, look: Callable[[Desk], Do] = find_due) -> str:
    """Look, then do what is to be done, as the routine does."""
    return container.write(container.read(look))


def rows(container: Container) -> int:
    return len(container.audit())


def test_what_is_reserved_too_long_is_let_go(store: Store) -> None:
    small = with_cases(department_at(store), "A")
    kept = small.reserve("A", TEN, seats(1, TEN))
    late = at_hour(small, kept.expires_at)
    assert late.write(expire) == "1 expired"
    assert cells_of_all(store) == {}
    before = rows(late)
    assert late.write(expire) == "none is over"
    assert rows(late) == before


def test_a_late_approval_is_alerted_once_and_ends_when_given(store: Store) -> None:
    small = on_apixaban(store)
    assert looked(small) == "1 raised"
    (alert,) = alerts(small)
    assert (alert.kind, alert.subject, alert.level) == ("approval-late", "A", AlertLevel.RAISED)
    before = rows(small)
    assert looked(small) == "nothing is due"
    assert rows(small) == before
    small.approve("A", small.show_case("A").readiness.requirements[0].ref.rule)
    assert looked(small) == "1 ended"
    assert alerts(small) == ()


def test_what_came_between_the_look_and_the_deed_counts(store: Store) -> None:
    """The look finds the approval late; by the time something is done about it, it is there."""
    small = on_apixaban(store)
    do = small.read(find_due)
    small.approve("A", small.show_case("A").readiness.requirements[0].ref.rule)
    assert small.write(do) == "nothing is due"
    assert alerts(small) == ()


def test_an_alert_ends_once_the_procedure_has_begun(store: Store) -> None:
    small = on_apixaban(store)
    looked(small)
    assert looked(at_hour(small, THURSDAY)) == "1 ended"  # the procedure has begun


def test_cases_that_are_not_late_are_only_read(store: Store) -> None:
    """Six cases, one of them late: the others are not opened where something is written."""
    small = on_apixaban(store)
    with_cases(small, *"BCDEF")
    do = small.read(find_due)
    statements: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    assert small.write(do) == "1 raised"
    assert not any("FROM patient" in text and "WHERE" not in text for text in statements)


def test_a_hold_that_nobody_confirms_is_late_from_the_first_dose_left_out(store: Store) -> None:
    small = on_apixaban(store)
    small.approve("A", small.show_case("A").readiness.requirements[0].ref.rule)
    before = at_hour(small, at("19:55", day=1))
    assert looked(before) == "nothing is due"
    after = at_hour(small, at("20:00", day=1))
    assert looked(after) == "1 raised"
    assert [a.kind for a in alerts(after)] == ["hold-not-started"]
    after.record_missed_hold("A", "apixaban", at("08:00", day=1))
    assert looked(after) == "1 ended"


def test_by_itself_nothing_is_escalated_or_released(store: Store) -> None:
    small = at_hour(on_apixaban(store), THURSDAY - timedelta(minutes=5))
    looked(small)
    assert {alert.level for alert in alerts(small)} == {AlertLevel.RAISED}
    assert small.show_case("A").booking is not None


STRICT = {"approval": {"alert_hours": 0, "escalate_hours": 4, "release_hours": 8}}


def test_where_the_site_says_so_a_booking_is_released_with_notice(store: Store) -> None:
    # late since Monday 08:00: escalated from 12:00 on, released at 16:00
    small = on_apixaban(store, small_site(deadlines=STRICT))
    assert looked(small) == "1 raised"
    assert looked(at_hour(small, at("11:55"))) == "nothing is due"
    assert looked(at_hour(small, at("12:00"))) == "1 escalated"
    late = at_hour(small, at("16:00"))
    assert looked(late) == "1 released"
    assert late.show_case("A").booking is None
    assert cells_of_all(store) == {}
    before = rows(late)
    assert looked(late) == "nothing is due"
    assert rows(late) == before
    (alert,) = alerts(late)
    assert (alert.level, alert.detail) == (
        AlertLevel.ACTED,
        "an approval is late: the booking was released; tell the patient",
    )
    kinds = [m.kind for m in late.read(lambda desk: desk.uow.outbox.since(0, 100))]
    assert kinds[-2:] == ["alert.act", "booking.cancel"]


def test_a_locked_booking_is_never_released_by_itself(store: Store) -> None:
    small = on_apixaban(store, small_site(deadlines=STRICT))
    small.set_lock("A", locked=True)
    assert looked(at_hour(small, at("16:00"))) == "1 raised, 1 escalated"
    assert small.show_case("A").booking is not None


def test_a_missing_result_is_late_at_the_notice_before_the_start(store: Store) -> None:
    # no result at all; noted for Tuesday 10:00: late from Monday 10:00 on
    facts = patient().model_copy(update={"labs": ()})
    small = with_cases(department_at(store), "A", facts=facts)
    small.book("A", TEN, seats(1, TEN))
    assert looked(at_hour(small, at("09:55"))) == "nothing is due"
    due = at_hour(small, at("10:00"))
    looked(due)
    assert {alert.kind for alert in alerts(due)} == {"lab-missing"}


def test_the_morning_says_who_is_ready_and_who_is_late(store: Store) -> None:
    small = with_cases(department_at(store), "A", "B")
    small.book("A", TEN, seats(1, TEN))
    report = small.read(morning_report)
    assert [(line.case, line.standing) for line in report.lines] == [("A", Standing.READY)]
    wednesday = at_hour(on_apixaban_too(small), at("07:00", day=2))
    (line,) = wednesday.read(morning_report).lines
    assert (line.case, line.standing) == ("C", Standing.LATE)
    assert {wait.kind for wait in line.late} == {"approval-late", "hold-not-started"}


def on_apixaban_too(small: Container) -> Container:
    """The same with a third case on apixaban, booked for Thursday."""
    with_cases(small, "C", facts=patient("p1", APIXABAN))
    small.book("C", THURSDAY, seats(1, THURSDAY))
    small.tell("C")
    return small


def test_the_report_is_sent_once_a_morning_with_nothing_of_a_patient(store: Store) -> None:
    small = on_apixaban(store)
    assert at_hour(small, at("05:59")).write(send_report) == "it is not time yet"
    assert small.write(send_report) == "sent: 0 cases"  # Thursday is not tomorrow yet
    assert small.write(send_report) == "it has been sent today"
    wednesday = at_hour(small, at("06:00", day=2))
    assert wednesday.write(send_report) == "sent: 1 cases"
    sent = wednesday.read(lambda desk: desk.uow.outbox.newest("report.morning"))
    assert sent is not None
    assert '"late":["A"]' in sent.body
    assert "apixaban" not in sent.body


def test_old_messages_and_answers_are_forgotten_and_audit_rows_never(store: Store) -> None:
    small = with_cases(department_at(store), "A")
    small.book("A", TEN, seats(1, TEN))
    before = rows(small)
    young = at_hour(small, NOW + timedelta(days=29))
    assert young.write(forget) == "nothing is old enough"
    old = at_hour(small, NOW + timedelta(days=31))
    assert old.write(forget) == "dropped 1 messages"
    assert old.write(forget) == "nothing is old enough"
    assert rows(old) == before


def closed(small: Container, case: str) -> None:
    """The case is over."""

    def close(desk: Desk) -> None:
        record = desk.uow.cases.get(case)
        after = desk.uow.cases.change(record.model_copy(update={"state": CaseState.CLOSED}))
        desk.audit("case.close", case, before=record, after=after)

    small.write(close)


def test_patients_are_forgotten_when_the_site_says_so(store: Store) -> None:
    site = small_site(retention={"patient_days": 365})
    small = with_cases(department_at(store, site=site), "A", "B")
    closed(at_hour(small, NOW + timedelta(days=10)), "A")
    early = at_hour(small, NOW + timedelta(days=375))
    assert "patients" not in early.write(forget)
    late = at_hour(small, NOW + timedelta(days=376))
    assert late.write(forget) == "dropped 1 patients"
    kept = late.read(lambda desk: desk.uow.patients.get("p-A"))
    assert (kept.facts, kept.notes) == (PatientFacts(id="p-A"), ())
    file = late.show_case("A")
    assert (file.referral.reasons, file.record.readiness) == ((), None)
    assert late.read(lambda desk: desk.uow.patients.get("p-B")).facts.labs  # B is still open
    before = rows(late)
    assert "patients" not in late.write(forget)
    assert rows(late) == before
    assert [row.action for row in late.audit("A")][-1] == "case.forget"


def test_by_itself_no_patient_is_forgotten(store: Store) -> None:
    small = with_cases(department_at(store), "A")
    closed(small, "A")
    assert at_hour(small, NOW + timedelta(days=4000)).write(forget) == "nothing is old enough"


def test_messages_that_wait_long_are_alerted_until_they_arrive(store: Store) -> None:
    small = department_at(store)
    small.write(lambda desk: notify(desk, "booking.add", "A"))
    small.write(lambda desk: desk.uow.outbox.address({1: ["hook"]}, desk.now))
    assert small.write(watch_sending) == "nothing waits for long"
    late = at_hour(small, NOW + timedelta(hours=1))
    assert late.write(watch_sending) == "waiting: hook"
    assert late.write(watch_sending) == "waiting: hook"
    assert [(a.kind, a.subject) for a in alerts(late)] == [("undelivered", "hook")]
    late.write(lambda desk: desk.uow.outbox.arrived("hook", [1], desk.now))
    late.write(watch_sending)
    assert alerts(late) == ()


def test_a_store_that_is_not_whole_is_alerted(store: Store) -> None:
    small = with_cases(department_at(store), "A")
    booked = small.book("A", TEN, seats(1, TEN))
    assert looked(small, look_whether_whole) == "whole"
    small.write(lambda desk: desk.uow.claims.release([booked.id]))
    assert looked(small, look_whether_whole) == "1 faults"
    assert [alert.kind for alert in alerts(small)] == ["store-not-whole"]


def test_each_is_done_when_it_is_due_and_not_before(store: Store) -> None:
    small = department_at(store)
    first = dict(do_due(small))
    assert set(first) == {routine.name for routine in ROUTINES}
    assert do_due(small) == ()
    minute = at_hour(small, NOW + timedelta(minutes=1))
    assert [name for name, _ in do_due(minute)] == ["expire"]


def test_one_that_fails_leaves_nothing_and_stops_no_other(store: Store) -> None:
    def fail(desk: Desk) -> str:
        desk.audit("half", "done")
        msg = "Jane Example has a secret"
        raise ValueError(msg)

    small = department_at(store)
    hour = timedelta(hours=1)
    before = rows(small)
    routines = [
        Routine("bad", "Fails.", hour, at_once(fail)),
        Routine("good", "Works.", hour, at_once(lambda _: "done")),
    ]
    assert do_due(small, routines) == (("bad", "failed: ValueError"), ("good", "done"))
    assert rows(small) == before
    kept = small.read(lambda desk: desk.uow.routines.all())
    assert [(c.name, c.failed) for c in kept] == [("bad", True), ("good", False)]


@pytest.mark.parametrize(
    "hours", [{"release_hours": 1, "alert_hours": None}, {"alert_hours": 9, "escalate_hours": 3}]
)
def test_stages_that_make_no_sense_are_refused(hours: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"without an alert|follow each other"):
        small_site(deadlines={"approval": hours})


def test_a_booking_in_the_past_is_awaited_no_more(store: Store) -> None:
    small = on_apixaban(store)
    looked(small)
    begun: datetime = THURSDAY + timedelta(minutes=1)
    late = at_hour(small, begun)
    assert looked(late) == "1 ended"
    assert late.show_case("A").booking is not None
    assert late.show_case("A").booking.state == BookingState.PROVISIONAL  # type: ignore[union-attr]
