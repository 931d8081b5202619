"""What each change of a revision waits for: time and minutes that another case must give up first.

Two readings have to hold at once. In a plan, a booking that no longer stands holds nothing; in the
department it keeps its resources until somebody moves it. A set of changes that is closed under
these dependencies is feasible in both.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from models.base import SECONDS_PER_DAY
from models.plan import Plan
from models.problem import PlanningProblem
from models.timegrid import local_day, zone

Minutes = Mapping[tuple[str, date], Mapping[str, int]]
"""Need-minutes by resource and local day, then by case."""


class Use(NamedTuple):
    """A resource for `[begin, end)`."""

    resource: str
    begin: datetime
    end: datetime

    def meets(self, other: "Use") -> bool:
        """Whether both want the resource at one time."""
        return self.resource == other.resource and other.begin < self.end and self.begin < other.end

    def within(self, other: "Use") -> bool:
        """Whether the other has all of it."""
        return (
            self.resource == other.resource and other.begin <= self.begin and self.end <= other.end
        )


Uses = dict[str, tuple[Use, ...]]
"""What each case holds."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the cases hold before and after.

    `standing` are the bookings that stand; `held` is what is held in fact: by these, by bookings
    that no longer stand, and as it is kept elsewhere where that differs from the problem.
    """

    standing: Uses
    held: Uses
    after: Uses

    @classmethod
    def of(
        cls,
        problem: PlanningProblem,
        plan: Plan,
        standing: Iterable[str],
        also_held: Mapping[str, Iterable[Use]],
    ) -> "Holdings":
        """Of a problem, a plan for it, the cases whose bookings stand, and what is kept elsewhere.

        `also_held` says of a case what it really holds, in place of what its booking says.
        """
        booked = [p for case in problem.cases if (p := case.booked_placement)]
        before = {p.case: _uses(problem, p.case, p.start, p.assigned) for p in booked}
        return cls(
            standing={name: before[name] for name in before if name in set(standing)},
            held=before | {name: tuple(uses) for name, uses in also_held.items()},
            after={
                p.case: _uses(problem, p.case, p.start, p.assigned)
                for p in plan.placements
                if p.case in problem.case_by_id
            },
        )

    def clashes(self) -> Iterator[tuple[str, str]]:
        """Pairs: who takes some time in the plan, and whose standing booking has it now."""
        yield from _meetings(self.after, self.standing)

    def held_clashes(self) -> Iterator[tuple[str, str]]:
        """The same for all that is held in fact; nobody waits for what it holds itself already."""
        taken = {
            case: tuple(use for use in uses if not self._has(case, use))
            for case, uses in self.after.items()
        }
        yield from _meetings(taken, self.held)

    def _has(self, case: str, use: Use) -> bool:
        return any(use.within(own) for own in self.held.get(case, ()))


def dependencies(problem: PlanningProblem, holdings: Holdings) -> dict[str, set[str]]:
    """By case: the cases that have to change with it or before it."""
    waits: dict[str, set[str]] = defaultdict(set)
    for taker, giver in (*holdings.clashes(), *holdings.held_clashes()):
        waits[taker].add(giver)
    after = _minutes(problem, holdings.after)
    for before in (holdings.standing, holdings.held):
        for adder, givers in _limit_waits(problem, _minutes(problem, before), after):
            waits[adder] |= givers
    return waits


def _uses(
    problem: PlanningProblem, case: str, start: datetime, assigned: Mapping[str, str]
) -> tuple[Use, ...]:
    needs = problem.case_by_id[case].needs
    return tuple(Use(assigned[need.role], *need.span(start)) for need in needs)


def _meetings(takers: Uses, givers: Uses) -> Iterator[tuple[str, str]]:
    held: dict[tuple[str, int], list[tuple[str, Use]]] = defaultdict(list)
    for giver, uses in givers.items():
        for use in uses:
            for day in _days(use):
                held[use.resource, day].append((giver, use))
    for taker, uses in takers.items():
        for use in uses:
            for day in _days(use):
                for giver, other in held.get((use.resource, day), ()):
                    if giver != taker and use.meets(other):
                        yield taker, giver


def _days(use: Use) -> range:
    """The days of UTC that it touches: what meets it touches one of them too."""
    first, last = (int(at.timestamp()) // SECONDS_PER_DAY for at in (use.begin, use.end))
    return range(first, last + 1)


def _minutes(problem: PlanningProblem, uses: Uses) -> Minutes:
    tz = zone(problem.timezone)
    found: dict[tuple[str, date], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for case, held in uses.items():
        for use in held:
            minutes = int((use.end - use.begin).total_seconds()) // 60
            found[use.resource, local_day(use.begin, tz)][case] += minutes
    return found


def _limit_waits(
    problem: PlanningProblem, before: Minutes, after: Minutes
) -> Iterator[tuple[str, set[str]]]:
    """Who adds minutes to a full day of a resource waits for all who take minutes off it.

    Cautious: on a day that could hold the bookings and all that is added, nobody waits.
    """
    for (resource, day), minutes in sorted(after.items()):
        limit = problem.resource_by_id[resource].limit_on(day)
        if limit is None:
            continue
        held = before.get((resource, day), {})
        adders = {case for case, count in minutes.items() if count > held.get(case, 0)}
        givers = {case for case, count in held.items() if count > minutes.get(case, 0)}
        most = sum(max(held.get(c, 0), minutes.get(c, 0)) for c in {*held, *minutes})
        if most > limit:
            for case in sorted(adders):
                yield case, givers
