"""A department that is a queue: identical suites around the clock, one kind of procedure, no drugs.

Suites are the only thing that is ever short. Nobody calls off, every day suits, and nobody who was
told a time is moved, so that booking the earliest start is first come first served. Procedures last
as long as they are booked for; nothing begins but on a tick of five minutes. For one suite the mean
wait from the tick after the referral on is that of M/G/1 exactly: of the work of a tick's
arrivals, half on the average is ahead of a patient, which is what counting in ticks takes off the
work found (by the discrete form of Lindley's recursion).
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from models.calendars import Weekday
from models.patients import PatientFacts, Pregnancy, Referral, Sex
from models.site import Site
from scenarios.assumptions import Arrivals, Assumptions, Chance, DurationGroup, Durations, Quantiles
from scenarios.practice import Known, Practice
from scenarios.records import CaseRecord, Outcome, Run

NOW = datetime(2026, 11, 16, tzinfo=UTC)
TICK = timedelta(minutes=5)
LEVELS = tuple(
    f"{part}{n}" for part, most in (("L", 5), ("T", 12), ("C", 7)) for n in range(1, most + 1)
)
PLENTY = 9
"""Of everybody besides the suites."""
DOCUMENT = {
    "id": "queue",
    "timezone": "UTC",
    "horizon_days": 28,
    "notice_hours": 0,
    "policies": ["clinic-page"],
    "calendars": {"always": {"weekly": {"mon-sun": ["00:00-24:00"]}}},
    "enabled": ["facet-injection-lumbar"],
}
SOURCE = "a queue"
CODE, SYSTEM = "64493", "http://www.ama-assn.org/go/cpt"


def queue_site(suites: int, unit: int) -> Site:
    """A site whose procedures take `unit` minutes for each level."""
    resources = [
        {"id": "suite", "kind": "suite", "tags": ["fluoroscopy", "biplane"], "count": suites},
        {"id": "dr", "kind": "proceduralist", "tags": ["spine", "ir"], "count": PLENTY},
    ]
    minutes = {"base": unit, "per_extra_level": unit, "preparation_minutes": 0}
    none = {"turnover_minutes": 0, "recovery_minutes": 0, "setting": "inpatient"}
    figures = {"facet-injection-lumbar": minutes | none | {"source": SOURCE}}
    placed = [resource | {"calendar": "always"} for resource in resources]
    return Site.model_validate(DOCUMENT | {"resources": placed, "procedures": figures})


def queue_practice(suites: int, unit: int, levels: Sequence[int], per_day: float) -> Practice:
    """A queue with Poisson arrivals around the clock.

    Args:
        suites: how many servers.
        unit: minutes of service for each level, a multiple of five.
        levels: numbers of levels, each the service of an equal share of the arrivals.
        per_day: mean arrivals in 24 hours.
    """
    never = Chance(share=0.0, source=SOURCE, evidence="planning")
    always = Chance(share=1.0, source=SOURCE, evidence="planning")
    names = (
        "called_off",
        "no_show",
        "illness",
        "hold_missed",
        "lab_failed",
        "approval_late",
        "agrees_to_move",
    )
    assumed = Assumptions(
        **dict.fromkeys(names, never),
        accepts_day=always,
        first_case_late=_constant(0.0),
        durations=Durations(groups=(DurationGroup(key=(), cases=0, ratio=_constant(1.0)),)),
        arrivals=Arrivals(per_day=dict.fromkeys(Weekday, per_day), hours="00:00-24:00"),
    )
    known = tuple(_known(number, count) for number, count in enumerate(levels))
    return Practice(site=queue_site(suites, unit), now=NOW, known=known, assumptions=assumed)


def _constant(value: float) -> Quantiles:
    return Quantiles(levels=(0.0, 1.0), values=(value, value), source=SOURCE, evidence="planning")


def _known(number: int, levels: int) -> Known:
    name = f"source-{number:03d}"
    healthy = PatientFacts(
        id=f"p-{name}",
        birth_date=datetime(1960, 5, 1, tzinfo=UTC).date(),
        sex=Sex.MALE,
        weight_kg=75,
        height_cm=175,
        asa_class=1,
        has_escort=True,
        pregnancy=Pregnancy.NOT_APPLICABLE,
    )
    asked = Referral(
        id=name,
        patient=healthy.id,
        code=CODE,
        system=SYSTEM,
        levels=LEVELS[:levels],
        authored=NOW,
        flags=frozenset({"failed-conservative", "inpatient"}),
    )
    return Known(patient=healthy, referral=asked)


def wait_minutes(case: CaseRecord) -> float:
    """Minutes from the first tick at or after the referral to the start."""
    assert case.start is not None
    ticks = -((NOW - case.released) // TICK)
    return (case.start - (NOW + ticks * TICK)) / timedelta(minutes=1)


def waited(run: Run) -> list[float]:
    """Waits of all who came in within the weeks measured and have a start, in minutes."""
    return [
        wait_minutes(case)
        for case in run.cases
        if case.released >= run.begin and case.outcome in (Outcome.TREATED, Outcome.BOOKED)
    ]
