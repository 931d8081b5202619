"""The search process is told of cases by number, in the order of their ids, and of nobody else."""

from models.problem import dump_problem
from models.risk import Risk
from scheduler.bootstrap import Container
from scheduler.services.pseudonyms import Pseudonyms
from tests.builders import a_case, a_problem, a_resource
from tests.contract import searches
from tests.contract.department import with_cases


def test_what_the_search_is_given_names_no_referral_and_no_patient(small: Container) -> None:
    with_cases(small, "CANARY-1", "CANARY-2")
    problem = small.problem_now().problem
    assert "CANARY" in dump_problem(problem)
    assert "CANARY" not in dump_problem(Pseudonyms(problem).hidden)


def test_cases_keep_their_order() -> None:
    problem = a_problem([a_case("B"), a_case("A10"), a_case("A9")], [a_resource("suite-1")])
    hidden = Pseudonyms(problem).hidden
    assert [case.id for case in hidden.cases] == ["case-000003", "case-000001", "case-000002"]


def test_a_plan_comes_back_under_the_ids(small: Container) -> None:
    with_cases(small, "B", "C")
    problem = small.problem_now().problem
    names = Pseudonyms(problem)
    found = names.plan(searches.one_by_one(names.hidden, 1, 0).plan)
    assert found == searches.one_by_one(problem, 1, 0).plan


def test_a_risk_is_told_under_the_same_names() -> None:
    problem = a_problem([a_case("A"), a_case("B")], [a_resource("suite-1")])
    told = Pseudonyms(problem).risk(Risk(weight=1, fragility={"A": 10, "B": 20, "gone": 30}))
    assert dict(told.fragility) == {"case-000001": 10, "case-000002": 20}
