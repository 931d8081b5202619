"""The prices of the planning file as arrays: of case starts, of opening and of changing suite."""

from datetime import datetime
from typing import Any

import numpy as np

from models.base import SECONDS_PER_DAY
from models.problem import Case, PlanningProblem
from solver.improve_arrays import Ints


def resource_prices(problem: PlanningProblem) -> dict[str, Any]:
    """Opening and change costs by resource, with the numbers of suites and changing resources."""
    resources = problem.resources
    suites = [r for r, x in enumerate(resources) if x.kind == "suite"]
    changing = [r for r, x in enumerate(resources) if x.suite_change_cost > 0]
    suite_no = np.full(len(resources), -1, dtype=np.int64)
    suite_no[suites] = np.arange(len(suites))
    change_no = np.full(len(resources), -1, dtype=np.int64)
    change_no[changing] = np.arange(len(changing))
    return {
        "n_suites": len(suites),
        "n_changing": len(changing),
        "open_cost": np.array([x.open_cost for x in resources], dtype=np.int64),
        "change_cost": np.array([x.suite_change_cost for x in resources], dtype=np.int64),
        "suite_no": suite_no,
        "change_no": change_no,
    }


def start_costs(problem: PlanningProblem, case: Case, seconds: Ints) -> Ints:
    """`models.objective.start_cost` for many starts, in seconds from the start of the horizon."""
    prices = problem.objective

    def at(instant: datetime) -> int:
        return int((instant - problem.horizon.start).total_seconds())

    waited = np.maximum(0, (seconds - at(case.release)) // SECONDS_PER_DAY)
    costs = prices.wait_per_day[case.priority] * waited
    if case.due is not None:
        late = -((at(case.due) - seconds) // SECONDS_PER_DAY)
        costs = costs + prices.late_per_day[case.priority] * np.maximum(0, late)
    if case.hold is not None and case.hold.ready_at is not None:
        off = np.maximum(0, (seconds - at(case.hold.ready_at)) // SECONDS_PER_DAY)
        costs = costs + prices.off_drug_per_day * case.hold.risk * off
    if case.booking is not None:
        apart = np.abs(seconds - at(case.booking.start))
        price = prices.move + prices.move_per_day * (apart // SECONDS_PER_DAY)
        costs = costs + case.booking.move_weight * price * (apart > 0)
    return np.asarray(costs, dtype=np.int64)
