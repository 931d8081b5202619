"""All measures, in the order in which tables show them."""

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches

from models.errors import NotFoundError
from scenarios.measures.disruption import DISRUPTION
from scenarios.measures.fairness import FAIRNESS
from scenarios.measures.holds import HOLDS
from scenarios.measures.measure import Measure
from scenarios.measures.service import SERVICE
from scenarios.measures.waiting import FLOW, WAITING

SUBJECTS: Mapping[str, tuple[Measure, ...]] = {
    "waiting": WAITING,
    "flow": FLOW,
    "rooms and people": SERVICE,
    "medication holds": HOLDS,
    "cancellations, moves and cost": DISRUPTION,
    "fairness": FAIRNESS,
}
MEASURES: tuple[Measure, ...] = tuple(
    replace(measure, subject=subject) for subject, own in SUBJECTS.items() for measure in own
)
LEADING = frozenset(
    {
        *("waiting_mean", "waiting_p90", "left_at_end", "treated_by_due", "throughput"),
        *("suite_use", "overtime_staff", "off_drug_per_treated", "wasted_holds"),
        *("cancellation_share", "moves_told", "cost"),
    }
)
"""What an administrator looks at first; the rest is for whoever asks why."""
BY_NAME: Mapping[str, Measure] = {measure.name: measure for measure in MEASURES}


def measure_named(name: str) -> Measure:
    """The measure of that name.

    Raises:
        NotFoundError: there is none; the nearest name is given.
    """
    if name not in BY_NAME:
        near = get_close_matches(name, BY_NAME, n=1, cutoff=0.0)[0]
        raise NotFoundError(f"there is no measure {name!r}", remedy=f"perhaps {near!r} is meant")
    return BY_NAME[name]
