"""The packing bound on problems whose arithmetic fits in a comment."""

from models.problem import PlanningProblem
from solver.bound import Bound
from solver.bound_day import day_model, exact_bound, prices_of_time
from solver.bound_locked import without_locked
from solver.bound_packing import packing_bounds, read_packing
from solver.improve_compile import compile_arrays
from tests.builders import a_case, a_problem, a_resource, at, between, booked, need


def _proven(problem: PlanningProblem) -> list[Bound]:
    """The packing bounds, within 20 seconds of steps."""
    compiled = compile_arrays(problem)
    model = day_model(compiled)
    return list(packing_bounds(compiled, model, prices_of_time(model, 5), 20))


def _by_minutes(problem: PlanningProblem) -> int:
    model = day_model(compile_arrays(problem))
    prices = prices_of_time(model, 5)
    assert prices is not None
    return exact_bound(model, prices)


def test_needs_are_packed_as_wholes() -> None:
    # 105 minutes hold one case of 60, so one of two is left out (8000). By minutes alone only a
    # quarter of the second does not fit.
    suite = a_resource("suite-1", available=[between("08:00", "09:45")])
    problem = a_problem([a_case("A", priority="soon"), a_case("B", priority="soon")], [suite])
    assert _by_minutes(problem) <= 2000
    assert _proven(problem)[-1].points == 8000


def test_a_break_of_all_doctors_cuts_the_day_of_the_suite() -> None:
    # Three hours of suite, but nobody operates from 09:15 to 09:45: 75 minutes before and after
    # are good for one case of 60 each, so one of three is left out.
    suite = a_resource("suite-1", available=[between("08:00", "11:00")])
    hours = [between("08:00", "09:15"), between("09:45", "11:00")]
    doctors = [a_resource(f"dr-{n}", "doctor", available=hours) for n in (1, 2)]
    needs = need("suite"), need("doctor")
    problem = a_problem([a_case(name, *needs) for name in "ABC"], [suite, *doctors])
    assert _by_minutes(problem) == 0
    assert _proven(problem)[-1].points == 4000


def test_two_needs_of_one_slot_are_seen_at_their_time() -> None:
    # A and B can only begin at 08:00, and there is one suite. All three fit into its day by length,
    # so only the prices of slots tell that one of A and B is left out.
    only = [between("08:00", "08:05")]
    cases = [
        a_case("A", need("suite", 60), windows=only),
        a_case("B", need("suite", 45), windows=only),
        a_case("C", need("suite", 30)),
    ]
    bounds = _proven(a_problem(cases, [a_resource("suite-1")]))
    assert {bound.points for bound in bounds if bound.kind == "packed-days"} == {0}
    assert (bounds[-1].points, bounds[-1].kind) == (4000, "packed-hours")


def test_a_locked_booking_leaves_pieces_too_short_for_others() -> None:
    # 150 minutes with 45 before and 45 after the locked hour: B does not fit. The suite is open on
    # that day in any plan, for 40. By minutes, 120 of 150 are taken, and 32 points paid.
    suite = a_resource("suite-1", available=[between("08:00", "10:30")], open_cost=40)
    booking = booked(at("08:45"), {"suite": "suite-1"}, locked=True)
    problem = a_problem([a_case("A", booking=booking), a_case("B")], [suite])
    assert _by_minutes(problem) <= 40
    assert _proven(problem)[-1].points == 4040


def test_a_locked_booking_outside_the_hours_takes_nothing() -> None:
    booking = booked(at("16:30"), {"suite": "suite-1"}, locked=True)
    problem = a_problem([a_case("A", booking=booking)], [a_resource("suite-1")])
    rest = without_locked(compile_arrays(problem))
    assert rest.locked.tolist() == [False]
    assert rest.points == 0


def test_minutes_of_the_day_are_shared_by_its_pieces() -> None:
    # Two pieces of 120 minutes, 180 a day: three cases of 60, not four.
    hours = [between("08:00", "10:00"), between("11:00", "13:00")]
    suite = a_resource("suite-1", available=hours, limit=180)
    problem = a_problem([a_case(name) for name in "ABCD"], [suite])
    assert _proven(problem)[-1].points == 4000


def test_alike_resources_are_one_bin() -> None:
    beds = [a_resource(f"bay-{n}", "bay") for n in range(3)]
    compiled = compile_arrays(a_problem([a_case("A", need("bay"))], beds))
    packing = read_packing(compiled)
    assert packing is not None
    assert packing.bins.bin_count.tolist() == [3]


def test_reading_stops_when_asked() -> None:
    compiled = compile_arrays(a_problem([a_case("A")], [a_resource("suite-1")]))
    assert read_packing(compiled, lambda: True) is None


def test_a_case_that_fits_nowhere_is_paid_as_left_out() -> None:
    problem = a_problem([a_case("A", need("suite", 600))], [a_resource("suite-1")])
    assert _proven(problem)[-1].points == 4000
