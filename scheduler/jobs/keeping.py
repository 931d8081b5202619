"""Forgetting what has had its use. The audit is never touched; it says what was forgotten."""

from datetime import datetime, timedelta

from models.patients import PatientFacts, Referral
from scheduler.records import CaseRecord
from scheduler.services.desk import Desk

AT_ONCE = 200
"""Most patients forgotten in one transaction; the others follow with the next."""
SILENT_DAYS = 7
"""After so long a process that said nothing is no longer listed."""
OFFER_DAYS = 1
"""How long an offer that is over can still be told from one that never was."""
SESSION_DAYS = 1
"""How long a session that is over can still be told from one that never was."""


def forget(desk: Desk) -> str:
    """Drop what is older than the site keeps it; what was dropped."""
    kept = desk.department.site.retention
    messages_until = desk.now - timedelta(days=kept.messages_days)
    dropped = {
        "answers": desk.uow.answers.forget_before(desk.now - timedelta(hours=kept.answers_hours)),
        "messages": desk.uow.outbox.forget_before(messages_until),
        "alerts": desk.uow.alerts.forget_before(messages_until),
        "proofs": desk.uow.keeping.forget_proofs(desk.now),
        "offers": desk.uow.promises.offers.forget_before(desk.now - timedelta(days=OFFER_DAYS)),
        "sessions": desk.uow.keeping.forget_sessions(desk.now - timedelta(days=SESSION_DAYS)),
        "heartbeats": desk.uow.heartbeats.forget_before(desk.now - timedelta(days=SILENT_DAYS)),
        **_forget_people(desk),
    }
    told = ", ".join(f"{count} {what}" for what, count in dropped.items() if count)
    return f"dropped {told}" if told else "nothing is old enough"


def _forget_people(desk: Desk) -> dict[str, int]:
    days = desk.department.site.retention.patient_days
    if days is None:
        return {}
    until = desk.now - timedelta(days=days)
    return {
        "patients": _forget_patients(desk, until),
        "reasons of closures": _forget_closures(desk, until),
        "reasons of emergencies": _forget_emergencies(desk, until),
    }


def _forget_patients(desk: Desk, until: datetime) -> int:
    patients = desk.uow.keeping.settled_patients(until, AT_ONCE)
    for patient in patients:
        _forget_patient(desk, patient)
    return len(patients)


def _forget_patient(desk: Desk, patient: str) -> None:
    """Keep of a patient the id, and of their cases what was done and when."""
    for case in desk.uow.cases.of_patient(patient):
        _forget_case(desk, case)
    before = desk.uow.patients.get(patient)
    blank = before.model_copy(update={"imported": PatientFacts(id=patient), "notes": ()})
    after = desk.uow.patients.change(blank, desk.now)
    desk.audit("patient.forget", patient, before=before, after=after)


def _forget_case(desk: Desk, case: CaseRecord) -> None:
    known = case.referral
    bare = Referral(
        id=known.id,
        patient=known.patient,
        code=known.code,
        system=known.system,
        priority=known.priority,
        authored=known.authored,
        active=known.active,
    )
    booking = desk.uow.bookings.find(case.id)
    if booking and (booking.waiting_for or booking.trouble or booking.reason):
        blank = booking.model_copy(update={"waiting_for": (), "trouble": (), "reason": ""})
        desk.audit("booking.forget", case.id, before=booking, after=desk.uow.bookings.change(blank))
    desk.uow.keeping.forget_words(case.id)
    after = desk.uow.cases.change(case.model_copy(update={"referral": bare, "readiness": None}))
    desk.audit("case.forget", case.id, before=case, after=after)


def _forget_closures(desk: Desk, until: datetime) -> int:
    """Blank why resources were out of use: the words were typed and may name somebody."""
    old = [c for c in desk.uow.closures.all() if c.end < until and c.reason]
    for before in old:
        after = desk.uow.closures.forget_reason(before)
        desk.audit("resource.forget", before.resource, before=before, after=after)
    return len(old)


def _forget_emergencies(desk: Desk, until: datetime) -> int:
    """Blank why permissions were taken; nobody can review an emergency without its reason."""
    grants = desk.uow.identity.glass
    old = [g for g in grants.all() if g.reviewed_at and g.reviewed_at < until and g.reason]
    for before in old:
        after = grants.change(before.model_copy(update={"reason": "", "finding": ""}))
        desk.audit("glass.forget", before.id, before=before, after=after)
    return len(old)
