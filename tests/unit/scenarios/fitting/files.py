"""Small history files."""

from pathlib import Path

from scenarios.fitting.columns import OWN_MAP, ColumnMap
from scenarios.fitting.history import History, read_history

CHICAGO = "America/Chicago"


def case(day: str = "2026-03-02", **given: str) -> dict[str, str]:
    """A done case of 60 booked minutes at 09:00 that took from 09:10 to 10:25, 75 minutes."""
    usual = {
        "procedure": "port-placement",
        "booked_start": f"{day}T09:00",
        "booked_minutes": "60",
        "start_at": f"{day}T09:10",
        "end_at": f"{day}T10:25",
        "status": "done",
    }
    return usual | given


def lost(status: str, cause: str = "", day: str = "2026-03-02", **given: str) -> dict[str, str]:
    """A booking that did not take place."""
    return case(day, start_at="", end_at="", status=status, cause=cause, **given)


def write(folder: Path, rows: list[dict[str, str]]) -> Path:
    """A history file with just the columns that the rows have."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(names), *(",".join(row.get(name, "") for name in names) for row in rows)]
    path = folder / "history.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read(folder: Path, rows: list[dict[str, str]], columns: ColumnMap = OWN_MAP) -> History:
    """Those rows as a history of a site in Chicago."""
    return read_history(write(folder, rows), columns, timezone=CHICAGO)
