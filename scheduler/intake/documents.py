"""Files of FHIR JSON as documents: NDJSON, single JSON, a folder of either, and `.gz` of all.

What a name says is believed (`.ndjson`, `.jsonl`: one document a line); any other file is one JSON
value, or lines when its first line is already a whole object.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from models.errors import InputError
from scheduler.files import read_bytes
from scheduler.intake.faults import IntakeFault, Journal
from scheduler.intake.jsontree import Json

LINE_SUFFIXES = (".ndjson", ".jsonl")
SUFFIXES = (*LINE_SUFFIXES, ".json")


@dataclass(frozen=True, slots=True)
class Document:
    """One JSON object and where it stands."""

    file: str
    line: int | None
    content: Json


@dataclass(frozen=True, slots=True)
class BrokenText:
    """Text that is no JSON object, kept so that the patients it names can be warned about."""

    file: str
    line: int | None
    text: str


def read_documents(
    paths: Path | Iterable[Path], journal: Journal
) -> tuple[list[Document], list[BrokenText]]:
    """Every JSON object in the files, in order of path and line; broken text is also a fault.

    Raises:
        InputError: a named file or folder is missing or cannot be read, or a folder holds no FHIR.
    """
    good: list[Document] = []
    broken: list[BrokenText] = []
    for path in (paths,) if isinstance(paths, Path) else paths:
        for file, text in _texts(path, journal):
            for item in _split(file, text):
                if isinstance(item, Document):
                    good.append(item)
                else:
                    broken.append(item)
                    reason = _why_broken(item.text)
                    journal.faults.append(IntakeFault(item.file, item.line, "", "", reason))
    return good, broken


def _texts(path: Path, journal: Journal) -> Iterator[tuple[Path, str]]:
    if not path.is_dir():
        yield path, _decode(path)
        return
    inside = sorted(
        file
        for file in path.rglob("*")
        if file.is_file() and not file.name.startswith(".") and _bare(file).suffix in SUFFIXES
    )
    if not inside:
        raise InputError(
            "no .json or .ndjson file in this folder",
            place=str(path),
            remedy="name a file, or a folder that holds FHIR resources",
        )
    for file in inside:
        try:
            yield file, _decode(file)
        except InputError as error:
            journal.faults.append(IntakeFault(str(file), None, "", "", error.problem))


def _bare(path: Path) -> Path:
    return path.with_suffix("") if path.suffix == ".gz" else path


def _decode(path: Path) -> str:
    return read_bytes(path).decode("utf-8-sig", errors="replace")


def _split(file: Path, text: str) -> Iterator[Document | BrokenText]:
    if _bare(file).suffix in LINE_SUFFIXES or _lines_of_objects(text):
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                yield from _objects(str(file), number, line)
    else:
        yield from _objects(str(file), None, text)


def _lines_of_objects(text: str) -> bool:
    first, _, rest = text.lstrip().partition("\n")
    return bool(rest.strip()) and isinstance(parse_json(first), dict)


def _objects(file: str, line: int | None, text: str) -> Iterator[Document | BrokenText]:
    value = parse_json(text)
    for item in value if isinstance(value, list) else [value]:
        yield (
            Document(file, line, item) if isinstance(item, dict) else BrokenText(file, line, text)
        )


def parse_json(text: str) -> object:
    """The value of a JSON text, or None; NaN and infinities are no JSON."""
    try:
        value: object = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return value


def _refuse(constant: str) -> float:
    msg = f"{constant} is not JSON"
    raise ValueError(msg)


def _why_broken(text: str) -> str:
    try:
        json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        return f"not JSON: {error.msg} at character {error.pos + 1}"
    except (ValueError, RecursionError) as error:
        return f"not JSON: {error}"
    return "not a JSON object"
