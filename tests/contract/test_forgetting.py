"""What people typed goes when its patient goes, and never gets to where nothing is forgotten."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import inspect, select, table, text

from models.plan import Placement
from models.site import Site
from scheduler.bootstrap import Container
from scheduler.jobs.keeping import forget
from scheduler.records import CaseState
from scheduler.services import alerts, booking, cases, glass
from scheduler.services.desk import Desk
from scheduler.services.notices import raise_alert
from scheduler.store.engine import Store
from tests import canaries
from tests.contract.department import (
    APIXABAN,
    NOW,
    at,
    at_hour,
    department_at,
    patient,
    seats,
    small_site,
    with_cases,
)
from tests.contract.searches import to_these

TEN, NOON = at("10:00", 3), at("12:00", 3)
DAY = timedelta(days=1)
TYPED = f"daughter of {canaries.NAME} called"
EXTRA = {"id": "suite-x", "kind": "suite", "calendar": "weekdays", "overflow": True}
EXTRA |= {"tags": ("fluoroscopy", "biplane")}


def overflowing() -> Site:
    """The small department with a suite for overbooking, which forgets patients after a year."""
    plain = small_site(retention={"patient_days": 365}).model_dump()
    return Site.model_validate(plain | {"resources": (*plain["resources"], EXTRA)})


@pytest.fixture
def told(store: Store) -> Container:
    """Wherever the services take words of people, these name the patient."""
    to_noon = {"C": Placement(case="C", start=NOON, assigned=seats(2, NOON))}
    small = department_at(store, site=overflowing(), search=to_these(to_noon))
    with_cases(small, "A", "B", "C", facts=patient("p", APIXABAN))
    on_top = {**seats(1, TEN), "suite": "suite-x"}
    small.write(lambda desk: booking.book(desk, "A", TEN, on_top, overbook=TYPED))
    small.tell("A")  # what was there before is kept beside it
    small.book("B", NOON, seats(1, NOON))
    small.cancel("B", reason=TYPED)
    asked = small.show_case("A").readiness.requirements[0].ref.rule
    small.approve("A", asked, reason=TYPED)
    small.close_resource("ct-1", TEN, NOON, reason=TYPED)
    small.night(apply=False)
    small.reject_moves(small.revisions()[0].id, reason=TYPED)
    small.write(alert_and_emergency)
    return small


def alert_and_emergency(desk: Desk) -> None:
    alerts.see_to(desk, raise_alert(desk, "night-missed", "2026-11-15").id, TYPED)
    grant = glass.break_glass(desk, "zoe", TYPED)
    glass.review(desk, grant.id, reviewer="ann", finding=TYPED)


def holding_canaries(store: Store) -> set[str]:
    """The tables in which a word stands that only the patient's data hold."""
    with store.engine.connect() as connection:
        read = {
            name: connection.execute(select(text("*")).select_from(table(name)))
            for name in inspect(connection).get_table_names()
        }
        rows = {name: str([*map(tuple, found)]) for name, found in read.items()}  # rows shorten
    return {name for name, held in rows.items() for word in canaries.CANARIES if word in held}


def over(small: Container) -> Iterator[str]:
    """End every case, as its referrer would."""
    for file in small.read(cases.list_cases):
        done = file.record.model_copy(update={"state": CaseState.CLOSED})
        small.write(lambda desk, done=done: desk.uow.cases.change(done))  # type: ignore[misc]
        yield file.id


def test_what_people_type_stays_with_its_record(told: Container, store: Store) -> None:
    assert holding_canaries(store) == {
        *("patient", "referral_case", "decision", "booking", "booking_change", "revision_move"),
        *("closure", "alert", "glass_grant"),
    }


def test_after_retention_no_table_holds_it(told: Container, store: Store) -> None:
    assert list(over(told)) == ["A", "B", "C"]
    later = at_hour(told, NOW + 400 * DAY)
    done = later.write(forget)
    assert "3 patients, 1 reasons of closures, 1 reasons of emergencies" in done
    assert holding_canaries(store) == set()
    assert later.write(forget) == "nothing is old enough"
    assert told.read(lambda desk: desk.uow.audit.first_break()) is None


def test_an_emergency_that_nobody_has_reviewed_keeps_its_reason(store: Store) -> None:
    small = department_at(store, site=overflowing())
    small.write(lambda desk: glass.break_glass(desk, "zoe", TYPED))
    at_hour(small, NOW + 400 * DAY).write(forget)
    assert holding_canaries(store) == {"glass_grant"}


def test_the_history_of_a_case_tells_the_reason_from_the_booking(told: Container) -> None:
    history = told.read(lambda desk: cases.history(desk, "B"))
    [(row, reason)] = [one for one in history if one.row.action == "booking.cancel"]
    assert (row.detail, reason) == (booking.WITH_REASON, TYPED)
