"""`holdfast scenario`: the department frozen, edited and run from the command line."""

import json
from pathlib import Path

from scenarios.practice import parse_practice
from scheduler.demo.practice import demo_practice
from tests.integration.command_line import run


def test_the_demo_department_is_frozen_to_a_file(tmp_path: Path) -> None:
    out = tmp_path / "practice.json.gz"
    ran = run("scenario", "freeze", "--demo", "--demo-cases", 5, "--out", out, "--json")
    assert ran.code == 0, ran.err
    assert (ran.json["cases"], ran.json["booked"]) == (5, 0)
    from scheduler.files import read_bytes

    assert parse_practice(read_bytes(out), place="test") == demo_practice(cases=5)


def test_a_pseudonymous_file_names_nobody(tmp_path: Path) -> None:
    out = tmp_path / "practice.json"
    ran = run("scenario", "freeze", "--demo", "--demo-cases", 5, "--pseudonymous", "--out", out)
    assert ran.code == 0, ran.err
    known = json.loads(out.read_text(encoding="utf-8"))["known"]
    assert [one["referral"]["id"] for one in known] == [f"case-{n:06}" for n in range(1, 6)]
    assert "Andrade" not in out.read_text(encoding="utf-8")  # who refers in the demo


def test_a_store_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    out = tmp_path / "practice.json"
    ran = run("--store", tmp_path / "none.sqlite", "scenario", "freeze", "--out", out)
    assert ran.code == 1
    assert ran.err.startswith("error: ")
    assert not out.exists()
