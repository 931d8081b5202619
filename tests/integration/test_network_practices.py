"""Patients who move between two practices: assessed and planned where they come to."""

from scenarios.practice import Practice
from scenarios.records import Outcome, Run
from scenarios.running.crew import Here
from scenarios.running.network import Network, renamed
from scenarios.running.network_run import run_network
from scenarios.scenario import Plan, Settings
from scenarios.tasks import Task, run_task
from scheduler.demo.practice import demo_practice
from scheduler.site_files import LibraryDates

PLAN = Plan(iterations=50)
ROOMS = ("suite", "procedure-room")
NETWORK = Network.model_validate(
    {
        "name": "valley",
        "sites": [{"name": "north", "file": "n"}, {"name": "south", "file": "s"}],
        "transfers": [{"from": "north", "to": "south", "points": 10}],
    }
)


def without_rooms(practice: Practice) -> Practice:
    """The department with no minutes in any room."""
    resources = tuple(
        one.model_copy(update={"minutes_per_day": 0}) if one.kind in ROOMS else one
        for one in practice.site.resources
    )
    return practice.changed(site=practice.site.model_copy(update={"resources": resources}))


def treated(run: Run) -> set[str]:
    return {case.case for case in run.cases if case.outcome is Outcome.TREATED}


def test_cases_of_a_closed_department_are_treated_at_the_other() -> None:
    department = demo_practice(cases=8)
    subjects = {
        "north": renamed(without_rooms(department), "north"),
        "south": renamed(department.changed(known=()), "south"),
    }
    found = run_network(NETWORK, subjects, Settings(run=PLAN), LibraryDates(), Here())
    # Whom the whole department treats when all are its own, no fewer are treated as guests.
    own = run_task(Task("own", department, PLAN, 0, 0, LibraryDates()))
    north, south = found.sites
    assert treated(north.alone[0]) == treated(south.alone[0]) == set()
    assert treated(south.runs[0]) == {f"north/{case}" for case in treated(own)} != set()
    assert set(north.sent) == treated(own)
    # How far they live from the other site is not known.
    assert {case.distance_band for case in south.runs[0].cases} == {"unknown"}
