"""How well a duration model foretells cases that it was not fitted to.

The history is split by time (fitted to the first three quarters, tried on the last), and in folds
(each fifth foretold from the other four). What the model says is set against the booked minutes.
"""

from collections.abc import Iterator, Mapping
from math import sqrt

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import NonNegativeInt

from models.base import Frozen
from models.procedures import Minutes
from scenarios.durations import quantile, ratio_for
from scenarios.fitting.intervals import Counted, Z, counted
from scenarios.fitting.model import PARTS, DurationModel, fit_model, keys_of
from scenarios.fitting.shrinkage import FOLDS, Floats, Key, fold_of

TRAINED_SHARE = 0.75
BOOKED = (0.5, 0.75, 0.9)
"""Quantiles whose booking is tried."""
LEAST_CASES = 40
"""A history with fewer done cases cannot be split to any use."""
SHOWN = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
"""Levels at which the calibration is shown."""
GRID: Floats = (np.arange(99) + 1) / 100
"""Levels over which the score is averaged."""


class Coverage(Frozen):
    """How many of the cases took at most the minutes of a level; calibrated: as many as it says."""

    level: float
    below: Counted


class Gain(Frozen):
    """A mean difference over cases, 95 % interval (normal); below 0 the model is nearer."""

    mean: float
    low: float
    high: float


class Booking(Frozen):
    """What booking the cases of a split so would have come to, in minutes a case."""

    level: float | None
    """The quantile booked; None: as they were booked."""
    cases: NonNegativeInt
    booked: float
    over: Counted
    """Cases that took longer."""
    over_minutes: float
    """Mean minutes longer than booked, 0 for those that were not."""
    idle_minutes: float
    """Mean minutes shorter."""


class Accuracy(Frozen):
    """What came of one split, in minutes."""

    split: str
    cases: NonNegativeInt
    booked_known: NonNegativeInt
    """Cases whose booked minutes are known; the errors below are over them."""
    booked_error: float | None
    """Mean absolute error of the booked minutes."""
    model_error: float | None
    """The same of the model's median."""
    gain: Gain | None
    """Error of the model's median less that of the booked minutes, case by case."""
    crps: float
    """Mean continuous ranked probability score of the model, over all cases."""
    booked_crps: float | None
    """The same of the booked minutes as a forecast without spread: their mean absolute error."""
    group_crps: float
    """The same of a model that knows no groups: all cases alike."""
    coverage: tuple[Coverage, ...]
    bookings: tuple[Booking, ...]
    """As booked where that is known, then by quantiles of the model as a planner books them."""


class Foretold:
    """Quantiles foretold for cases, and what came of them."""

    def __init__(self, rows: pd.DataFrame, keys: tuple[Key, ...], model: DurationModel) -> None:
        reference = model.reference.of(rows)[:, None]
        self.actual: Floats = rows["actual_minutes"].to_numpy(dtype=float)
        self.booked: Floats = rows["booked_minutes"].to_numpy(dtype=float)
        """NaN where it is not known."""
        self.shown = self._ratios(keys, model, SHOWN) * reference
        self.grid = self._ratios(keys, model, GRID) * reference
        self.alike = self._ratios(((),), model, GRID) * reference
        # Who carries it out is not known when a case is booked.
        planned = tuple(key[: len(PARTS) - 1] for key in keys)
        self.planned = self._ratios(planned, model, BOOKED) * reference

    @staticmethod
    def _ratios(
        keys: tuple[Key, ...], model: DurationModel, levels: Floats | tuple[float, ...]
    ) -> Floats:
        """By case and level; each group is looked up once."""
        by_key = {
            key: [quantile(ratio_for(model.durations, key), float(p)) for p in levels]
            for key in sorted(set(keys))
        }
        return np.array([by_key[key] for key in keys])


def crps(quantiles: Floats, actual: Floats) -> Floats:
    """Continuous ranked probability score of each case, in the unit of its values.

    Twice the mean pinball loss over evenly spaced levels (Gneiting & Ranjan, J Bus Econ Stat 29,
    2011). Shapes: cases by GRID, and cases.
    """
    error = actual[:, None] - quantiles
    loss = np.maximum(GRID * error, (GRID - 1) * error)
    return np.asarray(2 * loss.mean(axis=1), dtype=float)


def accuracies(
    done: pd.DataFrame,
    known: frozenset[str],
    listed: Mapping[str, Minutes],
    strengths: tuple[float, ...] | None = None,
) -> tuple[Accuracy, ...]:
    """By time, and by folds.

    Args:
        done: done cases of a history, in order of time.
        known: the columns that it has.
        listed: minutes of the catalogue by procedure.
        strengths: k by depth; None has every split choose its own from what it is fitted to.

    Returns:
        One for each split; none of fewer than `LEAST_CASES` cases.
    """
    if len(done) < LEAST_CASES:
        return ()
    late = np.arange(len(done)) >= int(TRAINED_SHARE * len(done))
    fold = fold_of(len(done))

    def foretold(tried: NDArray[np.bool_]) -> Foretold:
        source, test = "part of the history", done[tried]
        model = fit_model(done[~tried], known, source=source, listed=listed, strengths=strengths)
        return Foretold(test, keys_of(test, known), model)

    return (
        _judged("the last quarter, from the first three", [foretold(late)]),
        _judged("each fifth, from the other four", [foretold(fold == f) for f in range(FOLDS)]),
    )


def _judged(split: str, parts: list[Foretold]) -> Accuracy:
    actual = np.concatenate([part.actual for part in parts])
    booked = np.concatenate([part.booked for part in parts])
    shown = np.vstack([part.shown for part in parts])
    grid = np.vstack([part.grid for part in parts])
    alike = np.vstack([part.alike for part in parts])
    planned = np.vstack([part.planned for part in parts])
    told = ~np.isnan(booked)
    booked_errors = np.abs(actual - booked)[told]
    model_errors = np.abs(actual - shown[:, SHOWN.index(0.5)])[told]
    return Accuracy(
        split=split,
        cases=len(actual),
        booked_known=int(told.sum()),
        booked_error=_mean(booked_errors),
        model_error=_mean(model_errors),
        gain=_gain(model_errors - booked_errors),
        crps=float(crps(grid, actual).mean()),
        booked_crps=_mean(booked_errors),
        group_crps=float(crps(alike, actual).mean()),
        coverage=tuple(
            Coverage(level=level, below=counted(int((actual <= shown[:, at]).sum()), len(actual)))
            for at, level in enumerate(SHOWN)
        ),
        bookings=tuple(_bookings(actual, booked, planned)),
    )


def _bookings(actual: Floats, booked: Floats, planned: Floats) -> Iterator[Booking]:
    told = ~np.isnan(booked)
    if told.any():
        yield _booking(None, actual[told], booked[told])
    for at, level in enumerate(BOOKED):
        yield _booking(level, actual, planned[:, at])


def _booking(level: float | None, actual: Floats, booked: Floats) -> Booking:
    return Booking(
        level=level,
        cases=len(actual),
        booked=float(booked.mean()),
        over=counted(int((actual > booked).sum()), len(actual)),
        over_minutes=float(np.maximum(actual - booked, 0).mean()),
        idle_minutes=float(np.maximum(booked - actual, 0).mean()),
    )


def _mean(values: Floats) -> float | None:
    return float(values.mean()) if len(values) else None


def _gain(differences: Floats) -> Gain | None:
    if len(differences) < 2:
        return None
    mean = float(differences.mean())
    half = Z * float(differences.std(ddof=1)) / sqrt(len(differences))
    return Gain(mean=mean, low=mean - half, high=mean + half)
