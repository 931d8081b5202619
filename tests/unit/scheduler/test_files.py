"""Files are read with clear errors, and written whole or not at all."""

import json
from pathlib import Path

import pytest

from models.errors import InputError
from models.plan import Placement, Plan
from scheduler.files import (
    read_plan,
    read_problem,
    read_text,
    write_plan,
    write_problem,
    write_text,
)
from tests.integration.documents import a_document, write

PLAN = Plan.model_validate(
    {
        "placements": [
            {"case": "A", "start": "2026-11-23T09:00:00-06:00", "assigned": {"suite": "suite-1"}}
        ]
    }
)


@pytest.mark.parametrize("name", ["problem.json", "problem.json.gz"])
def test_a_problem_comes_back_as_it_was(tmp_path: Path, name: str) -> None:
    problem = read_problem(write(tmp_path / "in.json", a_document()))
    write_problem(tmp_path / name, problem)
    assert read_problem(tmp_path / name) == problem


@pytest.mark.parametrize("name", ["plan.json", "plan.json.gz"])
def test_a_plan_keeps_its_figures(tmp_path: Path, name: str) -> None:
    write_plan(tmp_path / name, PLAN, {"cost": 7, "bound": 5})
    document = json.loads(read_text(tmp_path / name))
    assert (document["cost"], document["bound"]) == (7, 5)
    assert read_plan(tmp_path / name).placements == (
        Placement.model_validate(document["placements"][0]),
    )


def test_equal_plans_make_equal_packed_files(tmp_path: Path) -> None:
    # gzip would otherwise note the time of packing
    write_plan(tmp_path / "a.json.gz", PLAN)
    write_plan(tmp_path / "b.json.gz", PLAN)
    assert (tmp_path / "a.json.gz").read_bytes() == (tmp_path / "b.json.gz").read_bytes()


def test_nothing_is_left_beside_the_target(tmp_path: Path) -> None:
    write_text(tmp_path / "out.txt", "one")
    write_text(tmp_path / "out.txt", "two")
    assert [p.name for p in tmp_path.iterdir()] == ["out.txt"]
    assert (tmp_path / "out.txt").read_text() == "two"


def test_a_failed_write_leaves_the_old_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out.txt"
    write_text(target, "old")

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(InputError, match="No space left"):
        write_text(target, "new")
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out.txt"]


def test_a_link_keeps_pointing_where_it_did(tmp_path: Path) -> None:
    target = tmp_path / "real.txt"
    target.write_text("old")
    link = tmp_path / "link.txt"
    link.symlink_to(target)
    write_text(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_text_that_is_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9")
    with pytest.raises(InputError, match=r"not UTF-8.*byte 3"):
        read_text(tmp_path / "latin.txt")
