"""Reading a history of cases: every row is either used or named with what is wrong with it."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from models.base import Priority
from models.cases import SEDATION
from models.errors import InputError
from models.timegrid import zone
from scenarios.fitting.columns import (
    COLUMNS,
    FLAGS,
    NUMBERS,
    STATUSES,
    TIMES,
    ColumnMap,
    nearest,
)

MOST_MINUTES = 24 * 60
"""A case that lasts longer is a slip of the pen."""
MOST_LEVELS = 33
"""Vertebrae that there are."""
YES_NO = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}
OFFSET = r"(?:Z|[+-]\d{2}:?\d{2})$"
ALLOWED = {
    "status": STATUSES,
    "sedation": SEDATION,
    "priority": tuple(p.value for p in Priority),
}


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be used."""

    line: int
    """Of the file, where the row begins; the header is line 1."""
    why: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.why}"


@dataclass(frozen=True, slots=True)
class History:
    """A history as read.

    `rows` is indexed by line and has all of our columns, those that the file lacks being empty,
    and `actual_minutes` (float). Times are in the site's zone; rows are in order of `when`, the
    booked start or where it is not known the actual one.
    """

    source: str
    rows: pd.DataFrame
    bad: tuple[BadRow, ...]
    columns: ColumnMap
    known: frozenset[str]
    """Our columns that the file has."""

    @property
    def done(self) -> pd.DataFrame:
        """The rows of cases that were carried out."""
        return self.rows[self.rows["status"] == "done"]


def read_history(path: Path, columns: ColumnMap, *, timezone: str = "UTC") -> History:
    """Read a history file.

    Args:
        path: CSV file, UTF-8.
        columns: where it has our columns.
        timezone: IANA zone whose wall clocks the times without an offset are.

    Raises:
        InputError: the file cannot be read, lacks a column, or has no row that can be used.
    """
    zone(timezone)
    header, records, bad = _records(path)
    found = _found(header, columns, str(path))
    raw = _frame(header, records, found)
    rows, faults = _typed(raw, columns, timezone)
    whole = sorted([*bad, *faults], key=lambda row: row.line)
    if rows.empty:
        first = f", the first is {whole[0]}" if whole else ""
        msg = f"none of {len(whole)} rows can be used{first}"
        raise InputError(msg, place=str(path), remedy="correct the history")
    return History(
        source=path.name,
        rows=rows.sort_values("when", kind="stable"),
        bad=tuple(whole),
        columns=columns,
        known=frozenset(found),
    )


def _records(path: Path) -> tuple[list[str], dict[int, list[str]], list[BadRow]]:
    """Header, records by line, and records whose number of fields is not the header's."""
    records: dict[int, list[str]] = {}
    bad: list[BadRow] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            header = [name.strip() for name in next(reader, [])]
            line = reader.line_num + 1
            for record in reader:
                if len(record) == len(header):
                    records[line] = [field.strip() for field in record]
                elif record:
                    why = f"{len(record)} fields where the header has {len(header)}"
                    bad.append(BadRow(line, why))
                line = reader.line_num + 1
    except OSError as error:
        msg = f"cannot be read: {error.strerror}"
        raise InputError(msg, place=str(path), remedy="check the name and the folder") from error
    except (UnicodeDecodeError, csv.Error) as error:
        msg = f"cannot be read as CSV: {error}"
        raise InputError(msg, place=str(path), remedy="give a CSV file in UTF-8") from error
    return header, records, bad


def _found(header: list[str], columns: ColumnMap, place: str) -> dict[str, str]:
    """Our columns that the file has, with its headers; a map's columns must be there.

    Of the own format only the required ones must.
    """
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise InputError(f"the column {twice[0]!r} is there twice", place=place)
    optional = columns.name == "holdfast"
    needed = columns.required if optional else tuple(columns.columns)
    for ours in sorted({*needed, *columns.required}):
        theirs = columns.columns.get(ours, ours)
        if theirs not in header:
            raise InputError(
                f"there is no column {theirs!r} (the history's {ours}); {nearest(theirs, header)}",
                place=place,
                remedy="rename it, or give a column map",
            )
    return {ours: theirs for ours, theirs in columns.columns.items() if theirs in header}


def _frame(header: list[str], records: dict[int, list[str]], found: dict[str, str]) -> pd.DataFrame:
    """All of our columns as text by line; what is not there is an empty text."""
    place = {ours: header.index(theirs) for ours, theirs in found.items()}
    columns = {
        ours: [record[place[ours]] for record in records.values()]
        if ours in place
        else [""] * len(records)
        for ours in COLUMNS
    }
    return pd.DataFrame(columns, index=pd.Index(list(records), name="line"), dtype=object)


def _typed(
    raw: pd.DataFrame, columns: ColumnMap, timezone: str
) -> tuple[pd.DataFrame, list[BadRow]]:
    """The rows with types, and those that have a fault."""
    rows = raw.copy()
    for name in TIMES:
        rows[name] = _times(raw[name], timezone)
    for name in NUMBERS:
        rows[name] = pd.to_numeric(raw[name], errors="coerce").astype(float)
    for name in FLAGS:
        rows[name] = raw[name].str.lower().map(YES_NO)
    status = raw["status"].str.lower().replace("", "done")
    rows["status"] = status.replace(dict(columns.statuses))
    begin, end = columns.span
    rows["actual_minutes"] = (rows[end] - rows[begin]).dt.total_seconds() / 60
    rows["when"] = rows["booked_start"].fillna(rows[begin]).fillna(rows["referred_at"])
    faults: dict[int, str] = {}
    for at, why in _faults(raw, rows, columns):
        for line in rows.index[at]:
            faults.setdefault(int(line), why.format(**raw.loc[line].to_dict()))
    good = rows.drop(index=list(faults))
    return good, [BadRow(line, why) for line, why in faults.items()]


def _times(text: "pd.Series[str]", timezone: str) -> "pd.Series[pd.Timestamp]":
    """Instants in the zone; NaT where there is none, or none at that wall clock."""
    has_offset = text.str.contains(OFFSET)
    whole = pd.to_datetime(text.where(has_offset), format="ISO8601", utc=True, errors="coerce")
    local = pd.to_datetime(text.where(~has_offset), format="ISO8601", errors="coerce")
    placed = local.dt.tz_localize(timezone, ambiguous="NaT", nonexistent="NaT")
    # A column without any time is of seconds, and would not take finer ones.
    return whole.dt.as_unit("us").dt.tz_convert(timezone).fillna(placed.dt.as_unit("us"))


def _faults(
    raw: pd.DataFrame, rows: pd.DataFrame, columns: ColumnMap
) -> Iterator[tuple["pd.Series[bool]", str]]:
    """What can be wrong, gravest first: the rows of it, and a sentence with fields to fill in."""
    yield raw["procedure"] == "", "no procedure"
    for name in TIMES:
        yield (raw[name] != "") & rows[name].isna(), f"{name} {{{name}!r}} is no time there is once"
    for name in NUMBERS:
        yield (raw[name] != "") & rows[name].isna(), f"{name} {{{name}!r}} is no number"
    for name in FLAGS:
        yield (raw[name] != "") & rows[name].isna(), f"{name} {{{name}!r}} is neither yes nor no"
    for name, allowed in ALLOWED.items():
        known = rows[name].isin(allowed) | (rows[name] == "")
        yield ~known, f"{name} {{{name}!r}} is none of {', '.join(allowed)}"
    yield raw["booked_minutes"].ne("") & ~(rows["booked_minutes"] > 0), "booked for no time"
    levels = rows["levels"]
    whole = levels.isna() | levels.isin(range(MOST_LEVELS + 1))
    yield ~whole, f"levels {{levels!r}} are no whole number up to {MOST_LEVELS}"
    begin, end = columns.span
    done = rows["status"] == "done"
    untimed = rows[begin].isna() | rows[end].isna()
    yield done & untimed, f"done, but {begin} or {end} is not known"
    yield done & ~(rows["actual_minutes"] > 0), f"{end} is not after {begin}"
    longest = rows[["actual_minutes", "booked_minutes"]].max(axis=1)
    yield longest > MOST_MINUTES, f"longer than {MOST_MINUTES} minutes"
    yield rows["when"].isna(), "no time at all"
