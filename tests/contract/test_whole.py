"""Whatever is done in whatever order: a claim wins exactly when a simple model says that it may.

Two placements with the same seats collide when they start less than 120 minutes apart: then both
want the recovery bay at once, the longest of the needs.
"""

import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import text

from models.errors import ConflictError, ExpiredError, NotFoundError, RefusedError
from scheduler.store.engine import Store
from tests.contract.department import NOW, HandClock, at, department_at, seats, with_cases

CASES = st.sampled_from(["A", "B", "C"])
STARTS = st.sampled_from([at("10:00", 1), at("11:00", 1), at("11:15", 1), at("13:00", 1)])
UNITS = st.sampled_from([1, 2])
RECOVERY = timedelta(minutes=120)
KEPT = timedelta(minutes=15)


@dataclass
class Place:
    """What the model knows of one case."""

    start: datetime
    unit: int
    token: str = ""
    until: datetime = NOW + timedelta(days=99)


class Coordinators(RuleBasedStateMachine):
    """They reserve, book, move and cancel, while time goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store.at(str(Path(self.folder.name) / "store.sqlite"))
        self.store.migrate()
        self.desk = with_cases(department_at(self.store), "A", "B", "C")
        self.now = NOW
        self.reserved: dict[str, Place] = {}
        self.booked: dict[str, Place] = {}

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    def live(self) -> dict[str, Place]:
        return {c: p for c, p in self.reserved.items() if p.until > self.now}

    def is_free(self, start: datetime, unit: int, *, case: str) -> bool:
        others = [*self.live().items(), *self.booked.items()]
        return all(
            name == case or place.unit != unit or abs(place.start - start) >= RECOVERY
            for name, place in others
        )

    @rule(case=CASES, start=STARTS, unit=UNITS)
    def reserve(self, case: str, start: datetime, unit: int) -> None:
        try:
            token = self.desk.reserve(case, start, seats(unit, start)).token
        except RefusedError:
            assert case in self.booked
        except ConflictError:
            assert not self.is_free(start, unit, case=case)
        else:
            assert case not in self.booked
            assert self.is_free(start, unit, case=case)
            self.reserved[case] = Place(start, unit, token, self.now + KEPT)

    @precondition(lambda self: self.reserved)
    @rule(case=CASES)
    def book_reserved(self, case: str) -> None:
        place = self.reserved.get(case)
        if place is None:
            return
        try:
            self.desk.book_reserved(case, place.token)
        except ExpiredError:
            assert place.until <= self.now
        else:
            assert place.until > self.now
            self.booked[case] = place
        del self.reserved[case]

    @rule(case=CASES, start=STARTS, unit=UNITS)
    def book(self, case: str, start: datetime, unit: int) -> None:
        try:
            self.desk.book(case, start, seats(unit, start))
        except ConflictError:
            assert case in self.booked or not self.is_free(start, unit, case=case)
        else:
            assert case not in self.booked
            assert self.is_free(start, unit, case=case)
            self.reserved.pop(case, None)
            self.booked[case] = Place(start, unit)

    @rule(case=CASES, start=STARTS, unit=UNITS)
    def move(self, case: str, start: datetime, unit: int) -> None:
        try:
            self.desk.move(case, start, seats(unit, start))
        except NotFoundError:
            assert case not in self.booked
        except ConflictError:
            assert not self.is_free(start, unit, case=case)
        else:
            assert self.is_free(start, unit, case=case)
            self.booked[case] = Place(start, unit)

    @precondition(lambda self: self.booked)
    @rule(case=CASES)
    def cancel(self, case: str) -> None:
        if self.booked.pop(case, None):
            self.desk.cancel(case, reason="chance")

    @rule(minutes=st.sampled_from([5, 15]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.desk = type(self.desk)(**{**vars(self.desk), "clock": HandClock(self.now)})

    @invariant()
    def the_store_is_whole(self) -> None:
        assert self.desk.faults() == ()

    @invariant()
    def bookings_are_where_the_model_has_them(self) -> None:
        found = {f.id: f.booking.held.start for f in self.desk.list_cases() if f.booking}
        assert found == {case: place.start for case, place in self.booked.items()}


Coordinators.TestCase.settings = settings(
    max_examples=8, stateful_step_count=10, deadline=None, derandomize=True
)
TestCoordinators = Coordinators.TestCase


def test_a_cell_that_belongs_to_nobody_is_found(store: Store) -> None:
    small = with_cases(department_at(store), "A")
    start = at("10:00", 1)
    booked = small.book("A", start, seats(1, start))
    with store.engine.begin() as connection:
        connection.execute(
            text("UPDATE claim_cell SET owner_id = 'ghost' WHERE resource_id = 'suite-1'")
        )
    assert small.faults() == (
        f"{booked.id} lacks 15 of its cells and has 0 that are not its own",
        "cells are claimed for ghost, which holds nothing",
    )
