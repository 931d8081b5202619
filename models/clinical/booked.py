"""What the clinical rules say of a patient who is booked, and one whose procedure is not offered.

A patient who was booked stops their drugs as planned then: from the booked start on, what was
permitted when the hold was planned still is. As for any other, there is an interval form for the
search (`assess_booked`) and a pointwise form for whoever judges it (`refused`).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from models.base import HoldStage
from models.clinical.assess import assess
from models.clinical.facts import ClinicSetting, Facts
from models.clinical.permitted import permitted
from models.clinical.policy import PolicyBook
from models.clinical.readiness import HoldPlan, Readiness, Refusal, Requirement, RuleRef, Status
from models.patients import Referral
from models.windows import WindowSet

Assess = Callable[[Facts, PolicyBook, datetime], Readiness]
"""The interval form of the rules, or what remembers its answers."""


class Promised(Protocol):
    """A booking, as far as holds rest on it."""

    @property
    def start(self) -> datetime:
        """When the procedure is booked for."""

    @property
    def placed_at(self) -> datetime:
        """When the place was chosen."""

    @property
    def told_at(self) -> datetime | None:
        """When the patient was told the time; None while nobody has."""

    @property
    def stops_told_at(self) -> datetime | None:
        """When the patient was told to stop for an earlier start, from which holds still run."""


def assess_booked(
    facts: Facts,
    book: PolicyBook,
    now: datetime,
    promised: Promised | None,
    how: Assess = assess,
) -> Readiness:
    """The rules' answer at this moment, of a patient who is booked or is not."""
    fresh = how(facts, book, now)
    if promised is None or promised.start < now or fresh.blocks:
        return fresh
    planned = how(facts, book, planned_from(facts.setting, promised, now))
    return _on_plan(promised, now, fresh, planned)


def planned_from(setting: ClinicSetting, promised: Promised, now: datetime) -> datetime:
    """The moment as of which the holds of a booking count as planned.

    It is when the place was chosen, if the patient was told within the site's notice; else as much
    later as they were told too late. Who has not been told yet can be told now at the earliest.
    """
    notice = timedelta(hours=setting.notice_hours + setting.approval_lead_hours)
    return max(promised.placed_at, (stops_told(promised) or now) - notice)


def stops_told(promised: Promised) -> datetime | None:
    """When the patient was told to stop drugs, for this start or for an earlier one."""
    return promised.stops_told_at or promised.told_at


def _on_plan(promised: Promised, now: datetime, fresh: Readiness, planned: Readiness) -> Readiness:
    kept = planned.window_set - WindowSet.between(planned.assessed_at, promised.start)
    windows = fresh.window_set | kept
    return fresh.model_copy(
        update={
            "windows": tuple((w.start, w.end) for w in windows),
            "status": fresh.status if fresh.windows else planned.status,
            "holds": tuple(_staged(promised, now, hold) for hold in planned.holds),
        }
    )


def _staged(promised: Promised, now: datetime, hold: HoldPlan) -> HoldPlan:
    """A hold is planned once the patient was told, and begun once they should have stopped."""
    recorded = hold.stage not in {HoldStage.NONE, HoldStage.PLANNED}
    if recorded or stops_told(promised) is None or hold.ready_at is None or hold.last_dose is None:
        return hold
    latest_dose = promised.start - (hold.ready_at - hold.last_dose)
    stage = HoldStage.STARTED if latest_dose <= now else HoldStage.PLANNED
    return hold.model_copy(update={"stage": stage})


def refused(
    facts: Facts,
    book: PolicyBook,
    now: datetime,
    start: datetime,
    promised: Promised | None = None,
) -> tuple[Refusal, ...]:
    """Why the rules forbid a start; empty when they permit it.

    This is the pointwise form, independent of the windows that the search was given.

    Args:
        facts: everything the rules look at.
        book: the policies in force.
        now: the moment.
        start: the start asked about.
        promised: the booking whose planned holds count; None where there is none, or where a
            contraindication stands and no plan counts.
    """
    found = permitted(facts, book, now, start)
    if found and promised is not None and now <= promised.start <= start:
        return permitted(facts, book, planned_from(facts.setting, promised, now), start)
    return found


def told_after_move(promised: Promised, start: datetime, now: datetime) -> dict[str, object]:
    """Members of a booking that change as it moves to a start: what the patient still knows.

    Who is moved later has been told early enough when to stop.
    """
    if start == promised.start:
        return {}
    told = stops_told(promised)
    if told is not None and start > promised.start:
        return {"told_at": None, "stops_told_at": told}
    return {"told_at": None, "stops_told_at": None, "placed_at": now}


def not_offered(referral: Referral, catalogue: str, now: datetime) -> Readiness:
    """The answer for a procedure that the site does not offer: a requirement, and no window.

    Args:
        referral: what was asked for.
        catalogue: version of the site's catalogue.
        now: the moment.
    """
    asked = f"{referral.display or 'the procedure'} ({referral.code})"
    requirement = Requirement(
        kind="unknown-procedure",
        ref=RuleRef(
            rule="catalogue/unknown-procedure",
            policy="catalogue",
            version=catalogue,
            source="the site's procedure catalogue",
            evidence="site",
        ),
        sentence=f"{asked} is not offered here; ask the referrer for one of the catalogue",
        closes_windows=True,
    )
    return Readiness(
        referral=referral.id,
        patient=referral.patient,
        procedure=referral.code,
        assessed_at=now,
        status=Status.CONDITIONAL,
        windows=(),
        requirements=(requirement,),
    )
