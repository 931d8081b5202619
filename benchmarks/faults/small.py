"""A small department, and a search without a process, for proofs that open it again and again."""

from datetime import date, datetime, time, timedelta

from benchmarks.made_up import made_up_patient, made_up_referral
from models.checks.scorecard import score
from models.problem import PlanningProblem
from models.site import Site
from models.timegrid import at_local, zone
from scheduler.bootstrap import Container
from scheduler.services.department import Departments
from scheduler.services.night import Answer
from scheduler.site_files import LibraryDates, parse_site
from solver.first_plan import first_plan

ZONE = zone("America/Chicago")
MONDAY = date(2026, 11, 16)
"""A week without a public holiday or a clock change."""
SITE = """
id: small
timezone: America/Chicago
tick_minutes: 5
horizon_days: 14
policies: [SIR2019-high]
calendars:
  weekdays: {weekly: {mon-fri: ["08:00-17:00"]}}
  long: {weekly: {mon-fri: ["06:00-20:00"]}}
resources:
  - {id: suite, kind: suite, tags: [fluoroscopy, biplane], calendar: weekdays, count: 2}
  - {id: dr, kind: proceduralist, tags: [spine, ir], calendar: weekdays, count: 2}
  - {id: rn, kind: sedation, tags: [moderate, deep], calendar: long, count: 2}
  - {id: bay, kind: bay, calendar: long, count: 4}
  - {id: ct-1, kind: ct, calendar: weekdays}
arrivals:
  - {calendar: long, first: "06:00", last: "16:00", every_minutes: 15, per_time: 2}
"""
NOW = at_local(MONDAY, time(9), ZONE)
DEPARTMENTS = Departments(LibraryDates())
"""Remembers the sites it has read, by their whole document."""


def at(clock: str, day: int = 0) -> datetime:
    """A wall-clock time of the site, `day` days after its Monday."""
    return at_local(MONDAY + timedelta(days=day), time.fromisoformat(clock), ZONE)


def small_site(**changes: object) -> Site:
    """The site, with some members changed."""
    site = parse_site(SITE, place="small")
    return Site.model_validate(site.model_dump() | changes)


def seats(unit: int, start: datetime) -> dict[str, str]:
    """The unit-th suite, doctor and nurse with bays of its own, and the arrival slot of a start."""
    arrival = (start - timedelta(hours=1)).astimezone(ZONE)
    return {
        "suite": f"suite-{unit}",
        "proceduralist": f"dr-{unit}",
        "sedation": f"rn-{unit}",
        "preparation": f"bay-{2 * unit - 1}",
        "recovery": f"bay-{2 * unit}",
        "arrival": f"arrival-{arrival:%Y-%m-%d-%H%M}-{unit}",
    }


def with_cases(container: Container, *cases: str) -> Container:
    """The same with a referral for each name, each of a patient of its own."""
    people = [made_up_patient(f"p-{case}", NOW) for case in cases]
    container.import_intake(people, [made_up_referral(case, f"p-{case}", NOW) for case in cases])
    container.assess_all()
    return container


def without_search(problem: PlanningProblem, _seconds: int, _seed: int) -> Answer:
    """Keep what stands, and give each other case its cheapest place."""
    plan = first_plan(problem)
    return Answer(plan=plan, cost=score(problem, plan).cost, bound=0)
