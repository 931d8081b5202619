"""First-fit greedy: cases by priority, each at the first start at which all it needs is free.

Bookings that can be kept are kept first. No search and no regret: what a careful clerk would do.
"""

from collections import defaultdict

from benchmarks.peers.frame import CaseForm, Frame, Placed, bits, clear_starts, first_of
from models.base import Priority
from models.plan import Plan
from models.problem import PlanningProblem


def first_fit_plan(problem: PlanningProblem) -> Plan:
    """The greedy plan of a problem."""
    frame = Frame(problem)
    return frame.plan(first_fit(frame))


def first_fit(frame: Frame) -> Placed:
    """The greedy plan in units and lanes."""
    desk = _Desk(frame)
    order = list(Priority)
    cases = [(number, form.case) for number, form in enumerate(frame.cases)]
    locked = [n for n, case in cases if case.booking and case.booking.locked]
    booked = [n for n, case in cases if case.booking and not case.booking.locked]
    for number in (*locked, *booked):
        desk.keep(number)
    waiting = [(n, case) for n, case in cases if n not in desk.placed]
    for number, _ in sorted(
        waiting,
        key=lambda item: (not item[1].mandatory, order.index(item[1].priority), item[1].release),
    ):
        desk.place_first(number)
    return desk.placed


class _Desk:
    """What is free, and what is placed so far."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.free = [frame.row(lane) for lane in frame.lanes]
        self.used: dict[tuple[int, int], int] = defaultdict(int)
        self.placed: Placed = {}

    def keep(self, number: int) -> None:
        """Place a booking as it is, if that is possible."""
        form = self.frame.cases[number]
        booking = form.case.booking
        assert booking is not None
        start = self.frame.unit_at(booking.start)
        if form.starts & bits(start, start + 1, self.frame.pad):
            wanted = [booking.assigned[need.role] for need in form.needs]
            self._place_at(number, start, wanted)

    def place_first(self, number: int) -> None:
        """Place a case at its first start, if there is one."""
        form = self.frame.cases[number]
        starts = form.starts
        for need in form.needs:
            some = 0
            for lane, fits in need.fits.items():
                some |= fits & clear_starts(self.free[lane], need.offset, need.length)
            starts &= some
        # Each need finds a lane at these starts, though two may want the same one.
        while starts and not self._place_at(number, first_of(starts, self.frame.pad), None):
            starts &= starts - 1

    def _place_at(self, number: int, start: int, wanted: list[str] | None) -> bool:
        """Place a case on the first free lane for each need, or the one that is wanted."""
        form = self.frame.cases[number]
        lanes: list[int] = []
        for need_number in range(len(form.needs)):
            name = wanted[need_number] if wanted else None
            lane = self._lane_at(form, need_number, start, lanes, name)
            if lane is None:
                return False
            lanes.append(lane)
        for need, lane in zip(form.needs, lanes, strict=True):
            begin = start + need.offset
            self.free[lane] &= ~bits(begin, begin + need.length, self.frame.pad)
            self.used[lane, self.frame.day_of(begin)] += need.length
        self.placed[number] = (start, tuple(lanes))
        return True

    def _lane_at(
        self, form: CaseForm, number: int, start: int, chosen: list[int], name: str | None
    ) -> int | None:
        need = form.needs[number]
        begin, end = start + need.offset, start + need.offset + need.length
        here, wants = bits(start, start + 1, self.frame.pad), bits(begin, end, self.frame.pad)
        for lane, fits in need.fits.items():
            if not fits & here or self.free[lane] & wants != wants:
                continue
            if name is not None and self.frame.lanes[lane].member(begin, end) != name:
                continue
            if not self._crowded(form, number, start, chosen, lane):
                return lane
        return None

    def _crowded(
        self, form: CaseForm, number: int, start: int, chosen: list[int], lane: int
    ) -> bool:
        """Whether an earlier need of the case, or the day's minutes, keep the lane from it."""
        need = form.needs[number]
        begin = start + need.offset
        day = self.frame.day_of(begin)
        units = self.used[lane, day] + need.length
        for other, taken in zip(form.needs, chosen, strict=False):
            at = start + other.offset
            if taken == lane and at < begin + need.length and begin < at + other.length:
                return True
            if taken == lane and self.frame.day_of(at) == day:
                units += other.length
        limit = self.frame.limit(self.frame.lanes[lane].resource, day)
        return limit is not None and units > limit
