"""Patients to come: the site's own referrals, as if they had come in on another day.

All times of a patient's facts lie so many local days later, at the same time of day by the site's
clock, so that labs are as old and drugs as long stopped as they were, also when the clocks change
in between. Age stays, as the date of birth is shifted with them. What was past when the referral
was known is never in the future of the one like it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from models.patients import Commitment, Exposure, Finding, Implant, Lab, PatientFacts, Referral
from models.timegrid import at_local_or_after, local_day
from scenarios.practice import Known


@dataclass(frozen=True, slots=True)
class Person:
    """A referral with its patient, and what else is known."""

    patient: PatientFacts
    referral: Referral
    distance_km: float | None = None


@dataclass(frozen=True, slots=True)
class _Later:
    """What is known at one instant, as it would be known at another, in local days."""

    now: datetime
    at: datetime
    tz: ZoneInfo

    @property
    def days(self) -> timedelta:
        return local_day(self.at, self.tz) - local_day(self.now, self.tz)

    def instant(self, known: datetime) -> datetime:
        local = known.astimezone(self.tz)
        later = at_local_or_after(local.date() + self.days, local.time(), self.tz)
        return min(later, self.at) if known <= self.now else later

    def day(self, known: date) -> date:
        return known + self.days


def arrived(known: Known, case: str, at: datetime, now: datetime, tz: ZoneInfo) -> Person:
    """A referral like a known one, of somebody else, authored at an instant.

    Args:
        known: the referral and patient that are taken for it.
        case: id of the new referral; the patient's is made from it.
        at: when it comes in.
        now: when the known one's facts were known.
        tz: the site's zone, in whose days they are shifted.
    """
    later = _Later(now, at, tz)
    patient = f"p-{case}"
    referral = known.referral.model_copy(
        update={
            "id": case,
            "patient": patient,
            "authored": at,
            "reasons": _findings(known.referral.reasons, later),
        }
    )
    facts = _shifted(known.patient, later).model_copy(update={"id": patient})
    return Person(facts, referral, known.distance_km)


def _shifted(facts: PatientFacts, later: _Later) -> PatientFacts:
    return facts.model_copy(
        update={
            "birth_date": facts.birth_date and later.day(facts.birth_date),
            "exposures": tuple(_exposure(one, later) for one in facts.exposures),
            "labs": tuple(_lab(one, later) for one in facts.labs),
            "conditions": _findings(facts.conditions, later),
            "allergies": _findings(facts.allergies, later),
            "implants": tuple(_implant(one, later) for one in facts.implants),
            "commitments": tuple(_commitment(one, later) for one in facts.commitments),
            "unavailable": tuple(_span(a, b, later) for a, b in facts.unavailable),
        }
    )


def _exposure(one: Exposure, later: _Later) -> Exposure:
    if one.last_dose is None:
        return one
    return one.model_copy(update={"last_dose": later.instant(one.last_dose)})


def _lab(one: Lab, later: _Later) -> Lab:
    return one.model_copy(update={"taken_at": later.instant(one.taken_at)})


def _findings(found: tuple[Finding, ...], later: _Later) -> tuple[Finding, ...]:
    return tuple(
        one if one.since is None else one.model_copy(update={"since": later.instant(one.since)})
        for one in found
    )


def _implant(one: Implant, later: _Later) -> Implant:
    return one.model_copy(update={"placed_on": later.day(one.placed_on)})


def _commitment(one: Commitment, later: _Later) -> Commitment:
    begin, end = _span(one.start, one.end, later)
    return one.model_copy(update={"start": begin, "end": end})


def _span(begin: datetime, end: datetime, later: _Later) -> tuple[datetime, datetime]:
    """By the clock; one that lies in the hour that the clocks skip is empty, never backward."""
    shifted = later.instant(begin)
    return shifted, max(shifted, later.instant(end))
