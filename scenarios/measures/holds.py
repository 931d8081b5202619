"""Measures of medication holds: hours off drugs, and holds that were for nothing.

A hold counts, with all its hours, in the window in which it ends: with its procedure, or as its
booking is lost.
"""

from collections.abc import Callable, Iterator
from functools import partial

from scenarios.measures.measure import Better, Measure, Reduce, Seen
from scenarios.measures.view import View
from scenarios.records import DrugTime

RISKS = ("1", "2", "3")
Label = Callable[[DrugTime], str]


def drug_times(view: View) -> Iterator[DrugTime]:
    """All holds that ended in the window."""
    return (t for case in view.run.cases for t in case.drug_times if view.covers(t.until))


def by_class(time: DrugTime) -> str:
    """The drug class, as the policies group drugs."""
    return time.drug_class


def by_risk(time: DrugTime) -> str:
    """The thrombotic risk, `1` to `3`."""
    return str(time.risk)


def hours_off(view: View, label: Label = by_class) -> Iterator[Seen]:
    """Hours off a drug, for bookings that took place or not."""
    return (Seen(time.hours, label(time)) for time in drug_times(view))


def hours_per_treated(view: View) -> Iterator[Seen]:
    """The same hours, over the cases treated."""
    yield from (Seen(time.hours, weight=0.0) for time in drug_times(view))
    yield from (Seen(0.0, weight=1.0) for _ in view.treated)


def hours_for_use(view: View, label: Label = by_class) -> Iterator[Seen]:
    """Hours off each drug of the cases treated in the window, for the booking that took place."""
    for case in view.treated:
        yield from (Seen(t.hours, label(t)) for t in case.drug_times if not t.wasted)


def wasted(view: View) -> Iterator[Seen]:
    """One for each hold whose booking did not take place."""
    return (Seen(1.0, by_class(time)) for time in drug_times(view) if time.wasted)


def wasted_hours(view: View) -> Iterator[Seen]:
    """Hours off a drug for a booking that did not take place."""
    return (Seen(time.hours, by_class(time)) for time in drug_times(view) if time.wasted)


def _hours(name: str, title: str, label: Label, groups: tuple[str, ...] = ()) -> Measure:
    return Measure(
        name=name,
        title=title,
        unit="hours",
        words="Hours for which patients were off a drug because of a booking, wasted ones "
        "included, of the holds that ended in the window: with the procedure, or as its booking "
        "was lost.",
        better=Better.LOWER,
        observe=partial(hours_off, label=label),
        reduce=Reduce.SUM,
        grouped=name != "off_drug_hours",
        groups=groups,
    )


HOLDS = (
    _hours("off_drug_hours", "hours off drugs", by_class),
    _hours("off_drug_hours_by_class", "hours off drugs by drug class", by_class),
    _hours("off_drug_hours_by_risk", "hours off drugs by thrombotic risk", by_risk, RISKS),
    Measure(
        name="off_drug_per_treated",
        title="hours off drugs per case treated",
        unit="hours",
        words="All hours off drugs, wasted ones included, over all cases treated in the window, "
        "so that treating fewer does not look better.",
        better=Better.LOWER,
        observe=hours_per_treated,
        reduce=Reduce.RATIO,
    ),
    Measure(
        name="hold_length",
        title="mean length of a hold",
        unit="hours",
        words="Hours off a drug per hold whose booking took place in the window.",
        better=Better.LOWER,
        observe=hours_for_use,
        reduce=Reduce.MEAN,
    ),
    Measure(
        name="hold_length_by_class",
        title="mean length of a hold by drug class",
        unit="hours",
        words="Hours off a drug per hold whose booking took place in the window.",
        better=Better.LOWER,
        observe=hours_for_use,
        reduce=Reduce.MEAN,
        grouped=True,
    ),
    Measure(
        name="wasted_holds",
        title="wasted holds",
        unit="holds",
        words="Drugs stopped for a booking that was lost in the window; a patient off two drugs "
        "counts twice.",
        better=Better.LOWER,
        observe=wasted,
        reduce=Reduce.SUM,
    ),
    Measure(
        name="wasted_hold_hours",
        title="hours off drugs for nothing",
        unit="hours",
        words="Hours off a drug for a booking that was lost in the window.",
        better=Better.LOWER,
        observe=wasted_hours,
        reduce=Reduce.SUM,
    ),
)
