"""Measures of what comes between: bookings lost, moves by the night, late approvals, and cost."""

from collections.abc import Callable, Iterator
from functools import partial
from statistics import fmean

from scenarios.measures.measure import REPLAY, Better, Measure, Reduce, Seen
from scenarios.measures.view import View, left_at
from scenarios.measures.waiting import PRIORITIES, by_priority
from scenarios.records import CaseRecord, Cause, Moved, Outcome

CAUSES = tuple(cause.value for cause in Cause)


def lost(view: View) -> Iterator[Seen]:
    """One for each booking that was found in the window not to take place."""
    return (Seen(1.0, loss.cause.value) for _, loss in view.losses)


def lost_share(view: View) -> Iterator[Seen]:
    """Lost bookings among those that came to an end in the window, one way or the other."""
    yield from (Seen(1.0) for _ in view.losses)
    yield from (Seen(0.0) for _ in view.treated)


def given_up(view: View) -> Iterator[Seen]:
    """One for each case that was cancelled for good in the window."""
    for case in view.present:
        gone = left_at(case)
        if case.outcome is Outcome.CANCELLED and gone is not None and view.covers(gone):
            yield Seen(1.0)


def _any(_: Moved) -> bool:
    return True


def _told(move: Moved) -> bool:
    return move.told


def _after_stop(move: Moved) -> bool:
    return move.after_stop


def by_age(case: CaseRecord) -> str:
    """The case's age band."""
    return case.age_band


def moves(
    view: View,
    which: Callable[[Moved], bool] = _any,
    label: Callable[[CaseRecord], str] = by_priority,
) -> Iterator[Seen]:
    """One for each move that the nights of the window made."""
    return (Seen(1.0, label(case)) for case, move in view.moves if which(move))


def late_approvals(view: View) -> Iterator[Seen]:
    """One for each booking that was lost in the window as its approval came late."""
    return (Seen(1.0) for _, loss in view.losses if loss.cause is Cause.APPROVAL_LATE)


def cost(view: View) -> Iterator[Seen]:
    """Points of the plan of a night, the mean over the window; without nights of the last plan."""
    nights = view.run.nights
    yield Seen(fmean(night.cost_after for night in nights) if nights else float(view.run.cost))


def _lost(name: str, title: str, *, grouped: bool) -> Measure:
    return Measure(
        name=name,
        title=title,
        unit="bookings",
        words="Bookings that came to nothing and were known in the window to do so; "
        "a case that is booked again and lost again counts twice.",
        better=Better.LOWER,
        observe=lost,
        reduce=Reduce.SUM,
        grouped=grouped,
        groups=CAUSES if grouped else (),
        modes=REPLAY,
    )


def _moves(
    name: str,
    title: str,
    observe: Callable[[View], Iterator[Seen]],
    words: str,
    *,
    groups: tuple[str, ...] | None = None,
) -> Measure:
    return Measure(
        name=name,
        title=title,
        unit="moves",
        words=words,
        better=Better.LOWER,
        observe=observe,
        reduce=Reduce.SUM,
        grouped=groups is not None,
        groups=groups or (),
    )


_AFTER = "Moves by the night of patients who had stopped a drug for the booking already."
DISRUPTION = (
    _lost("cancellations", "bookings lost", grouped=False),
    _lost("cancellations_by_cause", "bookings lost by cause", grouped=True),
    Measure(
        name="cancellation_share",
        title="share of bookings lost",
        unit="share",
        words="Bookings lost in the window, over these and the cases treated in it.",
        better=Better.LOWER,
        observe=lost_share,
        reduce=Reduce.RATIO,
        modes=REPLAY,
    ),
    Measure(
        name="given_up",
        title="cases cancelled for good",
        unit="cases",
        words="Cases that left in the window without having been treated.",
        better=Better.LOWER,
        observe=given_up,
        reduce=Reduce.SUM,
        modes=REPLAY,
    ),
    _moves("moves", "moves", moves, "Moves of bookings that nights of the window made."),
    _moves(
        "moves_told",
        "moves of patients who were told",
        partial(moves, which=_told),
        "Moves by the night of patients who had been told their time.",
    ),
    _moves(
        "moves_after_stop", "moves after the stop date", partial(moves, which=_after_stop), _AFTER
    ),
    _moves(
        "moves_after_stop_by_priority",
        "moves after the stop date by priority",
        partial(moves, which=_after_stop),
        _AFTER,
        groups=PRIORITIES,
    ),
    _moves(
        "moves_after_stop_by_age",
        "moves after the stop date by age band",
        partial(moves, which=_after_stop, label=by_age),
        _AFTER,
        groups=(),
    ),
    Measure(
        name="late_approvals",
        title="late approvals",
        unit="approvals",
        words="Bookings that came to nothing in the window, as an approval came late.",
        better=Better.LOWER,
        observe=late_approvals,
        reduce=Reduce.SUM,
        modes=REPLAY,
    ),
    Measure(
        name="cost",
        title="cost of a night's plan",
        unit="points",
        words="Points of the plan that a night finds, by the independent scorecard; in a replay "
        "the mean over the nights of the window. Not judged against other prices or demand.",
        better=Better.LOWER,
        observe=cost,
        reduce=Reduce.SUM,
    ),
)
