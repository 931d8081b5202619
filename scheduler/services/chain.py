"""The chain of the audit, followed from its first row, and its head, kept elsewhere.

A row that is changed, taken out, put in or put elsewhere breaks the chain. Rows cut off its end do
not: they show against a head that was exported before.
"""

from dataclasses import dataclass

from models.base import Frozen, Id, Instant
from models.errors import InputError
from scheduler.services.desk import Desk


class Head(Frozen):
    """The last row of the audit at some moment, as it is exported."""

    site: Id
    seq: int
    """0 while nothing has been changed."""
    at: Instant | None = None
    chain: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the audit is whole."""

    head: Head
    faults: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing was found against it."""
        return not self.faults


def head(desk: Desk) -> Head:
    """The last row of this moment."""
    site, last = desk.uow.sites.get().id, desk.uow.audit.newest()
    if last is None:
        return Head(site=site, seq=0)
    return Head(site=site, seq=last.seq, at=last.at, chain=last.chain)


def verify(desk: Desk, kept: Head | None = None) -> Verdict:
    """Follow the chain, and look whether it still has the row of an exported head.

    Raises:
        InputError: the head is of another site.
    """
    now = head(desk)
    faults = []
    broken = desk.uow.audit.first_break()
    if broken is not None:
        faults.append(f"row {broken} does not follow from the row before it")
    if kept is not None:
        if kept.site != now.site:
            raise InputError(
                f"the head is of site {kept.site}, not {now.site}", remedy="give this site's head"
            )
        row = next(iter(desk.uow.audit.since(kept.seq, 1)), None)
        if kept.seq and (row is None or (row.seq, row.chain) != (kept.seq, kept.chain)):
            faults.append(f"row {kept.seq} is not there as it was when the head was exported")
    return Verdict(now, tuple(faults))
