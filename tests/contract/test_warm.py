"""Warm answers are the cold ones: after any writes, by anybody, at any time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import event

from models.errors import HoldfastError, RefusedError
from models.patients import Lab, LabCode
from models.site import Site
from scheduler.bootstrap import Container
from scheduler.ports import UnitOfWork
from scheduler.records import Closure, Reservation
from scheduler.services import slots
from scheduler.services.slots import Offer
from scheduler.services.warm import Warm
from scheduler.services.warm_holdings import MOST_ROWS
from scheduler.store.engine import Store
from solver.proposals import Proposal
from tests.contract.department import (
    NOW,
    at,
    at_hour,
    department_at,
    patient,
    referral,
    seats,
    small_site,
    with_cases,
)

CASES = ("A", "B", "C", "D", "E")


def priced_site(**changes: object) -> Site:
    """The small site with every price and limit that a day can have."""
    prices = {
        "suite": {"open_cost": 40},
        "dr": {"minutes_per_day": 150, "suite_change_cost": 25},
        "bay": {"open_cost": 3},
    }
    given = small_site()
    resources = [
        unit.model_copy(update=prices.get(unit.id, {})).model_dump() for unit in given.resources
    ]
    return small_site(**({"resources": resources} | changes))


def cold(container: Container, case: str, top: int = 5) -> Offer:
    """The same question with everything frozen anew."""
    desk = container._desk
    gathered = container.store.read(lambda uow: slots.gather_case(desk(uow), case))
    return slots.offer(slots.question(gathered), top=top)


def told(ask: Callable[[], Offer]) -> object:
    """An answer, or the refusal in its place."""
    try:
        offer = ask()
    except HoldfastError as error:
        return type(error), str(error)
    return offer.proposals, offer.file


def assert_same(container: Container, *cases: str) -> None:
    for case in cases:
        warm = told(lambda case=case: container.propose(case, top=5))  # type: ignore[misc]
        assert warm == told(lambda case=case: cold(container, case)), case  # type: ignore[misc]


@dataclass
class Busy:
    """A department in which something happens at random, done by one of several containers."""

    containers: tuple[Container, ...]
    rng: Random
    now: datetime = NOW
    tokens: list[str] = field(default_factory=list)

    def happen(self) -> str:
        """One thing; its name."""
        kinds = [name for name in dir(self) if name.startswith("do_")]
        name = self.rng.choice(kinds)
        container = at_hour(self.rng.choice(self.containers), self.now)
        try:
            getattr(self, name)(container, self.rng.choice(CASES))
        except HoldfastError:
            return f"{name} refused"
        return name

    def _slot(self, container: Container, case: str) -> tuple[datetime, dict[str, str]]:
        found = container.propose(case, top=30).proposals
        if not found:
            raise RefusedError("nothing is free")
        chosen = self.rng.choice(found)
        return chosen.start, dict(chosen.assigned)

    def do_book(self, container: Container, case: str) -> None:
        container.book(case, *self._slot(container, case))

    do_book_too = do_book

    def do_move(self, container: Container, case: str) -> None:
        container.move(case, *self._slot(container, case))

    def do_cancel(self, container: Container, case: str) -> None:
        container.cancel(case, reason="ill")

    def do_reserve(self, container: Container, case: str) -> None:
        self.tokens.append(container.reserve(case, *self._slot(container, case)).token)

    def do_release(self, container: Container, case: str) -> None:
        container.release(self.rng.choice(self.tokens or [case]))

    def do_book_reserved(self, container: Container, case: str) -> None:
        container.book_reserved(case, self.rng.choice(self.tokens or [case]))

    def do_close(self, container: Container, _case: str) -> None:
        begin = self.now + timedelta(hours=self.rng.randrange(60))
        name = self.rng.choice(("suite-1", "dr-2", "bay-3"))
        container.close_resource(name, begin, begin + timedelta(hours=7), reason="broken")

    def do_reopen(self, container: Container, case: str) -> None:
        container.reopen_resource(self.rng.choice([c.id for c in container.closures()] or [case]))

    def do_lock(self, container: Container, case: str) -> None:
        container.set_lock(case, locked=self.rng.random() < 0.5)

    def do_tell(self, container: Container, case: str) -> None:
        container.tell(case)

    def do_note_lab(self, container: Container, case: str) -> None:
        value = self.rng.choice((1.0, 2.5))
        container.record_lab(case, Lab(code=LabCode.INR, value=value, taken_at=self.now))

    def do_import(self, container: Container, case: str) -> None:
        changed = referral(case, f"p-{case}", priority=self.rng.choice(("routine", "asap")))
        container.import_intake([patient(f"p-{case}")], [changed])

    def do_assess(self, container: Container, _case: str) -> None:
        container.assess_all()

    def do_change_site(self, container: Container, _case: str) -> None:
        container.init(priced_site(horizon_days=self.rng.choice((14, 9))))

    def do_wait(self, _container: Container, _case: str) -> None:
        minutes = self.rng.choice((7, 16, 60, 5 * 60, 15 * 60, 24 * 60))
        self.now += timedelta(minutes=minutes)


@pytest.fixture
def department(store: Store) -> Container:
    return with_cases(department_at(store, site=priced_site()), *CASES)


@pytest.mark.parametrize("seed", range(3))
def test_warm_answers_equal_cold_ones_after_any_writes(
    department: Container, store_target: str, seed: int
) -> None:
    elsewhere = Store.at(store_target)
    other = replace(department, store=elsewhere, warm=Warm())
    busy = Busy((department, other), Random(seed))
    try:
        for _ in range(12):
            busy.happen()
            assert_same(at_hour(department, busy.now), *busy.rng.sample(CASES, 2))
    finally:
        elsewhere.close()


def test_a_write_elsewhere_is_seen_at_once(department: Container, store_target: str) -> None:
    first = department.propose("A").proposals[0]
    elsewhere = Store.at(store_target)
    replace(department, store=elsewhere, warm=Warm()).book("B", first.start, first.assigned)
    elsewhere.close()
    assert first not in department.propose("A").proposals
    assert_same(department, "A", "B")


def reserved_for_b(department: Container) -> tuple[Proposal, Reservation]:
    """What would be A's cheapest slot on Tuesday, with a reservation of it for B."""
    slot = next(p for p in department.propose("A", top=200).proposals if p.start >= at("08:00", 1))
    return slot, department.reserve("B", slot.start, slot.assigned)


def test_a_reservation_ends_with_the_clock_alone(department: Container) -> None:
    slot, kept = reserved_for_b(department)
    assert slot not in department.propose("A", top=200).proposals
    over = at_hour(department, kept.expires_at)
    assert slot in over.propose("A", top=200).proposals
    assert_same(over, "A", "B")


def test_a_clock_set_back_finds_the_reservation_again(department: Container) -> None:
    slot, kept = reserved_for_b(department)
    at_hour(department, kept.expires_at).propose("A")
    assert slot not in department.propose("A", top=200).proposals


@pytest.mark.parametrize(
    "now",
    [
        at("09:01"),  # a start later
        at("23:59"),
        at("00:00", 1),  # another horizon
        at("10:30", 3),
        at("11:00", 13),
        at("09:00", -1),
    ],
)
def test_every_moment_has_its_own_answer(department: Container, now: datetime) -> None:
    department.book("B", at("10:00"), seats(1, at("10:00")))
    department.book("C", at("10:00", 3), seats(1, at("10:00", 3)))
    department.propose("A")
    assert_same(at_hour(department, now), "A", "B", "C")


def test_a_procedure_under_way_at_midnight_is_heeded(store: Store) -> None:
    night = {"night": {"weekly": {"mon-sun": ["00:00-24:00"]}}}
    given = small_site()
    always = [
        unit.model_copy(update={"calendar": "night"}).model_dump() for unit in given.resources
    ]
    calendars = {name: c.model_dump() for name, c in given.calendars.items()} | night
    arrivals = [{"calendar": "night", "first": "00:00", "last": "23:45", "every_minutes": 15}]
    site = small_site(resources=always, calendars=calendars, arrivals=arrivals)
    container = with_cases(department_at(store, site=site), "A", "B")
    late = next(p for p in container.propose("B", top=900).proposals if p.start == at("23:30", 0))
    container.book("B", late.start, late.assigned)
    container.propose("A")
    assert_same(at_hour(container, at("00:05", 1)), "A", "B")


def test_a_store_put_back_to_an_earlier_day_is_read_anew(department: Container) -> None:
    first = department.propose("A").proposals[0]
    department.book("B", first.start, first.assigned)
    department.propose("A")
    known = department.warm._holdings
    assert known is not None
    forged = known.last.model_copy(update={"chain": "0" * 64})
    department.warm._holdings = replace(known, last=forged, bookings={})
    assert_same(department, "A")


@pytest.mark.parametrize("rows", [1, MOST_ROWS + 6])
def test_changes_of_an_unknown_kind_or_too_many_are_never_passed_over(
    department: Container, rows: int
) -> None:
    first = department.propose("A").proposals[0]
    storm = Closure(
        id="storm",
        resource="dr-1",
        start=at("00:00"),
        end=at("00:00", 3),
        reason="snow",
        created_at=NOW,
        created_by="sky",
    )

    def strike(uow: UnitOfWork) -> None:
        uow.closures.add(storm)
        kind = "weather" if rows == 1 else "case"
        for _ in range(rows):
            uow.audit.add(at=NOW, actor="sky", action=f"{kind}.storm", subject="dr-1")

    department.store.write(strike)
    assert first.assigned["proceduralist"] == "dr-1"
    assert first not in department.propose("A").proposals
    assert_same(department, "A")


def test_many_threads_get_the_same_answers(department: Container) -> None:
    expected = {case: cold(department, case).proposals for case in CASES}
    fresh = replace(department, warm=Warm())
    with ThreadPoolExecutor(6) as pool:
        answers = pool.map(lambda case: (case, fresh.propose(case, top=5).proposals), CASES * 4)
    assert all(found == expected[case] for case, found in answers)


def test_threads_that_write_and_ask_leave_the_truth(department: Container) -> None:
    def book(case: str) -> None:
        found = department.propose(case, top=40).proposals
        for proposal in found:
            try:
                department.book(case, proposal.start, proposal.assigned)
            except HoldfastError:
                continue
            return

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(book, CASES))
    assert_same(department, *CASES)


@pytest.fixture
def unaudited(store: Store) -> list[str]:
    """What transactions wrote of site, closures, bookings and reservations without an audit row."""
    inserted = ("INTO site", "INTO closure", "INTO booking", "INTO reservation")
    changed = ("UPDATE site", "UPDATE booking", "UPDATE reservation", "FROM closure WHERE")
    watched = (*inserted, *changed)
    written: list[str] = []
    alone: list[str] = []

    def executed(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        text = " ".join(statement.split())
        if text.startswith(("INSERT", "UPDATE", "DELETE")):
            written.append(text)

    def committed(_connection: object) -> None:
        if not any("INTO audit" in text for text in written):
            alone.extend(text for text in written if any(name in text for name in watched))
        written.clear()

    event.listen(store.engine, "before_cursor_execute", executed)
    event.listen(store.engine, "commit", committed)
    event.listen(store.engine, "rollback", lambda _connection: written.clear())
    return alone


def test_nothing_that_holds_is_written_without_an_audit_row(
    store: Store, unaudited: list[str]
) -> None:
    department = with_cases(department_at(store, site=priced_site()), *CASES)
    busy = Busy((department,), Random(1))
    done = {busy.happen() for _ in range(60)}
    assert len(done) > 12
    assert unaudited == []
