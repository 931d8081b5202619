"""`holdfast scenario network`: many sites from files, run, summed up, with transfers."""

import json
from pathlib import Path

import pytest

from models.problem import dump_problem
from tests.builders import a_case, a_problem, a_resource, between
from tests.integration.command_line import Ran, run

FILE = """
name: valley
sites:
  - {name: north, file: north.json}
  - {name: south, file: south.json}
transfers:
  - {from: north, to: south, km: 35, points: 300}
"""
PRICIER = """
name: pricier
edits:
  - {kind: prices, prices: {unscheduled: {routine: 9000}}}
"""


@pytest.fixture
def valley(tmp_path: Path) -> Path:
    """Two sites with a suite that is open for one hour; three at north need an hour, none south."""
    suite = a_resource("suite-1", available=[between("08:00", "09:00")])
    cases = [a_case("a", priority="soon"), a_case("b"), a_case("c")]
    (tmp_path / "north.json").write_text(dump_problem(a_problem(cases, [suite])))
    (tmp_path / "south.json").write_text(dump_problem(a_problem([], [suite])))
    path = tmp_path / "valley.yaml"
    path.write_text(FILE)
    return path


def network(path: Path, *more: object) -> Ran:
    options = ("--processes", 1, "--iterations", 20, "--cache", path.parent / "kept", *more)
    return run("scenario", "network", path, *options)


def test_network_is_run_and_summed_up(valley: Path) -> None:
    ran = network(valley, "--json")
    assert ran.code == 0, ran.err
    (baseline,) = ran.json
    (alone,), (together,) = baseline["alone"], baseline["together"]
    # One case fits at each site: two routine cases are left out at 4,000 points, or one and a trip.
    assert (alone["treated"], alone["waiting"], alone["points"]) == (1, 2, 8_000)
    assert (together["treated"], together["waiting"], together["points"]) == (2, 1, 4_300)
    assert [(move["home"], move["to"]) for move in baseline["moved"]] == [("north", "south")]
    assert [site["name"] for site in baseline["sites"]] == ["north", "south"]


def test_scenario_is_run_at_the_sites_named(valley: Path) -> None:
    scenario = valley.with_name("pricier.yaml")
    scenario.write_text(PRICIER)
    points = {}
    for at in ("north", "south"):
        ran = network(valley, scenario, "--at", at, "--json")
        assert ran.code == 0, ran.err
        points[at] = {one["scenario"]: one["together"][0]["points"] for one in ran.json}
    # What is left out is left out at north: one case at 9,000 points instead of 4,000.
    assert points == {
        "north": {"baseline": 4_300, "pricier": 9_300},
        "south": {"baseline": 4_300, "pricier": 4_300},
    }


def test_answer_for_people_names_sites_and_sums(valley: Path) -> None:
    ran = network(valley)
    assert ran.code == 0, ran.err
    shown = [line.split() for line in ran.out.splitlines()]
    assert ["baseline", "together", "3", "2", "0", "1", "0", "1", "4,300"] in shown
    assert ["south", "0", "1", "0", "0"] in shown


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (("south.json", "absent.json"), "absent.json: no such file"),
        (("to: south", "to: west"), "there is no site 'west'"),
        (("km: 35", "kms: 35"), "there is no such member"),
    ],
)
def test_wrong_network_is_one_clear_error_and_nothing_is_run(
    valley: Path, change: tuple[str, str], error: str
) -> None:
    valley.write_text(FILE.replace(*change))
    ran = network(valley)
    assert ran.code == 1
    assert error in ran.err
    assert not (valley.parent / "kept").exists()


def test_site_that_is_not_there_is_refused(valley: Path) -> None:
    ran = network(valley, "--at", "west")
    assert ran.code == 1
    assert "choose from north, south" in ran.err


def test_second_run_reads_what_is_kept(valley: Path) -> None:
    first = network(valley, "--json")
    kept = sorted((valley.parent / "kept").rglob("*.json.gz"))
    # Two sites alone, and both again with the case moved (with both moved first, which did not do).
    assert 4 <= len(kept) <= 6
    before = {path: path.stat().st_ino for path in kept}  # a file written anew is another file
    assert json.loads(network(valley, "--json").out) == first.json
    assert {path: path.stat().st_ino for path in kept} == before
