"""The benchmarks start: families build, peers plan a tiny problem, rows outlive a run."""

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.disrupted import pairs, totals
from benchmarks.families import department, disrupted, machine_tests, surgery, waiting
from benchmarks.figures import figures, put_between
from benchmarks.growth import exponent
from benchmarks.measure import moved, reassigned
from benchmarks.peers import ALL, BY_NAME, Limits
from benchmarks.peers.first_fit import first_fit_plan
from benchmarks.registry import chosen, own_families
from benchmarks.report import write_page
from benchmarks.rows import Row, read_csv, write_csv
from benchmarks.speedup import compared, typical
from benchmarks.verdicts import at_or_below
from models.checks.feasibility import find_violations
from models.checks.scorecard import score
from models.errors import InputError
from models.plan import Plan
from models.problem import PlanningProblem, dump_problem, parse_problem

TINY: dict[str, Callable[[], PlanningProblem]] = {
    "waiting": lambda: waiting(cases=6, suites=1, days=2, seed=1),
    "disrupted": lambda: disrupted(cases=12, suites=1, days=6, seed=1),
    "surgery": lambda: surgery(cases=8, theatres=1, days=3, seed=1),
    "machine tests": lambda: machine_tests(tests=6, machines=2, equipment=1, seed=1),
}
PEERS = [peer.name for peer in ALL if not peer.own]


@pytest.mark.parametrize("family", TINY)
def test_family_builds_a_planning_file_that_parses(family: str) -> None:
    problem = TINY[family]()
    assert parse_problem(dump_problem(problem), place="memory") == problem


@pytest.mark.parametrize("family", TINY)
def test_same_seed_gives_same_problem(family: str) -> None:
    assert dump_problem(TINY[family]()) == dump_problem(TINY[family]())


def test_department_is_a_planning_file_of_as_many_cases() -> None:
    assert len(parse_problem(department(30, seed=2), place="memory").cases) == 30


def test_disrupted_plan_has_bookings_that_no_longer_stand() -> None:
    problem = TINY["disrupted"]()
    booked = [case for case in problem.cases if case.booking is not None]
    kept = first_fit_plan(problem).by_case
    assert any(case.id not in kept or kept[case.id] != case.booked_placement for case in booked)


@pytest.mark.parametrize("peer_name", PEERS)
@pytest.mark.parametrize("family", TINY)
def test_peer_plans_without_violations_at_the_cost_it_tells(peer_name: str, family: str) -> None:
    peer = BY_NAME[peer_name]
    if reason := peer.missing():
        pytest.skip(f"{peer.name}: {reason}")
    problem, told = TINY[family](), []
    answer = peer.solve(problem, Limits(seconds=8, workers=2, seed=0), told.append)
    assert answer.plan is not None
    assert find_violations(problem, answer.plan) == []
    assert min(told) == score(problem, answer.plan).cost


def test_one_model_proves_that_all_tests_fit() -> None:
    # The tests were cut from a schedule that holds them all, and each costs 1 when left out.
    answer = BY_NAME["cpsat-2"].solve(TINY["machine tests"](), Limits(5, 2, 0), lambda _: None)
    assert (answer.status, answer.bound) == ("optimal", 0)
    assert answer.plan is not None
    assert len(answer.plan.placements) == 6


def test_one_model_is_not_dearer_than_its_hint() -> None:
    problem = TINY["surgery"]()
    answer = BY_NAME["cpsat-2"].solve(problem, Limits(5, 2, 0), lambda _: None)
    assert answer.plan is not None
    greedy = score(problem, first_fit_plan(problem)).cost
    assert answer.bound == score(problem, answer.plan).cost <= greedy


def a_row(**changed: object) -> Row:
    usual: dict[str, object] = {
        "file": "own-tests-40",
        "family": "own machine tests",
        "cases": 40,
        "solver": "first-fit",
        "limit": 60.0,
        "workers": 2,
        "seed": 0,
        "status": "feasible",
        "cost": 90,
        "bound": 60,
        "bound_kind": "days",
        "placed": 38,
        "moved": 0,
        "violations": 0,
        "first_seconds": 0.5,
        "seconds": 60.1,
        "memory_mb": 170,
        "problem": "p",
        "code": "c",
        "curve": ((0.5, 120), (9.0, 94), (30.0, 90)),
    }
    return Row(**(usual | changed))  # type: ignore[arg-type] - the members are those of Row


def test_rows_come_back_from_a_file(tmp_path: Path) -> None:
    rows = [a_row(), a_row(solver="cpsat-8", cost=None, bound=None, first_seconds=None, curve=())]
    write_csv(tmp_path / "bench.csv", rows)
    assert read_csv(tmp_path / "bench.csv") == rows


def test_curve_is_read_at_seconds_and_at_costs() -> None:
    row = a_row()
    assert [row.cost_at(s) for s in (0.1, 1, 10, 60, 61)] == [None, 120, 94, 90, None]
    # Within 5 % of 90 is at most 94.5, which 94 is, first known at 9 s.
    assert row.seconds_to(1.05 * 90) == 9.0


def test_exponent_of_a_square_is_two() -> None:
    # 3 n^2 at 100, 200 and 400.
    points = [(100.0, 30_000.0), (200.0, 120_000.0), (400.0, 480_000.0)]
    assert exponent(points) == pytest.approx(2)


def test_page_needs_nothing_from_elsewhere(tmp_path: Path) -> None:
    write_page(tmp_path / "bench.html", [a_row()], Limits(60, 2, 0), ["first-fit"], {})
    text = (tmp_path / "bench.html").read_text(encoding="utf-8")
    assert "<svg" in text
    assert "src=" not in text
    assert "http" not in text


def test_speed_up_is_measured_at_the_last_cost_of_one_worker() -> None:
    one = a_row(workers=1)  # 90 first after 30 s
    two = a_row(cost=80, curve=((0.5, 110), (12.0, 89), (50.0, 80)))  # 90 or less after 12 s
    (found,) = compared([one, two])
    assert (found.seconds_one, found.seconds_two, found.ratio) == (30.0, 12.0, 2.5)


def test_two_workers_that_never_get_there_count_as_nothing() -> None:
    slower = a_row(file="slower", cost=91, curve=((9.0, 91),))
    rows = [a_row(workers=1), a_row(), a_row(file="slower", workers=1), slower]
    # Ratios 1 and 0.
    assert typical(compared(rows)) == 0.5


def test_moves_are_added_over_files_of_which_both_plans_stand() -> None:
    def plans(file: str, moves: int, cost: int, free: int, cost_free: int) -> list[Row]:
        own = a_row(file=file, solver="holdfast", moved=moves, cost=cost)
        return [own, a_row(file=file, solver="free-moves", moved=free, cost=cost_free)]

    alone = a_row(file="alone", solver="holdfast", moved=99)
    found = totals(pairs([*plans("a", 2, 100, 9, 90), *plans("b", 3, 50, 2, 70), alone]))
    # 5 moves against 11, at 150 against 160.
    assert (found.moved, found.moved_free, found.cost, found.cost_free) == (5, 11, 150, 160)
    assert found.holds


def test_booking_with_other_resources_alone_is_not_moved() -> None:
    problem = TINY["disrupted"]()
    booked = [case.booked_placement for case in problem.cases]
    kept = [placement for placement in booked if placement is not None]
    role, *_ = kept[0].assigned
    other = kept[0].model_copy(update={"assigned": kept[0].assigned | {role: "another"}})
    # The first changes one resource, the last falls out.
    plan = Plan(placements=(other, *kept[1:-1]))
    assert (moved(problem, plan), reassigned(problem, plan)) == (1, 1)


def test_yardstick_without_a_whole_plan_is_beaten_by_any_that_stands() -> None:
    left_out = a_row(file="ihtc-i28", violations=2)
    assert at_or_below([a_row(file="ihtc-i28"), left_out], 1) == (1, 2)


def test_figures_are_of_runs_of_the_length_asked_for(tmp_path: Path) -> None:
    rows = [a_row(solver="holdfast", cost=cost, limit=limit) for cost, limit in ((7, 60), (9, 5))]
    write_csv(tmp_path / "bench.csv", rows)
    text = figures(tmp_path, 60)
    assert "| own-tests-40 | 40 | 7 |" in text
    assert "| 9 |" not in text


def test_figures_of_an_empty_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no rows of 60 s"):
        figures(tmp_path, 60)


def test_figures_take_the_place_of_what_stood_between_the_markers() -> None:
    before = "a\n<!-- figures: begin -->\nold\n<!-- figures: end -->\nb\n"
    after = "a\n<!-- figures: begin -->\nnew\n<!-- figures: end -->\nb\n"
    assert put_between(before, "new") == after


def test_document_without_markers_is_refused() -> None:
    with pytest.raises(InputError, match="there is not one"):
        put_between("a\n", "new")


def test_names_of_own_families_are_found_one_by_one() -> None:
    names = [one.name for one in own_families()]
    assert [found.name for name in names for found in chosen([name])] == names


def test_pattern_that_fits_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="no problem is named 'absent'"):
        chosen(["absent"])
