"""Workers keep to their time, whatever the proof beside them has taken."""

from solver.improve_compile import compile_arrays
from solver.improve_team import Limits, Team, cooled_early
from tests.builders import a_case, a_problem, a_resource


def test_no_worker_searches_beyond_its_iterations() -> None:
    problem = a_problem([a_case("A")], [a_resource("suite-1")])
    team = Team(compile_arrays(problem), Limits(seconds=60, workers=1, seed=0, max_iterations=50))
    team._anneal(team.searches[0], until=3.0)
    assert team.iterations == 50


def test_a_search_cools_by_six_tenths_and_once_more_from_halfway() -> None:
    # 0.3 of the time is half of 0.6; at 0.8 half of the way from 0.55 to 1 is done: 0.775
    shares = [round(cooled_early(share), 3) for share in (0.0, 0.3, 0.6, 0.8, 1.0)]
    assert shares == [0.0, 0.5, 0.55, 0.775, 1.0]
