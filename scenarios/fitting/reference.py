"""The minutes that fitted durations are ratios to: what is booked by procedure and levels.

A planner knows no more of a case when it books it, so cases alike in both have the same minutes
here, whatever each of them was booked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.procedures import Minutes
from scenarios.fitting.planning import BookedMinutes
from scenarios.fitting.shrinkage import Floats


@dataclass(frozen=True, slots=True)
class Reference:
    """Minutes by procedure and levels."""

    booked: Mapping[str, BookedMinutes]
    """Of the procedures that the history has."""
    listed: Mapping[str, Minutes]
    """Of those that the catalogue has."""

    def of(self, rows: pd.DataFrame) -> Floats:
        """The minutes of each case.

        A procedure that the history did not have counts as the catalogue has it; one that neither
        has, as the median of what is booked for one level.
        """
        lines = {name: self._minutes(name) for name in sorted(set(rows["procedure"]))}
        base = rows["procedure"].map({name: line[0] for name, line in lines.items()})
        each = rows["procedure"].map({name: line[1] for name, line in lines.items()})
        return (base + each * _further_levels(rows)).to_numpy(dtype=float)

    def _minutes(self, procedure: str) -> tuple[float, int]:
        """Of one level and of each further one."""
        booked, listed = self.booked.get(procedure), self.listed.get(procedure)
        if booked is not None:
            each = booked.per_extra_level
            return booked.base, _listed(listed) if each is None else each
        if listed is not None:
            return listed.base, listed.per_extra_level
        return float(np.median([each.base for each in self.booked.values()])), 0


def reference_of(
    rows: pd.DataFrame, known: frozenset[str], listed: Mapping[str, Minutes]
) -> Reference:
    """What a history books.

    For one level the median, and for each further one the median of what cases with more were
    booked for above that. Where no minutes of a procedure are known as booked, the actual ones
    count; where all of its cases have one level or all have more, the catalogue's figure for
    further levels does (0 without one). A history that does not tell levels books all alike.

    Args:
        rows: done cases of a `History`.
        known: columns that the history has.
        listed: minutes of the catalogue by procedure.
    """
    of_each = {str(name): mine for name, mine in rows.groupby("procedure")}
    if "levels" not in known:
        booked = {name: _alike(mine) for name, mine in of_each.items()}
    else:
        booked = {name: _by_levels(mine, listed.get(name)) for name, mine in of_each.items()}
    return Reference(booked, listed)


def _alike(mine: pd.DataFrame) -> BookedMinutes:
    return BookedMinutes(base=_whole(_minutes_of(mine), least=1), per_extra_level=0)


def _by_levels(mine: pd.DataFrame, listed: Minutes | None) -> BookedMinutes:
    minutes, further = _minutes_of(mine), _further_levels(mine)
    base, each = _line(minutes, further[minutes.index], _listed(listed))
    # The catalogue's figure is told where ratios are to it: another catalogue may have another.
    return BookedMinutes(base=base, per_extra_level=each if further.any() else None)


def _minutes_of(mine: pd.DataFrame) -> "pd.Series[float]":
    """The booked minutes that are known; where none are, the actual ones."""
    booked = mine["booked_minutes"].dropna()
    return mine["actual_minutes"] if booked.empty else booked


def _line(minutes: "pd.Series[float]", further: "pd.Series[float]", listed: int) -> tuple[int, int]:
    """Minutes of one level and of each further one."""
    more = further > 0
    if more.all():
        return _whole(minutes - listed * further, least=1), listed
    base = _whole(minutes[~more], least=1)
    if not more.any():
        return base, listed
    return base, _whole((minutes[more] - base) / further[more], least=0)


def _listed(minutes: Minutes | None) -> int:
    """What the catalogue adds for a further level."""
    return 0 if minutes is None else minutes.per_extra_level


def _whole(minutes: "pd.Series[float]", *, least: int) -> int:
    return max(least, round(float(minutes.median())))


def _further_levels(rows: pd.DataFrame) -> "pd.Series[float]":
    """Levels beyond the first; a blank counts as one level."""
    return rows["levels"].fillna(1).clip(lower=1) - 1
