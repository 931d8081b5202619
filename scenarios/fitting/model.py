"""The duration model of a history: what really passes against what is booked, group by group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.errors import InputError
from models.procedures import Minutes
from scenarios.assumptions import DurationGroup, Durations, Quantiles
from scenarios.durations import ANY, levels_band
from scenarios.fitting.history import History
from scenarios.fitting.reference import Reference, reference_of
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

PARTS = ("procedure", "levels", "sedation", "proceduralist")
"""Columns that make a key, from general to special: first what is known when a case is booked."""


@dataclass(frozen=True, slots=True)
class DurationModel:
    """A duration model as fitted."""

    durations: Durations
    strengths: tuple[float, ...]
    """k by depth of the key, in cases."""
    reference: Reference
    """The minutes that the durations are ratios to."""
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


def sample_of(rows: pd.DataFrame, known: frozenset[str], reference: Reference) -> Sample:
    """The cases as ratios to the reference's minutes, by which each error counts."""
    minutes = reference.of(rows)
    return Sample(keys_of(rows, known), rows["actual_minutes"].to_numpy(float) / minutes, minutes)


def fit_model(
    rows: pd.DataFrame,
    known: frozenset[str],
    *,
    source: str,
    listed: Mapping[str, Minutes],
    strengths: Sequence[float] | None = None,
) -> DurationModel:
    """The model of some done cases.

    Args:
        rows: done cases of a `History`.
        known: columns that the history has.
        source: what to write beside the figures.
        listed: minutes of the catalogue by procedure.
        strengths: k by depth, in cases; None has them chosen by cross-validation.

    Raises:
        InputError: there are no cases.
    """
    if rows.empty:
        raise InputError("no case was carried out", place=source, remedy="give a longer history")
    reference = reference_of(rows, known, listed)
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


def model_of(history: History, listed: Mapping[str, Minutes]) -> DurationModel:
    """The model of all done cases of a history.

    Args:
        history: as read.
        listed: minutes of the catalogue by procedure.

    Raises:
        InputError: there are none.
    """
    done = history.done
    source = f"{history.source}, {len(done)} cases"
    return fit_model(done, history.known, source=source, listed=listed)


def as_quantiles(values: Floats, *, source: str) -> Quantiles:
    """Quantiles at LEVELS as data; rounding is undone where it made them fall."""
    rising = np.maximum.accumulate(np.round(values, 6))
    return Quantiles(
        levels=LEVELS, values=tuple(map(float, rising)), source=source, evidence="fitted"
    )
