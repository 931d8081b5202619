"""Revisions: kinds of change, reasons in words, prices, and subsets that stay feasible."""

from random import Random

import pytest

from models.checks.feasibility import find_violations
from models.errors import RefusedError
from models.plan import Placement, Plan
from models.problem import Case, Hold, PlanningProblem, Resource
from solver.optimize import Settings, optimize
from solver.revision import CaseChange, Change, revision
from solver.revision_waits import Use
from tests.builders import a_case, a_problem, a_resource, at, between, booked, need
from tests.strategies import random_problem

TWO_DAYS = [between("08:00", "17:00", day=n) for n in (0, 1)]


def placed(case: str, clock: str, suite: str = "suite-1", day: int = 0) -> Placement:
    return Placement(case=case, start=at(clock, day), assigned={"suite": suite})


def booked_case(name: str, clock: str, suite: str = "suite-1", **changed: object) -> Case:
    booking = booked(at(clock), {"suite": suite})
    return a_case(name, booking=booking, windows=TWO_DAYS).model_copy(update=changed)


def change(
    cases: list[Case], resources: list[Resource], plan: list[Placement], case: str
) -> CaseChange:
    problem = a_problem(cases, resources)
    return {c.case: c for c in revision(problem, Plan(placements=tuple(plan))).changes}[case]


def suite(name: str = "suite-1", **said: object) -> Resource:
    return a_resource(name, available=TWO_DAYS).model_copy(update=said)


def test_same_start_and_resources_are_kept() -> None:
    found = change([booked_case("A", "09:00")], [suite()], [placed("A", "09:00")], "A")
    assert (found.change, found.price, found.forced, found.reasons) == (Change.KEPT, 0, False, ())


def test_another_resource_at_the_same_start_is_free() -> None:
    found = change(
        [booked_case("A", "09:00")],
        [suite(), suite("suite-2")],
        [placed("A", "09:00", "suite-2")],
        "A",
    )
    assert (found.change, found.price) == (Change.REASSIGNED, 0)


def test_case_without_booking_is_placed_or_left_out() -> None:
    cases = [a_case("A", windows=TWO_DAYS), a_case("B", windows=TWO_DAYS)]
    # A waits a day from midnight on Monday: 25. B costs 4000 left out.
    plan = [placed("A", "09:00", day=1)]
    first, second = (change(cases, [suite()], plan, name) for name in "AB")
    assert (first.change, first.price) == (Change.PLACED, 25)
    assert (second.change, second.price) == (Change.LEFT_OUT, 4000)


def test_unbooked_case_pays_for_the_broken_promise() -> None:
    # 4000 left out and 3000 for the booking.
    found = change([booked_case("A", "09:00")], [suite()], [], "A")
    assert (found.change, found.price) == (Change.UNBOOKED, 7000)


def test_closed_suite_is_named_with_its_day() -> None:
    tuesday_only = suite(available=(between("08:00", "17:00", day=1),))
    plan = [placed("A", "09:00", day=1)]
    found = change([booked_case("A", "09:00")], [tuesday_only], plan, "A")
    assert found.forced
    assert found.change is Change.MOVED
    # 150 for the move and 40 for one day.
    assert found.price == 190
    assert "suite-1 is closed on Mon 11-23" in found.reasons


def test_suite_that_opens_later_is_named_with_the_hours() -> None:
    late = suite(available=(between("09:30", "17:00"),))
    found = change([booked_case("A", "09:00")], [late], [placed("A", "09:30")], "A")
    assert "suite-1 is not available from Mon 11-23 09:00 to 10:00" in found.reasons


def test_hold_that_is_ready_later_is_the_reason() -> None:
    hold = Hold(stage="planned", ready_at=at("08:00", 1))
    windows = (between("08:00", "17:00", day=1),)
    case = booked_case("A", "09:00", hold=hold, windows=windows)
    found = change([case], [suite()], [placed("A", "09:00", day=1)], "A")
    assert "the hold is ready only Tue 11-24 08:00" in found.reasons


def test_moved_case_makes_room_and_the_other_waits_for_it() -> None:
    cases = [booked_case("A", "09:00"), a_case("B", windows=TWO_DAYS, priority="urgent")]
    plan = [placed("A", "10:00"), placed("B", "09:00")]
    moved, new = (change(cases, [suite()], plan, name) for name in "AB")
    assert "makes room for B" in moved.reasons
    assert new.depends_on == ("A",)
    assert moved.depends_on == ()


def test_gain_of_a_move_is_told_with_the_move_included() -> None:
    # On Tuesday it waits a day (25) and is two days late (2 * 125); on Monday at 09:00 only one.
    booking = booked(at("09:00", 1), {"suite": "suite-1"})
    case = a_case("A", windows=TWO_DAYS, due=at("08:00"), booking=booking, priority="soon")
    # Tuesday: 80 + 2 * 400. Monday: 400, moved by a day: 190. 880 - 590 = 290.
    found = change([case], [suite()], [placed("A", "09:00")], "A")
    assert "cheaper by 290 points, the move included" in found.reasons


def test_minutes_freed_on_a_full_day_are_a_dependency() -> None:
    doctor = a_resource("dr-1", "doctor", available=TWO_DAYS, limit=60)

    def case(name: str, **said: object) -> Case:
        return a_case(name, need("doctor", 60), windows=TWO_DAYS).model_copy(update=said)

    first = case("A", booking=booked(at("09:00"), {"doctor": "dr-1"}))
    plan = [
        Placement(case="A", start=at("09:00", 1), assigned={"doctor": "dr-1"}),
        Placement(case="B", start=at("12:00"), assigned={"doctor": "dr-1"}),
    ]
    assert change([first, case("B")], [doctor], plan, "B").depends_on == ("A",)


def test_accepting_takes_what_it_waits_for() -> None:
    cases = [booked_case("A", "09:00"), a_case("B", windows=TWO_DAYS)]
    plan = Plan(placements=(placed("A", "10:00"), placed("B", "09:00")))
    found = revision(a_problem(cases, [suite()]), plan)
    assert found.with_dependencies(["B"]) == {"A", "B"}
    assert found.accepted(["B"]).by_case == plan.by_case
    assert found.accepted(["A"]).by_case.keys() == {"A"}


def test_two_that_change_places_belong_together() -> None:
    cases = [booked_case("A", "09:00"), booked_case("B", "10:00"), a_case("C", windows=TWO_DAYS)]
    plan = Plan(placements=(placed("A", "10:00"), placed("B", "09:00"), placed("C", "14:00")))
    found = revision(a_problem(cases, [suite()]), plan)
    assert found.groups == (("A", "B"),)
    assert found.with_dependents(["A"]) == {"A", "B"}
    assert found.missing(["A", "C"]) == ("B",)
    with pytest.raises(RefusedError, match="wait for those of B"):
        found.exactly(["A", "C"])
    assert found.exactly(["C"]).by_case.keys() == {"A", "B", "C"}


def test_rejecting_a_move_rejects_what_takes_its_place() -> None:
    cases = [booked_case("A", "09:00"), a_case("B", windows=TWO_DAYS)]
    plan = Plan(placements=(placed("A", "10:00"), placed("B", "09:00")))
    found = revision(a_problem(cases, [suite()]), plan)
    assert found.with_dependents(["A"]) == {"A", "B"}
    assert found.with_dependents(["B"]) == {"B"}


def test_two_that_exchange_resources_at_their_own_starts_belong_together() -> None:
    cases = [booked_case("A", "09:00", "suite-1"), booked_case("B", "09:00", "suite-2")]
    plan = Plan(placements=(placed("A", "09:00", "suite-2"), placed("B", "09:00", "suite-1")))
    found = revision(a_problem(cases, [suite(), suite("suite-2")]), plan)
    assert [c.change for c in found.changes] == [Change.REASSIGNED, Change.REASSIGNED]
    assert found.groups == (("A", "B"),)


def test_who_takes_the_time_of_a_booking_that_is_given_up_waits_for_that() -> None:
    cases = [booked_case("A", "09:00"), a_case("B", windows=TWO_DAYS)]
    found = change(cases, [suite()], [placed("B", "09:00")], "B")
    assert found.depends_on == ("A",)


def test_a_booking_that_no_longer_stands_is_waited_for_as_it_is_still_held() -> None:
    tuesday = booked_case("A", "09:00", windows=TWO_DAYS[1:])
    plan = [placed("A", "09:00", day=1), placed("B", "09:00")]
    found = change([tuesday, a_case("B", windows=TWO_DAYS)], [suite()], plan, "B")
    assert found.depends_on == ("A",)


def test_what_a_case_holds_beside_its_booking_is_waited_for() -> None:
    cases = [a_case("A", windows=TWO_DAYS), a_case("B", windows=TWO_DAYS)]
    plan = Plan(placements=(placed("A", "10:00"), placed("B", "09:00")))
    held = {"A": (Use("suite-1", at("09:30"), at("10:00")),)}
    found = revision(a_problem(cases, [suite()]), plan, also_held=held)
    assert {c.case: c.depends_on for c in found.changes} == {"A": (), "B": ("A",)}


def feasible_subsets(problem: PlanningProblem, rng: Random) -> list[str]:
    """Rules broken by accepting random subsets of a plan's changes."""
    plan = optimize(problem, Settings(seconds=60, workers=1, max_iterations=100)).plan
    found = revision(problem, plan)
    broken = []
    for _ in range(4):
        cases = [c.case for c in found.changes]
        accepted = found.accepted(rng.sample(cases, rng.randint(0, len(cases))))
        broken += [
            v.rule
            for v in find_violations(problem, accepted)
            if v.rule not in ("mandatory", "locked")
        ]
    return broken


@pytest.mark.parametrize("seed", range(40))
def test_any_subset_of_changes_is_feasible(seed: int) -> None:
    rng = Random(seed)
    assert feasible_subsets(random_problem(rng, cases=6), rng) == []
