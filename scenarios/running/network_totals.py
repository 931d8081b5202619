"""Sums over the sites of a network."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scenarios.measures.view import View
from scenarios.records import Outcome, Run
from scenarios.running.offers import Sent


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over all sites, for one replication."""

    sites: int
    cases: int
    treated: int
    booked: int
    waiting: int
    cancelled: int
    late: int
    """Treated or booked after the due date."""
    moved: int
    """Cases treated at another site than their own."""
    site_points: int
    """Cost of the sites' last plans."""
    transfer_points: int

    @property
    def points(self) -> int:
        """Cost of plans and transfers together."""
        return self.site_points + self.transfer_points


def totals(runs: Iterable[Sequence[Run]], sent: Sequence[Sent]) -> tuple[Totals, ...]:
    """Sums over sites, for each replication that all of them have.

    Args:
        runs: of each site, by replication.
        sent: the cases that moved.
    """
    return tuple(_sum(alike, sent) for alike in zip(*runs, strict=False))


def _sum(runs: Sequence[Run], sent: Sequence[Sent]) -> Totals:
    cases = [case for run in runs for case in View(run).present]
    count = {outcome: sum(case.outcome is outcome for case in cases) for outcome in Outcome}
    late = [c for c in cases if c.start is not None and c.due is not None and c.start > c.due]
    return Totals(
        sites=len(runs),
        cases=len(cases),
        treated=count[Outcome.TREATED],
        booked=count[Outcome.BOOKED],
        waiting=count[Outcome.WAITING],
        cancelled=count[Outcome.CANCELLED],
        late=len(late),
        moved=len(sent),
        site_points=sum(run.cost for run in runs),
        transfer_points=sum(one.points for one in sent),
    )
