"""Who may import whom, and that importing does no work."""

import subprocess
import sys
from pathlib import Path

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
    # In a process of its own: the linter silences every logger that exists where it runs.
    run = "from importlinter.cli import lint_imports as lint; print(lint(no_cache=True))"
    assert _python(run).endswith("0")


def test_help_loads_nothing_heavy() -> None:
    # --help answers at once; engine, database and FHIR are loaded by the commands that need them
    loaded = _python(
        "import sys; from api.cli import main; main(['--help']);"
        f"print('loaded', *sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    assert loaded.splitlines()[-1] == "loaded"


def test_the_domain_loads_pydantic_and_nothing_else() -> None:
    loaded = _python(
        "import sys, models.problem, models.checks.feasibility, models.checks.scorecard;"
        "print(*sorted(set(sys.modules) & {'typer', 'rich', 'ortools', 'sqlalchemy', 'pandas'}))"
    )
    assert loaded == ""


def test_a_package_of_the_same_name_is_refused(tmp_path: Path) -> None:
    # two distributions may ship a package called api; whoever comes first on the path wins
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "__init__.py").write_text("")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from scheduler.cli import main; sys.exit(main(['--version']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "the package 'api' is not Holdfast's" in done.stderr
    assert len(done.stderr.splitlines()) == 1
