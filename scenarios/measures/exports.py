"""Tables on disk as CSV, Parquet or JSON, by the ending of the name; written whole or not at all.

Reading gives back the same frame, to the last bit of its numbers. In CSV and JSON, what is not
defined is an empty cell or `null`; instants are RFC 3339 in UTC.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from math import nan
from pathlib import Path

import pandas as pd

from models.errors import InputError
from scenarios.files import write_bytes
from scenarios.measures.columns import COUNT, INSTANT, NUMBER, TEXT, TYPES, YES_NO, typed

FORMAT = "holdfast-table"


def write_table(path: Path, table: pd.DataFrame) -> None:
    """Write a frame of measures to `.csv`, `.parquet` or `.json`.

    Raises:
        InputError: another ending, a column that is none of ours, or a file that cannot be
            written; what was there before is untouched.
    """
    write_bytes(path, _WRITERS[_ending(path)](typed(table)))


def read_table(path: Path) -> pd.DataFrame:
    """The frame that `write_table` wrote.

    Raises:
        InputError: no such file, another ending, or not a table of measures.
    """
    read = _READERS[_ending(path)]
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}", place=str(path), remedy="check the name"
        ) from error
    try:
        return typed(read(content))
    except (ValueError, KeyError, TypeError, OSError, csv.Error, InputError) as error:
        raise InputError(
            f"not a table of measures: {error}", place=str(path), remedy="write it anew"
        ) from error


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame], ending: str) -> tuple[Path, ...]:
    """Write several tables into a folder as `NAME.ENDING`; gives the paths in order.

    Raises:
        InputError: as `write_table` does.
    """
    paths = tuple(folder / f"{name}.{ending}" for name in tables)
    for path, table in zip(paths, tables.values(), strict=True):
        write_table(path, table)
    return paths


def _ending(path: Path) -> str:
    if path.suffix not in _WRITERS:
        known = ", ".join(_WRITERS)
        raise InputError(
            "tables are not written so", place=str(path), remedy=f"end the name in {known}"
        )
    return path.suffix


def _to_csv(table: pd.DataFrame) -> bytes:
    return _plain(table).to_csv(index=False, lineterminator="\n").encode()


def _to_parquet(table: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.to_parquet(buffer, engine="pyarrow", index=False)
    return buffer.getvalue()


def _to_json(table: pd.DataFrame) -> bytes:
    plain = _plain(table)
    rows = plain.astype(object).where(plain.notna(), None).to_numpy().tolist()
    document = {"format": FORMAT, "version": 1, "columns": list(table.columns), "rows": rows}
    return (json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """The table with instants as text."""
    texts = {
        name: [instant.isoformat() for instant in table[name]]
        for name in table.columns
        if TYPES[name] == INSTANT
    }
    return table.assign(**texts)


def _from_csv(content: bytes) -> pd.DataFrame:
    names, *rows = csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
    cells = [_PARSERS[TYPES[name]] for name in names]
    parsed = [tuple(parse(text) for parse, text in zip(cells, row, strict=True)) for row in rows]
    return pd.DataFrame(parsed, columns=names, dtype=object)


def _number(text: str) -> float:
    return float(text) if text else nan


def _yes_no(text: str) -> bool:
    return {"True": True, "False": False}[text]


_PARSERS: Mapping[str, Callable[[str], object]] = {
    TEXT: str,
    NUMBER: _number,
    COUNT: int,
    YES_NO: _yes_no,
    INSTANT: datetime.fromisoformat,
}


def _from_json(content: bytes) -> pd.DataFrame:
    document = json.loads(content)
    if document["format"] != FORMAT or document["version"] != 1:
        raise ValueError(f"its format is not {FORMAT}, version 1")
    return pd.DataFrame(document["rows"], columns=document["columns"], dtype=object)


def _from_parquet(content: bytes) -> pd.DataFrame:
    return pd.read_parquet(io.BytesIO(content), engine="pyarrow")


_WRITERS: Mapping[str, Callable[[pd.DataFrame], bytes]] = {
    ".csv": _to_csv,
    ".parquet": _to_parquet,
    ".json": _to_json,
}
_READERS: Mapping[str, Callable[[bytes], pd.DataFrame]] = {
    ".csv": _from_csv,
    ".parquet": _from_parquet,
    ".json": _from_json,
}
