"""Planning files made elsewhere: read whole, and priced as their makers say."""

import gzip
import json
from pathlib import Path

import pytest

from models.checks.feasibility import find_violations
from models.checks.scorecard import Scorecard, score
from models.plan import Plan
from models.problem import PlanningProblem, dump_problem, parse_problem
from tests.shared_data import shared

# Some of each kind and size; reading them all is the optimiser's benchmark.
FILES = (
    "bench/planning/worked-example.json",
    "bench/planning/waiting-40-11.json.gz",
    "bench/planning/disrupted-120-12.json.gz",
    "bench/external/ihtc-i01.json.gz",
    "bench/external/prob073-t40m10r3-2.json.gz",
)
pytestmark = pytest.mark.shared


def text_of(path: Path) -> str:
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode()


def example() -> PlanningProblem:
    return parse_problem(text_of(shared(FILES[0])), place="worked example")


def example_plan() -> Plan:
    return Plan.model_validate_json(text_of(shared("bench/planning/worked-example.plan.json")))


def test_the_worked_example_has_no_violation() -> None:
    assert find_violations(example(), example_plan()) == []


def test_the_worked_example_costs_what_its_arithmetic_says() -> None:
    # two days of opening at 40; one move of a day: 150 and 40
    expected = Scorecard(left_out=8000, waiting=300, lateness=1500, moves=190, opening=80)
    assert score(example(), example_plan()) == expected
    assert expected.cost == 10070


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_and_written_with_nothing_lost(name: str) -> None:
    text = text_of(shared(name))
    problem = parse_problem(text, place=name)
    assert json.loads(dump_problem(problem)) == json.loads(text)


@pytest.mark.parametrize("name", FILES)
def test_the_empty_plan_leaves_every_case_out(name: str) -> None:
    problem = parse_problem(text_of(shared(name)), place=name)
    prices = problem.objective
    expected = sum(prices.unscheduled[case.priority] for case in problem.cases)
    expected += sum(prices.unbook * c.booking.move_weight for c in problem.cases if c.booking)
    assert score(problem, Plan()).cost == expected
