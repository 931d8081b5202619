"""Holds: what was approved, stopped, taken after all or measured. Each is assessed at once.

These are facts and decisions: they add to what is known and change nothing that was there, so they
need no `If-Match`.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.caller import Caller, needs
from api.once import OnceOnly
from api.problems import declared
from api.schemas.cases import AssessedOut, DoseIn, LabIn
from api.schemas.holds import ApproveIn
from api.security.permissions import Permission
from models.patients import Lab
from scheduler.services import disruptions, facts
from scheduler.services.desk import Desk
from scheduler.services.facts import Dose, Noted

router = APIRouter(prefix="/cases/{case}/holds", tags=["holds"])

CaseId = Annotated[str, Path(max_length=200, examples=["referral-7"])]
Approver = Annotated[Caller, needs(Permission.APPROVE)]
Reporter = Annotated[Caller, needs(Permission.REPORT_HOLDS)]


@router.post("/approve", response_model=AssessedOut, responses=declared(400, 404))
def approve(case: CaseId, asked: ApproveIn, caller: Approver, once: OnceOnly) -> Response:
    """Decide on an open requirement: agree, refuse, or give the hours that no rule gives.

    A booking that waited for nothing else becomes firm.
    """
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: site.write(lambda desk: _decided(desk, case, asked)),
        AssessedOut.of,
    )


def _decided(desk: Desk, case: str, asked: ApproveIn) -> Noted:
    file = disruptions.decide(
        desk,
        case,
        asked.requirement,
        reason=asked.reason,
        accepted=asked.accepted,
        hold_hours=asked.hold_hours,
    )
    return Noted(file, facts.troubled([file]))


@router.post("/started", response_model=AssessedOut, responses=declared(400, 404))
def started(case: CaseId, dose: DoseIn, caller: Reporter, once: OnceOnly) -> Response:
    """Note that the patient has stopped a drug, and when the last dose was."""
    return _dosed(case, dose, caller, once)


@router.post("/missed", response_model=AssessedOut, responses=declared(400, 404))
def missed(case: CaseId, dose: DoseIn, caller: Reporter, once: OnceOnly) -> Response:
    """Note that the patient took a drug later than planned; the booking may be in trouble."""
    return _dosed(case, dose, caller, once)


@router.post("/labs", response_model=AssessedOut, responses=declared(400, 404))
def resulted(case: CaseId, lab: LabIn, caller: Reporter, once: OnceOnly) -> Response:
    """Note a laboratory result."""
    return _noted(case, caller, once, lab=lab.lab())


def _dosed(case: str, dose: DoseIn, caller: Caller, once: OnceOnly) -> Response:
    return _noted(case, caller, once, dose=Dose(dose.drug, dose.last_dose))


def _noted(
    case: str, caller: Caller, once: OnceOnly, *, lab: Lab | None = None, dose: Dose | None = None
) -> Response:
    labs, doses = [lab] if lab else [], [dose] if dose else []
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: site.write(lambda desk: facts.note(desk, case, labs=labs, doses=doses)),
        AssessedOut.of,
    )
