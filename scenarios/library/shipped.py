"""The ready scenarios: one YAML file each beside this module, listed by name."""

from importlib.resources import files

from models.errors import NotFoundError
from scenarios.edits.naming import unknown
from scenarios.scenario import ScenarioDocument
from scenarios.scenario_files import parse_scenario

_SUFFIX = ".yaml"


def library_names() -> tuple[str, ...]:
    """Names of the ready scenarios, sorted."""
    found = (entry.name for entry in files("scenarios.library").iterdir())
    return tuple(sorted(n.removesuffix(_SUFFIX) for n in found if n.endswith(_SUFFIX)))


def library_text(name: str) -> str:
    """The scenario file of a name, to be read or copied.

    Raises:
        NotFoundError: the library has no such scenario.
    """
    names = library_names()
    if name not in names:
        error = unknown("scenario of the library", name, names)
        raise NotFoundError(error.problem, remedy=error.remedy)
    return (files("scenarios.library") / f"{name}{_SUFFIX}").read_text(encoding="utf-8")


def library_scenario(name: str) -> ScenarioDocument:
    """The ready scenario of a name.

    Raises:
        NotFoundError: the library has no such scenario.
    """
    return parse_scenario(library_text(name), f"{name}{_SUFFIX}")
