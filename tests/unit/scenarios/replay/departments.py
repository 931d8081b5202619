"""Practices for replays: the small department of the contract tests, with a few known patients."""

from datetime import timedelta

from models.patients import Exposure
from scenarios.assumptions import Arrivals, Assumptions
from scenarios.practice import Known, Practice
from scenarios.records import Run
from scenarios.replay.draws import Draws
from scenarios.replay.simulate import replay
from scenarios.scenario import Replay
from scheduler.site_files import LibraryDates
from tests.contract.department import APIXABAN, NOW, patient, referral, small_site

RULES = LibraryDates()
ASPIRIN = Exposure(drug="aspirin", interval_hours=24, dose_mg=81)
WEEK = Replay(weeks=1, warm_up_weeks=0, iterations=200)


def small_practice(per_day: float = 4.0, **assumed: object) -> Practice:
    """Eight open cases, three of them on drugs, none booked; Monday nine o'clock."""
    drugs: dict[int, Exposure] = {1: APIXABAN, 4: ASPIRIN, 6: APIXABAN}
    known = tuple(
        Known(
            patient=patient(f"p{n}", *((drugs[n],) if n in drugs else ())),
            referral=referral(
                f"C{n}",
                f"p{n}",
                authored=NOW - timedelta(days=n),
                priority="urgent" if n == 1 else "routine",
            ),
            distance_km=10.0 * n,
        )
        for n in range(8)
    )
    arrivals = Arrivals(per_day=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), per_day))
    assumptions = Assumptions.model_validate({"arrivals": arrivals, **assumed})
    return Practice(site=small_site(), now=NOW, known=known, assumptions=assumptions)


def replayed(practice: Practice, number: int = 0, run: Replay = WEEK) -> Run:
    """A replication with seed 3."""
    return replay(practice, run, Draws(3, number), RULES)
