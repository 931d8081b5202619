"""One night of a scenario: on a practice, and on a planning file."""

from dataclasses import replace
from datetime import timedelta

import pytest

from models.checks.feasibility import find_violations
from models.errors import InputError
from models.plan import Placement
from models.plan import Plan as PlacedPlan
from scenarios.practice import OutOfUse, Practice, Promise
from scenarios.records import Outcome, Run
from scenarios.replay.draws import Draws
from scenarios.replay.phone import offer
from scenarios.replay.simulate import opened
from scenarios.scenario import Plan, Replay
from scenarios.tasks import Task, run_task
from tests.builders import a_case, a_problem, a_resource, at, booked
from tests.contract.department import NOW
from tests.contract.department import at as local
from tests.unit.scenarios.replay.departments import RULES, small_practice

PLAN = Plan(iterations=300)


def planned(subject: object) -> Run:
    task = Task("base", subject, PLAN, 0, 0, RULES)  # type: ignore[arg-type]
    return replace(run_task(task), seconds=0.0)


def test_a_practice_is_planned_and_its_cases_have_starts() -> None:
    run = planned(small_practice())
    assert {case.outcome for case in run.cases} == {Outcome.TREATED}
    assert len(run.cases) == 8
    assert run.nights[0].placed == 8
    assert run.nights[0].cost_after == run.cost
    assert {use.case for use in run.uses} == {case.case for case in run.cases}
    assert {time.drug for case in run.cases for time in case.drug_times} == {"apixaban", "aspirin"}


def test_equal_tasks_give_equal_plans() -> None:
    assert planned(small_practice()) == planned(small_practice())


def test_a_loss_to_come_is_planned_around() -> None:
    lost = OutOfUse(
        resource="suite-1",
        start=local("00:00", day=1),
        end=local("00:00", day=14),
        known_at=local("00:00", day=1),
    )
    run = planned(small_practice().changed(out_of_use=(lost,)))
    used = [use for use in run.uses if use.resource == "suite-1"]
    assert all(use.begin < lost.start for use in used)


def stopped_for_thursday() -> Practice:
    """C1 was booked on Monday for Thursday, has not taken apixaban since, and both suites break."""
    made = small_practice()
    world = opened(made, Draws(1, 0), RULES)
    assert offer(world, "C1")
    file = world.office.files["C1"]
    assert file.booked is not None
    held = file.booked.held
    promise = Promise(
        start=held.start, assigned=held.assigned, needs=held.needs, placed_at=NOW, told_at=NOW
    )
    known = made.known[1].model_copy(update={"promise": promise})
    broken = (
        OutOfUse(resource=name, start=local("00:00", day=2), end=local("00:00", day=8))
        for name in ("suite-1", "suite-2")
    )
    now = local("14:00", day=2)
    return made.changed(now=now, known=(known,), out_of_use=tuple(broken))


def test_who_is_planned_later_stays_off_what_was_stopped() -> None:
    practice = stopped_for_thursday()
    (case,) = planned(practice).cases
    assert case.start is not None
    assert case.start >= local("08:00", day=8)
    (move,), (time,) = case.moves, case.drug_times
    assert move.after_stop
    # off apixaban from now until the new start: what was before is the past of the practice
    assert time.hours == (case.start - practice.now) / timedelta(hours=1)


def test_a_planning_file_is_planned_and_its_moves_are_told() -> None:
    nine = at("09:00")
    kept = a_case("A", booking=booked(nine, {"suite": "s1"}, locked=True))
    moved = a_case("B", booking=booked(nine, {"suite": "s1"}))
    problem = a_problem([kept, moved], [a_resource("s1")])
    run = planned(problem)
    starts = {case.case: case.start for case in run.cases}
    assert starts["A"] == nine
    assert [len(case.moves) for case in run.cases] == [0, 1]
    plan = PlacedPlan(
        placements=tuple(
            Placement(case=case.case, start=case.start, assigned={"suite": "s1"})
            for case in run.cases
            if case.start
        )
    )
    assert find_violations(problem, plan) == []


def test_weeks_of_a_planning_file_cannot_be_replayed() -> None:
    task = Task("base", a_problem([], [a_resource("s1")]), Replay(), 0, 0, RULES)
    with pytest.raises(InputError, match="no facts"):
        run_task(task)
