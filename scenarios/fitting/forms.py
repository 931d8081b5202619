"""Named distributions for durations beside the empirical quantiles, for those who want a formula.

Scenarios draw from quantiles; these are only reported. Each is fitted by maximum likelihood with
its location at 0 to the first three quarters of the cases; the best is the one that gives the last
quarter the highest likelihood, and Akaike's criterion is shown beside it.
"""

import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import gamma, lognorm, weibull_min

from models.base import Frozen
from scenarios.fitting.shrinkage import Floats

LEAST_CASES = 40
TRAINED_SHARE = 0.75
LEAST_DISTINCT = 10
"""Fewer different values have no density to speak of."""
SHOWN = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True)
class _Form:
    fit: Callable[..., tuple[float, ...]]
    log_density: Callable[..., Floats]
    quantile: Callable[..., Floats]


FORMS = {
    "gamma": _Form(gamma.fit, gamma.logpdf, gamma.ppf),
    "lognormal": _Form(lognorm.fit, lognorm.logpdf, lognorm.ppf),
    "Weibull": _Form(weibull_min.fit, weibull_min.logpdf, weibull_min.ppf),
}


class FormFit(Frozen):
    """One named distribution of the ratios; shape and scale as in scipy.stats."""

    form: str
    shape: float
    scale: float
    aic: float
    held_out: float
    """Mean log likelihood of the cases it was not fitted to."""
    quantiles: tuple[float, ...]
    """At levels 0.1, 0.5 and 0.9."""


class FormReport(Frozen):
    """The named distributions of one procedure, or of all cases."""

    procedure: str
    """Blank: all cases."""
    cases: int
    best: str = ""
    fits: tuple[FormFit, ...] = ()
    observed: tuple[float, ...] = ()
    """The observed quantiles at the same levels."""
    missing: str = ""


def fit_forms(procedures: Sequence[str], ratios: Floats) -> tuple[FormReport, ...]:
    """Forms for all cases and for each procedure with enough of them.

    Args:
        procedures: of each case, in order of time.
        ratios: actual minutes over the reference's, as many.
    """
    names = np.array(procedures)
    frequent = sorted(name for name, n in Counter(procedures).items() if n >= LEAST_CASES)
    return (
        _report("", ratios),
        *(_report(name, ratios[names == name]) for name in frequent),
    )


def _report(procedure: str, ratios: Floats) -> FormReport:
    cut = int(TRAINED_SHARE * len(ratios))
    trained, tried = ratios[:cut], ratios[cut:]
    why = ""
    if len(ratios) < LEAST_CASES:
        why = f"{len(ratios)} cases are too few, {LEAST_CASES} are needed"
    elif len(np.unique(trained)) < LEAST_DISTINCT:
        why = f"only {len(np.unique(trained))} different values"
    if why:
        return FormReport(procedure=procedure, cases=len(ratios), missing=why)
    fits = tuple(_fit(name, trained, tried) for name in sorted(FORMS))
    return FormReport(
        procedure=procedure,
        cases=len(ratios),
        best=max(fits, key=lambda fit: fit.held_out).form,
        fits=fits,
        observed=tuple(map(float, np.quantile(ratios, SHOWN, method="weibull"))),
    )


def _fit(name: str, trained: Floats, tried: Floats) -> FormFit:
    form = FORMS[name]
    with warnings.catch_warnings():
        # The optimiser steps out of the domain on its way; what it ends with is checked by score.
        warnings.simplefilter("ignore", RuntimeWarning)
        shape, _, scale = form.fit(trained, floc=0)
    likelihood = float(np.sum(form.log_density(trained, shape, 0, scale)))
    return FormFit(
        form=name,
        shape=float(shape),
        scale=float(scale),
        aic=2 * 2 - 2 * likelihood,
        held_out=float(np.mean(form.log_density(tried, shape, 0, scale))),
        quantiles=tuple(map(float, form.quantile(SHOWN, shape, 0, scale))),
    )
