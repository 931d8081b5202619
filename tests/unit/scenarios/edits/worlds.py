"""A tiny practice and a tiny planning file that every kind of edit is tried on.

The practice: Monday 2026-11-23, 08:00 in Chicago; a suite, a doctor, a nurse, two bays, a CT by
blocks. The planning file: the Monday and Tuesday of tests.builders, one suite and one doctor.
"""

from datetime import date, datetime, time
from typing import Any

from models.clinical.assess import assess
from models.clinical.facts import Facts
from models.patients import Exposure, PatientFacts, Pregnancy, Referral, Sex
from models.problem import Case, Need, PlanningProblem, Resource
from scenarios.edits.base import Edit
from scenarios.edits.kinds import KINDS
from scenarios.practice import Known, Practice, Promise
from tests.builders import a_case, a_problem, a_resource, need
from tests.unit.models.worlds import local, referral, site

NOW = local("11-23 08:00")
CT_BLOCK = {"rrule": "every 7", "first_day": "2026-11-23", "at": "08:00", "minutes": 240}
RESOURCES = [
    {"id": "suite-1", "kind": "suite", "tags": ["fluoroscopy"], "calendar": "day"},
    {"id": "suite-2", "kind": "suite", "tags": ["fluoroscopy", "biplane"], "calendar": "day"},
    {"id": "dr-1", "kind": "proceduralist", "tags": ["spine"], "calendar": "day"},
    {"id": "rn-1", "kind": "sedation", "tags": ["moderate"], "calendar": "long"},
    {"id": "rn-2", "kind": "sedation", "tags": ["moderate"], "calendar": "long"},
    {"id": "an-1", "kind": "sedation", "tags": ["deep", "moderate"], "calendar": "long"},
    {"id": "bay", "kind": "bay", "calendar": "long", "count": 2},
    {"id": "ct-1", "kind": "ct", "calendar": "ct"},
]
CALENDARS = {
    "day": {"weekly": {"mon-fri": ["08:00-12:00"]}},
    "long": {"weekly": {"mon-fri": ["06:00-18:00"]}},
    "ct": {"blocks": [CT_BLOCK | {"label": "morning"}]},
}


def edit(kind: str, **members: Any) -> Edit:
    """An edit as a file writes it."""
    return KINDS[kind].model_validate({"kind": kind} | members)


def patient(name: str = "pat", **members: Any) -> PatientFacts:
    whole: dict[str, Any] = {
        "id": name,
        "birth_date": date(1955, 6, 1),
        "sex": Sex.MALE,
        "pregnancy": Pregnancy.NOT_APPLICABLE,
    }
    return PatientFacts(**whole | members)


def known(name: str = "A", *, promise: Promise | None = None, **order: Any) -> Known:
    """An open vertebroplasty of patient `pat-NAME`, authored on Monday at 6."""
    asked: Referral = referral(id=name, patient=f"pat-{name}", **order)
    return Known(patient=patient(f"pat-{name}"), referral=asked, promise=promise)


def promise(start: str = "11-24 09:00", *, needs: tuple[Need, ...] | None = None) -> Promise:
    """A booking on suite-2 and dr-1."""
    return Promise(
        start=local(start),
        assigned={"suite": "suite-2", "doctor": "dr-1"},
        needs=needs or (need("suite"), need("doctor", kind="proceduralist")),
        placed_at=local("11-20 09:00"),
    )


def practice(*cases: Known, **changes: Any) -> Practice:
    whole = site(resources=RESOURCES, calendars=CALENDARS, **changes)
    return Practice(site=whole, now=NOW, known=cases)


def problem(*cases: Case, resources: tuple[Resource, ...] = (), **changes: Any) -> PlanningProblem:
    """One suite and one doctor on Monday from 8 to 17, and those given."""
    first = (a_resource("suite-1"), a_resource("dr-1", "doctor"))
    return a_problem(cases, (*first, *resources), **changes)


def case(name: str = "A", **changes: Any) -> Case:
    """A case of an hour in a suite with a doctor."""
    return a_case(name, need("suite"), need("doctor"), **changes)


def hours(practice: Practice, resource: str, weekday: str) -> list[str]:
    """The weekly hours of a resource on a weekday."""
    calendar = practice.site.calendars[practice.site.resource_by_id[resource].calendar]
    spans = {day.value: spans for day, spans in calendar.weekly.items()}.get(weekday, ())
    return [f"{s.start:%H:%M}-{s.end:%H:%M}" for s in spans if s.end is not None]


def pieces(problem: PlanningProblem, resource: str) -> list[tuple[datetime, datetime]]:
    """When a resource of a planning file is there."""
    return list(problem.resource_by_id[resource].available)


def on_aspirin(hour: int = 7) -> Practice:
    """One patient who takes aspirin every morning at 7; it is Monday, 8 o'clock."""
    drug = Exposure(drug="aspirin", rxcui="1191", dose_times=(time(hour),))
    one = known("A")
    return practice(Known(patient=patient("pat-A", exposures=(drug,)), referral=one.referral))


def earliest(found: Practice) -> datetime:
    """The first instant at which the rules in force permit the case."""
    (one,) = found.known
    procedure = found.catalogue.find(one.referral.code, one.referral.system)
    assert procedure is not None
    facts = Facts(
        patient=one.patient,
        referral=one.referral,
        procedure=procedure,
        setting=found.site.setting,
        decisions=one.decisions,
    )
    return assess(facts, found.book, found.now).windows[0][0]
