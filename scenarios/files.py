"""Files that are written whole or not at all.

A file is written beside its target under another name and then renamed over it, so that a reader
sees the old content or the new and an interrupted write leaves the old.
"""

import gzip
import os
from pathlib import Path

from models.errors import InputError


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
