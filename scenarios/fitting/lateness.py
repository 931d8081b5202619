"""When cases begin against when they were booked, and the time from one case to the next."""

import numpy as np
import pandas as pd

from models.base import Frozen
from scenarios.assumptions import Quantiles
from scenarios.fitting.history import History
from scenarios.fitting.intervals import Counted, counted
from scenarios.fitting.model import as_quantiles
from scenarios.fitting.shrinkage import Floats, empirical

LEAST_CASES = 20
"""Of fewer, no distribution is given."""
ON_TIME_MINUTES = 0.0
LONGEST_GAP = 90.0
"""Minutes: without booked starts, a longer gap counts as idle time and not as turnover."""


class Spread(Frozen):
    """A distribution of minutes, or why there is none."""

    name: str
    cases: int
    minutes: Quantiles | None = None
    mean: float | None = None
    on_time: Counted | None = None
    """How many were not late at all."""
    missing: str = ""


class LatenessReport(Frozen):
    """What was found of starts and turnovers."""

    first_cases: Spread
    later_cases: Spread
    turnover: Spread
    overlaps: int = 0
    """Pairs of cases of a room of which the second begins before the first ends."""


def fit_lateness(history: History) -> LatenessReport:
    """Lateness of first and of later cases of a room's day (never below 0), and turnovers."""
    first, later = late_starts(history)
    gaps, overlaps = turnovers(history)
    why = "" if "room" in history.known else "the history has no rooms"
    unbooked = "" if "booked_start" in history.known else "the history has no booked starts"
    return LatenessReport(
        first_cases=_spread("first cases late", first, history, why or unbooked, lateness=True),
        later_cases=_spread("later cases late", later, history, why or unbooked, lateness=True),
        turnover=_spread("turnover", gaps, history, why, lateness=False),
        overlaps=overlaps,
    )


def _by_room(history: History) -> pd.DataFrame:
    """Done cases in a room, in order of their begin, with the room's local day."""
    begin, _ = history.columns.span
    rows = history.done
    rows = rows[rows["room"] != ""].sort_values(["room", begin], kind="stable")
    return rows.assign(day=rows[begin].dt.tz_localize(None).dt.normalize())


def late_starts(history: History) -> tuple["pd.Series[float]", "pd.Series[float]"]:
    """Minutes late (0 where early) of the first cases of rooms' days, and of all others."""
    begin, _ = history.columns.span
    rows = _by_room(history)
    late = ((rows[begin] - rows["booked_start"]).dt.total_seconds() / 60).clip(lower=0)
    first = ~rows.duplicated(["room", "day"])
    return late[first].dropna(), late[~first].dropna()


def turnovers(history: History) -> tuple["pd.Series[float]", int]:
    """Minutes from out of the room to in (or from end to start), where the next case was due.

    A gap counts as turnover when the next case was booked to begin before the room was left: it was
    not waiting for its time. Without booked starts, gaps up to `LONGEST_GAP` count.

    Returns:
        The gaps, and how many pairs overlap.
    """
    rows = _by_room(history)
    in_room = {"in_at", "out_at"} <= history.known
    begin, end = ("in_at", "out_at") if in_room else ("start_at", "end_at")
    before = rows.groupby(["room", "day"])[end].shift()
    gap = (rows[begin] - before).dt.total_seconds() / 60
    due = rows["booked_start"] <= before if "booked_start" in history.known else gap <= LONGEST_GAP
    return gap[due & (gap >= 0)], int((gap < 0).sum())


def _spread(
    name: str, minutes: "pd.Series[float]", history: History, why: str, *, lateness: bool
) -> Spread:
    values: Floats = np.asarray(minutes, dtype=np.float64)
    if not why and len(values) < LEAST_CASES:
        why = f"{len(values)} are too few, {LEAST_CASES} are needed"
    if why:
        return Spread(name=name, cases=len(values), missing=why)
    on_time = counted(int(np.sum(values <= ON_TIME_MINUTES)), len(values)) if lateness else None
    return Spread(
        name=name,
        cases=len(values),
        minutes=as_quantiles(empirical(values), source=f"{history.source}, {len(values)} cases"),
        mean=float(values.mean()),
        on_time=on_time,
    )
