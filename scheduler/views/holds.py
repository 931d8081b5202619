"""The holds of a day as lanes: last dose, long enough, procedure, restart, on one axis of days."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from models.base import HoldStage
from models.clinical.readiness import HoldPlan, Readiness, RuleRef
from models.plan import Placement
from models.problem import Case
from scheduler.views.axis import Axis, day_and_clock, day_axis
from scheduler.views.spans import CaseLabel, procedure_end

HOUR = timedelta(hours=1)


STAGE_WORDS = {
    HoldStage.NONE: "not begun",
    HoldStage.PLANNED: "planned",
    HoldStage.STARTED: "started",
    HoldStage.DRAWN: "started, laboratory drawn",
}


class HoldVerdict(StrEnum):
    """Whether a hold is long enough at the procedure's start."""

    LONG_ENOUGH = "long enough"
    TOO_SHORT = "too short"
    ASK = "ask a clinician"


@dataclass(frozen=True, slots=True)
class HoldLane:
    """One drug of one case."""

    drug: str
    stage: HoldStage
    verdict: HoldVerdict
    last_dose: datetime | None
    ready_at: datetime | None
    start: datetime
    procedure_end: datetime
    restart: datetime | None
    """When the drug may be taken again; None: ask the clinician."""
    cap_at: datetime | None
    """From when the drug has been off too long, where the site set a limit."""
    sentence: str
    """The arithmetic in words: hours off the drug at the start, hours needed."""
    ref: RuleRef

    @property
    def stage_words(self) -> str:
        """The stage as people say it."""
        return STAGE_WORDS[self.stage]

    @property
    def first(self) -> datetime:
        """The earliest instant the lane draws."""
        return min(t for t in (self.last_dose, self.ready_at, self.start) if t is not None)

    @property
    def last(self) -> datetime:
        """The latest instant the lane draws."""
        known = (self.restart, self.ready_at, self.procedure_end, self.cap_at)
        return max(t for t in known if t is not None)


@dataclass(frozen=True, slots=True)
class CaseHolds:
    """The lanes of one case, with what is still open for it."""

    case: str
    procedure: str
    start: datetime
    lanes: tuple[HoldLane, ...]
    open_points: tuple[str, ...]
    """Blocks and requirements, one sentence each with the time when it becomes too late."""


@dataclass(frozen=True, slots=True)
class HoldBoard:
    """All lanes of a day on one axis; `axis` is None when there is nothing to draw."""

    axis: Axis | None
    cases: tuple[CaseHolds, ...]


def hold_board(
    placed: Iterable[tuple[Case, Placement]],
    readiness: Mapping[str, Readiness],
    labels: Mapping[str, CaseLabel],
    tz: ZoneInfo,
) -> HoldBoard:
    """The lanes of the cases given, by start; those with nothing to say are left off."""
    cases = tuple(
        shown
        for case, placement in sorted(placed, key=lambda pair: (pair[1].start, pair[0].id))
        if (shown := _case_holds(case, placement, readiness.get(case.id), labels, tz))
    )
    lanes = [lane for case in cases for lane in case.lanes]
    if not lanes:
        return HoldBoard(axis=None, cases=cases)
    axis = day_axis(min(lane.first for lane in lanes), max(lane.last for lane in lanes), tz)
    return HoldBoard(axis=axis, cases=cases)


def _case_holds(
    case: Case,
    placement: Placement,
    ready: Readiness | None,
    labels: Mapping[str, CaseLabel],
    tz: ZoneInfo,
) -> CaseHolds | None:
    if ready is None:
        return None
    start = placement.start
    points = open_points(ready, start, tz)
    if not (ready.holds or points):
        return None
    label = labels.get(case.id, CaseLabel()).procedure or ready.procedure
    lanes = tuple(
        hold_lane(hold, start, procedure_end(case, start), tz)
        for hold in sorted(ready.holds, key=lambda hold: hold.drug)
    )
    return CaseHolds(case.id, label, start, lanes, points)


def open_points(ready: Readiness, start: datetime, tz: ZoneInfo) -> tuple[str, ...]:
    """Blocks first, then what this start still requires, with the time when it becomes too late."""
    blocks = [f"Blocked: {block.sentence}" for block in ready.blocks]
    requirements = [
        f"{point.sentence} (latest {day_and_clock(point.latest, tz)})"
        if point.latest
        else point.sentence
        for point in ready.requirements
        if point.applies_from is None or point.applies_from <= start
    ]
    return (*blocks, *requirements)


def hold_lane(hold: HoldPlan, start: datetime, end: datetime, tz: ZoneInfo) -> HoldLane:
    """The lane of one drug for a procedure over `[start, end)`."""
    restart = end + timedelta(hours=hold.restart_hours) if hold.restart_hours is not None else None
    return HoldLane(
        drug=hold.drug,
        stage=hold.stage,
        verdict=_verdict(hold, start),
        last_dose=hold.last_dose,
        ready_at=hold.ready_at,
        start=start,
        procedure_end=end,
        restart=restart,
        cap_at=hold.cap_at,
        sentence=hold_sentence(hold, start, tz),
        ref=hold.ref,
    )


def _verdict(hold: HoldPlan, start: datetime) -> HoldVerdict:
    if hold.ready_at is None:
        return HoldVerdict.ASK
    return HoldVerdict.LONG_ENOUGH if start >= hold.ready_at else HoldVerdict.TOO_SHORT


def hold_sentence(hold: HoldPlan, start: datetime, tz: ZoneInfo) -> str:
    """Hours off the drug at the start against what the rule asks for."""
    if hold.ready_at is None:
        return "The rule gives no figure: ask a clinician"
    needed = _needed(hold)
    if hold.last_dose is None:
        return f"{needed}; ready {day_and_clock(hold.ready_at, tz)}"
    off = round((start - hold.last_dose) / HOUR, 1)
    said = f"{off:g} h off at the start, {needed}; ready {day_and_clock(hold.ready_at, tz)}"
    if hold.cap_at is None:
        return said
    reached = "reached" if start >= hold.cap_at else "not reached"
    return f"{said}; at most off until {day_and_clock(hold.cap_at, tz)}, {reached}"


def _needed(hold: HoldPlan) -> str:
    if hold.doses is not None:
        return f"{hold.doses} doses skipped needed"
    if hold.hours is not None:
        return f"{hold.hours:g} h needed"
    return "hold as the rule says"
