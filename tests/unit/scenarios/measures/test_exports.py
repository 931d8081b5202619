"""Tables on disk: read back alike, written whole, refused with a reason."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from models.errors import InputError
from scenarios.measures.columns import frame
from scenarios.measures.comparison import compare
from scenarios.measures.exports import read_table, write_table, write_tables
from scenarios.measures.frames import measure_frame
from scenarios.measures.pictures import (
    day_rows,
    hold_hours,
    moved_after_stop,
    use_by_hour,
    waiting_values,
)
from tests.unit.scenarios.runs import MONDAY, replications, week

ENDINGS = ["csv", "parquet", "json"]


def _tables() -> dict[str, pd.DataFrame]:
    runs = {"as is": replications(2), 'less, "quoted"': replications(2, wait=3.0)}
    compared = compare(runs, "as is")
    return {
        "values": compared.values,
        "intervals": compared.intervals,
        "differences": compared.differences,
        "waiting": waiting_values(runs),
        "use": use_by_hour(runs),
        "holds": hold_hours(runs),
        "moved": moved_after_stop(runs),
        "day": day_rows(week(), MONDAY),
        "empty": waiting_values({}),
        "no moves": day_rows(week(), date(2020, 1, 1)),
    }


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_table_is_read_back_alike(tmp_path: Path, ending: str) -> None:
    tables = _tables()
    paths = write_tables(tmp_path, tables, ending)
    for path, table in zip(paths, tables.values(), strict=True):
        pd.testing.assert_frame_equal(read_table(path), table, check_exact=True)


@pytest.mark.parametrize("ending", ENDINGS)
def test_awkward_texts_and_numbers_survive(tmp_path: Path, ending: str) -> None:
    rows = [
        ("NA", "a,b", 0.1 + 0.2),
        ("", 'quote " and\nline', float("nan")),
        ("1", "Übung", 1e-300),
        ("None", "nan", -0.0),
    ]
    table = frame("scenario group value", rows)
    path = tmp_path / f"t.{ending}"
    write_table(path, table)
    pd.testing.assert_frame_equal(read_table(path), table, check_exact=True)


def test_equal_tables_make_equal_files(tmp_path: Path) -> None:
    for ending in ENDINGS:
        one, two = tmp_path / f"one.{ending}", tmp_path / f"two.{ending}"
        for path in (one, two):
            write_table(path, measure_frame({"as is": replications(1)}))
        assert one.read_bytes() == two.read_bytes()


def test_a_table_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    write_table(path, frame("scenario", [("old",)]))
    with pytest.raises(InputError, match="there is no column 'patient'"):
        write_table(path, pd.DataFrame({"patient": ["x"]}))
    assert read_table(path)["scenario"].tolist() == ["old"]
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]  # no draft is left behind


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"end the name in \.csv, \.parquet, \.json"):
        write_table(tmp_path / "t.xlsx", frame("scenario", []))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", b"patient,value\nx,1\n"),
        ("t.csv", b"scenario,value\nx,high\n"),
        ("t.csv", b""),
        ("t.json", b'{"format": "other", "version": 1}'),
        ("t.json", b"[]"),
        ("t.json", b"{"),
        ("t.parquet", b"PAR1 but not really"),
    ],
)
def test_what_is_no_table_of_ours_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a table of measures"):
        read_table(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_table(tmp_path / "none.csv")
