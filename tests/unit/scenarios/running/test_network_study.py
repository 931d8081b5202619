"""Scenarios over networks: where edits are made, what is compared, what is refused."""

from typing import Any

import pytest

from models.errors import InputError
from models.problem import PlanningProblem
from scenarios.running.crew import Here
from scenarios.running.network import Network
from scenarios.running.network_study import NetworkFound, run_network_study
from scenarios.scenario import Plan, ScenarioDocument, Settings
from scenarios.study import Base, prepare
from tests.builders import a_case, a_problem, a_resource
from tests.unit.models.worlds import FakeRules
from tests.unit.scenarios.running.planners import one_a_suite

SUITE = {"id": "new", "kind": "suite", "hours": {"mon-fri": ["08:00-17:00"]}}
MORE = ScenarioDocument.model_validate(
    {"name": "more", "edits": [{"kind": "add-resource", "resource": SUITE}]}
)


def a_site(name: str) -> PlanningProblem:
    """Two routine cases and one suite: one case is left out, at 4,000 points."""
    problem = a_problem([a_case("a"), a_case("b")], [a_resource("suite-1")])
    return problem.model_copy(update={"site": name})


NETWORK = Network.model_validate(
    {"name": "net", "sites": [{"name": n, "file": n} for n in ("north", "south")]}
)
SITES = {name: a_site(name) for name in ("north", "south")}


def found(*documents: ScenarioDocument, at: tuple[str, ...] = (), **running: Any) -> NetworkFound:
    base = Base(SITES, NETWORK)
    study = prepare(base, documents, Settings(run=Plan()), rules=FakeRules(), sites=at)
    return run_network_study(study, Here(), rules=FakeRules(), work=one_a_suite, **running)


@pytest.mark.parametrize(("at", "points"), [((), 0), (("south",), 4_000)])
def test_edits_are_made_at_all_sites_or_at_those_named(at: tuple[str, ...], points: int) -> None:
    results = found(MORE, at=at).results
    # One case left out at each site, and none where there is a second suite.
    assert results["baseline"].together[0].points == 8_000
    assert results["more"].together[0].points == points


def test_scenarios_are_compared_by_site_and_for_all_sites_together() -> None:
    comparison = found(MORE, at=("south",)).comparison
    assert comparison is not None
    rows = comparison.differences.query("measure == 'cost' and group == ''")
    by_site = dict(zip(rows["site"], rows["difference"], strict=True))
    assert by_site == {"north": 0, "south": -4_000, "all sites": -4_000}


def test_site_that_an_edit_does_not_fit_is_named() -> None:
    gone = ScenarioDocument.model_validate(
        {"name": "less", "edits": [{"kind": "remove-resource", "resource": "suite-9"}]}
    )
    with pytest.raises(InputError) as caught:
        found(gone)
    assert str(caught.value).startswith("site north: ")
    assert "suite-9" in str(caught.value)


def test_site_that_is_not_in_the_network_is_refused() -> None:
    with pytest.raises(InputError, match="there is no site 'west'; choose from north, south"):
        found(MORE, at=("west",))


def test_stopped_study_shows_the_scenarios_that_were_begun() -> None:
    answers = iter([False, False, True])
    stopped = found(MORE, should_stop=lambda: next(answers))
    assert list(stopped.results) == ["baseline", "more"]
    assert [stopped.results[name].stopped for name in stopped.results] == [False, True]
    assert stopped.comparison is not None
    assert stopped.comparison.scenarios == ("baseline",)
