"""The faults of nights in a few rounds each, on both engines; `make faults` runs the long forms.

Their controls, which need more rounds, are in `test_night_runs` as single steps.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FAULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "faults"


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> tuple[tuple[str, ...], dict[str, str]]:
    """Options and environment of a benchmark for one engine."""
    if request.param == "sqlite":
        return (), {}
    server = request.getfixturevalue("postgres_server")
    return ("--postgres",), {"HOLDFAST_TEST_POSTGRES": server}


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("worker_kills", ("--rounds", "1", "--control", "0")),
        ("two_clocks", ("--rounds", "1", "--control", "0")),
        ("edits_during_solve", ("--rounds", "10", "--control", "0")),
    ],
)
def test_a_few_rounds_show_no_fault(
    name: str, options: tuple[str, ...], engine: tuple[tuple[str, ...], dict[str, str]]
) -> None:
    more, environment = engine
    done = subprocess.run(
        [sys.executable, FAULTS / f"{name}.py", *options, *more],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
