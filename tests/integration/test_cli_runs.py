"""Runs through the command line: asked for, listed, cancelled; and one look of the clock."""

import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.store.engine import Store
from tests.contract.department import department_at
from tests.integration.command_line import run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The store of a site without cases."""
    target = tmp_path / "store.sqlite"
    opened = Store.at(str(target))
    opened.migrate()
    department_at(opened)
    opened.close()
    return target


def test_a_run_is_asked_for_listed_and_cancelled(path: Path) -> None:
    name = run("--store", path, "run", "request", "--seconds", 5).out.strip()
    listed = run("--store", path, "run", "list", "--json").json
    assert [(r["id"], r["state"], r["order"]["seconds"]) for r in listed] == [(name, "queued", 5)]
    assert "cancelled by system" in run("--store", path, "run", "cancel", name).out
    assert "cancelled" in run("--store", path, "run", "list").out
    again = run("--store", path, "run", "cancel", name)
    assert (again.code, f"run {name}: it is cancelled already" in again.err) == (1, True)


def test_a_clock_that_looks_once_begins_with_the_next_night(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "api", "clock", "--once", "--store", path],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "is running" in done.stdout
    (first,) = run("--store", path, "run", "list", "--json").json
    assert (first["status"], first["requested_by"]) == ("before-first-clock", "clock")
    assert "before the first clock" in first["outcome"]
