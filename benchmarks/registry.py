"""Every problem the benchmarks run on, by name: reference files when present, and own families.

Reference files lie in `shared/bench/planning` and `shared/bench/external` beside the checkout; the
families are generated, so that anybody has them.
"""

import gzip
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

from benchmarks.families import disrupted, machine_tests, surgery, waiting
from models.errors import InputError
from models.problem import PlanningProblem, parse_problem

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "bench"
FOLDERS = ("planning", "external")
SUFFIXES = (".json.gz", ".json")

# Cases, suites, days, seed. Five cases for a suite and day are as many as mostly fit.
WAITING = {
    "own-waiting-40": (40, 1, 8, 1),
    "own-waiting-100": (100, 2, 10, 2),
    "own-waiting-200": (200, 4, 10, 3),
    "own-waiting-400": (400, 4, 20, 4),
    "own-waiting-800": (800, 8, 20, 5),
    "own-overfull-260": (260, 4, 10, 6),
}
DISRUPTED = {"own-disrupted-200": (200, 4, 10, 7), "own-disrupted-400": (400, 4, 20, 8)}
# Cases, theatres, days, seed.
SURGERY = {"own-surgery-150": (150, 3, 10, 9), "own-surgery-400": (400, 6, 15, 10)}
# Tests, machines, shared equipment, seed.
MACHINE_TESTS = {"own-tests-40": (40, 10, 3, 11), "own-tests-300": (300, 20, 6, 12)}
GROWTH = ((100, 2, 10), (200, 4, 10), (400, 4, 20), (800, 8, 20), (1600, 8, 40), (3200, 16, 40))


@dataclass(frozen=True, slots=True)
class Instance:
    """A problem by name, of a family, made or read when asked for.

    `argument` is what `chosen` finds it by: its name, or its path where it is a file given as such.
    """

    name: str
    family: str
    argument: str
    load: Callable[[], PlanningProblem]


def instances() -> tuple[Instance, ...]:
    """Reference files by folder and name, then the own families."""
    return (*reference_files(), *own_families())


def reference_files() -> Iterable[Instance]:
    """The files beside the checkout; none where the folders are absent."""
    for folder in FOLDERS:
        for path in sorted((SHARED / folder).glob("*.json.gz")):
            name = name_of(path)
            yield Instance(name, folder, name, partial(read, path))


def name_of(path: Path) -> str:
    """The name of a planning file."""
    suffix = next((s for s in SUFFIXES if path.name.endswith(s)), "")
    return path.name.removesuffix(suffix)


def read(path: Path) -> PlanningProblem:
    """The problem of a planning file, gzipped or not."""
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    return parse_problem(text, place=path.name)


def own_families() -> Iterable[Instance]:
    """The generated problems."""
    for make, sizes in (
        (waiting, WAITING),
        (disrupted, DISRUPTED),
        (surgery, SURGERY),
        (machine_tests, MACHINE_TESTS),
    ):
        for name, figures in sizes.items():
            yield Instance(
                name, f"own {make.__name__}".replace("_", " "), name, partial(make, *figures)
            )


def growing(seed: int = 0) -> tuple[Instance, ...]:
    """Waiting lists of twice as many cases each time, at five cases for a suite and day."""
    return tuple(
        Instance(name, "growth", name, partial(waiting, cases, suites, days, seed))
        for cases, suites, days in GROWTH
        for name in [f"grow-{cases}-{seed}"]
    )


def chosen(patterns: Iterable[str]) -> tuple[Instance, ...]:
    """Instances whose name fits a pattern such as `waiting-*`; a pattern with a suffix names files.

    The lists of `growing` are named with their seed: `grow-400-0`, `grow-*-1`.

    Raises:
        InputError: a pattern fits nothing.
    """
    known = instances()
    found: dict[str, Instance] = {}
    for pattern in patterns:
        if pattern.endswith(SUFFIXES):
            path = Path(pattern)
            fitting = [
                Instance(name_of(p), "file", str(p), partial(read, p))
                for p in sorted(path.parent.glob(path.name))
            ]
        else:
            seed = re.fullmatch(r"grow-.+-(\d+)", pattern)
            among = growing(int(seed[1])) if seed else known
            fitting = [one for one in among if fnmatch(one.name, pattern)]
        if not fitting:
            raise InputError(
                f"no problem is named {pattern!r}",
                remedy="see the names with --list, or give a planning file",
            )
        found |= {one.name: one for one in fitting}
    return tuple(found.values())
