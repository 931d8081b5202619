"""Frames that pictures are drawn from: what measures are made of, before it is a number."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

import pandas as pd

from models.timegrid import start_of_day
from models.windows import Window
from scenarios.measures.columns import frame
from scenarios.measures.frames import Runs, ordered
from scenarios.measures.holds import drug_times
from scenarios.measures.spans import HOUR, minutes_by_weekday
from scenarios.measures.view import View, waited
from scenarios.records import Run


def waiting_values(runs: Runs) -> pd.DataFrame:
    """Days waited by each case treated in the window, and so far by each left at its end.

    Columns: scenario, site, replication, case, priority, age_band, distance_band, language,
    state (`treated` or `waiting`), days.
    """
    columns = "scenario site replication case priority age_band distance_band language state days"
    return frame(columns, (row for s, view in _views(runs) for row in _waits(s, view)))


def _waits(scenario: str, view: View) -> Iterator[tuple[object, ...]]:
    head = (scenario, view.run.site, view.run.number)
    ends = [(c, "treated", c.start) for c in view.treated]
    ends += [(c, "waiting", view.run.end) for c in view.waiting]
    for case, state, until in sorted(ends, key=lambda e: (e[0].case, e[1])):
        if until is not None:
            about = (case.case, case.priority.value, case.age_band, case.distance_band)
            yield (*head, *about, case.language, state, waited(case, until))


def use_by_hour(runs: Runs) -> pd.DataFrame:
    """How far each kind of resource is used by weekday and hour of the local day.

    Columns: scenario, site, kind, weekday (0 Monday to 6 Sunday), hour (0 to 23), staffed_minutes
    and used_minutes (within staffed hours; both per replication), share (used over staffed).
    Hours at which nobody was there are left out.
    """
    columns = "scenario site kind weekday hour staffed_minutes used_minutes share"
    return frame(columns, (row for scenario in runs for row in _hours(scenario, runs)))


_Slot = tuple[str, str, int, int]


def _hours(scenario: str, runs: Runs) -> Iterator[tuple[object, ...]]:
    staffed: dict[_Slot, float] = defaultdict(float)
    used: dict[_Slot, float] = defaultdict(float)
    count: dict[str, int] = defaultdict(int)
    for run in ordered(scenario, runs[scenario]):
        view = View(run)
        count[run.site] += 1
        for service in view.services:
            _add(staffed, view, service.kind, service.staffed)
            _add(used, view, service.kind, service.within)
    for slot in sorted(staffed):
        there, busy, n = staffed[slot], used[slot], count[slot[0]]
        yield (scenario, *slot, there / n, busy / n, busy / there)


def _add(to: dict[_Slot, float], view: View, kind: str, spans: tuple[Window, ...]) -> None:
    for slot, minutes in minutes_by_weekday(spans, view.tz).items():
        to[view.run.site, kind, *slot] += minutes


def hold_hours(runs: Runs) -> pd.DataFrame:
    """Each hold that ended in the window.

    Columns: scenario, site, replication, drug, drug_class, risk (1 to 3), hours, wasted.
    """
    columns = "scenario site replication drug drug_class risk hours wasted"
    return frame(columns, (row for s, view in _views(runs) for row in _holds(s, view)))


def _holds(scenario: str, view: View) -> Iterator[tuple[object, ...]]:
    times = sorted(drug_times(view), key=lambda t: (t.drug_class, t.drug, t.risk, t.hours))
    for t in times:
        head = (scenario, view.run.site, view.run.number)
        yield (*head, t.drug, t.drug_class, t.risk, t.hours, t.wasted)


def moved_after_stop(runs: Runs) -> pd.DataFrame:
    """Who was moved by a night of the window after having stopped a drug for the booking.

    Columns: scenario, site, replication, case, priority, age_band, at, before, after (instants),
    told, moved_hours (elapsed hours by which the start went back; negative: came forward).
    """
    columns = "scenario site replication case priority age_band at before after told moved_hours"
    return frame(columns, (row for s, view in _views(runs) for row in _moved(s, view)))


def _moved(scenario: str, view: View) -> Iterator[tuple[object, ...]]:
    stopped = [(case, move) for case, move in view.moves if move.after_stop]
    for case, move in sorted(stopped, key=lambda pair: (pair[0].case, pair[1].at)):
        head = (scenario, view.run.site, view.run.number, case.case, case.priority.value)
        hours = (move.after - move.before) / HOUR
        yield (*head, case.age_band, move.at, move.before, move.after, move.told, hours)


def day_rows(run: Run, day: date) -> pd.DataFrame:
    """What a Gantt chart of one local day shows: every service that has a part in the day.

    Columns: kind, resource, case, role, begin, end (as it went), booked_begin, booked_end, all
    instants in UTC; by kind, resource and begin. Hours of a plan run are as booked.
    """
    view = View(run)
    first, last = (start_of_day(day + timedelta(days=n), view.tz) for n in (0, 1))
    inside = [u for u in run.uses if u.begin < last and u.end > first]
    return frame(
        "kind resource case role begin end booked_begin booked_end",
        (
            (u.kind, u.resource, u.case, u.role, u.begin, u.end, u.booked_begin, u.booked_end)
            for u in sorted(inside, key=lambda u: (u.kind, u.resource, u.begin, u.case, u.role))
        ),
    )


def _views(runs: Runs) -> Iterator[tuple[str, View]]:
    return ((name, View(run)) for name in runs for run in ordered(name, runs[name]))
