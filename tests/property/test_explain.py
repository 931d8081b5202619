"""Reasons and smallest changes on random small problems, against plain loops."""

from datetime import datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from models.problem import PlanningProblem
from solver.explain import (
    Explainer,
    Explanation,
    HoursChange,
    MoveChange,
    Nowhere,
    Somewhere,
    WindowChange,
)
from tests import oracle, reasons_oracle
from tests.strategies import small_problems

SEEDS = st.integers(0, 2**32 - 1)


def some_instants(problem: PlanningProblem, seed: int) -> list[datetime]:
    """Three ticks, an instant off the ticks, and one before the horizon."""
    chosen = Random(seed).sample(list(oracle.ticks(problem)), 3)
    return [*chosen, chosen[0] + timedelta(minutes=5), problem.horizon.start - timedelta(hours=1)]


@settings(max_examples=60, deadline=None)
@given(problem=small_problems())
def test_an_instant_without_reasons_is_a_candidate_start(problem: PlanningProblem) -> None:
    explainer = Explainer(problem)
    for case in problem.cases:
        starts = reasons_oracle.starts_of(problem, case.id)
        for instant in oracle.ticks(problem):
            assert explainer.at(case.id, instant).possible == (instant in starts)


@settings(max_examples=60, deadline=None)
@given(problem=small_problems(), seed=SEEDS)
def test_reasons_equal_plain_loops(problem: PlanningProblem, seed: int) -> None:
    explainer = Explainer(problem)
    for case in problem.cases:
        for instant in some_instants(problem, seed):
            found = explainer.at(case.id, instant)
            expected = reasons_oracle.start_reasons(problem, case.id, instant)
            assert {reason.kind for reason in found.starts} == expected
            if instant in oracle.ticks(problem):
                check_needs(problem, found)
            else:
                assert not found.needs
                assert not found.clashes


def check_needs(problem: PlanningProblem, found: Explanation) -> None:
    case = problem.case_by_id[found.case]
    failing = {reason.role: reason for reason in found.needs}
    for role in (need.role for need in case.needs):
        part = reasons_oracle.part_of(case, (role,))
        assert reasons_oracle.servable(problem, part, found.at) == (role not in failing)
        if role in failing:
            told = {(r.resource, r.kind, r.case, r.until) for r in failing[role].resources}
            assert told == reasons_oracle.resource_reasons(problem, case, role, found.at)
    # Every clash is one, and without the clashing needs the rest could be served.
    rest = tuple(need.role for need in case.needs if need.role not in failing)
    for clash in found.clashes:
        assert set(clash.roles) <= set(rest)
        part = reasons_oracle.part_of(case, clash.roles)
        assert not reasons_oracle.servable(problem, part, found.at)
        rest = tuple(role for role in rest if role not in clash.roles)
    assert reasons_oracle.servable(problem, reasons_oracle.part_of(case, rest), found.at)


@settings(max_examples=60, deadline=None)
@given(problem=small_problems())
def test_the_cause_for_finding_no_start_equals_plain_loops(problem: PlanningProblem) -> None:
    explainer = Explainer(problem)
    for case in problem.cases:
        starts = reasons_oracle.starts_of(problem, case.id)
        found = explainer.case(case.id)
        if isinstance(found, Somewhere):
            assert (found.count, found.first, found.last) == (len(starts), starts[0], starts[-1])
        else:
            assert not starts
            check_nowhere(problem, found)


def check_nowhere(problem: PlanningProblem, found: Nowhere) -> None:
    kind, roles = reasons_oracle.nowhere(problem, found.case)
    assert {reason.kind for reason in found.reasons} == {kind}
    told = {role for reason in found.reasons for role in reason.roles}
    if kind in ("none-eligible", "closed", "taken"):
        assert told == roles
    if kind == "apart":
        check_irreducible(problem, found.case, tuple(told))


def check_irreducible(problem: PlanningProblem, case_id: str, roles: tuple[str, ...]) -> None:
    case, empty = problem.case_by_id[case_id], reasons_oracle.unbooked(problem, case_id)

    def meet(wanted: tuple[str, ...]) -> bool:
        part = reasons_oracle.part_of(case, wanted)
        return any(
            reasons_oracle.servable(empty, part, instant)
            for instant in oracle.ticks(problem)
            if not reasons_oracle.start_reasons(problem, case_id, instant)
        )

    assert not meet(roles)
    assert all(meet(tuple(r for r in roles if r != role)) for role in roles)


@settings(max_examples=20, deadline=None)
@given(problem=small_problems())
def test_smallest_changes_equal_trying_them_all(problem: PlanningProblem) -> None:
    explainer = Explainer(problem)
    for case in problem.cases:
        found = explainer.smallest_change(case.id)
        if isinstance(explainer.case(case.id), Somewhere):
            assert found == ()
            continue
        windows = [(c.by, c.opens) for c in found if isinstance(c, WindowChange)]
        hours = [(c.by, c.opens, c.resource) for c in found if isinstance(c, HoursChange)]
        moves = [(c.by, c.opens, c.moved, c.new) for c in found if isinstance(c, MoveChange)]
        assert [*windows, None][0] == reasons_oracle.smallest_window(problem, case.id)
        assert [*hours, None][0] == reasons_oracle.smallest_hours(problem, case.id)
        assert [*moves, None][0] == reasons_oracle.smallest_move(problem, case.id)
