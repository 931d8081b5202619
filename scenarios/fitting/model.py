"""The duration model of a history: what really passes against what was booked, group by group."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.errors import InputError
from scenarios.assumptions import DurationGroup, Durations, Quantiles
from scenarios.durations import ANY, levels_band
from scenarios.fitting.history import History
from scenarios.fitting.shrinkage import (
    LEVELS,
    Floats,
    Key,
    Sample,
    chosen_strengths,
    groups_of,
    shrunken,
    telling,
)

PARTS = ("procedure", "levels", "proceduralist", "sedation")
"""Columns that make a key, from general to special."""


@dataclass(frozen=True, slots=True)
class DurationModel:
    """A duration model as fitted."""

    durations: Durations
    strengths: tuple[float, ...]
    """k by depth of the key, in cases."""
    reference: dict[str, float]
    """Minutes that the history booked for one level of a procedure (the median), or where it books
    none, the median of the actual ones."""
    cases: int


def keys_of(rows: pd.DataFrame, known: frozenset[str]) -> tuple[Key, ...]:
    """The keys of cases: a part the file has no column for is ANY, and a blank one ends the key."""
    parts = [_part(rows, name) if name in known else [ANY] * len(rows) for name in PARTS]
    return tuple(_cut(key) for key in zip(*parts, strict=True))


def _part(rows: pd.DataFrame, name: str) -> list[str]:
    if name == "levels":
        return [levels_band(int(n)) for n in rows[name].fillna(1)]
    return [str(value) for value in rows[name]]


def _cut(key: Key) -> Key:
    whole = key[: key.index("")] if "" in key else key
    while whole and whole[-1] == ANY:
        whole = whole[:-1]
    return whole


def reference_minutes(rows: pd.DataFrame) -> dict[str, float]:
    """Median booked minutes by procedure, of one level where there are such; else actual ones."""
    ones = rows["levels"].fillna(1) <= 1
    procedures = sorted(set(rows["procedure"]))
    found: dict[str, float] = {}
    for procedure in procedures:
        mine = rows[rows["procedure"] == procedure]
        simple = mine[ones[mine.index]]
        for minutes in (simple["booked_minutes"], mine["booked_minutes"], mine["actual_minutes"]):
            if minutes.notna().any():
                found[procedure] = float(minutes.median())
                break
    return found


def booked_of(rows: pd.DataFrame, reference: dict[str, float]) -> Floats:
    """Booked minutes of each case; where none are known, the reference of its procedure.

    A procedure without reference counts as the median of all references.
    """
    usual = float(np.median(list(reference.values())))
    of_kind = rows["procedure"].map(reference).fillna(usual)
    return rows["booked_minutes"].fillna(of_kind).to_numpy(dtype=float)


def sample_of(rows: pd.DataFrame, known: frozenset[str], reference: dict[str, float]) -> Sample:
    """The cases as actual over booked minutes; an error counts by the minutes booked."""
    booked = booked_of(rows, reference)
    return Sample(keys_of(rows, known), rows["actual_minutes"].to_numpy(float) / booked, booked)


def fit_model(
    rows: pd.DataFrame,
    known: frozenset[str],
    *,
    source: str,
    strengths: Sequence[float] | None = None,
) -> DurationModel:
    """The model of some done cases.

    Args:
        rows: done cases of a `History`.
        known: columns that the history has.
        source: what to write beside the figures.
        strengths: k by depth, in cases; None has them chosen by cross-validation.

    Raises:
        InputError: there are no cases.
    """
    if rows.empty:
        raise InputError("no case was carried out", place=source, remedy="give a longer history")
    reference = reference_minutes(rows)
    sample = sample_of(rows, known, reference)
    chosen = chosen_strengths(sample) if strengths is None else tuple(strengths)
    groups = groups_of(sample)
    made = shrunken(groups, chosen)
    durations = Durations(
        groups=tuple(
            DurationGroup(
                key=key, cases=groups.cases[key], ratio=as_quantiles(made[key], source=source)
            )
            for key in telling(groups, chosen)
        )
    )
    return DurationModel(durations, chosen, reference, len(rows))


def model_of(history: History) -> DurationModel:
    """The model of all done cases of a history.

    Raises:
        InputError: there are none.
    """
    done = history.done
    return fit_model(done, history.known, source=f"{history.source}, {len(done)} cases")


def as_quantiles(values: Floats, *, source: str) -> Quantiles:
    """Quantiles at LEVELS as data; rounding is undone where it made them fall."""
    rising = np.maximum.accumulate(np.round(values, 6))
    return Quantiles(
        levels=LEVELS, values=tuple(map(float, rising)), source=source, evidence="fitted"
    )
