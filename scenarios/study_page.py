"""The page of a study: what it found, gathered for people."""

from datetime import date

from scenarios.carrying_out import Found
from scenarios.report.data import ReportData
from scenarios.report.gather import report_data, sweep_points
from scenarios.study import Compared, Study


def study_page(found: Found, *, command: str, day: date | None = None) -> ReportData | None:
    """Everything that the page of a study shows; None where it has nothing to compare yet.

    Args:
        found: a study that was carried out, perhaps not to its end.
        command: the command line that makes it again.
        day: the local day whose plan is drawn; one in the middle when None.
    """
    comparison = found.comparison
    if comparison is None:
        return None
    runs = {name: found.ran.runs[name] for name in comparison.scenarios}
    study = found.study
    kept = [one for one in study.compared if one.name in runs]
    swept = _swept(study)
    return report_data(
        comparison,
        runs,
        {one.name: one.subjects for one in kept},
        {one.name: one.scenario for one in kept},
        study.settings,
        command=command,
        day=day,
        sweep=sweep_points(swept.document)
        if swept and set(runs) == {one.name for one in found.study.compared}
        else None,
    )


def _swept(study: Study) -> Compared | None:
    """A scenario of the one sweep that is compared; None where there is none, or several."""
    points = {one.document.name: one for one in study.compared if one.values}
    return next(iter(points.values())) if len(points) == 1 else None
