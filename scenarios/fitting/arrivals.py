"""Who is referred: how many by weekday, and in which mix."""

import numpy as np
import pandas as pd
from pydantic import NonNegativeInt
from scipy.stats import chi2

from models.base import Frozen
from models.calendars import Weekday
from scenarios.assumptions import Arrivals
from scenarios.fitting.history import History
from scenarios.fitting.intervals import Counted, counted, poisson_mean

WEEKDAYS = tuple(Weekday)
"""From Monday to Sunday."""
LEAST_DAYS = 28
"""Of fewer days, no rate by weekday is fitted."""


class WeekdayRate(Frozen):
    """Referrals of one weekday."""

    weekday: Weekday
    days: NonNegativeInt
    referrals: NonNegativeInt
    mean: float
    low: float
    high: float
    """95 %, exact for Poisson numbers."""
    dispersion: float | None
    """Variance over mean of the numbers by day: 1 where they are Poisson, more where they come in
    crowds; None with fewer than two days or no referrals."""
    p: float | None
    """How probable so much dispersion or more is if they are Poisson: Fisher's index test."""


class Share(Frozen):
    """How much of the referrals is of one kind."""

    column: str
    value: str
    counted: Counted


class ArrivalReport(Frozen):
    """What was found of referrals."""

    weekdays: tuple[WeekdayRate, ...] = ()
    mix: tuple[Share, ...] = ()
    missing: str = ""
    """Why there is no rate by weekday, where there is none."""


def fit_arrivals(history: History, default: Arrivals) -> tuple[Arrivals, ArrivalReport]:
    """Mean referrals by weekday, with the mix of procedures and priorities.

    Days without a referral count, from the first day with one to the last. Factors of `default` are
    kept: the mix is reported, since a practice has its own.
    """
    mix = tuple(share for name in ("procedure", "priority") for share in _mix(history, name))
    per_day = daily(history)
    if len(per_day) < LEAST_DAYS:
        why = f"referrals are known of {len(per_day)} days, {LEAST_DAYS} are needed"
        return default, ArrivalReport(mix=mix, missing=why)
    rates = tuple(_rate(per_day, weekday) for weekday in WEEKDAYS)
    fitted = default.model_copy(
        update={
            "per_day": {rate.weekday: round(rate.mean, 6) for rate in rates},
            "source": f"{history.source}, {len(per_day)} days",
            "evidence": "fitted",
        }
    )
    return fitted, ArrivalReport(weekdays=rates, mix=mix)


def daily(history: History) -> "pd.Series[float]":
    """Referrals by local day, from the first day with one to the last."""
    at = history.rows["referred_at"].dropna()
    if at.empty:
        return pd.Series(np.zeros(0))
    # Wall-clock days: the zone is taken off first, so that a day is never 23 or 25 hours.
    days = at.dt.tz_localize(None).dt.normalize()
    whole = pd.date_range(days.min(), days.max(), freq="D")
    counts = days.value_counts().reindex(whole, fill_value=0)
    return pd.Series(counts.to_numpy(dtype=float), index=whole)


def _rate(per_day: "pd.Series[float]", weekday: Weekday) -> WeekdayRate:
    place = WEEKDAYS.index(weekday)
    mine = per_day[pd.DatetimeIndex(per_day.index).day_of_week == place]
    events, days = int(mine.sum()), len(mine)
    mean, low, high = poisson_mean(events, days)
    index = float(mine.var()) / mean if days > 1 and events else None
    p = None if index is None else float(chi2.sf(index * (days - 1), days - 1))
    return WeekdayRate(
        weekday=weekday,
        days=days,
        referrals=events,
        mean=mean,
        low=low,
        high=high,
        dispersion=index,
        p=p,
    )


def _mix(history: History, column: str) -> tuple[Share, ...]:
    """Shares of each value, the most frequent first; blanks are left out."""
    values = history.rows[column]
    told = values[values != ""]
    counts = sorted(told.value_counts().items(), key=lambda pair: (-pair[1], str(pair[0])))
    return tuple(
        Share(column=column, value=str(value), counted=counted(int(count), len(told)))
        for value, count in counts
    )
