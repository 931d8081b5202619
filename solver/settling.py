"""Giving resources back: a plan keeps those of each booking whose start it keeps, where it can.

To the prices, another resource at the same start is free, so a search leaves many such changes
behind; people have to read them all. Here a booking gets its old resource back, together with
whoever has to change places for that, if every rule still holds and the plan costs no more.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from models.objective import suite_change_cost
from models.plan import Placement, Plan
from models.problem import Case, Need, PlanningProblem
from models.timegrid import local_day, zone
from models.windows import Window, WindowSet

MOST_TOGETHER = 300
"""Most seats that change hands at once: a busy day's."""
PASSES = 3


class Seat(NamedTuple):
    """One role of one case."""

    case: str
    role: str


class _Use(NamedTuple):
    begin: datetime
    end: datetime
    need: Need


Trade = dict[Seat, str]
"""Which resource each of some seats is to get."""


def settled(problem: PlanningProblem, plan: Plan) -> Plan:
    """The same starts with as many booked resources kept as can be, at no higher cost."""
    table = _Table(problem, plan)
    for _ in range(PASSES):
        if not sum(table.give_back(seats) for seats in table.groups()):
            break
    return table.plan()


class _Table:
    """Who has which seat, and what each seat was booked with."""

    def __init__(self, problem: PlanningProblem, plan: Plan) -> None:
        self._problem = problem
        self._tz = zone(problem.timezone)
        self._open = {
            r.id: WindowSet(Window(a, b) for a, b in r.available) for r in problem.resources
        }
        self._placed = plan.by_case
        self._given: dict[Seat, str] = {}
        self._booked: dict[Seat, str] = {}
        self._uses: dict[Seat, _Use] = {}
        self._at: dict[str, set[Seat]] = defaultdict(set)
        self._fixed: set[str] = set()
        self._day: dict[Seat, date] = {}
        self._day_of = {name: local_day(p.start, self._tz) for name, p in self._placed.items()}
        self._is_suite = frozenset(r.id for r in problem.resources if r.kind == "suite")
        self._seats: dict[str, list[Seat]] = defaultdict(list)
        for case in problem.cases:
            if case.id in self._placed:
                self._seat(case, self._placed[case.id])

    def _seat(self, case: Case, placement: Placement) -> None:
        for need in case.needs:
            seat, resource = Seat(case.id, need.role), placement.assigned[need.role]
            self._uses[seat] = _Use(*need.span(placement.start), need)
            self._given[seat] = resource
            self._day[seat] = local_day(self._uses[seat].begin, self._tz)
            self._at[resource].add(seat)
            self._seats[case.id].append(seat)
            if case.booking and case.booking.start == placement.start:
                self._booked[seat] = case.booking.assigned[need.role]
        if case.booking and case.booking.locked:
            self._fixed.add(case.id)

    def plan(self) -> Plan:
        """The plan as it is now."""
        placements = (
            Placement(
                case=name,
                start=placement.start,
                assigned={seat.role: self._given[seat] for seat in self._seats[name]},
            )
            for name, placement in self._placed.items()
        )
        return Plan(placements=tuple(placements))

    def displaced(self) -> list[Seat]:
        """Seats at a booked start that have another resource than they were booked with."""
        return [s for s in sorted(self._booked) if self._given[s] != self._booked[s]]

    def groups(self) -> Iterator[tuple[Seat, ...]]:
        """What to give back together: days, days of one resource, cases, and single seats.

        Suites are exchanged for a day or not at all where somebody would have to change suites.
        """
        displaced = self.displaced()
        days: dict[date, list[Seat]] = defaultdict(list)
        teams: dict[tuple[date, str], list[Seat]] = defaultdict(list)
        cases: dict[str, list[Seat]] = defaultdict(list)
        for seat in displaced:
            day = self._day_of[seat.case]
            days[day].append(seat)
            cases[seat.case].append(seat)
            for name in {self._given[other] for other in self._seats[seat.case]}:
                if self._problem.resource_by_id[name].suite_change_cost:
                    teams[day, name].append(seat)
        for group in (days, teams, cases):
            yield from (tuple(seats) for _, seats in sorted(group.items()))
        yield from ((seat,) for seat in displaced)

    def give_back(self, seats: tuple[Seat, ...]) -> bool:
        """Let some seats have their booked resources again, if that is possible; whether it was."""
        wanted = [(s, self._booked[s]) for s in seats if self._given[s] != self._booked[s]]
        trade = self._trade([w for w in wanted if self._may_have(*w)], whole=len(seats) > 1)
        if not trade or not self._stands(trade) or self._dearer(trade):
            return False
        for changed in trade:
            self._at[self._given[changed]].discard(changed)
        for changed, resource in trade.items():
            self._given[changed] = resource
            self._at[resource].add(changed)
        return True

    def _trade(self, wanted: list[tuple[Seat, str]], *, whole: bool) -> Trade | None:
        """All seats that have to change hands, each to its booked resource or in exchange.

        `whole` wants all seats back of each case that is drawn in.
        """
        trade: Trade = {}
        drawn_in: set[str] = set()
        while wanted:
            if whole and wanted[-1][0].case not in drawn_in:
                drawn_in.add(wanted[-1][0].case)
                wanted += self._own(wanted[-1][0].case)
            seat, resource = wanted.pop()
            if trade.get(seat, resource) != resource or len(trade) > MOST_TOGETHER:
                return None
            if seat in trade:
                continue
            if seat.case in self._fixed or not self._may_have(seat, resource):
                return None
            trade[seat] = resource
            for other in self._in_the_way(seat, resource):
                if self._booked.get(other) == resource:
                    return None  # it sits where it was booked
                wanted.append((other, self._booked.get(other, self._given[seat])))
        return trade

    def _own(self, case: str) -> list[tuple[Seat, str]]:
        """The displaced seats of a case with their booked resources, where these can be had."""
        return [
            (seat, resource)
            for seat in self._seats[case]
            if (resource := self._booked.get(seat, self._given[seat])) != self._given[seat]
            and self._may_have(seat, resource)
        ]

    def _may_have(self, seat: Seat, resource: str) -> bool:
        found, use = self._problem.resource_by_id[resource], self._uses[seat]
        return use.need.accepts(found) and any(
            w.start <= use.begin and use.end <= w.end for w in self._open[resource]
        )

    def _in_the_way(self, seat: Seat, resource: str) -> Iterator[Seat]:
        use = self._uses[seat]
        yield from sorted(
            other
            for other in self._at[resource]
            if other != seat
            and (there := self._uses[other]).begin < use.end
            and use.begin < there.end
        )

    def _stands(self, trade: Trade) -> bool:
        for seat, resource in trade.items():
            use = self._uses[seat]
            for other in self._seats_at(resource, trade) - {seat}:
                there = self._uses[other]
                if there.begin < use.end and use.begin < there.end:
                    return False
        return all(self._within_limit(resource, trade) for resource in set(trade.values()))

    def _seats_at(self, resource: str, trade: Trade) -> set[Seat]:
        """Who would have a resource after a trade."""
        stay = {seat for seat in self._at[resource] if trade.get(seat, resource) == resource}
        return stay | {seat for seat, given in trade.items() if given == resource}

    def _within_limit(self, name: str, trade: Trade) -> bool:
        resource = self._problem.resource_by_id[name]
        if resource.minutes_per_day is None:
            return True
        minutes: dict[date, int] = defaultdict(int)
        for seat in self._seats_at(name, trade):
            use = self._uses[seat]
            minutes[self._day[seat]] += use.need.minutes
        limits = ((total, resource.limit_on(day)) for day, total in minutes.items())
        return all(limit is None or total <= limit for total, limit in limits)

    def _dearer(self, trade: Trade) -> bool:
        """Whether opening days and suite changes would cost more; nothing else can change."""
        cases = {seat.case for seat in trade}
        touched = {s for case in cases for s in self._seats[case]}
        names = {self._given[seat] for seat in touched} | set(trade.values())
        days = {self._day[seat] for seat in touched} | {self._day_of[case] for case in cases}
        before = sum(self._price(name, {}, days) for name in names)
        return sum(self._price(name, trade, days) for name in names) > before

    def _price(self, name: str, trade: Trade, days: set[date]) -> int:
        """What opening and changes of suite on some days cost for a resource."""
        resource = self._problem.resource_by_id[name]
        if not (resource.open_cost or resource.suite_change_cost):
            return 0
        seats = self._seats_at(name, trade)
        opened = {self._day[seat] for seat in seats} & days
        suites: dict[date, set[str]] = defaultdict(set)
        if resource.suite_change_cost:
            for case in {seat.case for seat in seats}:
                if self._day_of[case] in days:
                    suites[self._day_of[case]] |= self._suites(case, trade)
        changes = sum(suite_change_cost(resource, met) for met in suites.values())
        return resource.open_cost * len(opened) + changes

    def _suites(self, case: str, trade: Trade) -> set[str]:
        given = (trade.get(seat, self._given[seat]) for seat in self._seats[case])
        return {name for name in given if name in self._is_suite}
