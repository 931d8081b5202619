"""The bookings that each scenario of a study touches, before anything is run."""

from models.problem import PlanningProblem
from scenarios.practice import Practice
from scenarios.study import Study
from scenarios.touched import Trial, touched, touched_in


def trials(study: Study) -> dict[str, Trial]:
    """What each scenario but the baseline does to the bookings as they are.

    Returns:
        By scenario, of a network by `scenario at site`.
    """
    several = len(study.base.subjects) > 1
    found = {}
    for one in study.compared[1:]:
        for site, before in study.base.subjects.items():
            after = one.subjects[site]
            name = f"{one.name} at {site}" if several else one.name
            if isinstance(before, Practice) and isinstance(after, Practice):
                found[name] = touched(before, after, study.rules)
            elif isinstance(before, PlanningProblem) and isinstance(after, PlanningProblem):
                found[name] = touched_in(before, after)
    return found
