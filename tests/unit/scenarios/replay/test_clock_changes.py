"""A replay across the days on which the clocks change: hours by the wall, invariants as ever."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.site import Site
from scenarios.assumptions import Arrivals, Assumptions, Chance
from scenarios.measures.little import little
from scenarios.measures.view import View
from scenarios.practice import Known, Practice
from scenarios.records import Run
from scenarios.replay.invariants import used_twice
from scenarios.scenario import Replay
from tests.contract.department import APIXABAN, normal_labs, patient, referral, small_site
from tests.unit.scenarios.replay.departments import replayed

OFTEN = Chance(share=0.2, source="test", evidence="planning")


def fortnight(zone: str, monday: str) -> Run:
    """Two weeks from a Monday nine o'clock on; the clocks change on the Sunday between them."""
    now = datetime.fromisoformat(monday).replace(hour=9, tzinfo=ZoneInfo(zone))
    site = Site.model_validate(small_site().model_dump() | {"timezone": zone})
    known = tuple(
        Known(
            patient=patient(f"p{n}", *drugs, labs=normal_labs(now - timedelta(days=1))),
            referral=referral(f"C{n}", f"p{n}", authored=now),
        )
        for n, drugs in enumerate([(), (APIXABAN,)])
    )
    days = dict.fromkeys(("mon", "wed", "fri"), 2.0)
    assumed = Assumptions.model_validate(
        {"arrivals": Arrivals.model_validate({"per_day": days}), "called_off": OFTEN}
    )
    practice = Practice(site=site, now=now, known=known, assumptions=assumed)
    return replayed(practice, run=Replay(weeks=2, warm_up_weeks=0, iterations=50))


@pytest.mark.parametrize(
    ("zone", "monday", "hours"),
    [
        ("America/Chicago", "2027-03-08", -1),
        ("America/Chicago", "2026-10-26", 1),
        ("Europe/Berlin", "2027-03-22", -1),
        ("Europe/Berlin", "2026-10-19", 1),
    ],
)
def test_weeks_with_a_clock_change(zone: str, monday: str, hours: int) -> None:
    run, tz = fortnight(zone, monday), ZoneInfo(zone)
    assert run.end - run.begin == timedelta(days=14, hours=hours)
    suites = [one for one in run.staffed if one.kind == "suite"]
    assert len(suites) == 2 * 10  # two suites on ten weekdays, from eight to five by the wall
    local = {(s.begin.astimezone(tz).hour, s.end.astimezone(tz).hour) for s in suites}
    assert local == {(8, 17)}
    assert used_twice(run.uses) == ()
    terms = little(View(run))
    assert terms.agrees
    assert terms.gap == pytest.approx(0, abs=1e-9)
    change = run.begin + timedelta(days=6, hours=12)
    assert min(use.begin for use in run.uses) < change < max(use.begin for use in run.uses)
