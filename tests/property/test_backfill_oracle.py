"""Who may take a gap, against every start and every resource tried by hand."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from models.checks.feasibility import find_violations
from models.checks.scorecard import score
from models.plan import Placement, Plan
from models.problem import Case, PlanningProblem
from models.windows import WindowSet
from scheduler.bootstrap import Container
from scheduler.services import backfill
from scheduler.services.problems import Gathered, problem_for
from scheduler.services.readiness import forbidden
from scheduler.services.slots import assessed, gather_case
from scheduler.store.engine import Store
from tests.contract.department import APIXABAN, at, department_at, patient, referral, small_site

BEGIN, END = at("09:00", 3), at("10:30", 3)
QUARTER = timedelta(minutes=15)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Container]:
    store = Store.at(str(tmp_path / "store.sqlite"))
    store.migrate()
    yield department_at(store, site=small_site(tick_minutes=15))
    store.close()


def _fill(site: Container, rng: random.Random) -> tuple[str, ...]:
    """A few cases, some on apixaban, some booked where there is room, and somebody away."""
    names = tuple(f"c{n}" for n in range(4))
    drugs = [[APIXABAN] if rng.random() < 0.4 else [] for _ in names]
    people = [patient(f"p-{name}", *taken) for name, taken in zip(names, drugs, strict=True)]
    priorities = [rng.choice(["routine", "urgent", "stat"]) for _ in names]
    asked = [
        referral(name, f"p-{name}", priority=priority)
        for name, priority in zip(names, priorities, strict=True)
    ]
    site.import_intake(people, asked)
    site.assess_all()
    away = rng.choice(["dr-1", "rn-2", "bay-1", "bay-2"])
    site.close_resource(away, at("08:00", 3), at("12:00", 3), reason="away")
    for name in names[:2]:
        slot = rng.choice(site.propose(name, top=200).proposals)
        site.book(name, slot.start, slot.assigned)
    return names


def _by_hand(site: Container, case: str) -> int | None:
    """The most that the case could save in the gap; None where it cannot be there."""
    gathered = site.read(lambda desk: gather_case(desk, case))
    problem = problem_for(gathered, assessed(gathered))
    others = [c.booked_placement for c in problem.cases if c.booked_placement and c.id != case]
    booked = problem.case_by_id[case].booked_placement
    now = score(problem, Plan(placements=(*others, *([booked] if booked else [])))).cost
    costs = [
        score(problem, Plan(placements=(*others, placed))).cost
        for placed in _places(gathered, problem, problem.case_by_id[case])
        if not find_violations(problem, Plan(placements=(*others, placed)))
    ]
    return now - min(costs) if costs else None


def _places(gathered: Gathered, problem: PlanningProblem, case: Case) -> Iterator[Placement]:
    file = assessed(gathered)
    for start in (BEGIN, BEGIN + QUARTER):  # the suite is needed for 75 of the 90 minutes
        if file.booking and file.booking.held.start <= start:
            continue
        if forbidden(gathered.scene, file, start):
            continue
        fits = [_fitting(problem, case, role, start) for role in (n.role for n in case.needs)]
        for chosen in product(*fits):
            roles = (need.role for need in case.needs)
            assigned = dict(zip(roles, chosen, strict=True))
            yield Placement(case=case.id, start=start, assigned=assigned)


def _fitting(problem: PlanningProblem, case: Case, role: str, start: datetime) -> list[str]:
    need = next(need for need in case.needs if need.role == role)
    begin, end = need.span(start)
    span = WindowSet.between(begin, end)
    return [
        resource.id
        for resource in problem.resources
        if need.accepts(resource)
        and (role != "suite" or resource.id == "suite-1")
        and any(not span - WindowSet.between(a, b) for a, b in resource.available)
    ]


@pytest.mark.parametrize("seed", range(6))
def test_the_candidates_are_those_found_by_hand(site: Container, seed: int) -> None:
    names = _fill(site, random.Random(seed))
    data = site.read(lambda desk: backfill.gather_gap(desk, "suite-1", BEGIN, END))
    found = {one.file.id: one.saved for one in backfill.candidates(data, top=10)}
    by_hand = {name: saved for name in names if (saved := _by_hand(site, name)) is not None}
    assert found == by_hand


@pytest.mark.parametrize("seed", range(6, 9))
def test_every_candidate_can_be_booked_as_it_is_offered(site: Container, seed: int) -> None:
    _fill(site, random.Random(seed))
    data = site.read(lambda desk: backfill.gather_gap(desk, "suite-1", BEGIN, END))
    for one in backfill.candidates(data, top=10):
        place, case = one.proposal, one.file.id
        if one.file.booking:
            site.move(case, place.start, place.assigned)
        else:
            site.book(case, place.start, place.assigned)
        site.cancel(case, reason="the next one is tried")
    assert site.faults() == ()
