"""Planning files and plans on disk, `.json` or `.json.gz`, written whole or not at all.

A file is written beside its target under another name and then renamed over it, so that a reader
sees the old content or the new and an interrupted write leaves the old.
"""

import gzip
import json
import os
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from models.documents import parse_document
from models.errors import InputError
from models.plan import Placement, Plan
from models.problem import PlanningProblem, dump_problem, parse_problem


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


def check_writable(path: Path) -> None:
    """Refuse a target that could not be written, before long work is spent on it.

    Raises:
        InputError: the target is a directory, or its folder is missing or closed to us.
    """
    if path.is_dir():
        raise InputError("this is a directory", place=str(path), remedy="name a file to write")
    if path.exists() and not path.is_file():
        return  # a pipe or a terminal is written to directly
    folder = path.resolve().parent
    if not folder.is_dir():
        raise InputError("its folder does not exist", place=str(path), remedy="make it first")
    if not os.access(folder, os.W_OK):
        raise InputError("its folder may not be written", place=str(path), remedy="choose another")


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8, all or nothing, packed when the name ends in `.gz`.

    Raises:
        InputError: the file cannot be written; what was there before is untouched.
    """
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file, all or nothing, packed when its name ends in `.gz`.

    Raises:
        InputError: the file cannot be written; what was there before is untouched.
    """
    if path.suffix == ".gz":
        content = gzip.compress(content, mtime=0)  # equal contents make equal files
    check_writable(path)
    try:
        _replace(path, content)
    except OSError as error:
        raise InputError(
            f"cannot be written: {error.strerror}",
            place=str(path),
            remedy="check the folder and the space left",
        ) from error


def _replace(path: Path, content: bytes) -> None:
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    target = path.resolve()  # a link keeps pointing where it did
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
