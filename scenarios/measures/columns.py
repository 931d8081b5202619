"""Columns of all frames: one name has one type everywhere, so that files can be read back alike."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from models.errors import InputError

TEXT, NUMBER, COUNT, YES_NO = "str", "float64", "int64", "bool"
INSTANT = "datetime64[us, UTC]"
TYPES: Mapping[str, str] = {
    name: kind
    for kind, names in {
        TEXT: (
            "scenario baseline site measure group unit better verdict basis remark note title "
            "words resource kind role case state priority drug drug_class first_parameter "
            "first_label second_parameter second_label age_band distance_band language procedure"
        ),
        NUMBER: (
            "value mean low high spread difference baseline_mean scenario_mean relative p p_exact "
            "p_holm days hours share staffed_minutes used_minutes first_value second_value "
            "moved_hours difference_low difference_high"
        ),
        COUNT: "replication replications n hour weekday risk",
        YES_NO: "wasted told overtime",
        INSTANT: "begin end booked_begin booked_end at before after",
    }.items()
    for name in names.split()
}


def frame(columns: str, rows: Iterable[Sequence[object]]) -> pd.DataFrame:
    """A frame of the columns named, with their types, also where there are no rows."""
    names = columns.split()
    return typed(pd.DataFrame([tuple(row) for row in rows], columns=names, dtype=object))


def typed(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the types of its columns.

    Raises:
        InputError: it has a column that no frame of ours has.
    """
    for name in table.columns:
        if name not in TYPES:
            raise InputError(
                f"there is no column {name!r} in the tables of measures",
                remedy="read a table that was written by them",
            )
    return table.astype({name: TYPES[name] for name in table.columns})
