"""Cases: documents in, lists, one case with its readiness and history, and facts noted."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query, Response

from api.caller import Caller, needs
from api.once import OnceOnly
from api.paging import After, Limit, Page, page
from api.problems import declared
from api.schemas.bookings import BookingOut
from api.schemas.cases import (
    AssessedOut,
    CaseOut,
    CaseSummary,
    ChangeOut,
    FactsIn,
    IntakeOut,
)
from api.schemas.readiness import ReadinessOut
from api.security.permissions import Permission
from models.clinical.readiness import Status
from models.errors import InputError
from scheduler.intake.intake import Intake, take_bundles
from scheduler.records import CaseState
from scheduler.services import cases, facts
from scheduler.services.cases import Overview
from scheduler.services.facts import Dose
from scheduler.services.taking_in import TakenIn, take_in

router = APIRouter(tags=["cases"])

CaseId = Annotated[str, Path(max_length=200, examples=["referral-7"])]
Reader = Annotated[Caller, needs(Permission.READ_CASES)]
Writer = Annotated[Caller, needs(Permission.WRITE_CASES)]
Reporter = Annotated[Caller, needs(Permission.REPORT_HOLDS)]

BUNDLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {"resource": {"resourceType": "Patient", "id": "patient-3", "birthDate": "1950-01-01"}},
        {
            "resource": {
                "resourceType": "ServiceRequest",
                "id": "referral-7",
                "status": "active",
                "intent": "order",
                "subject": {"reference": "Patient/patient-3"},
                "code": {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "22511"}]},
            }
        },
    ],
}
Documents = Annotated[
    dict[str, Any] | list[dict[str, Any]],
    Body(description="A FHIR R4 bundle or resource, or several of them.", examples=[BUNDLE]),
]


@router.post("/intake", response_model=IntakeOut, responses=declared(400))
def take(documents: Documents, caller: Writer, once: OnceOnly) -> Response:
    """Keep the patients and referrals of FHIR documents, and assess every case they touch.

    What cannot be read is told and the rest is kept; the same again changes nothing.
    """
    intake = _read(documents, caller)
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: site.write(lambda desk: take_in(desk, intake.patients, intake.referrals)),
        lambda taken: _taken(taken, intake),
    )


def _read(documents: dict[str, Any] | list[dict[str, Any]], caller: Caller) -> Intake:
    bundles = [documents] if isinstance(documents, dict) else documents
    try:
        json.dumps(bundles, allow_nan=False).encode()
    except ValueError as error:  # the framework lets numbers through that are none in JSON
        raise InputError("it holds a number that is none", place="body") from error
    site = caller.site.department().site
    intake = take_bundles(bundles, now=caller.site.clock.now(), timezone=site.timezone)
    if not (intake.patients or intake.referrals):
        raise InputError(
            "no patient and no referral could be read from it",
            place="body",
            remedy="send FHIR R4 with Patient and ServiceRequest resources",
        )
    return intake


def _taken(taken: TakenIn, intake: Intake) -> IntakeOut:
    return IntakeOut.of(taken, intake.faults)


@router.get("/cases", response_model=Page[CaseSummary], responses=declared())
def list_cases(  # noqa: PLR0917 - each filter is one parameter of the query
    caller: Reader,
    state: Annotated[CaseState | None, Query(description="Only those in a state.")] = None,
    status: Annotated[Status | None, Query(description="Only those of a status.")] = None,
    booked: Annotated[bool | None, Query(description="Only those with, or without, one.")] = None,
    troubled: Annotated[
        bool | None, Query(description="Only those whose booking can, or cannot, stand.")
    ] = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[CaseSummary]:
    """The cases of the site, by id."""

    def wanted(seen: Overview) -> bool:
        _, booking = seen
        return (
            status in (None, _status(seen))
            and booked in (None, booking is not None)
            and troubled in (None, bool(booking and booking.trouble))
        )

    found = caller.site.read(
        lambda desk: cases.overview(desk, wanted, state=state, after=after or "", limit=limit + 1)
    )
    return page(found, key=lambda seen: seen[0].id, show=_summary, limit=limit, after=None)


def _status(seen: Overview) -> Status | None:
    readiness = seen[0].readiness
    return readiness.status if readiness else None


def _summary(seen: Overview) -> CaseSummary:
    record, booking = seen
    return CaseSummary.of((record, BookingOut.of(booking) if booking else None))


@router.get("/cases/{case}", response_model=CaseOut, responses=declared(404))
def look(case: CaseId, caller: Reader) -> CaseOut:
    """A case: what was asked for, what is known of the patient, and what is held for it."""
    site = caller.site
    file = site.read(lambda desk: cases.show_case(desk, case))
    return CaseOut.of(file, site.department().site, site.clock.now())


@router.get("/cases/{case}/readiness", response_model=ReadinessOut, responses=declared(404))
def readiness(case: CaseId, caller: Reader) -> ReadinessOut:
    """When the case may start by the rules of this moment, and what is still missing."""
    file = caller.site.read(lambda desk: cases.assessed_now(desk, case))
    return ReadinessOut.of(file.readiness)


@router.get("/cases/{case}/history", response_model=Page[ChangeOut], responses=declared(404))
def history(
    case: CaseId, caller: Reader, limit: Limit = 50, after: After = None
) -> Page[ChangeOut]:
    """Who changed what about the case and the facts of its patient, oldest first."""
    found = caller.site.read(lambda desk: cases.history(desk, case))
    return page(
        found,
        key=lambda told: f"{told.row.seq:015d}",
        show=lambda told: ChangeOut.of(*told),
        limit=limit,
        after=after,
    )


@router.post("/cases/{case}/facts", response_model=AssessedOut, responses=declared(400, 404))
def note_facts(case: CaseId, given: FactsIn, caller: Reporter, once: OnceOnly) -> Response:
    """Note results and last doses of the patient; all their cases are assessed anew.

    Either everything is noted, or nothing.
    """
    labs = [lab.lab() for lab in given.labs]
    doses = [Dose(dose.drug, dose.last_dose) for dose in given.doses]
    return once.answer(
        caller.principal.subject,
        caller.site,
        lambda site: site.write(lambda desk: facts.note(desk, case, labs=labs, doses=doses)),
        AssessedOut.of,
    )
