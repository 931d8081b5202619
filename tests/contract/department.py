"""A small department for tests of the services: two of everyone, weekdays from eight to five."""

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from benchmarks.faults.small import DEPARTMENTS, MONDAY, NOW, SITE, ZONE, at, seats, small_site
from models.base import Instant
from models.patients import (
    Exposure,
    Finding,
    Lab,
    LabCode,
    PatientFacts,
    Pregnancy,
    Referral,
    Sex,
)
from models.problem import PlanningProblem
from models.site import Site
from scheduler.bootstrap import Container
from scheduler.services.night import Answer, Search
from scheduler.store.engine import Store
from tests import canaries

__all__ = ["DEPARTMENTS", "MONDAY", "NOW", "SITE", "ZONE", "at", "seats", "small_site"]
CPT = "http://www.ama-assn.org/go/cpt"


def normal_labs(taken_at: datetime) -> tuple[Lab, ...]:
    """Results that pass every gate."""
    values = {LabCode.INR: 1.0, LabCode.PLATELETS: 220.0, LabCode.CREATININE: 0.9}
    return tuple(Lab(code=code, value=value, taken_at=taken_at) for code, value in values.items())


def patient(name: str = "p1", *exposures: Exposure, labs: tuple[Lab, ...] = ()) -> PatientFacts:
    """A man of 76 who may be treated at any time, but for the drugs he takes."""
    return PatientFacts(
        id=name,
        birth_date=canaries.BORN,
        sex=Sex.MALE,
        weight_kg=75,
        height_cm=175,
        asa_class=2,
        has_escort=True,
        pregnancy=Pregnancy.NOT_APPLICABLE,
        labs=labs or normal_labs(NOW - timedelta(days=1)),
        exposures=exposures,
    )


APIXABAN = Exposure(drug="apixaban", dose_times=(time(8), time(20)), dose_mg=5)
"""Twice a day; four doses are skipped, and the prescriber must agree."""


def referral(case: str = "A", patient: str = "p1", **changes: object) -> Referral:
    """A lumbar vertebroplasty of one level: 60 minutes, suite for 75, bay for 120 afterwards."""
    members: dict[str, object] = {
        "id": case,
        "patient": patient,
        "code": "22511",
        "system": CPT,
        "levels": ("L3",),
        "authored": NOW,
        "flags": frozenset({"failed-conservative"}),
        "reasons": (Finding(code="M80.08XA", system="icd10", text=canaries.FREE_TEXT),),
    }
    return Referral.model_validate(members | changes)


class CountedIds:
    """Names in order: booking-1, booking-2, ..."""

    def __init__(self) -> None:
        self._count: Counter[str] = Counter()

    def new(self, kind: str) -> str:
        if kind in {"message", "alert"}:  # several containers may write them into one store
            return f"{kind}-{secrets.token_hex(8)}"
        self._count[kind] += 1
        return f"{kind}-{self._count[kind]}"

    def token(self) -> str:
        return self.new("token")


class HandClock:
    """A clock that tests set."""

    def __init__(self, instant: Instant) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant.astimezone(UTC)


def no_search(problem: PlanningProblem, seconds: int, seed: int) -> Answer:
    """For tests without a night."""
    msg = "there is no search in this test"
    raise AssertionError(msg)


def department_at(
    store: Store, *, now: datetime = NOW, search: Search = no_search, site: Site | None = None
) -> Container:
    """The services over a store that has a site, with a clock at hand as `container.clock`."""
    container = Container(
        store=store,
        clock=HandClock(now),
        ids=CountedIds(),
        departments=DEPARTMENTS,
        search=search,
        actor="ann",
    )
    container.init(site or small_site())
    return container


def with_cases(container: Container, *cases: str, facts: PatientFacts | None = None) -> Container:
    """The same with a referral for each name, each of a patient of its own."""
    given = facts or patient()
    people = [given.model_copy(update={"id": f"p-{case}"}) for case in cases]
    container.import_intake(people, [referral(case, f"p-{case}") for case in cases])
    container.assess_all()
    return container


def at_hour(container: Container, now: datetime) -> Container:
    """The same at another time."""
    return replace(container, clock=HandClock(now))


def set_clock(container: Container, now: datetime) -> None:
    """Let the clock of a department in tests show another time."""
    assert isinstance(container.clock, HandClock)
    container.clock.instant = now


def cells_of_all(store: Store) -> Mapping[str, int]:
    """How many cells each owner has."""
    owned = store.read(lambda uow: uow.claims.owned())
    return {owner: len(cells) for owner, cells in owned.items()}
