"""The planning file, version 1: everything the solver may know, and nothing of the clinic.

Shapes are checked by pydantic, cross-references once in `PlanningProblem`. Members that a later
minor version may add are kept and written back. All instants carry an offset; all intervals are
half-open.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from models.base import HoldStage, Id, Instant, Priority
from models.documents import parse_document
from models.errors import InputError
from models.plan import Placement, Plan
from models.timegrid import TimeGrid, zone
from models.windows import Window, WindowSet

MOST_POINTS = 1_000_000_000
MOST_MINUTES = 1_000_000
"""Nearly two years. Prices and times beyond these are mistakes, and sums of them might overflow."""
Points = Annotated[int, Field(ge=0, le=MOST_POINTS)]
Minutes = Annotated[int, Field(ge=0, le=MOST_MINUTES)]
Length = Annotated[int, Field(ge=1, le=MOST_MINUTES)]
Interval = tuple[Instant, Instant]


class Member(BaseModel):
    """A frozen member of the document; unknown members are kept for later minor versions."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)


def _forward(intervals: tuple[Interval, ...], what: str) -> None:
    for start, end in intervals:
        if end <= start:
            msg = f"{what} [{start.isoformat()}, {end.isoformat()}) ends before it starts"
            raise ValueError(msg)


class Horizon(Member):
    """The span in which starts may lie."""

    start: Instant
    end: Instant

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _forward(((self.start, self.end),), "horizon")
        return self


class Objective(Member):
    """Prices in integer points."""

    unscheduled: dict[Priority, Points]
    wait_per_day: dict[Priority, Points]
    late_per_day: dict[Priority, Points]
    off_drug_per_day: Points
    move: Points
    move_per_day: Points
    unbook: Points

    @model_validator(mode="after")
    def _all_priorities(self) -> Self:
        for name in ("unscheduled", "wait_per_day", "late_per_day"):
            missing = [p.value for p in Priority if p not in getattr(self, name)]
            if missing:
                msg = f"{name} has no price for {', '.join(missing)}"
                raise ValueError(msg)
        return self


class Resource(Member):
    """Something that serves one need at a time."""

    id: Id
    kind: Id
    tags: tuple[str, ...] = ()
    available: tuple[Interval, ...]
    minutes_per_day: Minutes | dict[date, Minutes] | None = None
    open_cost: Points = 0
    suite_change_cost: Points = 0

    @model_validator(mode="after")
    def _availability_runs_forward(self) -> Self:
        _forward(self.available, f"availability of {self.id}")
        return self

    def limit_on(self, day: date) -> int | None:
        """Most need-minutes on one local day; None where there is no limit."""
        if isinstance(self.minutes_per_day, dict):
            return self.minutes_per_day.get(day)
        return self.minutes_per_day

    def is_there(self, begin: datetime, end: datetime) -> bool:
        """Whether it is available for all of `[begin, end)`; pieces that touch count as one."""
        if any(a <= begin and end <= b for a, b in self.available):
            return True
        whole = WindowSet(Window(a, b) for a, b in self.available)
        return any(w.start <= begin and end <= w.end for w in whole)


class Need(Member):
    """One resource requirement of a case relative to its start, in minutes."""

    role: Id
    kind: Id
    tags: tuple[str, ...] = ()
    among: tuple[Id, ...] | None = None
    offset: int = Field(alias="from", ge=-MOST_MINUTES, le=MOST_MINUTES)
    minutes: Length

    def accepts(self, resource: Resource) -> bool:
        """Whether the resource is of the kind, has the tags and is among those named."""
        return (
            resource.kind == self.kind
            and set(self.tags) <= set(resource.tags)
            and (self.among is None or resource.id in self.among)
        )

    def span(self, start: datetime) -> tuple[datetime, datetime]:
        """`[begin, end)` of the need when the procedure starts at `start`."""
        begin = start + timedelta(minutes=self.offset)
        return begin, begin + timedelta(minutes=self.minutes)


class Hold(Member):
    """What the solver may know of a medication hold."""

    stage: HoldStage
    ready_at: Instant | None = None
    risk: int = Field(default=1, ge=1, le=3)


class Booking(Member):
    """The published placement of a case."""

    start: Instant
    assigned: dict[Id, Id]
    locked: bool = False
    move_weight: Annotated[int, Field(ge=0, le=1_000_000)] = 1


class Case(Member):
    """A referral to be scheduled."""

    id: Id
    priority: Priority
    mandatory: bool = False
    release: Instant
    due: Instant | None = None
    windows: tuple[Interval, ...]
    needs: tuple[Need, ...]
    hold: Hold | None = None
    booking: Booking | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _forward(self.windows, f"window of case {self.id}")
        roles = Counter(need.role for need in self.needs)
        twice = sorted(role for role, n in roles.items() if n > 1)
        if twice:
            msg = f"case {self.id} names the role {twice[0]!r} twice"
            raise ValueError(msg)
        if self.booking:
            wrong = sorted(set(self.booking.assigned) ^ set(roles))
            if wrong:
                known = "is unknown" if wrong[0] not in roles else "is missing"
                msg = f"case {self.id}: role {wrong[0]!r} {known} in its booking"
                raise ValueError(msg)
        return self

    def may_start(self, instant: datetime) -> bool:
        """Whether the instant lies in one of the windows."""
        return any(a <= instant < b for a, b in self.windows)

    @property
    def booked_placement(self) -> Placement | None:
        """The booking as a placement."""
        if self.booking is None:
            return None
        return Placement(case=self.id, start=self.booking.start, assigned=self.booking.assigned)


def _exactly_one(value: object) -> object:
    if isinstance(value, bool) or value != 1:
        msg = f"version {value!r} is not supported, only version 1"
        raise ValueError(msg)
    return value


class PlanningProblem(Member):
    """A complete, frozen input of the solver."""

    format: Literal["holdfast-planning"]
    version: Annotated[Literal[1], BeforeValidator(_exactly_one)]
    site: Id
    timezone: Id
    now: Instant
    tick_minutes: Length
    horizon: Horizon
    objective: Objective
    resources: tuple[Resource, ...]
    cases: tuple[Case, ...]

    @model_validator(mode="after")
    def _cross_references(self) -> Self:
        try:
            zone(self.timezone)
        except InputError as error:
            raise ValueError(str(error)) from error
        for fault in _faults(self):
            raise ValueError(fault)
        return self

    @cached_property
    def resource_by_id(self) -> dict[str, Resource]:
        """Resources by id."""
        return {r.id: r for r in self.resources}

    @cached_property
    def case_by_id(self) -> dict[str, Case]:
        """Cases by id."""
        return {c.id: c for c in self.cases}

    @property
    def published(self) -> Plan:
        """What is booked, as a plan."""
        booked = (case.booked_placement for case in self.cases)
        return Plan(placements=tuple(placement for placement in booked if placement))

    def model_copy(self, *, update: Mapping[str, object] | None = None, deep: bool = False) -> Self:
        """A copy with some members changed; what was looked up by id is looked up anew."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("resource_by_id", None)
        copied.__dict__.pop("case_by_id", None)
        return copied

    @property
    def grid(self) -> TimeGrid:
        """The ticks on which procedures may start."""
        span = self.horizon.end - self.horizon.start
        step = timedelta(minutes=self.tick_minutes)
        return TimeGrid(self.horizon.start, self.tick_minutes, -(-span // step))


def _faults(problem: PlanningProblem) -> Iterator[str]:
    yield from _repeated("resource", [r.id for r in problem.resources])
    yield from _repeated("case", [c.id for c in problem.cases])
    resources = problem.resource_by_id
    for case in problem.cases:
        yield from _case_faults(problem, case, resources)
    yield from _locked_overlaps(problem)


def _repeated(what: str, ids: list[str]) -> Iterator[str]:
    for name, count in Counter(ids).items():
        if count > 1:
            yield f"{what} id {name!r} is used {count} times"


def _case_faults(
    problem: PlanningProblem, case: Case, resources: dict[str, Resource]
) -> Iterator[str]:
    for a, b in case.windows:
        if a < problem.horizon.start or b > problem.horizon.end:
            shown = f"[{a.isoformat()}, {b.isoformat()})"
            yield f"case {case.id}: window {shown} lies outside the horizon"
    for need in case.needs:
        for name in need.among or ():
            if name not in resources:
                yield f"case {case.id}: need {need.role!r} names the unknown resource {name!r}"
    if case.booking is None:
        return
    for role, name in case.booking.assigned.items():
        if name not in resources:
            yield f"case {case.id}: its booking gives {role!r} the unknown resource {name!r}"
    if case.booking.locked and not problem.grid.is_on(case.booking.start):
        yield f"case {case.id}: its locked booking does not start on a tick of the horizon"


def _locked_overlaps(problem: PlanningProblem) -> Iterator[str]:
    taken: dict[str, list[tuple[datetime, datetime, str]]] = {}
    for case in problem.cases:
        if case.booking and case.booking.locked:
            for need in case.needs:
                begin, end = need.span(case.booking.start)
                taken.setdefault(case.booking.assigned[need.role], []).append((begin, end, case.id))
    for name, spans in taken.items():
        spans.sort()
        for (_, end, first), (begin, _, second) in pairwise(spans):
            if begin < end:
                yield f"the locked bookings of {first} and {second} overlap on {name}"


def parse_problem(text: str | bytes, *, place: str) -> PlanningProblem:
    """The problem that a planning file holds.

    Raises:
        InputError: broken JSON, another format or version, or a member that contradicts another;
            `place` names the file.
    """
    return parse_document(text, PlanningProblem, place=place, kind="planning file")


def dump_problem(problem: PlanningProblem) -> str:
    """The planning file of a problem; unset optional members stay unset."""
    return problem.model_dump_json(by_alias=True, exclude_unset=True, indent=1)
