"""Scenario files, in YAML or JSON; a fault names the file, the edit and the nearest known name.

Whatever can be told without a department is checked here, every point of a sweep included.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from models.documents import first_fault, location
from models.errors import InputError
from scenarios.documents import load_document
from scenarios.edits.base import Edit
from scenarios.edits.kinds import KINDS
from scenarios.edits.naming import nearest, unknown
from scenarios.scenario import ScenarioDocument
from scenarios.sweeps import expand

_REMEDY = "correct the scenario file"
_FILE = "_file"
M = TypeVar("M", bound=BaseModel)
Reader = Callable[[str], str]
"""The text of a file that a scenario names, by its name as written there."""


def parse_scenario(text: str, place: str, *, read: Reader | None = None) -> ScenarioDocument:
    """The scenario that a YAML or JSON document holds, wholly checked.

    Args:
        text: the document.
        place: its name in errors.
        read: gives the text of files that edits name (`durations_file`, `csv_file`); None: such
            members are refused.

    Raises:
        InputError: neither YAML nor JSON, a key given twice, an unknown kind or member (with the
            nearest name), a member that is missing or wrong, a sweep over what is not there.
    """
    raw = load_document(text, place=place, remedy=_REMEDY)
    return scenario_of(raw, place, read=read)


def scenario_of(raw: object, place: str, *, read: Reader | None = None) -> ScenarioDocument:
    """The scenario that plain data says, such as a body of JSON; otherwise as `parse_scenario`."""
    if not isinstance(raw, dict):
        raise InputError("this is no scenario", place=place, remedy="give a name and edits")
    listed = raw.get("edits") or ()
    if not isinstance(listed, list | tuple):
        raise InputError("edits: not a list", place=place, remedy=_REMEDY)
    edits = tuple(
        _edit(one, f"{place}, edit {number}", read) for number, one in enumerate(listed, 1)
    )
    document = _checked(raw | {"edits": edits}, ScenarioDocument, place)
    try:
        expand(document)
    except InputError as error:
        where = f"{place}: {error.place}" if error.place else place
        raise InputError(error.problem, place=where, remedy=error.remedy or _REMEDY) from error
    return document


def _edit(raw: object, place: str, read: Reader | None) -> Edit:
    if not isinstance(raw, dict):
        raise InputError("not an edit", place=place, remedy="give its kind and members")
    kind = raw.get("kind")
    if not isinstance(kind, str):
        raise InputError("it has no kind", place=place, remedy=f"give one of {', '.join(KINDS)}")
    if kind not in KINDS:
        error = unknown("kind of edit", kind, KINDS)
        raise InputError(error.problem, place=place, remedy=error.remedy)
    place = f"{place} ({kind})"
    return _checked(_with_files(raw, KINDS[kind], place, read), KINDS[kind], place)


def _checked(raw: Mapping[str, Any], model: type[M], place: str) -> M:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        strange = [e["loc"] for e in error.errors() if e["type"] == "extra_forbidden"]
        if strange:
            raise _no_member(tuple(location(strange[0], raw)), model, place) from error
        raise InputError(first_fault(error, raw), place=place, remedy=_REMEDY) from error


def _no_member(loc: tuple[str, ...], model: type[BaseModel], place: str) -> InputError:
    *way, name = loc
    known = _members(model, way)
    near = nearest(name, known)
    hint = f"nearest: {near}" if near else f"it may have {', '.join(known)}"
    where = f"{'.'.join(way)}: " if way else ""
    return InputError(f"{where}there is no member {name!r}", place=place, remedy=hint)


def _members(model: type[BaseModel], way: Iterable[str]) -> tuple[str, ...]:
    """Members of the models at the end of a way through members, positions and kinds."""
    models: tuple[type[BaseModel], ...] = (model,)
    for step in way:
        fields = [one.model_fields[step] for one in models if step in one.model_fields]
        models = tuple(found for field in fields for found in _models(field.annotation)) or models
    return tuple(dict.fromkeys(name for one in models for name in one.model_fields))


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _with_files(
    raw: Mapping[str, Any], model: type[Edit], place: str, read: Reader | None
) -> dict[str, Any]:
    """The edit with the content of files in place of their names: `csv_file` gives `csv`."""
    data = dict(raw)
    for name in sorted(raw):
        member = name.removesuffix(_FILE)
        if member == name or member not in model.model_fields:
            continue
        if member in raw:
            raise InputError(f"{member} is given twice", place=place, remedy="as text or as file")
        if read is None:
            raise InputError(
                f"{name}: no file can be read here", place=place, remedy="write it out"
            )
        text = read(str(data.pop(name)))
        data[member] = text if model.model_fields[member].annotation is str else _json(text, place)
    return data


def _json(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise InputError(f"not JSON: {error}", place=place, remedy="give a JSON file") from error
