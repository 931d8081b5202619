"""What a plan costs, term by term, recomputed from the planning file's text in plain integers."""

import math
from collections import defaultdict
from dataclasses import dataclass, fields
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from models.plan import Placement, Plan
from models.problem import Case, PlanningProblem

SECONDS_PER_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Points by term; `cost` is their sum."""

    left_out: int = 0
    unbooked: int = 0
    waiting: int = 0
    lateness: int = 0
    off_drug: int = 0
    moves: int = 0
    opening: int = 0
    suite_changes: int = 0

    @property
    def cost(self) -> int:
        """The sum of all terms."""
        return sum(getattr(self, f.name) for f in fields(self))


def score(problem: PlanningProblem, plan: Plan) -> Scorecard:
    """The scorecard of a plan; infeasible plans are priced too, by the same sums."""
    placed = plan.by_case
    terms: dict[str, int] = defaultdict(int)
    for case in problem.cases:
        if case.id in placed:
            _price_placed(problem, case, placed[case.id], terms)
        else:
            terms["left_out"] += problem.objective.unscheduled[case.priority]
            if case.booking:
                terms["unbooked"] += problem.objective.unbook * case.booking.move_weight
    _price_days(problem, placed, terms)
    return Scorecard(**terms)


def _price_placed(
    problem: PlanningProblem, case: Case, placement: Placement, terms: dict[str, int]
) -> None:
    prices, start = problem.objective, placement.start
    waited = (start - case.release).total_seconds()
    terms["waiting"] += prices.wait_per_day[case.priority] * max(0, int(waited // SECONDS_PER_DAY))
    if case.due is not None and start > case.due:
        late = (start - case.due).total_seconds()
        terms["lateness"] += prices.late_per_day[case.priority] * math.ceil(late / SECONDS_PER_DAY)
    if case.hold and case.hold.ready_at and start > case.hold.ready_at:
        off = (start - case.hold.ready_at).total_seconds()
        days_off = int(off // SECONDS_PER_DAY)
        terms["off_drug"] += prices.off_drug_per_day * case.hold.risk * days_off
    if case.booking and case.booking.start != start:
        distance = abs((start - case.booking.start).total_seconds())
        per_move = prices.move + prices.move_per_day * int(distance // SECONDS_PER_DAY)
        terms["moves"] += case.booking.move_weight * per_move


def _price_days(
    problem: PlanningProblem, placed: dict[str, Placement], terms: dict[str, int]
) -> None:
    tz = ZoneInfo(problem.timezone)
    resources = problem.resource_by_id
    days_used: dict[str, set[date]] = defaultdict(set)
    suites_met: dict[tuple[str, date], set[str]] = defaultdict(set)
    for case in problem.cases:
        placement = placed.get(case.id)
        if placement is None:
            continue
        begun = placement.start.astimezone(tz).date()
        suites = {
            name
            for name in placement.assigned.values()
            if name in resources and resources[name].kind == "suite"
        }
        for need in case.needs:
            name = placement.assigned.get(need.role, "")
            begin = placement.start + timedelta(minutes=need.offset)
            days_used[name].add(begin.astimezone(tz).date())
            suites_met[name, begun] |= suites
    for name, days in days_used.items():
        if name in resources:
            terms["opening"] += resources[name].open_cost * len(days)
    for (name, _), suites in suites_met.items():
        if name in resources:
            extra = max(0, len(suites) - 1)
            terms["suite_changes"] += resources[name].suite_change_cost * extra
