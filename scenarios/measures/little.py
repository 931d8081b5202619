"""Little's law on one run: the mean number present is the rate of cases times their mean time.

A replay counts L while it goes on (`scenarios/replay/headcount.py`); lambda and W are made of the
records of its cases, over the same window, cut off at both its ends, for which the law is exact on
every sample path (S. Stidham, Operations Research 22, 1974). So records that were dropped, doubled
or given other times do not agree with what was counted. Times that are only exchanged between cases
leave L as it is; they change the sum of squared times, which the replay counts as well.
"""

from dataclasses import dataclass
from math import fsum, isclose

from models.errors import InputError
from scenarios.measures.view import DAY, View, left_at
from scenarios.records import Headcount

ROUNDING = 1e-9
"""Share by which sums of days may differ for being added up in another order."""
LEAST = 1e-6
"""Days below which sums are equal: a tenth of a second."""


@dataclass(frozen=True, slots=True)
class Little:
    """The terms for one run, in cases and days of 24 hours."""

    headcount: Headcount | None
    """What was counted live; None of a plan."""
    days: float
    """Length of the window."""
    recorded: Headcount
    """The same by the records of the cases."""
    seen: int
    """Cases present at some time of the window, by the records."""

    @property
    def length(self) -> float:
        """L: time average of the number present, counted live; of a plan by its records."""
        return (self.headcount or self.recorded).case_days / self.days

    @property
    def rate(self) -> float:
        """Lambda: cases seen per day."""
        return self.seen / self.days

    @property
    def time(self) -> float:
        """W: mean days present per case seen; 0 when nobody was."""
        return self.recorded.case_days / self.seen if self.seen else 0.0

    @property
    def gap(self) -> float:
        """L - lambda W: 0 but for rounding where the records are those of the run."""
        return self.length - self.rate * self.time

    @property
    def agrees(self) -> bool:
        """Whether the records say of those present what was counted live."""
        live, told = self.headcount, self.recorded
        return live is None or (
            (live.entered, live.left) == (told.entered, told.left)
            and _close(live.case_days, told.case_days)
            and _close(live.squared_days, told.squared_days)
        )


def _close(live: float, told: float) -> bool:
    return isclose(live, told, rel_tol=ROUNDING, abs_tol=LEAST)


def little(view: View) -> Little:
    """The terms of a run.

    Raises:
        InputError: a case has left and the record does not say when.
    """
    begin, end = view.run.begin, view.run.end
    gone = [left_at(case) or end for case in view.present]
    stays = [
        (min(left, end) - max(case.released, begin)) / DAY
        for case, left in zip(view.present, gone, strict=True)
    ]
    recorded = Headcount(
        case_days=fsum(stays),
        squared_days=fsum(stay**2 for stay in stays),
        entered=sum(view.covers(case.released) for case in view.present),
        left=sum(view.covers(left) for left in gone),
    )
    return Little(view.run.headcount, view.days, recorded, len(stays))


def check_law(view: View) -> None:
    """Refuse a run whose records are not those of the cases that it counted.

    Raises:
        InputError: Little's law does not hold of it.
    """
    terms = little(view)
    if not terms.agrees:
        run = view.run
        raise InputError(
            f"its records do not agree with what it counted: {terms.length:.3f} cases present on "
            f"average, by the records {terms.rate * terms.time:.3f}",
            place=f"replication {run.number} at {run.site}",
            remedy="drop what is kept of it, and run it again",
        )
