"""Who may import whom, and that importing does no work."""

import subprocess
import sys
from pathlib import Path

from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "ortools",
    "pandas",
    "numpy",
    "fhir",
    "sqlalchemy",
    "jinja2",
    "pint",
    "fastapi",
    "holidays",
)


def _python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=ROOT,
    )
    return done.stdout.strip()


def test_the_import_contracts_hold() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_help_loads_nothing_heavy() -> None:
    # --help answers at once; engine, database and FHIR are loaded by the commands that need them
    loaded = _python(
        "import sys; from scheduler.cli import main; main(['--help']);"
        f"print('loaded', *sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    assert loaded.splitlines()[-1] == "loaded"


def test_the_domain_loads_pydantic_and_nothing_else() -> None:
    loaded = _python(
        "import sys, models.problem, models.checks.feasibility, models.checks.scorecard;"
        "print(*sorted(set(sys.modules) & {'typer', 'rich', 'ortools', 'sqlalchemy', 'pandas'}))"
    )
    assert loaded == ""
