"""The bookings that each scenario of a study touches, before anything is run."""

from scenarios.practice import Practice
from scenarios.study import Study
from scenarios.touched import Trial, touched


def trials(study: Study) -> dict[str, Trial]:
    """What each scenario but the baseline does to the bookings as they are.

    Returns:
        By scenario, of a network by `scenario at site`; nothing of planning files, which have no
        rules.
    """
    several = len(study.base.subjects) > 1
    found = {}
    for one in study.compared[1:]:
        for site, before in study.base.subjects.items():
            after = one.subjects[site]
            if isinstance(before, Practice) and isinstance(after, Practice):
                name = f"{one.name} at {site}" if several else one.name
                found[name] = touched(before, after)
    return found
