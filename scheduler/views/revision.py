"""What a night would change, as a page shows it: before and after, why, and at which price."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.base import BEGUN, HoldStage
from models.timegrid import zone
from scheduler.records import MoveRecord, MoveState, RevisionRecord
from scheduler.services.revisions import kept_moves
from solver.moves import Move
from solver.revision import Change

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """A start with its resources by role."""

    start: datetime
    assigned: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One case of a revision."""

    case: str
    procedure: str
    change: Change
    before: Place | None
    after: Place | None
    stage: HoldStage
    price: int
    forced: bool
    reasons: tuple[str, ...]
    depends_on: tuple[str, ...]
    state: MoveState
    detail: str
    """Why the move was rejected or became stale."""
    together: tuple[str, ...]
    """The other cases with which it is accepted or not at all."""

    @property
    def moves_hold(self) -> bool:
        """Whether a hold that has begun was begun for a start that is given up."""
        return self.stage in BEGUN and self.change in {Change.MOVED, Change.UNBOOKED}

    @property
    def wastes_hold(self) -> bool:
        """Whether a hold that has begun is for nothing, or lasts a day or more longer."""
        if not self.moves_hold or self.before is None:
            return False
        return self.after is None or self.after.start - self.before.start >= DAY

    @property
    def other_resources(self) -> tuple[tuple[str, str, str], ...]:
        """Role, resource before and after, where they differ at the same start and are known."""
        if self.change is not Change.REASSIGNED or self.before is None or self.after is None:
            return ()
        old = dict(self.before.assigned)
        return tuple(
            (role, old[role], name)
            for role, name in self.after.assigned
            if role in old and old[role] != name
        )


@dataclass(frozen=True, slots=True)
class RevisionView:
    """One revision of one site."""

    site: str
    zone: str
    revision: str
    run: str
    state: str
    made_at: datetime
    cost_before: int
    cost_after: int
    bound: int | None
    rows: tuple[ChangeRow, ...]
    groups: tuple[tuple[str, ...], ...] = ()
    """Cases that are accepted together or not at all."""
    left_aside: tuple[tuple[str, str], ...] = ()
    """Cases that could not be planned at all, each with the reason."""

    @property
    def tz(self) -> ZoneInfo:
        """The site's zone."""
        return zone(self.zone)

    def count(self, change: Change) -> int:
        """How many cases change in one way."""
        return sum(row.change is change for row in self.rows)

    @property
    def decided(self) -> int:
        """How many moves wait for no decision any more."""
        return sum(row.state is not MoveState.PROPOSED for row in self.rows)

    @property
    def holds_moved(self) -> int:
        """How many cases lose the start for which their hold has begun."""
        return sum(row.moves_hold for row in self.rows)

    @property
    def holds_wasted(self) -> int:
        """How many of those are for nothing, or last a day or more longer."""
        return sum(row.wastes_hold for row in self.rows)

    @property
    def broken(self) -> int:
        """How many bookings no longer stand; the cost before counts them as if they did."""
        return sum(row.forced for row in self.rows)

    @property
    def saved(self) -> int:
        """Points by which the plan gets cheaper; negative where bookings had to be given up."""
        return self.cost_before - self.cost_after

    @property
    def gap(self) -> float | None:
        """At most this share of the new cost could still be saved; None: nothing is proven."""
        if self.bound is None or self.cost_after <= 0:
            return None
        return (self.cost_after - self.bound) / self.cost_after


def revision_view(
    record: RevisionRecord,
    *,
    site: str,
    zone_name: str,
    procedures: Mapping[str, str] | None = None,
    held: Mapping[str, Mapping[str, str]] | None = None,
    left_aside: Iterable[tuple[str, str]] = (),
) -> RevisionView:
    """The page of a kept revision.

    Args:
        record: the revision; its document has the moves.
        site: the site's name.
        zone_name: the site's zone.
        procedures: names of procedures by case.
        held: the resources by role that each case has now, where they shall be shown.
        left_aside: cases that could not be planned, each with the reason.
    """
    moves = kept_moves(record)
    states = {move.case: move for move in record.moves}
    groups = {case: group for group in moves.groups for case in group}
    rows = (
        _row(
            move,
            states[move.case],
            groups.get(move.case, ()),
            procedure=(procedures or {}).get(move.case, ""),
            held=(held or {}).get(move.case, {}),
        )
        for move in moves.moves
    )
    return RevisionView(
        site=site,
        zone=zone_name,
        revision=record.id,
        run=record.run,
        state=record.state.value,
        made_at=record.created_at,
        cost_before=record.cost_before,
        cost_after=record.cost_after,
        bound=record.bound,
        rows=tuple(sorted(rows, key=_first)),
        groups=moves.groups,
        left_aside=tuple(left_aside),
    )


def _first(row: ChangeRow) -> tuple[bool, int, str]:
    """Wasted holds first, then what is dear, then by case."""
    return not row.wastes_hold, -row.price, row.case


def _row(
    move: Move,
    decided: MoveRecord,
    group: tuple[str, ...],
    *,
    procedure: str,
    held: Mapping[str, str],
) -> ChangeRow:
    now = tuple(sorted(held.items()))
    then = tuple(sorted((move.assigned or {}).items()))
    return ChangeRow(
        case=move.case,
        procedure=procedure,
        change=move.change,
        before=Place(move.before, now) if move.before else None,
        after=Place(move.after, then) if move.after else None,
        stage=move.stage,
        price=move.price,
        forced=move.forced,
        reasons=move.reasons,
        depends_on=move.depends_on,
        state=decided.state,
        detail=decided.detail,
        together=tuple(case for case in group if case != move.case),
    )
