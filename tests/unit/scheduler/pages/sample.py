"""A realistic day of four suites, made by hand: Monday 2 November 2026 in Chicago.

The clocks go back on the Sunday before, so that holds begun in the week cross a day of 25 hours.
"""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.base import HoldStage, Priority
from models.clinical.readiness import (
    HoldPlan,
    Readiness,
    Requirement,
    RuleRef,
    Status,
)
from models.plan import Placement
from models.problem import PlanningProblem
from scheduler.views.spans import CaseLabel

TZ = ZoneInfo("America/Chicago")
DAY = date(2026, 11, 2)
DAY_START = "2026-11-02T00:00:00-06:00"

# case, procedure, priority, start, minutes, turnover, suite, proceduralist, sedation, kind of stay
CASES: tuple[tuple[str, str, str, str, int, int, str, str, str, str], ...] = (
    ("C-1041", "Vertebroplasty L2", "urgent", "08:00", 55, 20, "suite-1", "dr-alba", "rn-1", "out"),
    ("C-1017", "Vertebroplasty T12", "soon", "09:30", 75, 20, "suite-1", "dr-alba", "rn-1", "out"),
    (
        "C-1063",
        "Kyphoplasty L1, L3",
        "routine",
        "13:00",
        95,
        20,
        "suite-1",
        "dr-alba",
        "rn-3",
        "out",
    ),
    (
        "C-1080",
        "Spinal metastasis ablation L4",
        "soon",
        "15:30",
        90,
        25,
        "suite-1",
        "dr-alba",
        "an-1",
        "in",
    ),
    ("C-1022", "Liver biopsy", "routine", "08:15", 40, 20, "suite-2", "dr-brandt", "rn-2", "out"),
    (
        "C-1035",
        "Biliary drain exchange",
        "urgent",
        "09:30",
        45,
        20,
        "suite-2",
        "dr-brandt",
        "rn-2",
        "in",
    ),
    (
        "C-1059",
        "Vertebroplasty L4",
        "routine",
        "10:50",
        55,
        20,
        "suite-2",
        "dr-brandt",
        "rn-4",
        "out",
    ),
    ("C-1072", "Nephrostomy", "urgent", "13:15", 50, 20, "suite-2", "dr-brandt", "rn-1", "in"),
    (
        "C-1090",
        "Vertebroplasty L3",
        "routine",
        "14:40",
        55,
        20,
        "suite-2",
        "dr-brandt",
        "rn-2",
        "out",
    ),
    ("C-1011", "Port placement", "soon", "08:00", 45, 15, "suite-3", "dr-chen", "rn-4", "out"),
    ("C-1014", "Port placement", "routine", "09:15", 45, 15, "suite-3", "dr-chen", "rn-3", "out"),
    ("C-1048", "Chemoembolisation", "soon", "10:30", 90, 20, "suite-3", "dr-chen", "rn-2", "in"),
    ("C-1066", "PICC line", "routine", "13:30", 30, 15, "suite-3", "dr-chen", "", "out"),
    (
        "C-1085",
        "Pelvic embolisation",
        "emergent",
        "14:30",
        100,
        25,
        "suite-3",
        "dr-chen",
        "an-2",
        "in",
    ),
    ("C-1029", "Thoracentesis", "routine", "09:00", 30, 15, "suite-4", "dr-diaz", "", "in"),
    ("C-1031", "Paracentesis", "routine", "10:00", 30, 15, "suite-4", "dr-diaz", "", "in"),
    (
        "C-1077",
        "Drain placement, pelvis",
        "urgent",
        "13:10",
        45,
        20,
        "suite-4",
        "dr-diaz",
        "rn-4",
        "in",
    ),
    (
        "C-1094",
        "Vertebroplasty T11 with CT",
        "routine",
        "10:50",
        80,
        20,
        "ct-1",
        "dr-diaz",
        "rn-3",
        "out",
    ),
)
LOCKED = {"C-1041", "C-1017", "C-1085"}
NOT_BOOKED = {"C-1090", "C-1094"}
BOOKED_ELSEWHERE = {"C-1072": ("2026-11-03T09:00:00-06:00", "suite-4")}

OPEN = {"suite": "08:00 17:30", "ct": "10:00 14:00", "bay": "06:30 20:00"}


def at(clock: str) -> datetime:
    """A wall-clock time of the sample day."""
    return datetime.fromisoformat(f"{DAY.isoformat()}T{clock}:00-06:00")


def _hours(*spans: str) -> list[list[str]]:
    return [[at(clock).isoformat() for clock in span.split()] for span in spans]


def resources() -> list[dict[str, Any]]:
    """Four suites, a CT, four proceduralists, seven for sedation, nine bays, arrival slots."""
    suites = [("suite-1", ["fluoroscopy", "biplane"]), ("suite-2", ["fluoroscopy", "biplane"])]
    suites += [("suite-3", ["fluoroscopy"]), ("suite-4", ["fluoroscopy"])]
    staff = _hours("08:00 12:30", "13:00 17:30")
    found: list[dict[str, Any]] = [
        {"id": name, "kind": "suite", "tags": tags, "available": _hours(OPEN["suite"])}
        for name, tags in suites
    ]
    found.append({"id": "ct-1", "kind": "ct", "available": _hours(OPEN["ct"])})
    for name in ("dr-alba", "dr-brandt", "dr-chen", "dr-diaz"):
        entry = {"id": name, "kind": "proceduralist", "tags": ["ir"], "available": staff}
        found.append(entry | {"minutes_per_day": 420})
    for name in ("rn-1", "rn-2", "rn-3", "rn-4"):
        hours = _hours("07:30 12:20", "12:45 17:30")
        found.append({"id": name, "kind": "sedation", "tags": ["moderate"], "available": hours})
    for name in ("an-1", "an-2"):
        hours = _hours("13:00 18:00")
        found.append({"id": name, "kind": "sedation", "tags": ["deep"], "available": hours})
    found += [
        {"id": f"bay-{n}", "kind": "bay", "available": _hours(OPEN["bay"])} for n in range(1, 10)
    ]
    return found + _arrival_slots()


def _arrival_slots() -> list[dict[str, Any]]:
    found = []
    for half_hour in range(13, 31):
        begin = at("00:00") + timedelta(minutes=30 * half_hour)
        for n in (1, 2):
            span = [begin.isoformat(), (begin + timedelta(minutes=30)).isoformat()]
            name = f"arrival-{begin:%H%M}-{n}"
            found.append({"id": name, "kind": "outpatient-slot", "available": [span]})
    return found


def _needs(row: tuple[str, str, str, str, int, int, str, str, str, str]) -> list[dict[str, Any]]:
    _, _, _, _, minutes, turnover, suite, _, sedation, stay = row
    kind = "ct" if suite.startswith("ct") else "suite"
    needs: list[dict[str, Any]] = [
        {"role": "suite", "kind": kind, "from": 0, "minutes": minutes + turnover},
        {"role": "proceduralist", "kind": "proceduralist", "from": 0, "minutes": minutes},
    ]
    if sedation:
        needs.append({"role": "sedation", "kind": "sedation", "from": -10, "minutes": minutes + 20})
    if stay == "out":
        needs.append({"role": "arrival", "kind": "outpatient-slot", "from": -60, "minutes": 15})
        needs.append({"role": "preparation", "kind": "bay", "from": -45, "minutes": 45})
        needs.append({"role": "recovery", "kind": "bay", "from": minutes, "minutes": 120})
    return needs


class _Bays:
    """The first free bay, and the first free arrival slot."""

    def __init__(self) -> None:
        self.busy: list[tuple[str, datetime, datetime]] = []

    def first_free(self, names: list[str], begin: datetime, end: datetime) -> str:
        free = next(
            name
            for name in names
            if not any(n == name and a < end and begin < b for n, a, b in self.busy)
        )
        self.busy.append((free, begin, end))
        return free


def _assigned(
    row: tuple[str, str, str, str, int, int, str, str, str, str],
    needs: list[dict[str, Any]],
    bays: _Bays,
) -> dict[str, str]:
    given = {"suite": row[6], "proceduralist": row[7], "sedation": row[8]}
    assigned = {}
    for need in needs:
        begin = at(row[3]) + timedelta(minutes=need["from"])
        end = begin + timedelta(minutes=need["minutes"])
        if need["kind"] == "bay":
            names = [f"bay-{n}" for n in range(1, 10)]
            assigned[need["role"]] = bays.first_free(names, begin, end)
        elif need["kind"] == "outpatient-slot":
            slot = begin.replace(minute=30 if begin.minute >= 30 else 0)
            names = [f"arrival-{slot:%H%M}-{n}" for n in (1, 2)]
            assigned[need["role"]] = bays.first_free(names, begin, end)
        else:
            assigned[need["role"]] = given[need["role"]]
    return assigned


def _case(
    row: tuple[Any, ...], needs: list[dict[str, Any]], held: dict[str, str]
) -> dict[str, Any]:
    case: dict[str, Any] = {
        "id": row[0],
        "priority": row[2],
        "release": "2026-10-26T09:00:00-05:00",
        "windows": [[DAY_START, "2026-11-07T00:00:00-06:00"]],
        "needs": needs,
    }
    if row[0] in NOT_BOOKED:
        return case
    start, suite = BOOKED_ELSEWHERE.get(row[0], (at(row[3]).isoformat(), held["suite"]))
    booking = {"start": start, "assigned": held | {"suite": suite}, "locked": row[0] in LOCKED}
    return case | {"booking": booking}


def sample_problem() -> tuple[PlanningProblem, dict[str, Placement]]:
    """The department and what is placed in it."""
    bays = _Bays()
    cases, placements = [], {}
    for row in CASES:
        needs = _needs(row)
        held = _assigned(row, needs, bays)
        cases.append(_case(row, needs, held))
        placements[row[0]] = Placement(case=row[0], start=at(row[3]), assigned=held)
    prices = {p.value: 1 for p in Priority}
    problem = PlanningProblem.model_validate(
        {
            "format": "holdfast-planning",
            "version": 1,
            "site": "St. Elsewhere Interventional Radiology",
            "timezone": TZ.key,
            "now": at("09:40").isoformat(),
            "tick_minutes": 5,
            "horizon": {"start": DAY_START, "end": "2026-11-07T00:00:00-06:00"},
            "objective": {
                "unscheduled": prices,
                "wait_per_day": prices,
                "late_per_day": prices,
                "off_drug_per_day": 60,
                "move": 150,
                "move_per_day": 40,
                "unbook": 3000,
            },
            "resources": resources(),
            "cases": cases,
        }
    )
    return problem, placements


def sample_labels() -> dict[str, CaseLabel]:
    """Procedure names of the sample day."""
    return {row[0]: CaseLabel(procedure=row[1], turnover_minutes=row[5]) for row in CASES}


def ref(rule: str, policy: str = "SIR2019-high") -> RuleRef:
    """Where a sample rule comes from."""
    source = "SIR 2019 (Patel, J Vasc Interv Radiol 30:1168)"
    return RuleRef(rule=rule, policy=policy, version="1", source=source, evidence="K")


def hold(drug: str, stage: HoldStage, **figures: Any) -> HoldPlan:
    """A hold of the sample day; figures not given are unknown."""
    given = {"last_dose": None, "ready_at": None, "sentence": f"Stop {drug}"} | figures
    return HoldPlan(drug=drug, stage=stage, ref=ref(f"{drug}/standard"), **given)


def readiness(case: str, *holds: HoldPlan, requirements: tuple[Requirement, ...] = ()) -> Readiness:
    """What the rules say of one case of the sample day."""
    return Readiness(
        referral=case,
        patient=f"P-{case[2:]}",
        procedure=next(row[1] for row in CASES if row[0] == case),
        assessed_at=at("06:00"),
        status=Status.CONDITIONAL if requirements else Status.READY,
        windows=((at("06:00"), at("20:00")),),
        holds=holds,
        requirements=requirements,
    )


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text)


def sample_readiness() -> dict[str, Readiness]:
    """Holds of five cases: long enough, drawn, of several drugs, too short, without a figure."""
    started = HoldStage.STARTED
    apixaban = hold(
        "apixaban",
        started,
        last_dose=_day("2026-10-31T08:00:00-05:00"),
        ready_at=_day("2026-11-02T07:00:00-06:00"),
        doses=4,
        restart_hours=24,
    )
    warfarin = hold(
        "warfarin",
        HoldStage.DRAWN,
        last_dose=_day("2026-10-27T18:00:00-05:00"),
        ready_at=_day("2026-11-01T17:00:00-06:00"),
        hours=120,
        restart_hours=24,
    )
    aspirin = hold(
        "aspirin",
        started,
        last_dose=_day("2026-10-29T08:00:00-05:00"),
        ready_at=_day("2026-11-02T07:00:00-06:00"),
        hours=96,
        restart_hours=24,
    )
    clopidogrel = hold(
        "clopidogrel",
        started,
        last_dose=_day("2026-10-28T09:00:00-05:00"),
        ready_at=_day("2026-11-02T08:00:00-06:00"),
        hours=120,
        restart_hours=6,
    )
    rivaroxaban = hold(
        "rivaroxaban",
        started,
        last_dose=_day("2026-11-01T07:00:00-06:00"),
        ready_at=_day("2026-11-03T07:00:00-06:00"),
        doses=2,
        restart_hours=24,
    )
    betrixaban = hold("betrixaban", HoldStage.PLANNED)
    inr = Requirement(
        kind="lab",
        ref=ref("*/INR"),
        sentence="INR within 24 h before the start, at most 1.8",
        latest=at("10:00"),
    )
    return {
        "C-1017": readiness("C-1017", apixaban),
        "C-1059": readiness("C-1059", warfarin, aspirin, requirements=(inr,)),
        "C-1063": readiness("C-1063", clopidogrel),
        "C-1072": readiness("C-1072", rivaroxaban),
        "C-1094": readiness("C-1094", betrixaban),
    }
