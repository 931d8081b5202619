"""The compiled search: its sums agree with the checker, and what it undoes is undone."""

from pathlib import Path
from random import Random

import numpy as np
import pytest

from models.checks.scorecard import score
from models.objective import start_cost
from solver import improve_jit
from solver.improve import Search, plan_of
from solver.improve_compile import compile_arrays
from tests.builders import a_case, a_problem, a_resource, between
from tests.strategies import random_problem


@pytest.mark.parametrize("seed", range(15))
def test_running_total_is_the_checkers_cost(seed: int) -> None:
    problem = random_problem(Random(seed), cases=10)
    compiled = compile_arrays(problem)
    search = Search(compiled, seed)
    search.construct()
    search.run(150, 0.2)
    best = search.best()
    must = compiled.data.out_cost >= compiled.penalty
    penalties = compiled.penalty * int((must & (best.start < 0)).sum())
    assert score(problem, plan_of(compiled, best)).cost == best.total - penalties


def test_adopting_a_plan_recounts_the_same_total() -> None:
    compiled = compile_arrays(random_problem(Random(2), cases=10))
    first, second = Search(compiled, 1), Search(compiled, 2)
    first.construct()
    first.run(200, 0.5)
    second.construct()
    second.adopt(first.best())
    assert second.present == first.total


def test_best_plan_never_gets_dearer() -> None:
    search = Search(compile_arrays(random_problem(Random(8), cases=12)), 0)
    search.construct()
    totals = []
    for _ in range(10):
        search.run(20, 0.0)
        totals.append(search.total)
    assert totals == sorted(totals, reverse=True)


def test_case_is_put_on_the_day_wanted() -> None:
    days = [between("08:00", "17:00", day=n) for n in (0, 1)]
    problem = a_problem([a_case("A", windows=days)], [a_resource("suite-1", available=days)])
    compiled = compile_arrays(problem)
    search = Search(compiled, 0)
    search.construct()
    # Waiting a day costs 25.
    tuesday = compiled.data.day_of[compiled.slot(between("08:00", "17:00", day=1)[0])]
    assert search.realise(np.array([0]), np.array([tuesday])) == 25


@pytest.mark.parametrize("seed", range(10))
def test_price_of_every_permitted_start_is_the_objectives(seed: int) -> None:
    problem = random_problem(Random(seed), cases=3)
    compiled = compile_arrays(problem)
    data = compiled.data
    for c, case in enumerate(problem.cases):
        priced = {
            slot: int(data.seg_cost[g])
            for g in range(data.seg_first[c], data.seg_first[c + 1])
            for slot in np.flatnonzero(compiled.feasible[c]).tolist()
            if data.seg_lo[g] <= slot < data.seg_hi[g]
        }
        assert len(priced) == int(compiled.feasible[c].sum())
        for slot, price in priced.items():
            assert price == start_cost(problem.objective, case, compiled.instant(slot))


def test_changed_source_means_another_cache(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(improve_jit, "HERE", tmp_path)
    names = set()
    for text in ("@compiled one", "@compiled two"):
        (tmp_path / "improve_x.py").write_text(text)
        improve_jit.cache_folder.cache_clear()
        names.add(improve_jit.cache_folder().name)
    improve_jit.cache_folder.cache_clear()
    assert len(names) == 2


def test_first_plan_keeps_the_only_hour_of_a_case_for_it() -> None:
    # Both must be placed; "A" may start at nine as well, "B" only at eight.
    suite = a_resource("suite-1", available=[between("08:00", "10:00")])
    early = [between("08:00", "08:30")]
    cases = [a_case("A", mandatory=True), a_case("B", mandatory=True, windows=early)]
    search = Search(compile_arrays(a_problem(cases, [suite])), 0)
    search.construct()
    assert not search.incomplete
