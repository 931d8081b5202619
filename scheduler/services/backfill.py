"""Who may take a freed slot: cases that wait, and cases booked for later that may come earlier.

A candidate is legal in full: its rules permit the start, the patient can be told in time, what has
to be stopped is stopped or can still be, and all its other needs are served with everybody else
held where they are. Each is placed in the gap at its cheapest; the search is that of proposals with
the need in question pinned to the resource, so the answer is exact.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.errors import InputError, NotFoundError, RefusedError
from models.objective import left_out_cost
from models.problem import Case, Need
from models.windows import Window, WindowSet
from scheduler.records import CaseState
from scheduler.services import gap_words
from scheduler.services.case_files import CaseFile, all_files, open_file
from scheduler.services.desk import Desk
from scheduler.services.gap_board import GapBoard
from scheduler.services.problems import Gathered, case_of, gather
from scheduler.services.readiness import assess_now, forbidden
from scheduler.services.scene import Scene
from solver.proposals import Proposal

INSTANT = timedelta(seconds=1)
"""Instants have whole seconds: a window that is to hold its end is longer by one."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A resource that is free for `[begin, end)`, or may become so."""

    resource: str
    begin: datetime
    end: datetime
    notice: timedelta
    """How long before the start the patient must be told."""

    def starts(self, need: Need) -> WindowSet:
        """Starts of a case with which its need lies within the gap."""
        offset = timedelta(minutes=need.offset)
        last = self.end - offset - timedelta(minutes=need.minutes)
        return WindowSet.between(self.begin - offset, last + INSTANT)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that may take the gap."""

    file: CaseFile
    proposal: Proposal
    role: str
    """The need that the gap serves."""
    saved: int
    """Points by which the plan gets cheaper; negative where it gets dearer."""
    allowed: tuple[str, ...]
    """Why it may, in sentences."""
    to_do: tuple[str, ...]
    """What must happen for it, in sentences."""


@dataclass(frozen=True, slots=True)
class NotThen:
    """What is against one start in the gap."""

    start: datetime
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one case may take the gap, and if not, why."""

    case: str
    candidate: Candidate | None
    reasons: tuple[str, ...] = ()
    starts: tuple[NotThen, ...] = ()
    """What is against each start that the rules leave, where the gap itself is long enough."""


@dataclass(frozen=True, slots=True)
class GapData:
    """What there is to know, read in one transaction."""

    gathered: Gathered
    gap: Gap


def gather_gap(
    desk: Desk,
    resource: str,
    begin: datetime,
    end: datetime,
    *,
    notice_hours: float | None = None,
    case: str | None = None,
) -> GapData:
    """What there is to know for asking who may take a gap.

    Args:
        desk: the transaction.
        resource: what is free.
        begin: from when on.
        end: until when.
        notice_hours: hours it takes to tell a patient; the site's when left out.
        case: the one case that is asked for, else all open ones.

    Raises:
        NotFoundError: the site has no such resource, or there is no such case.
        InputError: the gap ends before it begins.
        RefusedError: the gap is over, or lies beyond the horizon.
    """
    place, site = f"gap of {resource}", desk.department.site
    if resource not in desk.scene.planned:
        raise NotFoundError("the site has no such resource", place=place)
    if end <= begin:
        raise InputError("it ends before it begins", place=place, remedy="turn it round")
    horizon = site.horizon(desk.now)
    if end <= desk.now or begin >= horizon.end:
        when = "is over" if end <= desk.now else "lies beyond the horizon"
        raise RefusedError(f"it {when}", place=place, remedy="ask for one to come")
    hours = site.notice_hours if notice_hours is None else notice_hours
    files = all_files(desk, state=CaseState.OPEN) if case is None else (open_file(desk, case),)
    return GapData(gather(desk, files), Gap(resource, begin, end, timedelta(hours=hours)))


def candidates(data: GapData, *, top: int) -> tuple[Candidate, ...]:
    """Who may take the gap: those that save most first, then earliest start, then by id."""
    board = GapBoard(data.gathered)
    found = []
    for file in data.gathered.files:
        if next(_unfit(data, file), None) is None:
            verdict = _judged(data, board, file)
            if verdict is not None:
                found.append(verdict)
    found.sort(key=lambda one: (-one.saved, one.proposal.start, one.file.id))
    return tuple(found[:top])


def verdict(data: GapData) -> Verdict:
    """Whether the one gathered case may take the gap, and if not, why not."""
    (file,) = data.gathered.files
    if reasons := tuple(_unfit(data, file)):
        return Verdict(file.id, None, reasons)
    board = GapBoard(data.gathered)
    found = _judged(data, board, file)
    if found is not None:
        return Verdict(file.id, found)
    return _against(data, board, _assessed(data.gathered.scene, file))


def _unfit(data: GapData, file: CaseFile) -> Iterator[str]:
    """What keeps a case where it is, whatever the gap offers."""
    scene, gap = data.gathered.scene, data.gap
    if file.record.state != CaseState.OPEN:
        yield f"the case is {file.record.state}"
    if file.reservation:
        until = scene.local(file.reservation.expires_at)
        yield f"another place is reserved for it until {until}"
    booking = file.booking
    if booking is None:
        return
    booked = scene.local(booking.held.start)
    if booking.locked:
        yield f"its booking, {booked}, is locked"
    if booking.held.start < scene.now:
        yield "the procedure has begun"
    elif booking.held.start <= gap.begin:
        yield f"it is booked earlier than that, {booked}"


def _assessed(scene: Scene, file: CaseFile) -> CaseFile:
    record = file.record.model_copy(update={"readiness": assess_now(scene, file)})
    return file.with_readiness(record)


def _judged(data: GapData, board: GapBoard, file: CaseFile) -> Candidate | None:
    """The case in the gap at its cheapest; None where it cannot be there."""
    scene = data.gathered.scene
    assessed = _assessed(scene, file)
    try:
        case = case_of(scene, assessed)
    except RefusedError:
        return None  # it cannot be planned here at all
    found = []
    for role, variant in _variants(data, assessed, case):
        proposal = board.cheapest(assessed, variant)
        if proposal is not None and not forbidden(scene, assessed, proposal.start):
            found.append((proposal.cost, proposal.start, role, proposal))
    if not found:
        return None
    _, _, role, proposal = min(found, key=lambda one: one[:3])
    told = gap_words.Told(scene, assessed, proposal.start, data.gap.notice)
    return Candidate(
        file=assessed,
        proposal=proposal,
        role=role,
        saved=_cost_now(board, assessed, case) - proposal.cost,
        allowed=tuple(told.allowed()),
        to_do=tuple(told.to_do()),
    )


def _variants(data: GapData, file: CaseFile, case: Case) -> Iterator[tuple[str, Case]]:
    """The case with one need after the other pinned to the gap, where it has a start there."""
    for need in _able(data, case):
        windows = _starts(data, file, need) & WindowSet(Window(a, b) for a, b in case.windows)
        if windows:
            needs = tuple(_pinned(other, need, data.gap.resource) for other in case.needs)
            spans = tuple((w.start, w.end) for w in windows)
            yield need.role, case.model_copy(update={"windows": spans, "needs": needs})


def _able(data: GapData, case: Case) -> tuple[Need, ...]:
    """The needs that the resource could serve."""
    resource = data.gathered.scene.resources[data.gap.resource]
    return tuple(need for need in case.needs if need.accepts(resource))


def _pinned(need: Need, wanted: Need, resource: str) -> Need:
    return need.model_copy(update={"among": (resource,)}) if need.role == wanted.role else need


def _starts(data: GapData, file: CaseFile, need: Need) -> WindowSet:
    """Starts in the gap that can still be told in time, and are earlier than the booked one."""
    gap, horizon = data.gap, data.gathered.scene.department.site.horizon(data.gathered.scene.now)
    earliest = max(data.gathered.scene.now + gap.notice, horizon.start)
    latest = horizon.end if file.booking is None else file.booking.held.start
    if latest <= earliest:
        return WindowSet()
    return gap.starts(need) & WindowSet.between(earliest, min(latest, horizon.end))


def _cost_now(board: GapBoard, file: CaseFile, case: Case) -> int:
    """What the case costs as it stands: where it is booked, or left out."""
    if file.booking is not None and case.booking is not None:
        there = board.as_booked(file, case)
        if there is not None:
            return there.cost
    return left_out_cost(board.prices, case)


def _against(data: GapData, board: GapBoard, file: CaseFile) -> Verdict:
    """Why a case cannot be in the gap that nothing keeps elsewhere."""
    scene, gap = data.gathered.scene, data.gap
    try:
        case = case_of(scene, file)
    except RefusedError as error:
        return Verdict(file.id, None, (error.problem,))
    able = _able(data, case)
    if not able:
        kinds = ", ".join(sorted({" ".join((*need.tags, need.kind)) for need in case.needs}))
        return Verdict(file.id, None, (f"{gap.resource} serves none of its needs: {kinds}",))
    if all(not gap.starts(need) for need in able):
        shortest = min(need.minutes for need in able)
        room = (gap.end - gap.begin) // timedelta(minutes=1)
        sentence = f"it needs {gap.resource} for {shortest} min, and the gap has {room}"
        return Verdict(file.id, None, (sentence,))
    starts = WindowSet()
    for need in able:
        starts |= _starts(data, file, need)
    if not starts:
        return Verdict(file.id, None, (_too_late(data, file),))
    return Verdict(file.id, None, (), tuple(_at_each(data, board, file, case, starts)))


def _too_late(data: GapData, file: CaseFile) -> str:
    scene, notice = data.gathered.scene, data.gap.notice
    if file.booking and file.booking.held.start <= scene.now + notice:
        return f"it is booked already within the notice, {scene.local(file.booking.held.start)}"
    hours = notice / timedelta(hours=1)
    return f"no start in the gap is {hours:g} h away, which is the notice that patients get"


def _at_each(
    data: GapData, board: GapBoard, file: CaseFile, case: Case, starts: WindowSet
) -> Iterator[NotThen]:
    """What is against each start of the gap, by the rules and by what is free."""
    scene = data.gathered.scene
    for start in _ticks(scene, starts):
        reasons = [*forbidden(scene, file, start)]
        for need in _able(data, case):
            if start in data.gap.starts(need):
                needs = tuple(_pinned(other, need, data.gap.resource) for other in case.needs)
                variant = case.model_copy(update={"needs": needs})
                reasons += board.against(file, variant, start, clinical=bool(reasons))
        yield NotThen(start, tuple(dict.fromkeys(reasons)))


MOST_STARTS = 48
"""Most starts of a gap that are explained one by one: four hours of five minutes."""


def _ticks(scene: Scene, starts: WindowSet) -> Iterable[datetime]:
    grid = scene.department.site.setting.grid
    found: list[datetime] = []
    for window in starts:
        start = grid.round_up(window.start)
        while start < window.end and len(found) < MOST_STARTS:
            found.append(start)
            start += timedelta(minutes=scene.department.site.tick_minutes)
    return found
