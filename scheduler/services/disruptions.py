"""What breaks a plan: closures, doses taken after all, results, decisions. Each flags bookings."""

from dataclasses import dataclass
from datetime import datetime

from models.clinical.facts import Decision
from models.clinical.readiness import Requirement
from models.errors import InputError, NotFoundError
from models.patients import Lab
from scheduler.records import BookingRecord, Closure
from scheduler.services import facts
from scheduler.services.case_files import CaseFile, open_file, requirement_key
from scheduler.services.desk import Desk
from scheduler.services.notices import notify
from scheduler.services.readiness import refresh
from scheduler.versions import check_version


@dataclass(frozen=True, slots=True)
class Disruption:
    """What an event touched."""

    what: str
    troubled: tuple[BookingRecord, ...] = ()
    """Bookings that can no longer stand as they are."""
    released: tuple[str, ...] = ()
    """Cases whose reservation was let go."""
    closure: Closure | None = None


def close_resource(
    desk: Desk, resource: str, start: datetime, end: datetime, *, reason: str
) -> Disruption:
    """Take a resource out of use for `[start, end)`; bookings in it are flagged, not cancelled.

    Raises:
        NotFoundError: the site has no such resource.
        InputError: the end is not after the start.
    """
    site = desk.department.site
    if resource not in site.resource_by_id and resource not in {a.id for a in site.arrivals}:
        raise NotFoundError(f"the site has no resource {resource}", place=f"site {site.id}")
    if end <= start:
        raise InputError("it ends before it starts", place=f"closure of {resource}")
    closure = Closure(
        id=desk.ids.new("closure"),
        resource=resource,
        start=start,
        end=end,
        reason=reason,
        created_at=desk.now,
        created_by=desk.actor,
    )
    owners = _owners(desk, resource, start, end)
    desk.uow.closures.add(closure)
    desk.audit("resource.close", resource, after=closure)
    notify(desk, "resource.close", resource, closure=closure.id, start=start, end=end)
    return _touched(desk.fresh(), f"{resource} is closed: {reason}", owners, closure)


def _owners(desk: Desk, resource: str, start: datetime, end: datetime) -> set[str]:
    """Who holds a resource at any time of `[start, end)`; arrival slots are held one by one."""
    units = [resource]
    if resource not in desk.department.site.resource_by_id:
        units = [
            name
            for name, slot in desk.scene.resources.items()
            if name.startswith(f"{resource}-")
            and any(a < end and start < b for a, b in slot.available)
        ]
    return {h.owner for unit in units for h in desk.uow.claims.holders(unit, start, end)}


def _touched(desk: Desk, what: str, owners: set[str], closure: Closure) -> Disruption:
    released = tuple(
        facts.let_go(desk, open_file(desk, r.case))
        for r in desk.uow.reservations.live(desk.now)
        if r.id in owners
    )
    files = [open_file(desk, case) for case in desk.uow.bookings.standing(owners)]
    return Disruption(
        what=what,
        troubled=facts.troubled(refresh(desk, file) for file in files),
        released=released,
        closure=closure,
    )


def reopen_resource(desk: Desk, closure: str, *, version: str | None = None) -> Disruption:
    """Lift a closure; bookings that it had troubled are looked at again.

    Raises:
        NotFoundError: there is no such closure.
        StaleError: it is at another version.
    """
    lifted = desk.uow.closures.remove(closure)
    check_version(lifted.version, version, place=f"closure {closure}")
    desk.audit("resource.reopen", lifted.resource, before=lifted)
    notify(desk, "resource.reopen", lifted.resource, closure=lifted.id)
    after = desk.fresh()
    owners = _owners(after, lifted.resource, lifted.start, lifted.end)
    return _touched(after, f"{lifted.resource} is open again", owners, lifted)


def record_missed_hold(desk: Desk, case: str, drug: str, last_dose: datetime) -> Disruption:
    """Note that the patient took a drug later than planned; all their cases are assessed anew.

    Raises:
        NotFoundError: there is no such case.
        InputError: the patient takes no such drug, or the dose lies in the future.
    """
    noted = facts.note(desk, case, doses=[facts.Dose(drug, last_dose)])
    return _told(f"{drug} was taken {desk.local(last_dose)}", noted)


def record_lab(desk: Desk, case: str, lab: Lab) -> Disruption:
    """Note a laboratory result; all cases of the patient are assessed anew.

    Raises:
        NotFoundError: there is no such case.
        InputError: the result lies in the future.
    """
    return _told(f"{lab.code} resulted", facts.note(desk, case, labs=[lab]))


def _told(what: str, noted: facts.Noted) -> Disruption:
    return Disruption(what=what, troubled=noted.troubled, released=noted.released)


def decide(
    desk: Desk,
    case: str,
    requirement: str,
    *,
    reason: str,
    accepted: bool = True,
    hold_hours: float | None = None,
) -> CaseFile:
    """Keep a clinician's decision on an open requirement; the desk's actor is who decided.

    A booking that waited for nothing else becomes firm, and windows that it kept shut open.

    Args:
        desk: the transaction.
        case: id of the case.
        requirement: its key (`kind:rule` and the drug, if any), or the rule where that names one.
        reason: why, in words.
        accepted: False keeps the requirement open and shows the refusal.
        hold_hours: hours off the drug, where the rule gives no figure.

    Raises:
        NotFoundError: no such case, or no such open requirement.
    """
    file = refresh(desk, open_file(desk, case))
    asked = _requirement(file, requirement)
    decision = Decision(
        rule=asked.ref.rule,
        kind=asked.kind,
        drug=asked.drug or None,
        accepted=accepted,
        hold_hours=hold_hours,
        by=desk.actor,
        at=desk.now,
        reason=reason,
    )
    desk.uow.decisions.add(desk.ids.new("decision"), case, decision)
    desk.uow.cases.change(file.record)  # a decision counts as a change of the case
    desk.audit("case.decide", case, after=decision, detail=requirement_key(asked))
    decided = refresh(desk, open_file(desk, case))
    notify(desk, "case.decide", case, accepted=accepted, status=decided.readiness.status)
    return decided


def approve(desk: Desk, case: str, requirement: str, *, reason: str = "approved") -> CaseFile:
    """Keep that a requirement has been met; `decide` without a figure.

    Raises:
        NotFoundError: no such case, or no such open requirement.
    """
    return decide(desk, case, requirement, reason=reason)


def _requirement(file: CaseFile, name: str) -> Requirement:
    asked = file.readiness.requirements
    named = [r for r in asked if name in {requirement_key(r), r.ref.rule}]
    if len({requirement_key(r) for r in named}) != 1:
        keys = ", ".join(sorted({requirement_key(r) for r in asked}))
        raise NotFoundError(
            "no single open requirement has this name",
            place=f"case {file.id}",
            remedy=f"name one of: {keys}" if keys else "none is open",
        )
    return named[0]
