"""Patients to come: the site's own referrals, as if they had come in on another day.

All times of a patient's facts are shifted by whole days, so that labs are as old and drugs as long
stopped as they were; age stays, as the date of birth is shifted with them.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.patients import Commitment, Exposure, Finding, Implant, Lab, PatientFacts, Referral
from scenarios.practice import Known


@dataclass(frozen=True, slots=True)
class Person:
    """A referral with its patient, and what else is known."""

    patient: PatientFacts
    referral: Referral
    distance_km: float | None = None


def arrived(known: Known, case: str, at: datetime, days: int) -> Person:
    """A referral like a known one, of somebody else, authored at an instant.

    Args:
        known: the referral and patient that are taken for it.
        case: id of the new referral; the patient's is made from it.
        at: when it comes in.
        days: how many days later than the known one's facts everything lies.
    """
    shift = timedelta(days=days)
    patient = f"p-{case}"
    referral = known.referral.model_copy(
        update={
            "id": case,
            "patient": patient,
            "authored": at,
            "reasons": _findings(known.referral.reasons, shift),
        }
    )
    facts = _shifted(known.patient, shift).model_copy(update={"id": patient})
    return Person(facts, referral, known.distance_km)


def _shifted(facts: PatientFacts, shift: timedelta) -> PatientFacts:
    return facts.model_copy(
        update={
            "birth_date": _day(facts.birth_date, shift),
            "exposures": tuple(_exposure(one, shift) for one in facts.exposures),
            "labs": tuple(_lab(one, shift) for one in facts.labs),
            "conditions": _findings(facts.conditions, shift),
            "allergies": _findings(facts.allergies, shift),
            "implants": tuple(_implant(one, shift) for one in facts.implants),
            "commitments": tuple(_commitment(one, shift) for one in facts.commitments),
            "unavailable": tuple((a + shift, b + shift) for a, b in facts.unavailable),
        }
    )


def _day(day: date | None, shift: timedelta) -> date | None:
    return None if day is None else day + shift


def _exposure(one: Exposure, shift: timedelta) -> Exposure:
    if one.last_dose is None:
        return one
    return one.model_copy(update={"last_dose": one.last_dose + shift})


def _lab(one: Lab, shift: timedelta) -> Lab:
    return one.model_copy(update={"taken_at": one.taken_at + shift})


def _findings(found: tuple[Finding, ...], shift: timedelta) -> tuple[Finding, ...]:
    return tuple(
        one if one.since is None else one.model_copy(update={"since": one.since + shift})
        for one in found
    )


def _implant(one: Implant, shift: timedelta) -> Implant:
    return one.model_copy(update={"placed_on": one.placed_on + shift})


def _commitment(one: Commitment, shift: timedelta) -> Commitment:
    return one.model_copy(update={"start": one.start + shift, "end": one.end + shift})
