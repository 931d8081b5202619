"""When the parts of one placed case begin and end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.plan import Placement
from models.problem import Case, Need, PlanningProblem


@dataclass(frozen=True, slots=True)
class CaseLabel:
    """What the board may print of a case beyond the planning file."""

    procedure: str = ""
    """Short name of the procedure."""
    turnover_minutes: int | None = None
    """Minutes at the end of the suite's need that are turnover; None: told from the staff."""


@dataclass(frozen=True, slots=True)
class Use:
    """One need of one placed case on its resource, `[start, end)`."""

    case: Case
    need: Need
    resource: str
    start: datetime
    end: datetime


def uses_of(problem: PlanningProblem, placements: Mapping[str, Placement]) -> tuple[Use, ...]:
    """Every need of every placed case, by resource and time.

    Placements of cases or resources that the problem does not know are left off.
    """
    found = []
    for case_id, placement in placements.items():
        case = problem.case_by_id.get(case_id)
        for need in case.needs if case else ():
            name = placement.assigned.get(need.role)
            if case is not None and name in problem.resource_by_id:
                found.append(Use(case, need, name, *need.span(placement.start)))
    return tuple(sorted(found, key=lambda u: (u.resource, u.start, u.end, u.case.id, u.need.role)))


def procedure_end(case: Case, start: datetime) -> datetime:
    """When the procedure itself is over: the proceduralist leaves, or else the suite is free."""
    for kind in ("proceduralist", "suite"):
        ends = [need.span(start)[1] for need in case.needs if need.kind == kind]
        if ends:
            return max(ends)
    return max((need.span(start)[1] for need in case.needs), default=start)


def turnover_start(use: Use, start: datetime, label: CaseLabel) -> datetime | None:
    """From when a suite is only being turned over; None where nothing is known of it."""
    if use.need.kind != "suite":
        return None
    if label.turnover_minutes is not None:
        begin = use.end - timedelta(minutes=label.turnover_minutes)
    elif any(need.kind == "proceduralist" for need in use.case.needs):
        begin = procedure_end(use.case, start)
    else:
        return None
    return begin if use.start < begin < use.end else None
