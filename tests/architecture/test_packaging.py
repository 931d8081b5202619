"""The five packages: present, typed, claimed by no other distribution, each module introduced."""

import ast
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("api", "models", "scenarios", "scheduler", "solver")
MAX_LINES = 400
MODULES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "versions" not in path.parts  # migrations are generated
)
TEST_MODULES = sorted((ROOT / "tests").rglob("*.py"))


def test_all_modules_are_found() -> None:
    # an empty list would let every check below pass
    assert len(MODULES) > 20
    assert len(TEST_MODULES) > 20


@pytest.mark.parametrize("package", PACKAGES)
def test_package_is_typed(package: str) -> None:
    assert (ROOT / package / "__init__.py").is_file()
    assert (ROOT / package / "py.typed").is_file()


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_distribution_claims_the_name(package: str) -> None:
    # pip overwrites silently when two distributions ship a package of one name
    assert set(packages_distributions().get(package, [])) <= {"holdfast"}


def test_every_folder_of_modules_is_a_package() -> None:
    # without tests/__init__.py the folder tests/unit/models would stand in for models
    folders = {path.parent for path in (*MODULES, *TEST_MODULES)}
    assert [
        str(f.relative_to(ROOT)) for f in sorted(folders) if not (f / "__init__.py").is_file()
    ] == []


def test_every_module_has_a_docstring() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is None
    ]
    assert silent == []


def test_every_file_is_under_four_hundred_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in (*MODULES, *TEST_MODULES)
        if (count := len(path.read_text(encoding="utf-8").splitlines())) >= MAX_LINES
    }
    assert long == {}


def test_imports_are_absolute() -> None:
    relative = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []
