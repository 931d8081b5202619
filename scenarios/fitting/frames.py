"""What a fit found, as frames: for notebooks, CSV and Parquet."""

from collections.abc import Iterator

import pandas as pd

from scenarios.fitting.fit import Fitted
from scenarios.fitting.report import FitReport


def frames(fitted: Fitted) -> dict[str, pd.DataFrame]:
    """Frames by name; one without rows has its columns nevertheless.

    Returns:
        `accuracy` (a row per split), `coverage` (split and level), `bookings` (split
        and quantile booked, blank: as booked), `durations` (group and level),
        `arrivals` (weekday), `mix`, `chances`, `causes`, `lateness` (kind and level), `forms`
        (procedure and form), `bad` (rows that could not be used).
    """
    report = fitted.report
    rows = {
        "accuracy": _accuracy(report),
        "coverage": _coverage(report),
        "bookings": _bookings(report),
        "durations": _durations(fitted),
        "arrivals": (rate.model_dump() for rate in report.arrivals.weekdays),
        "mix": ({"column": s.column, "value": s.value, **s.counted.model_dump()}
                for s in report.arrivals.mix),
        "chances": ({"name": c.name, **c.counted.model_dump(), "assumed": c.assumed,
                     "used": c.used, "why_not": c.why_not} for c in report.chances),
        "causes": ({"cause": c.cause, **c.counted.model_dump()} for c in report.causes),
        "lateness": _lateness(report),
        "forms": _forms(report),
        "bad": (line.model_dump() for line in report.reading.bad),
    }  # fmt: skip
    return {
        name: pd.DataFrame(list(each), columns=list(COLUMNS[name])) for name, each in rows.items()
    }


_COUNTED = ("count", "of", "share", "low", "high")
COLUMNS = {
    "accuracy": ("split", "cases", "booked_known", "booked_error", "model_error", "gain",
                 "gain_low", "gain_high", "crps", "booked_crps", "group_crps"),
    "coverage": ("split", "level", *_COUNTED),
    "bookings": ("split", "level", "cases", "booked", "over", "over_low", "over_high",
                 "over_minutes", "idle_minutes"),
    "durations": ("procedure", "levels", "sedation", "proceduralist", "cases", "level", "ratio"),
    "arrivals": ("weekday", "days", "referrals", "mean", "low", "high", "dispersion", "p"),
    "mix": ("column", "value", *_COUNTED),
    "chances": ("name", *_COUNTED, "assumed", "used", "why_not"),
    "causes": ("cause", *_COUNTED),
    "lateness": ("name", "cases", "level", "minutes"),
    "forms": ("procedure", "cases", "best", "form", "shape", "scale", "aic", "held_out"),
    "bad": ("line", "why"),
}  # fmt: skip
"""Columns of each frame."""

Row = dict[str, object]


def _accuracy(report: FitReport) -> Iterator[Row]:
    for tried in report.accuracy:
        row = tried.model_dump(exclude={"coverage", "gain", "bookings"})
        gain = tried.gain
        if gain is not None:
            row |= {"gain": gain.mean, "gain_low": gain.low, "gain_high": gain.high}
        yield row


def _coverage(report: FitReport) -> Iterator[Row]:
    for tried in report.accuracy:
        for each in tried.coverage:
            yield {"split": tried.split, "level": each.level, **each.below.model_dump()}


def _bookings(report: FitReport) -> Iterator[Row]:
    for tried in report.accuracy:
        for each in tried.bookings:
            over = {"over": each.over.share, "over_low": each.over.low, "over_high": each.over.high}
            yield {"split": tried.split} | each.model_dump(exclude={"over"}) | over


def _durations(fitted: Fitted) -> Iterator[Row]:
    names = COLUMNS["durations"][:4]
    for group in fitted.assumptions.durations.groups:
        parts = dict(zip(names, group.key, strict=False))
        for level, value in zip(group.ratio.levels, group.ratio.values, strict=True):
            yield {**parts, "cases": group.cases, "level": level, "ratio": value}


def _lateness(report: FitReport) -> Iterator[Row]:
    late = report.lateness
    for spread in (late.first_cases, late.later_cases, late.turnover):
        if spread.minutes is not None:
            pairs = zip(spread.minutes.levels, spread.minutes.values, strict=True)
            for level, value in pairs:
                yield {"name": spread.name, "cases": spread.cases, "level": level, "minutes": value}


def _forms(report: FitReport) -> Iterator[Row]:
    for each in report.forms:
        head = {"procedure": each.procedure, "cases": each.cases, "best": each.best}
        for fit in each.fits:
            yield head | fit.model_dump(exclude={"quantiles"})
