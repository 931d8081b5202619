"""Measures of waiting: of those treated, of those who still wait, and of who is where in the queue.

A scenario that treats nobody has no waiting of treated cases at all, so these are never read alone:
beside them stand the waiting so far of those left and the mean number waiting.
"""

from collections.abc import Callable, Iterator
from functools import partial

from models.base import Priority
from scenarios.measures.little import little
from scenarios.measures.measure import REPLAY, Better, Measure, Reduce, Seen
from scenarios.measures.view import View, left_at, waited
from scenarios.records import CaseRecord, Outcome

Label = Callable[[CaseRecord], str]
PRIORITIES = tuple(p.value for p in Priority)
_TREATED = (
    "Days of 24 hours from release to the start of the procedure, of the cases whose procedure "
    "began in the window, whenever they were released; cases not treated do not count."
)


def by_priority(case: CaseRecord) -> str:
    """The case's priority."""
    return case.priority.value


def days_waited(view: View, label: Label = by_priority) -> Iterator[Seen]:
    """Days from release to procedure of each case treated in the window."""
    return (Seen(days, label(case)) for case, days in view.waits)


def days_of_all(view: View) -> Iterator[Seen]:
    """The days of those treated, and so far of those left; of who gave up nothing counts."""
    yield from days_waited(view)
    yield from days_so_far(view)


def days_of_new(view: View) -> Iterator[Seen]:
    """Days since release of each case released in the window; weight 0: cut off, untreated."""
    for case in view.present:
        if view.covers(case.released):
            gone = left_at(case)
            done = case.outcome is Outcome.TREATED and gone is not None and gone < view.run.end
            until = view.run.end if gone is None else min(gone, view.run.end)
            yield Seen(waited(case, until), by_priority(case), float(done))


def days_so_far(view: View) -> Iterator[Seen]:
    """Days from release to the end of the window of each case not treated by then."""
    return (Seen(waited(case, view.run.end), by_priority(case)) for case in view.waiting)


def left_at_end(view: View) -> Iterator[Seen]:
    """One for each case present at the end of the window."""
    return (Seen(1.0, by_priority(case)) for case in view.waiting)


def without_place(view: View) -> Iterator[Seen]:
    """One for each case that has no place at the end of the window."""
    for case in view.waiting:
        if case.outcome is Outcome.WAITING:
            yield Seen(1.0, by_priority(case))


def in_time(view: View) -> Iterator[Seen]:
    """One for each case due in the window; its value is whether it was treated by then."""
    for case in view.run.cases:
        if case.due is None or not view.covers(case.due):
            continue
        gone = left_at(case)
        given_up = case.outcome is Outcome.CANCELLED and gone is not None and gone <= case.due
        if given_up:
            continue
        done = case.outcome is Outcome.TREATED and gone is not None and gone <= case.due
        yield Seen(float(done), by_priority(case))


def treated(view: View) -> Iterator[Seen]:
    """One for each case treated in the window."""
    return (Seen(1.0, by_priority(case)) for case in view.treated)


def treated_per_week(view: View) -> Iterator[Seen]:
    """The share of a week's number that each treated case makes up."""
    return (Seen(1.0 / view.weeks, by_priority(case)) for case in view.treated)


def _length(view: View) -> Iterator[Seen]:
    yield Seen(little(view).length)


def _rate(view: View) -> Iterator[Seen]:
    yield Seen(little(view).rate)


def _days_present(view: View) -> Iterator[Seen]:
    terms = little(view)
    yield Seen(terms.recorded.case_days, weight=terms.seen)


def _both(name: str, make: Callable[[str, bool], Measure]) -> tuple[Measure, Measure]:
    """The measure of all cases and the same by priority."""
    return make(name, False), make(f"{name}_by_priority", True)  # noqa: FBT003 - grouped or not


def _waiting(title: str, reduce: Reduce, name: str, grouped: bool) -> Measure:  # noqa: FBT001 - see _both
    return Measure(
        name=name,
        title=f"{title} by priority" if grouped else title,
        unit="days",
        words=_TREATED,
        better=Better.LOWER,
        observe=days_waited,
        reduce=reduce,
        grouped=grouped,
        groups=PRIORITIES if grouped else (),
    )


def _of_all(name: str, grouped: bool) -> Measure:  # noqa: FBT001 - see _both
    return Measure(
        name=name,
        title="mean waiting of treated and left" + (" by priority" if grouped else ""),
        unit="days",
        words="Days from release to procedure of the cases treated in the window, and to its end "
        "of those left; treating those first who have waited longest does not raise it.",
        better=Better.LOWER,
        observe=days_of_all,
        reduce=Reduce.MEAN,
        grouped=grouped,
        groups=PRIORITIES if grouped else (),
    )


def _of_new(name: str, grouped: bool) -> Measure:  # noqa: FBT001 - see _both
    return Measure(
        name=name,
        title="median waiting of new referrals" + (" by priority" if grouped else ""),
        unit="days",
        words="Median days from release to procedure of the cases released in the window; those "
        "left at its end, and those who gave up, count as waiting for longer than they did "
        "(Kaplan and Meier). Not defined where no such time is outlasted by only half.",
        better=Better.LOWER,
        observe=days_of_new,
        reduce=Reduce.SURVIVAL_MEDIAN,
        grouped=grouped,
        groups=PRIORITIES if grouped else (),
        modes=REPLAY,
    )


def _in_time(name: str, grouped: bool) -> Measure:  # noqa: FBT001 - see _both
    return Measure(
        name=name,
        title="treated by the due date" + (" by priority" if grouped else ""),
        unit="share",
        words="Of the cases whose due date lies in the window, the share treated on or before it; "
        "those who gave up for good before it are left out, those without a due date too.",
        better=Better.HIGHER,
        observe=in_time,
        reduce=Reduce.RATIO,
        grouped=grouped,
        groups=PRIORITIES if grouped else (),
    )


def _unscheduled(name: str, grouped: bool) -> Measure:  # noqa: FBT001 - see _both
    return Measure(
        name=name,
        title="without a place" + (" by priority" if grouped else ""),
        unit="cases",
        words="Cases that are neither treated nor booked nor cancelled at the end of the window.",
        better=Better.LOWER,
        observe=without_place,
        reduce=Reduce.SUM,
        grouped=grouped,
        groups=PRIORITIES if grouped else (),
    )


WAITING = (
    *_both("waiting_mean", partial(_waiting, "mean waiting", Reduce.MEAN)),
    *_both("waiting_median", partial(_waiting, "median waiting", Reduce.MEDIAN)),
    *_both("waiting_p90", partial(_waiting, "90th percentile of waiting", Reduce.P90)),
    *_both("waiting_all", _of_all),
    *_both("waiting_new", _of_new),
    Measure(
        name="waiting_so_far",
        title="mean waiting so far of those left",
        unit="days",
        words="Days from release to the end of the window of the cases not treated by then, "
        "booked ones included: what the waiting of treated cases does not show.",
        better=Better.LOWER,
        observe=days_so_far,
        reduce=Reduce.MEAN,
    ),
    Measure(
        name="left_at_end",
        title="still waiting at the end",
        unit="cases",
        words="Cases present at the end of the window, booked for later or without a place.",
        better=Better.LOWER,
        observe=left_at_end,
        reduce=Reduce.SUM,
    ),
    *_both("treated_by_due", _in_time),
    *_both("unscheduled", _unscheduled),
)
FLOW = (
    Measure(
        name="treated",
        title="cases treated",
        unit="cases",
        words="Cases whose procedure began in the window.",
        better=Better.HIGHER,
        observe=treated,
        reduce=Reduce.SUM,
    ),
    Measure(
        name="throughput",
        title="treated a week",
        unit="cases/week",
        words="Cases whose procedure began in the window, per 168 hours of it.",
        better=Better.HIGHER,
        observe=treated_per_week,
        reduce=Reduce.SUM,
    ),
    Measure(
        name="queue_length",
        title="mean number waiting (L)",
        unit="cases",
        words="Time average over the window of the cases released and neither treated nor gone; "
        "it counts everybody, so that treating nobody never looks better.",
        better=Better.LOWER,
        observe=_length,
        reduce=Reduce.SUM,
    ),
    Measure(
        name="queue_rate",
        title="cases seen a day (lambda)",
        unit="cases/day",
        words="Cases present at some time of the window, per day of it.",
        better=Better.NEITHER,
        observe=_rate,
        reduce=Reduce.SUM,
    ),
    Measure(
        name="queue_days",
        title="mean days present in the window (W)",
        unit="days",
        words="Days within the window for which a case was present, per case seen. Lambda and W "
        "are of the records, L is counted live by a replay: at each site, L = lambda W.",
        better=Better.NEITHER,
        observe=_days_present,
        reduce=Reduce.RATIO,
    ),
)
