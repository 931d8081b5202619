"""Planning files and plans on disk, `.json` or `.json.gz`, written whole or not at all."""

import gzip
import json
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from models.documents import parse_document
from models.errors import InputError
from models.plan import Placement, Plan
from models.problem import PlanningProblem, dump_problem, parse_problem
from scenarios.files import check_writable, write_bytes, write_text

__all__ = [
    "check_writable",
    "read_bytes",
    "read_plan",
    "read_problem",
    "read_text",
    "write_bytes",
    "write_lines",
    "write_plan",
    "write_problem",
    "write_text",
]


class _PlanFile(Plan):
    """A plan as a file has it: one that lists nothing says so."""

    placements: tuple[Placement, ...]


def read_bytes(path: Path) -> bytes:
    """The content of a file, unpacked when its name ends in `.gz`.

    Raises:
        InputError: there is no such file, it is a directory, may not be read, or is not gzip.
    """
    content = _read(path)
    if path.suffix != ".gz":
        return content
    try:
        return gzip.decompress(content)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(
            f"not a gzip file: {error}",
            place=str(path),
            remedy="compress it with gzip, or drop .gz from its name",
        ) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(
            "no such file", place=str(path), remedy="check the name and the folder"
        ) from error
    except IsADirectoryError as error:
        raise InputError(
            "this is a directory", place=str(path), remedy="name a file in it"
        ) from error
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}", place=str(path), remedy="check its permissions"
        ) from error


def read_text(path: Path) -> str:
    """The UTF-8 text of a file, unpacked when its name ends in `.gz`.

    Raises:
        InputError: as `read_bytes`, or the content is not UTF-8.
    """
    try:
        return read_bytes(path).decode()
    except UnicodeDecodeError as error:
        raise InputError(
            f"not UTF-8 text: {error.reason} at byte {error.start}",
            place=str(path),
            remedy="save it as UTF-8",
        ) from error


def read_problem(path: Path) -> PlanningProblem:
    """The planning problem in a file.

    Raises:
        InputError: the file cannot be read, or is not a planning file of version 1.
    """
    return parse_problem(read_bytes(path), place=str(path))


def read_plan(path: Path) -> Plan:
    """The plan in a file; members beyond the placements are kept.

    Raises:
        InputError: the file cannot be read, or is not a plan.
    """
    return parse_document(read_bytes(path), _PlanFile, place=str(path), kind="plan")


def write_problem(path: Path, problem: PlanningProblem) -> None:
    """Write a planning file.

    Raises:
        InputError: the file cannot be written; what was there before is untouched.
    """
    write_text(path, dump_problem(problem) + "\n")


def write_lines(path: Path, documents: Iterable[object]) -> None:
    """Write JSON documents, one a line.

    Raises:
        InputError: the file cannot be written; what was there before is untouched.
    """
    lines = (json.dumps(document, ensure_ascii=False) + "\n" for document in documents)
    write_text(path, "".join(lines))


def write_plan(path: Path, plan: Plan, figures: Mapping[str, object] | None = None) -> None:
    """Write a plan, with figures about it (cost, bound, seconds, ...) as members beside it.

    Raises:
        InputError: the file cannot be written; what was there before is untouched.
    """
    document = {**(figures or {}), "placements": plan.model_dump(mode="json")["placements"]}
    write_text(path, json.dumps(document, indent=1, ensure_ascii=False) + "\n")
