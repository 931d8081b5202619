"""Sweeps: one or two members of the edits over a grid, each point a scenario of its own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from pydantic import JsonValue, ValidationError

from models.documents import first_fault
from models.errors import InputError
from scenarios.edits.base import Edit
from scenarios.edits.kinds import KINDS
from scenarios.edits.naming import unknown
from scenarios.scenario import Scenario, ScenarioDocument, Sweep

MOST_POINTS = 400


@dataclass(frozen=True, slots=True)
class Point:
    """One scenario of a sweep; without a sweep there is one, with neither label nor values."""

    label: str
    """Such as `factor=0.8,hours=24`."""
    values: Mapping[str, JsonValue]
    """By `Sweep.at`."""
    scenario: Scenario


def expand(document: ScenarioDocument) -> tuple[Point, ...]:
    """The scenarios of a document: all combinations of what it sweeps over, the last one fastest.

    Raises:
        InputError: a sweep names what is not there, or a value that does not fit; two of one place.
    """
    sweeps = document.sweep
    if not sweeps:
        return (Point("", {}, document.scenario),)
    if len({sweep.at for sweep in sweeps}) < len(sweeps):
        raise InputError(f"{sweeps[0].at} is swept twice", place="sweep", remedy="name it once")
    count = prod(len(sweep.values) for sweep in sweeps)
    if count > MOST_POINTS:
        problem = f"{count} points are more than {MOST_POINTS}"
        raise InputError(problem, place="sweep", remedy="give fewer values")
    grid = [[(sweep, n) for n in range(len(sweep.values))] for sweep in sweeps]
    return tuple(_point(document, chosen) for chosen in product(*grid))


def _point(document: ScenarioDocument, chosen: tuple[tuple[Sweep, int], ...]) -> Point:
    parts = [f"{_short(sweep, document)}={_text(sweep, number)}" for sweep, number in chosen]
    label = ",".join(parts)
    edits: tuple[Edit, ...] = document.edits
    for sweep, number in chosen:
        edits = _with_value(edits, sweep, number)
    base = document.scenario
    named = {
        "name": f"{base.name}@{label}",
        "title": f"{base.title or base.name}: {', '.join(parts)}",
    }
    return Point(
        label=label,
        values={sweep.at: sweep.values[number] for sweep, number in chosen},
        scenario=base.model_copy(update=named | {"edits": edits}),
    )


def _short(sweep: Sweep, document: ScenarioDocument) -> str:
    """The member, with the kind of its edit or else its place where only that tells them apart."""
    for way in (_member, _of_kind):
        names = [way(other, document) for other in document.sweep]
        if len(set(names)) == len(names):
            return way(sweep, document)
    return sweep.at


def _member(sweep: Sweep, _document: ScenarioDocument) -> str:
    return sweep.at.rpartition(".")[2]


def _of_kind(sweep: Sweep, document: ScenarioDocument) -> str:
    at = int(sweep.at.split(".")[1])
    kind = str(document.edits[at].kind) if at < len(document.edits) else str(at)
    return f"{kind}.{_member(sweep, document)}"


def _text(sweep: Sweep, number: int) -> str:
    if sweep.labels:
        return sweep.labels[number]
    value = sweep.values[number]
    return value if isinstance(value, str) else json.dumps(value)


def _with_value(edits: tuple[Edit, ...], sweep: Sweep, number: int) -> tuple[Edit, ...]:
    position, *path = sweep.at.removeprefix("edits.").split(".")
    at = int(position)
    if at >= len(edits):
        raise InputError(
            f"{sweep.at}: {_counted(len(edits))}",
            place="sweep",
            remedy="name one that is there",
        )
    edit = edits[at]
    raw = edit.model_dump(mode="json")
    kind = str(raw["kind"])
    _put(raw, path, sweep.values[number], sweep.at)
    try:
        fresh = KINDS[kind].model_validate(raw)
    except ValidationError as error:
        fault = f"{sweep.at} = {_text(sweep, number)}: {first_fault(error, raw)}"
        raise InputError(
            fault, place=f"sweep, edit {at + 1} ({kind})", remedy="give values that fit"
        ) from error
    return (*edits[:at], fresh, *edits[at + 1 :])


def _counted(edits: int) -> str:
    """How many edits there are, as a sweep counts them."""
    if edits < 2:
        return "the only edit is edits.0" if edits else "there are no edits"
    return f"there are {edits} edits, edits.0 to edits.{edits - 1}"


def _put(raw: Any, path: list[str], value: JsonValue, at: str) -> None:
    """Set what lies at the end of a path through plain data."""
    *way, last = path
    for step in way:
        raw = raw[_key(raw, step, at)]
    key = _key(raw, last, at)
    if key == "kind" and len(path) == 1:
        raise InputError(f"{at}: a kind is not swept", place="sweep", remedy="sweep a member")
    raw[key] = value


def _key(raw: Any, step: str, at: str) -> str | int:
    if isinstance(raw, list) and step.isdecimal() and int(step) < len(raw):
        return int(step)
    if isinstance(raw, dict) and step in raw:
        return step
    known = [*raw] if isinstance(raw, dict) else []
    error = unknown("member", step, known)
    raise InputError(f"{at}: {error.problem}", place="sweep", remedy=error.remedy)
