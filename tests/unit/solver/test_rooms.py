"""Exact pieces of days and rooms: against brute force, and as steps from plan to plan."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import product
from random import Random
from typing import Any

import numpy as np
import pytest
from ortools.sat.python import cp_model

from models.checks.feasibility import find_violations
from models.checks.scorecard import score
from models.problem import Case, PlanningProblem
from solver.bound_day import day_model
from solver.cpsat.days import solved
from solver.cpsat.rooms import Part, RoomModel, assign_rooms, columns_of, room_model
from solver.cpsat.times import DayTimes
from solver.cpsat.whole import Standing, solve_whole
from solver.improve import Search, Solution, plan_of
from solver.improve_arrays import Compiled, Ints
from solver.improve_compile import compile_arrays
from solver.improve_parts import Parts
from solver.improve_rooms import RoomMoves
from solver.optimize import Settings, optimize
from tests.builders import a_case, a_problem, a_resource, at, between, booked, need, prices

BOTH_DAYS = [between("08:00", "17:00", day) for day in (0, 1)]
DAILY = prices(
    wait_per_day=dict.fromkeys(("emergent", "urgent", "soon", "routine"), 10),
    unscheduled=dict.fromkeys(("emergent", "urgent", "soon", "routine"), 300),
)


def surgery(name: str, minutes: int, doctor: str, *, mandatory: bool = False) -> Case:
    needs = (need("suite", minutes), need("doctor", minutes, among=[doctor]))
    return a_case(name, *needs, windows=BOTH_DAYS, mandatory=mandatory)


def some_surgery(rng: Random, cases: int) -> PlanningProblem:
    """Two days, two suites of two to four hours, two doctors; cases of one or two hours."""
    hours = [
        [between("08:00", f"{rng.choice((10, 11, 12))}:00", day) for day in (0, 1)]
        for _ in range(2)
    ]
    resources = [
        a_resource(f"suite-{n}", available=hours[n], open_cost=rng.choice((0, 40)))
        for n in range(2)
    ]
    resources += [
        a_resource(
            f"dr-{n}",
            "doctor",
            available=BOTH_DAYS,
            limit=rng.choice((120, 180, None)),
            change_cost=rng.choice((0, 15)),
        )
        for n in range(2)
    ]
    listed = [
        surgery(f"case-{n}", rng.choice((60, 120)), f"dr-{rng.randrange(2)}", mandatory=n == 0)
        for n in range(cases)
    ]
    return a_problem(listed, resources, tick=60, objective=DAILY)


def least_by_day(problem: PlanningProblem) -> int:
    """The cheapest way to give each case a day and a suite within all minutes, times ignored."""
    options = [None, *product((0, 1), ("suite-0", "suite-1"))]
    some = [options[1:] if case.mandatory else options for case in problem.cases]
    costs = [cost_by_day(problem, chosen) for chosen in product(*some)]
    return min(cost for cost in costs if cost is not None)


def cost_by_day(problem: PlanningProblem, chosen: Sequence[tuple[int, str] | None]) -> int | None:
    minutes: dict[tuple[str, int], int] = defaultdict(int)
    suites: dict[tuple[str, int], set[str]] = defaultdict(set)
    cost = 0
    for case, choice in zip(problem.cases, chosen, strict=True):
        if choice is None:
            cost += 300
            continue
        day, suite = choice
        cost += 10 * day
        (doctor,) = case.needs[1].among or ()
        for name in (suite, doctor):
            minutes[name, day] += case.needs[0].minutes
            suites[name, day].add(suite)
    for resource in problem.resources:
        for day, (start, end) in enumerate(resource.available):
            most = (end - start).total_seconds() / 60
            if isinstance(resource.minutes_per_day, int):
                most = min(most, resource.minutes_per_day)
            if minutes[resource.id, day] > most:
                return None
            used = len(suites[resource.id, day])
            cost += resource.open_cost * (used > 0)
            cost += resource.suite_change_cost * max(0, used - 1)
    return cost


def modelled(problem: PlanningProblem) -> tuple[Compiled, RoomModel]:
    compiled = compile_arrays(problem)
    model = room_model(compiled)
    assert model is not None
    return compiled, model


def all_of(model: RoomModel) -> Part:
    return Part(np.ones(len(model.out), dtype=bool), np.ones(model.n_days, dtype=bool))


def only(model: RoomModel, *cases: int) -> Part:
    free = np.isin(np.arange(len(model.out)), cases)
    return Part(free, np.ones(model.n_days, dtype=bool))


def nowhere(model: RoomModel) -> Ints:
    return np.full(len(model.out), -1, dtype=np.int64)


def greedy(compiled: Compiled) -> Solution:
    search = Search(compiled, 0)
    search.construct()
    return search.best()


def price(model: RoomModel, columns: Ints) -> int:
    """What the cases cost by themselves."""
    placed = columns >= 0
    return int(model.col_cost[columns[placed]].sum() + model.out[~placed].sum())


@pytest.mark.parametrize("seed", range(25))
def test_a_whole_problem_as_one_piece_is_solved_to_the_brute_force_cost(seed: int) -> None:
    problem = some_surgery(Random(seed), 4)
    compiled, model = modelled(problem)
    answer = assign_rooms(model, nowhere(model), all_of(model), seconds=30)
    assert answer is not None
    assert answer.proven
    chosen = [
        None
        if col < 0
        else (
            (compiled.days[model.col_day[col]] - at("00:00").date()).days,
            problem.resources[model.col_pick[col]].id,
        )
        for col in answer.columns
    ]
    assert cost_by_day(problem, chosen) == least_by_day(problem)


@pytest.mark.parametrize("seed", range(6))
def test_steps_reach_the_proven_optimum(seed: int) -> None:
    problem = some_surgery(Random(100 + seed), 7)
    compiled, model = modelled(problem)
    now = greedy(compiled)
    whole = solve_whole(compiled, Standing(now.start, now.res), 30)
    moves = RoomMoves(compiled, model, day_model(compiled), seconds=5, seed=seed)
    for _ in range(40):
        now = moves.step(now, lambda: False) or now
        if now.total == whole.bound:
            break
    assert now.total == whole.bound
    plan = plan_of(compiled, now)
    assert not find_violations(problem, plan)
    assert score(problem, plan).cost == now.total


def test_a_step_never_gives_a_dearer_plan() -> None:
    compiled, model = modelled(some_surgery(Random(7), 8))
    moves = RoomMoves(compiled, model, None, seconds=1, seed=3)
    now, totals = greedy(compiled), []
    for _ in range(12):
        now = moves.step(now, lambda: False) or now
        totals.append(now.total)
    assert totals == sorted(totals, reverse=True)


def two_suites(*, change: int = 0) -> PlanningProblem:
    """Two suites at 40 a day, one doctor, three cases of an hour."""
    suites = [a_resource(f"suite-{n}", available=BOTH_DAYS, open_cost=40) for n in range(2)]
    doctor = a_resource("dr-0", "doctor", available=BOTH_DAYS, change_cost=change)
    cases = [surgery(name, 60, "dr-0") for name in "ABC"]
    return a_problem(cases, [*suites, doctor], tick=60, objective=DAILY)


def column(compiled: Compiled, model: RoomModel, case: int, day: int, resource: int) -> int:
    on = compiled.days[model.col_day[0]]
    wanted = [(on - compiled.days[0]).days + day, resource]
    stands = (model.col_case == case) & (model.col_day == wanted[0]) & (model.col_pick == wanted[1])
    return int(np.flatnonzero(stands)[0])


def test_a_freed_case_joins_what_the_others_have_opened() -> None:
    # A stays on Tuesday in suite 1. There B costs a day of waiting (10), on Monday an opening (40).
    compiled, model = modelled(two_suites())
    standing = nowhere(model)
    standing[0] = column(compiled, model, 0, 1, 1)
    answer = assign_rooms(model, standing, only(model, 1), seconds=30)
    assert answer is not None
    assert answer.columns[0] == standing[0]
    assert answer.columns[1] == column(compiled, model, 1, 1, 1)
    assert answer.columns[2] == -1


def test_a_change_of_suite_is_dearer_than_a_day_where_it_costs_more() -> None:
    # The doctor is in suite 0 on Monday, which is closed to B: 7 to change or 10 and 40 to wait.
    problem = two_suites(change=7)
    needs = (need("suite", 60, among=["suite-0", "suite-1"]), need("doctor", 60, among=["dr-0"]))
    full = a_resource("suite-0", available=[between("08:00", "09:00")], open_cost=40)
    problem = problem.model_copy(
        update={
            "resources": (full, *problem.resources[1:]),
            "cases": tuple(a_case(n, *needs, windows=BOTH_DAYS) for n in "AB"),
        }
    )
    compiled, model = modelled(problem)
    standing = nowhere(model)
    standing[0] = column(compiled, model, 0, 0, 0)
    answer = assign_rooms(model, standing, only(model, 1), seconds=30)
    assert answer is not None
    assert answer.columns[1] == column(compiled, model, 1, 0, 1)


def test_days_that_are_not_open_are_not_used() -> None:
    _, model = modelled(two_suites())
    part = Part(np.ones(3, dtype=bool), np.arange(model.n_days) == model.col_day.max())
    answer = assign_rooms(model, nowhere(model), part, seconds=30)
    assert answer is not None
    # All three on Tuesday in one suite: each waits a day for 10.
    assert price(model, answer.columns) == 30


def test_columns_that_cannot_all_stand_are_not_chosen_again() -> None:
    compiled, model = modelled(two_suites())
    first = assign_rooms(model, nowhere(model), all_of(model), seconds=30)
    assert first is not None
    again = assign_rooms(model, nowhere(model), all_of(model), seconds=30, never=[first.columns])
    assert again is not None
    assert (again.columns != first.columns).any()
    assert compiled.data.n_days == model.n_days


def test_columns_of_a_plan_are_where_its_cases_stand() -> None:
    compiled, model = modelled(two_suites())
    plan = greedy(compiled)
    columns = columns_of(model, plan.start, plan.res, compiled.data.day_of)
    assert (model.col_day[columns] == compiled.data.day_of[plan.start]).all()
    assert (model.col_pick[columns] == plan.res[model.choice]).all()


def test_two_changes_of_different_cases_are_merged() -> None:
    # From everybody out at 900, one plan places A and the other B: together only C is out.
    compiled, model = modelled(two_suites())
    moves = RoomMoves(compiled, model, None, seconds=1, seed=0)
    empty = Solution(900, nowhere(model), np.zeros(6, dtype=np.int64))
    full = greedy(compiled)
    plans = []
    for case in (0, 1):
        start = empty.start.copy()
        start[case] = full.start[case]
        plans.append(Solution(640, start, full.res.copy()))
    both = moves.merged(empty, plans[0], plans[1], lambda: False)
    assert (both.start[:2] >= 0).all()


def test_every_case_follows_to_its_wanted_day() -> None:
    # From Tuesday (3 * 10 of waiting and 40) to Monday (40 alone).
    compiled, model = modelled(two_suites())
    moves = RoomMoves(compiled, model, None, seconds=1, seed=0)
    answer = assign_rooms(
        model,
        nowhere(model),
        Part(np.ones(3, dtype=bool), np.arange(model.n_days) == model.col_day.max()),
        seconds=30,
    )
    assert answer is not None
    late = moves.follow(
        Solution(900, nowhere(model), np.zeros(6, dtype=np.int64)),
        model.col_day[answer.columns],
        lambda: False,
    )
    assert late is not None
    assert late.total == 70
    early = moves.follow(late, np.full(3, model.col_day.min()), lambda: False)
    assert early is not None
    assert early.total == 40


def test_times_are_found_for_a_doctor_in_two_suites() -> None:
    compiled, _ = modelled(two_suites())
    day = int(compiled.data.day_of[greedy(compiled).start[0]])
    found = DayTimes(compiled).find(
        day, [0, 1, 2], np.array([0, 2, 1, 2, 0, 2]), nowhere_to(3), seconds=30
    )
    assert found.starts is not None
    # An hour each for one doctor: no two at once.
    assert len(set(found.starts.values())) == 3


def nowhere_to(cases: int) -> Ints:
    return np.full(cases, -1, dtype=np.int64)


def test_a_doctor_wanted_twice_in_one_hour_is_hopeless() -> None:
    hour = [between("08:00", "09:00")]
    resources = [a_resource(f"suite-{n}", available=hour) for n in range(2)]
    resources.append(a_resource("dr-0", "doctor", available=hour))
    cases = [surgery(name, 60, "dr-0") for name in "AB"]
    compiled = compile_arrays(a_problem(cases, resources, tick=60, objective=DAILY))
    day = int(compiled.data.seg_day[0])
    found = DayTimes(compiled).find(day, [0, 1], np.array([0, 2, 1, 2]), nowhere_to(2), seconds=30)
    assert found.starts is None
    assert found.hopeless


class Failing(cp_model.CpSolver):
    """A solver whose presolve fails."""

    def solve(self, *arguments: Any) -> cp_model.CpSolverStatus:
        if self.parameters.cp_model_presolve:
            raise IndexError("absl::btree_map::at")
        return super().solve(*arguments)


def test_a_presolve_that_fails_is_left_out() -> None:
    assert solved(Failing(), cp_model.CpModel(), lambda: False) == cp_model.OPTIMAL


def one_doctor_in_hours(*hours: tuple[str, str]) -> tuple[Compiled, RoomModel, Ints]:
    """A suite for each hour, two cases of one doctor, wanted in the first and the last suite."""
    resources = [
        a_resource(f"suite-{n}", available=[between(*hour)]) for n, hour in enumerate(hours)
    ]
    resources.append(a_resource("dr-0", "doctor"))
    cases = [surgery(name, 60, "dr-0") for name in "AB"]
    compiled, model = modelled(a_problem(cases, resources, tick=60, objective=DAILY))
    first, last = column(compiled, model, 0, 0, 0), column(compiled, model, 1, 0, len(hours) - 1)
    return compiled, model, np.array([first, last])


def test_a_day_without_times_gets_other_rooms() -> None:
    # Both wanted at eight; the suite that opens at nine takes one of them.
    eight, nine = ("08:00", "09:00"), ("09:00", "10:00")
    compiled, model, columns = one_doctor_in_hours(eight, nine, eight)
    day = int(model.col_day[0])
    found = DayTimes(compiled).find_with_rooms(model, columns, day, seconds=30)
    assert found is not None
    assert 1 in model.col_pick[found[0]]
    assert abs(found[1][0] - found[1][1]) == 60 // compiled.slot_minutes


def test_a_day_without_times_in_any_rooms_leaves_somebody_out() -> None:
    eight = ("08:00", "09:00")
    compiled, model, columns = one_doctor_in_hours(eight, eight)
    found = DayTimes(compiled).find_with_rooms(model, columns, int(model.col_day[0]), seconds=30)
    assert found is not None
    assert len(found[1]) == 1
    assert (found[0] < 0).sum() == 1


@pytest.mark.parametrize("kind", range(4))
def test_a_part_frees_about_as_many_ways_as_wanted(kind: int) -> None:
    compiled, _ = modelled(some_surgery(Random(5), 12))
    draw = Parts(compiled, Random(kind)).kinds()[kind]
    for size in (1, 6, 100):
        part = draw(greedy(compiled), size)
        # A case has two days at most, and a last day is taken whole.
        most = max(2 * size, 24 if kind < 2 else size)
        assert part.free.sum() <= most
        assert part.open_days.any()


def test_days_and_rooms_do_not_decide_where_more_than_them_has_a_choice_or_a_price() -> None:
    suites = [a_resource(f"suite-{n}") for n in range(2)]
    bays = [a_resource(f"bay-{n}", "bay") for n in range(2)]
    two_choices = a_case("A", need("suite"), need("bay"))
    assert room_model(compile_arrays(a_problem([two_choices], [*suites, *bays]))) is None
    moved = a_case("A", booking=booked(at("09:00"), {"suite": "suite-0"}))
    assert room_model(compile_arrays(a_problem([moved], suites))) is None
    locked = a_case("A", booking=booked(at("09:00"), {"suite": "suite-0"}, locked=True))
    assert room_model(compile_arrays(a_problem([locked], suites))) is None
    night = a_resource("suite-0", available=[(at("20:00"), at("03:00", day=1))])
    late = a_case("A", need("suite", 120), windows=[between("22:00", "23:00")])
    assert room_model(compile_arrays(a_problem([late], [night]))) is None


def test_a_run_with_exact_pieces_places_what_must_be_placed() -> None:
    # One suite of two hours on Monday alone: the mandatory hour comes before the other cases.
    suite = a_resource("suite-0", available=[between("08:00", "10:00")])
    doctor = a_resource("dr-0", "doctor", available=BOTH_DAYS)
    cases = [surgery(f"case-{n}", 60, "dr-0", mandatory=n == 69) for n in range(70)]
    problem = a_problem(cases, [suite, doctor], tick=60, objective=DAILY)
    result = optimize(problem, Settings(seconds=3))
    # 68 left out for 300 each.
    assert result.cost == 68 * 300
    assert "case-69" in {placement.case for placement in result.plan.placements}
