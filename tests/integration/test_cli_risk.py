"""`plan --risk` on planning files: cost and risk apart, suite-days, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.command_line import run
from tests.integration.documents import a_case, a_document, write

COUNTED = ("--seconds", 600, "--workers", 1, "--iterations", 100)
"""The seconds leave room for compiling the search."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Four cases of an hour for two suites of two hours, which are open for nothing."""
    document = a_document(*(a_case(name) for name in "ABCD"))
    suite = document["resources"][0] | {"open_cost": 0}
    span = ["2026-11-23T08:00:00-06:00", "2026-11-23T10:00:00-06:00"]
    document["resources"] = [{**suite, "id": f"suite-{n}", "available": [span]} for n in (1, 2)]
    return write(tmp_path / "p.json", document)


@pytest.fixture
def fragility(tmp_path: Path) -> Path:
    return write(tmp_path / "f.json", a_fragility({"A": 300, "B": 300, "C": 10, "D": 10}))


def a_fragility(permille: dict[str, Any]) -> dict[str, Any]:
    return {"format": "holdfast-fragility", "version": 1, "permille": permille}


def test_plan_tells_cost_and_risk_apart(file: Path, fragility: Path, tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    wanted = ("--risk", 10_000, "--fragility", fragility, "--out", out)
    ran = run("plan", file, *COUNTED, *wanted, "--json")
    assert ran.code == 0
    # A and B apart, each with a case of 10: 2 * 0.3 * 0.01 pairs at 10,000 points
    risk = ran.json["risk"]
    assert (ran.json["cost"], risk["points"], risk["pairs"]) == (0, 60, 0.006)
    assert [day["two_or_more"] for day in risk["riskiest"]] == [0.003, 0.003]
    assert risk["plain"]["points"] >= 60
    assert json.loads(out.read_text())["risk"] == risk
    # the independent judge knows nothing of risk
    assert run("check", file, out, "--json").json["cost"] == 0


def test_plan_shows_the_riskiest_suite_days_before_and_after(file: Path, fragility: Path) -> None:
    ran = run("plan", file, *COUNTED, "--risk", 10_000, "--fragility", fragility)
    assert "60 (0.006 expected pairs of failures" in ran.out
    assert "by cost alone" in ran.out
    lines = [line.split() for line in ran.out.splitlines()]
    assert ["suite-1", "2026-11-23", "2", "0.3%"] in lines
    assert any(line[:1] == ["riskiest"] for line in lines)


def test_without_fragility_every_case_is_of_the_highest_class(file: Path) -> None:
    ran = run("plan", file, *COUNTED, "--risk", 1000, "--json")
    assert "nothing is known" in ran.err
    # the highest class is 400 permille, two on each suite: 2 * 0.16 pairs
    assert ran.json["risk"]["pairs"] == 0.32


def test_a_case_that_the_file_does_not_name_is_no_safer_than_any_it_names(
    file: Path, tmp_path: Path
) -> None:
    known = write(tmp_path / "f.json", a_fragility({"A": 900, "B": 0, "C": 0}))
    ran = run("plan", file, *COUNTED, "--risk", 1000, "--fragility", known, "--json")
    # D counts 900 as well: with A it would make 0.81 pairs
    assert ran.json["risk"]["pairs"] == 0
    alone = write(tmp_path / "g.json", a_fragility({"A": 900}))
    ran = run("plan", file, *COUNTED, "--risk", 1000, "--fragility", alone, "--json")
    assert ran.json["risk"]["pairs"] == 1.62  # two pairs of 0.9 * 0.9


def test_a_plan_without_risk_says_nothing_of_it(file: Path) -> None:
    ran = run("plan", file, *COUNTED, "--json")
    assert "risk" not in ran.json


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (a_fragility({"Z": 10}), "there is no case 'Z' in the planning file"),
        (a_fragility({"A": 1001}), "permille.A"),
        ({"A": 100}, "correct the fragility file"),
    ],
)
def test_a_bad_fragility_file_is_one_error_and_nothing_is_written(
    file: Path, tmp_path: Path, document: object, words: str
) -> None:
    out = tmp_path / "plan.json"
    bad = write(tmp_path / "bad.json", document)
    ran = run("plan", file, *COUNTED, "--risk", 10, "--fragility", bad, "--out", out)
    assert ran.code == 1
    assert ran.err.count("error:") == 1
    assert str(bad) in ran.err
    assert words in ran.err
    assert not out.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        ("--risk", 0),
        ("--risk", "much"),
        ("--fragility", "f.json"),
        ("--risk", 10, "--curve"),
        ("--risk", 10, "--max-moves", 1),
    ],
)
def test_options_that_do_not_go_together_are_wrong_usage(
    file: Path, wrong: tuple[object, ...]
) -> None:
    assert run("plan", file, *wrong).code == 2
