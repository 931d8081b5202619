"""Plans that a reader can make in the head."""

from datetime import datetime, timedelta

from models.problem import Case, PlanningProblem
from scenarios.records import CaseRecord, Outcome, Run
from scenarios.tasks import Task

ORDER = ("emergent", "urgent", "soon", "routine")


def one_a_suite(task: Task) -> Run:
    """One case for each suite that accepts it, at the beginning of its first window.

    The cost is the price of what is left out; the n-th replication costs n points more.
    """
    problem = task.subject
    assert isinstance(problem, PlanningProblem)
    free = {resource.id: resource for resource in problem.resources}
    records, cost = [], task.number
    for case in sorted(problem.cases, key=lambda case: (ORDER.index(case.priority), case.id)):
        able = [name for name, suite in free.items() if case.needs[0].accepts(suite)]
        if able:
            del free[able[0]]
        else:
            cost += problem.objective.unscheduled[case.priority]
        records.append(record_of(case, case.windows[0][0] if able else None))
    return run_of(task, problem, records, cost)


def in_turn(task: Task) -> Run:
    """One case a day, in the order of ids, at the hour of its first window; 1,000 points a day."""
    problem = task.subject
    assert isinstance(problem, PlanningProblem)
    turns = enumerate(sorted(problem.cases, key=lambda case: case.id))
    records = [record_of(case, case.windows[0][0] + timedelta(days=n)) for n, case in turns]
    days = range(len(records))
    return run_of(task, problem, records, 1_000 * sum(days))


def run_of(task: Task, problem: PlanningProblem, records: list[CaseRecord], cost: int) -> Run:
    return Run(
        site=problem.site,
        timezone=problem.timezone,
        mode=task.run.mode,
        seed=task.seed,
        number=task.number,
        begin=problem.now,
        end=problem.now + timedelta(days=1),
        cases=tuple(records),
        uses=(),
        staffed=(),
        nights=(),
        cost=cost,
        seconds=0.0,
        versions={},
    )


def record_of(case: Case, start: datetime | None) -> CaseRecord:
    return CaseRecord(
        case=case.id,
        procedure="",
        priority=case.priority,
        released=case.release,
        due=case.due,
        outcome=Outcome.WAITING if start is None else Outcome.TREATED,
        start=start,
        booked_at=None,
        age_band="unknown",
        distance_band="unknown",
        language="",
        planned_minutes=60,
        actual_minutes=None,
        late_minutes=None,
    )
