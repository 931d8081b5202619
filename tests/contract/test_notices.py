"""Messages: one in the transaction of each change, and nothing of a patient in them."""

import json

import pytest

from models.errors import ConflictError
from scheduler.bootstrap import Container
from scheduler.records_notices import Message
from scheduler.services.notices import end_alert, raise_alert
from scheduler.services.undoing import undo
from scheduler.store.engine import Store
from tests.contract.department import APIXABAN, at, department_at, patient, seats, with_cases

TEN = at("10:00", day=1)


@pytest.fixture
def small(store: Store) -> Container:
    """Two cases, nothing held."""
    return with_cases(department_at(store), "A", "B")


def messages(container: Container) -> tuple[Message, ...]:
    return container.read(lambda desk: desk.uow.outbox.since(0, 1000))


def test_each_change_of_a_booking_leaves_a_message(small: Container) -> None:
    booked = small.book("A", TEN, seats(1, TEN))
    small.tell("A")
    small.cancel("A", reason="better")
    kept = messages(small)
    assert [(m.kind, m.subject) for m in kept] == [
        ("booking.add", "A"),
        ("booking.told", "A"),
        ("booking.cancel", "A"),
    ]
    body = json.loads(kept[0].body)
    assert (body["booking"], body["start"]) == (booked.id, "2026-11-17T16:00:00+00:00")
    assert len({m.id for m in kept}) == 3


def test_a_change_that_fails_leaves_no_message(small: Container) -> None:
    small.book("A", TEN, seats(1, TEN))
    with pytest.raises(ConflictError):
        small.book("B", TEN, seats(1, TEN))
    assert [m.subject for m in messages(small)] == ["A"]


def test_no_message_names_a_patient_or_a_drug(store: Store) -> None:
    small = with_cases(department_at(store), "A", facts=patient("p1", APIXABAN))
    start = at("10:00", day=3)
    small.book("A", start, seats(1, start))
    asked = small.show_case("A").readiness.requirements[0]
    small.approve("A", asked.ref.rule)
    small.record_missed_hold("A", "apixaban", at("08:00"))
    told = " ".join(f"{m.subject} {m.body}" for m in messages(small))
    assert "apixaban" not in told
    assert "p-A" not in told
    assert "Quillfeather" not in told  # of every referral here


def test_an_alert_is_raised_once_until_it_has_ended(small: Container) -> None:
    def ask(detail: str) -> str:
        return small.write(lambda desk: raise_alert(desk, "late", "A", detail=detail).id)

    first = ask("one")
    assert ask("two") == first
    small.write(lambda desk: end_alert(desk, desk.uow.alerts.get(first), "seen to"))
    assert ask("three") != first
    assert [m.kind for m in messages(small)] == ["alert.raise", "alert.end", "alert.raise"]


def test_every_change_of_a_booking_has_its_message(small: Container) -> None:
    small.book("A", TEN, seats(1, TEN))
    small.set_lock("A", locked=True)
    small.set_lock("A", locked=False)
    small.tell("A")
    small.move("A", TEN, seats(2, TEN))
    small.write(lambda desk: undo(desk, "A"))
    small.write(lambda desk: undo(desk, "A"))
    small.close_resource("suite-2", at("06:00", 1), at("20:00", 1), reason="tube broken")
    small.cancel("A", reason="better")
    told = [(m.kind, m.subject) for m in messages(small) if m.kind.startswith("booking.")]
    kept = [(r.action, r.subject) for r in small.audit() if r.action.startswith("booking.")]
    assert len(kept) >= 8
    assert told == kept
