"""One day of a department as rows and boxes, with its holds as lanes: what a board page draws."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from models.clinical.readiness import Readiness
from models.plan import Placement
from models.problem import PlanningProblem
from models.timegrid import local_day, start_of_day, zone
from scheduler.views.axis import Axis, hour_axis, next_day, zone_note
from scheduler.views.holds import HoldBoard, hold_board
from scheduler.views.rows import Box, DayWork, Row
from scheduler.views.spans import CaseLabel, uses_of

COUNTED_KIND = "outpatient-slot"
COUNT_STEP = timedelta(minutes=30)
KIND_TITLES = {
    "suite": "Suites",
    "ct": "CT",
    "procedure-room": "Procedure rooms",
    "proceduralist": "Proceduralists",
    "sedation": "Sedation",
    "equipment": "Equipment",
    "bay": "Bays",
}
LEADING_KINDS = ("suite", "ct", "proceduralist", "sedation")
"""Kinds whose opening hours decide how much of the day the board shows."""


@dataclass(frozen=True, slots=True)
class CountCell:
    """How many of the slots open in `[start, end)` are taken."""

    start: datetime
    end: datetime
    taken: int
    total: int


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one kind; slots that come in hundreds are counts."""

    kind: str
    title: str
    rows: tuple[Row, ...]
    counts: tuple[CountCell, ...] = ()


@dataclass(frozen=True, slots=True)
class BoardView:
    """One local day of a site."""

    site: str
    day: date
    zone_note: str
    axis: Axis
    now: datetime
    groups: tuple[Group, ...]
    holds: HoldBoard

    @property
    def tz(self) -> ZoneInfo:
        """The site's zone."""
        return zone(self.axis.zone)

    @property
    def shows_now(self) -> bool:
        """Whether the now-line lies on the axis."""
        return self.axis.start <= self.now < self.axis.end

    @property
    def boxes(self) -> tuple[tuple[Row, Box], ...]:
        """Every box with its row, in the order drawn."""
        return tuple((row, box) for g in self.groups for row in g.rows for box in row.boxes)

    @property
    def cases(self) -> tuple[str, ...]:
        """Every case with a box on the board, sorted."""
        return tuple(sorted({box.case for _, box in self.boxes}))

    @property
    def prefix(self) -> str:
        """What every case id of the board has before and with its last dash, if it is the same."""
        parts = (case.rpartition("-") for case in self.cases)
        heads = {head + dash for head, dash, _ in parts}
        return heads.pop() if len(heads) == 1 else ""


def board_view(
    problem: PlanningProblem,
    placements: Mapping[str, Placement],
    readiness: Mapping[str, Readiness],
    day: date,
    *,
    labels: Mapping[str, CaseLabel] | None = None,
    marks: Mapping[str, frozenset[str]] | None = None,
    notes: Mapping[str, tuple[str, ...]] | None = None,
    now: datetime | None = None,
    site: str | None = None,
) -> BoardView:
    """The board of one local day.

    Args:
        problem: resources and cases; its zone is the board's.
        placements: what to draw, by case id.
        readiness: what the clinical rules say, by case id; cases without an entry draw no lane.
        day: the local day.
        labels: procedure names and turnover minutes, by case id.
        marks: further states by case id, named as in `BoxState`, such as `{"provisional"}`.
        notes: further sentences by case id, such as why a booking can no longer stand.
        now: where the now-line stands; the problem's own instant unless given.
        site: the site's name; the problem's id of it unless given.
    """
    tz = zone(problem.timezone)
    first, last = start_of_day(day, tz), next_day(day, tz)
    work = DayWork(
        problem=problem,
        placements=placements,
        labels=labels or {},
        marks=marks or {},
        notes=notes or {},
        tz=tz,
        first=first,
        last=last,
        uses=tuple(
            u for u in uses_of(problem, placements) if _meet((u.start, u.end), (first, last))
        ),
    )
    axis = hour_axis(day, tz, tuple(_spans(work)))
    placed = [
        (problem.case_by_id[p.case], p)
        for p in placements.values()
        if p.case in problem.case_by_id and local_day(p.start, tz) == day
    ]
    return BoardView(
        site=site or problem.site,
        day=day,
        zone_note=zone_note(day, tz),
        axis=axis,
        now=now or problem.now,
        groups=tuple(_groups(work, axis)),
        holds=hold_board(placed, readiness, labels or {}, tz),
    )


def _spans(work: DayWork) -> Iterable[tuple[datetime, datetime]]:
    """What the axis must show: every box, and the opening hours of suites, CT and staff."""
    for use in work.uses:
        yield use.start, use.end
    for resource in work.problem.resources:
        if resource.kind in LEADING_KINDS:
            yield from (w for w in resource.available if _meet(w, (work.first, work.last)))


def _groups(work: DayWork, axis: Axis) -> Iterable[Group]:
    """One group per kind: the known kinds in their order, others by name, counts last."""
    order = list(KIND_TITLES)
    kinds = {resource.kind for resource in work.problem.resources}
    known = sorted(kinds & set(order), key=order.index)
    for kind in [*known, *sorted(kinds - set(order) - {COUNTED_KIND})]:
        of_kind = [r for r in work.problem.resources if r.kind == kind]
        rows = tuple(work.row(resource, axis) for resource in of_kind)
        yield Group(kind, KIND_TITLES.get(kind, kind.replace("-", " ").capitalize()), rows)
    if COUNTED_KIND in kinds:
        yield Group(COUNTED_KIND, "Outpatient slots", (), tuple(_counts(work, axis)))


def _counts(work: DayWork, axis: Axis) -> Iterable[CountCell]:
    """Slots taken and open, half hour by half hour; spans without any slot are left off."""
    slots = [r for r in work.problem.resources if r.kind == COUNTED_KIND]
    uses = [use for use in work.uses if use.need.kind == COUNTED_KIND]
    begin = axis.start
    while begin < axis.end:
        until = min(begin + COUNT_STEP, axis.end)
        total = sum(any(_meet(w, (begin, until)) for w in slot.available) for slot in slots)
        taken = {use.resource for use in uses if _meet((use.start, use.end), (begin, until))}
        if total or taken:
            yield CountCell(begin, until, len(taken), total)
        begin = until


def _meet(a: tuple[datetime, datetime], b: tuple[datetime, datetime]) -> bool:
    return a[0] < b[1] and b[0] < a[1]
