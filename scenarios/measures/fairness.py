"""Measures of fairness: how far the waiting of groups of patients lies apart.

A gap is the largest less the smallest mean (or median) of the groups. Those of whom it is not known
are no group, and groups of fewer than five treated cases are left out of it. A gap is never
negative, so that chance alone makes it larger than 0: read it against the baseline, not against 0.
"""

from collections.abc import Callable, Iterable
from functools import partial

from scenarios.measures.measure import FEWEST_IN_GROUP, Better, Measure, Reduce, Seen
from scenarios.measures.view import View
from scenarios.measures.waiting import days_waited
from scenarios.records import CaseRecord

AGES = ("under 65", "65-79", "80 and over")
DISTANCES = ("under 20 km", "20-50 km", "over 50 km")


def _age(case: CaseRecord) -> str:
    return case.age_band


def _distance(case: CaseRecord) -> str:
    return case.distance_band


def _language(case: CaseRecord) -> str:
    return case.language


def _group(
    name: str, words: str, label: Callable[[CaseRecord], str], groups: tuple[str, ...]
) -> tuple[Measure, ...]:
    observe = partial(days_waited, label=label)
    return (
        _gap(f"waiting_gap_by_{name}", f"gap in mean waiting by {words}", observe, Reduce.MEAN_GAP),
        _gap(
            f"waiting_median_gap_by_{name}",
            f"gap in median waiting by {words}",
            observe,
            Reduce.MEDIAN_GAP,
        ),
        Measure(
            name=f"waiting_mean_by_{name}",
            title=f"mean waiting by {words}",
            unit="days",
            words="Days from release to procedure of the cases treated in the window.",
            better=Better.LOWER,
            observe=observe,
            reduce=Reduce.MEAN,
            grouped=True,
            groups=groups,
        ),
    )


def _gap(
    name: str, title: str, observe: Callable[[View], Iterable[Seen]], reduce: Reduce
) -> Measure:
    middle = "mean" if reduce is Reduce.MEAN_GAP else "median"
    return Measure(
        name=name,
        title=title,
        unit="days",
        words=f"Largest less smallest {middle} waiting of the groups with at least "
        f"{FEWEST_IN_GROUP} cases treated in the window; not defined with fewer than two such.",
        better=Better.LOWER,
        observe=observe,
        reduce=reduce,
    )


FAIRNESS = (
    *_group("age", "age band", _age, AGES),
    *_group("distance", "distance from the site", _distance, DISTANCES),
    *_group("language", "language", _language, ()),
)
