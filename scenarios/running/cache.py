"""Finished runs on disk, by the digest of what they rest on; each is there whole or not at all."""

import gzip
import os
import zlib
from contextlib import suppress
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from models.errors import InputError
from scenarios.files import write_bytes
from scenarios.records import Run

ENDING = ".json.gz"
SPOILED = (OSError, EOFError, zlib.error, ValidationError, ValueError)


def default_folder() -> Path:
    """Where results are kept unless told otherwise: in the user's own cache."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "holdfast" / "runs"


class Cache:
    """A folder of finished runs. Two processes may use one folder.

    Raises:
        InputError: the folder cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._make(folder)

    def path(self, key: str) -> Path:
        """Where the run of a key is kept."""
        return self.folder / key[:2] / f"{key}{ENDING}"

    def get(self, key: str) -> Run | None:
        """The run that is kept under a key, if there is one.

        Raises:
            InputError: there is a file, and it is not that run.
        """
        path = self.path(key)
        try:
            run = _opened(key, path.read_bytes())
            _used(path)
        except FileNotFoundError:
            return None
        except SPOILED as error:
            raise InputError("a kept result is damaged", place=str(path)) from error
        return run

    def put(self, key: str, run: Run) -> None:
        """Keep a run under a key, whole or not at all.

        Raises:
            InputError: the folder cannot be written.
        """
        path = self.path(key)
        self._make(path.parent)
        # The key on a line of its own, then the run: equal runs give equal files.
        write_bytes(path, key.encode() + b"\n" + _adapter().dump_json(run))

    def _make(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"cannot be used to keep results: {error.strerror}",
                place=str(folder),
                remedy="name another folder",
            ) from error


def _used(path: Path) -> None:
    """Remember that it was read, so that what nobody reads can be told and dropped."""
    with suppress(OSError):  # a folder that may only be read
        os.utime(path)


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Run]:
    return TypeAdapter(Run)


def _opened(key: str, content: bytes) -> Run:
    named, _, text = gzip.decompress(content).partition(b"\n")
    if named != key.encode():
        raise ValueError("this is the run of another key")
    return in_utc(_adapter().validate_json(text))


def in_utc(run: Run) -> Run:
    """The same with all instants in the standard library's UTC, whatever zone they came in."""
    return cast("Run", _in_utc(run))


def _in_utc(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, tuple):
        return tuple(_in_utc(member) for member in value)
    if is_dataclass(value):
        known: Any = type(value)
        return known(**{f.name: _in_utc(getattr(value, f.name)) for f in fields(value)})
    return value
