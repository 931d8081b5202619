"""The service and the replay, told the same: one over a store, the other in memory."""

from dataclasses import dataclass
from datetime import datetime

from models.errors import ConflictError
from models.patients import Exposure
from models.problem import PlanningProblem
from models.risk import NO_RISK, Risk
from models.site import Site
from scenarios.practice import OutOfUse, Practice
from scenarios.replay.happenings import dosed
from scenarios.replay.night import LONGEST_SECONDS, Night, apply_moves, run_night
from scenarios.replay.office import Office
from scenarios.replay.proposing import Board
from scheduler.bootstrap import Container
from scheduler.records import CaseState, MoveState
from scheduler.services.night import Answer, RunReport, Search
from scheduler.services.revisions import kept_moves
from scheduler.site_files import LibraryDates
from scheduler.store.engine import Store
from solver.moves import Moves
from solver.optimize import Settings
from solver.robust import optimize_robust
from tests.contract.department import (
    APIXABAN,
    NOW,
    department_at,
    patient,
    referral,
    seats,
    set_clock,
)

ITERATIONS = 300
ASPIRIN = Exposure(drug="aspirin", interval_hours=24, dose_mg=81)
DRUGS: dict[str, tuple[Exposure, ...]] = {"B": (APIXABAN,), "D": (ASPIRIN,), "F": (APIXABAN,)}
LATE = 2_000
"""Proposals of which the last is taken by one who is booked late."""


def search(problem: PlanningProblem, seconds: int, seed: int, risk: Risk | None = None) -> Answer:
    """The search of a replay's night, for the service."""
    settings = Settings(
        seconds=LONGEST_SECONDS, seed=seed, workers=1, max_iterations=ITERATIONS, prove=False
    )
    found = optimize_robust(problem, risk or NO_RISK, settings).result
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
        self.assess()
        self.office.take_in(person, wanted)

    def assess(self) -> None:
        """Every case as of this moment."""
        self.container.assess_all()
        self.office.refresh_all()

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

    def book(self, case: str, unit: int, start: datetime, *, told: bool = False) -> None:
        """A place with the unit-th of everyone."""
        for side in (self.container, self.office):
            side.book(case, start, seats(unit, start))
            if told:
                side.tell(case)

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
        theirs = self.container.night(seed=seed, apply=True if everything else None)
        mine = run_night(
            self.office,
            seed=seed,
            iterations=ITERATIONS,
            approve=lambda moves: frozenset(moves.by_case if everything else ()),
        )
        _same_night(theirs, mine)
        return len(mine.applied)

    def accept(self) -> tuple[str, ...]:
        """Carry out on both sides, by now, all that the service's last night has left."""
        record = self.container.revisions()[0]
        waiting = record.cases(MoveState.PROPOSED)
        try:
            theirs = self.container.accept_moves(record.id).applied
        except ConflictError:  # nothing of it can be made
            theirs = ()
        mine = tuple(sorted(apply_moves(self.office, kept_moves(record), waiting)))
        assert mine == theirs
        return mine

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


def both_over(store: Store, site: Site, search: Search = search) -> Both:
    """A site of which nothing is known yet but its rules."""
    office = Office(Practice(site=site, now=NOW), LibraryDates())
    container = department_at(store, search=search, site=site)
    return Both(container, office, Board(office))


def _same_night(theirs: RunReport, mine: Night) -> None:
    """The same moves, carried out or not, at the same costs."""
    assert _bare(mine.moves) == _bare(theirs.moves)
    kept = theirs.revision
    assert mine.applied == frozenset(kept.cases(MoveState.APPLIED) if kept else ())
    if kept is not None:
        assert (mine.cost_before, mine.cost_after) == (kept.cost_before, kept.cost_after)


def _bare(moves: Moves) -> Moves:
    """The moves without their reasons, to which the service adds what they do to the risk."""
    bare = (move.model_copy(update={"reasons": ()}) for move in moves.moves)
    return Moves(moves=tuple(bare))
