"""A replay decides as the service does: the same days through both, the same bookings after each.

One side is the real container over a store; the other is the replay's office in memory. Both are
told the same things at the same instants, and nights search with the same steps and seed.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from models.patients import Exposure
from models.problem import PlanningProblem
from models.risk import Risk
from models.site import AutoApply
from scenarios.practice import OutOfUse, Practice
from scenarios.replay.happenings import dosed
from scenarios.replay.night import LONGEST_SECONDS, run_night
from scenarios.replay.office import Office
from scenarios.replay.proposing import Board
from scheduler.bootstrap import Container
from scheduler.records import CaseState
from scheduler.services.night import Answer
from scheduler.site_files import LibraryDates
from scheduler.store.engine import Store
from solver.optimize import Settings, optimize
from solver.robust import optimize_robust
from tests.contract.department import (
    APIXABAN,
    NOW,
    at,
    department_at,
    patient,
    referral,
    set_clock,
    small_site,
)

ITERATIONS = 300
ASPIRIN = Exposure(drug="aspirin", interval_hours=24, dose_mg=81)
DRUGS: dict[str, tuple[Exposure, ...]] = {"B": (APIXABAN,), "D": (ASPIRIN,), "F": (APIXABAN,)}
LATE = 2_000
"""Proposals of which the last is taken by one who is booked late."""
RULE = AutoApply(enabled=True, max_moves=2, max_started_moves=0, min_gain=1)


def search(problem: PlanningProblem, seconds: int, seed: int, risk: Risk | None = None) -> Answer:
    """The search of a replay's night, for the service."""
    settings = Settings(
        seconds=LONGEST_SECONDS, seed=seed, workers=1, max_iterations=ITERATIONS, prove=False
    )
    if risk is None:
        found = optimize(problem, settings)
    else:
        found = optimize_robust(problem, risk, settings).result
    return Answer(plan=found.plan, cost=found.cost, bound=found.bound)


@dataclass
class Both:
    """The service and the replay, told the same."""

    container: Container
    office: Office
    board: Board

    def at(self, now: datetime) -> None:
        set_clock(self.container, now)
        self.office.at(now)

    def arrive(self, case: str, **asked: object) -> None:
        """Referred, assessed, and offered a slot."""
        self.take_in(case, **asked)
        self.offer(case)

    def take_in(self, case: str, **asked: object) -> None:
        """Referred and assessed."""
        person = patient(f"p-{case}", *DRUGS.get(case, ()))
        wanted = referral(case, f"p-{case}", authored=self.office.now, **asked)
        self.container.import_intake([person], [wanted])
        self.container.assess_all()
        self.office.refresh_all()
        self.office.take_in(person, wanted)

    def offer(self, case: str) -> None:
        """Both offer the same; who is not booked takes the best, and is told."""
        offered = self.container.propose(case, top=5).proposals
        mine = self.board.proposals(case, top=5)
        assert mine == offered
        if offered and self.office.files[case].booked is None:
            best = offered[0]
            self.container.book(case, best.start, best.assigned)
            self.container.tell(case)
            self.office.book(case, best.start, best.assigned)
            self.office.tell(case)

    def book_late(self, case: str, *, told: bool) -> None:
        """A place that is not the best one, so that the night will want to move it."""
        late = self.container.propose(case, top=LATE).proposals[-1]
        for side in (self.container, self.office):
            side.book(case, late.start, late.assigned)
            if told:
                side.tell(case)

    def cancel(self, case: str) -> None:
        self.container.cancel(case, reason="called off")
        self.office.keep(case, None)

    def miss_hold(self, case: str, drug: str, taken: datetime) -> None:
        self.container.record_missed_hold(case, drug, taken)
        known = self.office.files[case].patient
        self.office.learn(case, patient=dosed(known, drug, taken))

    def close(self, resource: str, start: datetime, end: datetime) -> None:
        self.container.close_resource(resource, start, end, reason="broken")
        self.office.close(OutOfUse(resource=resource, start=start, end=end))

    def night(self, now: datetime, seed: int, *, everything: bool = False) -> int:
        """Plan anew on both sides; how many moves were made."""
        self.at(now)
        today = self.office.department.site.horizon(now).start
        for case, file in tuple(self.office.files.items()):
            if file.booked and file.booked.start < today:
                self.office.finish(case)
        self.container.night(seed=seed, apply=True if everything else None)
        found = run_night(
            self.office,
            seed=seed,
            iterations=ITERATIONS,
            approve=lambda moves: frozenset(moves.by_case if everything else ()),
        )
        return len(found.applied)

    def same(self) -> None:
        """Every booking is the same, with what the patient knows of it, and so is every answer."""
        files = self.container.list_cases(state=CaseState.OPEN)
        assert [f.id for f in files] == sorted(self.office.files)
        for theirs in files:
            mine = self.office.files[theirs.id]
            assert (mine.booked is None) == (theirs.booking is None), theirs.id
            assert mine.readiness == theirs.readiness, theirs.id
            if mine.booked is not None and theirs.booking is not None:
                for name in ("held", "placed_at", "told_at", "stops_told_at", "trouble"):
                    assert getattr(mine.booked, name) == getattr(theirs.booking, name), theirs.id


@pytest.fixture
def rule() -> AutoApply:
    return RULE


@pytest.fixture(params=[0, 50_000], ids=["by cost", "with risk"])
def both(
    request: pytest.FixtureRequest, fresh_file: Path, tmp_path: Path, rule: AutoApply
) -> Iterator[Both]:
    path = tmp_path / "store.sqlite"
    shutil.copyfile(fresh_file, path)
    store = Store.at(str(path))
    site = small_site(auto_apply=rule, risk={"weight": request.param})
    office = Office(Practice(site=site, now=NOW), LibraryDates())
    container = department_at(store, search=search, site=site)
    yield Both(container, office, Board(office))
    store.close()


def test_days_of_operation_leave_the_same_bookings(both: Both) -> None:
    for hour, case in enumerate("ABCDEF"):
        both.at(NOW + timedelta(minutes=20 * hour))
        both.arrive(case, priority="urgent" if case in "AC" else "routine")
    both.same()
    both.at(at("15:00"))
    both.cancel("A")
    both.close("suite-1", at("08:00", day=1), at("17:00", day=2))
    both.same()

    assert both.night(at("02:00", day=1), seed=5) > 0  # who was in suite 1 has to move
    both.same()

    both.at(at("10:00", day=1))
    both.offer("A")
    for number, case in enumerate("GHIJ"):
        both.at(at("11:00", day=1) + timedelta(minutes=20 * number))
        both.arrive(case, levels=("L1", "L2"))
    both.at(at("09:30", day=2))
    both.miss_hold("B", "apixaban", at("09:00", day=2))
    both.same()
    assert both.office.files["B"].booked is not None

    assert both.night(at("02:00", day=3), seed=6, everything=True) > 0
    both.same()


@pytest.mark.parametrize("rule", [RULE.model_copy(update={"max_moves": 0})])
def test_moves_that_wait_for_approval_wait_on_both_sides(both: Both) -> None:
    """Nobody who was told a time is moved unasked; who was not is, from a bad place."""
    for case in "ABCDEF":
        both.take_in(case, priority="urgent")
        both.book_late(case, told=case in "BDE")
    starts = {case: file.booked.start for case, file in both.office.files.items() if file.booked}
    both.same()

    moved = both.night(at("02:00", day=1), seed=5)

    both.same()
    now = {case: file.booked.start for case, file in both.office.files.items() if file.booked}
    assert {case for case in now if now[case] != starts[case]} <= set("ACF")
    (kept,) = both.container.revisions()
    assert 0 < moved < len(kept.moves)  # some were carried out and others wait
