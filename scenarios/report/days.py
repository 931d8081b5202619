"""The day that is drawn before and after: chosen, and cut out of one run of each scenario."""

from datetime import date

from models.timegrid import local_day, zone
from scenarios.measures.frames import Runs
from scenarios.measures.pictures import day_rows
from scenarios.records import Run
from scenarios.report.data import Bar, DayChart, DayPanel

COUNTED = "outpatient-slot"
"""The kind of resources that are times of arrival, one for each patient: no rows worth drawing."""


def day_chart(runs: Runs, baseline: str, day: date | None) -> DayChart | None:
    """One local day of the first replication that all scenarios have; None where none is common.

    Args:
        runs: by scenario.
        baseline: the scenario whose bookings choose the day.
        day: the day; None: the first with bookings from the middle of the window on, in a plan
            from its beginning on.
    """
    common = set.intersection(*({(r.number, r.site) for r in runs[name]} for name in runs))
    if not common:
        return None
    number, site = min(common)
    chosen = {
        name: next(r for r in runs[name] if (r.number, r.site) == (number, site)) for name in runs
    }
    first = chosen[baseline]
    found = day or _choose(first)
    panels = tuple(DayPanel(name, _bars(run, found)) for name, run in chosen.items())
    return DayChart(found, first.timezone, site, number, panels)


def _choose(run: Run) -> date:
    tz = zone(run.timezone)
    middle = run.begin if run.mode == "plan" else run.begin + (run.end - run.begin) / 2
    days = sorted({local_day(use.begin, tz) for use in run.uses})
    wanted = local_day(middle, tz)
    return next((day for day in days if day >= wanted), days[-1] if days else wanted)


def _bars(run: Run, day: date) -> tuple[Bar, ...]:
    whole = day_rows(run, day)
    table = whole[whole["kind"] != COUNTED]
    columns = ("resource", "kind", "case", "booked_begin", "booked_end")
    return tuple(
        Bar(
            resource=resource,
            kind=kind,
            case=case,
            begin=begin.to_pydatetime(),
            end=end.to_pydatetime(),
        )
        for resource, kind, case, begin, end in zip(*(table[c] for c in columns), strict=True)
    )
