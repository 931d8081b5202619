"""The department of a store as what-if gets it."""

from datetime import timedelta

from scenarios.practice import OutOfUse, Practice
from scenarios.pseudonyms import pseudonymous
from scheduler.bootstrap import Container
from scheduler.services.practices import practice_of
from scheduler.store.engine import Store
from tests import canaries
from tests.contract.department import APIXABAN, NOW, at, department_at, patient, seats, with_cases

TEN = at("10:00", day=3)


def _booked(store: Store) -> Container:
    """Two cases, the first booked and told; a suite closed."""
    small = with_cases(department_at(store), "A", "B", facts=patient("p", APIXABAN))
    small.book("A", TEN, seats(1, TEN))
    small.tell("A")
    small.close_resource("suite-2", at("08:00", day=1), at("17:00", day=1), reason="tube failed")
    return small


def test_a_practice_is_what_the_store_knows(store: Store) -> None:
    small = _booked(store)
    practice = small.read(practice_of)
    assert (practice.site, practice.now) == (small.department().site, NOW)
    first, second = practice.known
    assert (first.id, second.id, second.promise) == ("A", "B", None)
    assert first.patient == small.show_case("A").patient.facts
    booking = small.show_case("A").booking
    assert first.promise
    assert booking
    assert (first.promise.start, first.promise.told_at) == (TEN, NOW)
    assert first.promise.needs == booking.held.needs
    (closed,) = practice.out_of_use
    begin = at("08:00", day=1)
    assert closed == OutOfUse(resource="suite-2", start=begin, end=begin + timedelta(hours=9))


def test_a_practice_survives_its_file(store: Store) -> None:
    practice = _booked(store).read(practice_of)
    assert Practice.model_validate_json(practice.model_dump_json()) == practice


def test_a_pseudonymous_one_carries_no_canary(store: Store) -> None:
    practice = _booked(store).read(practice_of)
    assert canaries.FREE_TEXT in practice.model_dump_json()
    hidden = pseudonymous(practice).model_dump_json()
    assert canaries.FREE_TEXT not in hidden
    assert canaries.BORN.isoformat() not in hidden
