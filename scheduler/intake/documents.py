"""Files of FHIR JSON as documents: NDJSON, single JSON, a folder of either, and `.gz` of all.

What a name says is believed (`.ndjson`, `.jsonl`: one document a line); any other file is one JSON
value, or lines when its first line is already a whole object. FHIR JSON is UTF-8, and lines end at
line feeds only: the other signs that Python takes for line ends may stand in JSON texts.
"""

import json
from codecs import BOM_UTF8
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
    reason: str


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
        for file, content in _contents(path, journal):
            if not content.strip():
                journal.faults.append(IntakeFault(str(file), None, "", "", "the file is empty"))
                continue
            for item in _split(file, content):
                if isinstance(item, Document):
                    good.append(item)
                else:
                    broken.append(item)
                    journal.faults.append(IntakeFault(item.file, item.line, "", "", item.reason))
    return good, broken


def _contents(path: Path, journal: Journal) -> Iterator[tuple[Path, bytes]]:
    if not path.is_dir():
        yield path, _content(path)
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
            yield file, _content(file)
        except InputError as error:
            journal.faults.append(IntakeFault(str(file), None, "", "", error.problem))


def _bare(path: Path) -> Path:
    return path.with_suffix("") if path.suffix == ".gz" else path


def _content(path: Path) -> bytes:
    return read_bytes(path).removeprefix(BOM_UTF8)


def _split(file: Path, content: bytes) -> Iterator[Document | BrokenText]:
    if _bare(file).suffix in LINE_SUFFIXES or _lines_of_objects(content):
        for number, line in enumerate(content.split(b"\n"), start=1):
            if line.strip():
                yield from _objects(str(file), number, line)
    else:
        yield from _objects(str(file), None, content)


def _lines_of_objects(content: bytes) -> bool:
    first, _, rest = content.lstrip().partition(b"\n")
    return bool(rest.strip()) and isinstance(_parsed(first)[0], dict)


def _objects(file: str, line: int | None, content: bytes) -> Iterator[Document | BrokenText]:
    value, fault = _parsed(content)
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield Document(file, line, item)
        else:
            text = content.decode(errors="replace")
            yield BrokenText(file, line, text, fault or "not a JSON object")


def _parsed(content: bytes) -> tuple[object, str]:
    """The value of a JSON text, or None and why it is none; NaN and infinities are no JSON."""
    try:
        return json.loads(content.decode(), parse_constant=_refuse), ""
    except UnicodeDecodeError as error:
        return None, f"not UTF-8: {error.reason} at byte {error.start + 1}"
    except json.JSONDecodeError as error:
        return None, f"not JSON: {error.msg} at character {error.pos + 1}"
    except (ValueError, RecursionError) as error:
        return None, f"not JSON: {error}"


def _refuse(constant: str) -> float:
    msg = f"{constant} is not JSON"
    raise ValueError(msg)
