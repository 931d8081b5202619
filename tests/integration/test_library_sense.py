"""Ready scenarios on a small demonstration department go the way that theory says they must.

Everything asserted here follows from the model, for every seed: nothing rests on luck. What is
merely likely (shorter waiting with another suite, say) is left to whoever runs replications.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest

from models.calendars import Weekday
from models.clinical.readiness import Readiness
from models.timegrid import local_day
from scenarios.applying import apply
from scenarios.assumptions import Arrivals, Assumptions, Chance
from scenarios.cautions import cautions
from scenarios.library.shipped import library_scenario
from scenarios.measures.comparison import compare
from scenarios.practice import Practice
from scenarios.records import Cause, Outcome, Run
from scenarios.replay.draws import Draws
from scenarios.replay.night import frozen
from scenarios.replay.simulate import opened
from scenarios.scenario import Replay, Scenario
from scenarios.scenario import Settings as RunSettings
from scenarios.study import Base, prepare
from scenarios.sweeps import expand
from scenarios.tasks import Task, run_task
from scheduler.demo.practice import demo_practice
from scheduler.site_files import LibraryDates
from solver.optimize import Settings, Status, optimize

RULES = LibraryDates()
FORTNIGHT = Replay(weeks=2, warm_up_weeks=0, replications=2, iterations=50)
WORKDAYS = tuple(Weekday)[:5]
OFTEN = Chance(share=0.5, source="test", evidence="planning")
NEVER = Chance(share=0.0, source="test", evidence="planning")


@cache
def unbooked(cases: int) -> Practice:
    """The demonstration's department with few referrals, none of them booked."""
    made = demo_practice(cases=cases)
    return made.changed(known=tuple(k.model_copy(update={"promise": None}) for k in made.known))


@cache
def one_suite(cases: int) -> Practice:
    """The same with suite 2 alone, so that it matters what becomes of it."""
    gone = ("suite-1", "suite-3", "suite-4")
    edits = [{"kind": "remove-resource", "resource": suite} for suite in gone]
    return apply(Scenario.model_validate({"name": "one", "edits": edits}), unbooked(cases))


@cache
def department() -> Practice:
    """The same in which few are referred and half of those booked do not come."""
    assumed = Assumptions(
        arrivals=Arrivals(per_day=dict.fromkeys(WORKDAYS, 1.3)), no_show=OFTEN, illness=NEVER
    )
    return one_suite(4).changed(assumptions=assumed)


def points(name: str, practice: Practice) -> list[Practice]:
    """The practice under a ready scenario, once for each value that it sweeps over."""
    return [
        apply(point.scenario, practice, rules=RULES) for point in expand(library_scenario(name))
    ]


@cache
def replayed(name: str, number: int) -> Run:
    """A fortnight under a ready scenario, or of the department as it is, without a name."""
    practice = points(name, department())[0] if name else department()
    return replace(run_task(Task(name, practice, FORTNIGHT, 5, number, RULES)), seconds=0.0)


def assessed(practice: Practice) -> dict[str, Readiness]:
    """What the rules say of each open case."""
    world = opened(practice, Draws(0, 0), RULES)
    return {case: file.readiness for case, file in world.office.files.items()}


def earliest(readiness: Readiness, never: datetime) -> datetime:
    return min((start for start, _ in readiness.windows), default=never)


def least_cost(practice: Practice) -> int:
    """The cost of the best plan of a night, proven."""
    problem = frozen(opened(practice, Draws(0, 0), RULES).office).problem
    found = optimize(problem, Settings(seconds=60.0, seed=0, workers=1))
    assert found.status is Status.OPTIMAL
    return found.cost


@pytest.mark.parametrize("name", ["", "holds-sir", "notice"])
def test_what_changes_nothing_differs_by_exactly_nothing(name: str) -> None:
    """No edits, the policies and the notice that are in force: the same draws, the same steps."""
    practice = points(name, department())[0] if name else apply(Scenario(name="n"), department())
    run = run_task(Task("same", practice, FORTNIGHT, 5, 0, RULES))
    assert replace(run, seconds=0.0) == replayed("", 0)
    found = compare({"base": (replayed("", 0),), "same": (run,)}, "base").differences
    told = found[found["difference"].notna()]
    assert len(told) > 20
    assert set(told["difference"]) == {0.0}


def test_more_to_plan_with_never_costs_more_and_less_never_less() -> None:
    """Every plan without a suite or nurse is one with them too, and the best of more is no worse.

    That takes the best plans: what a search merely finds may cost a little more.
    """
    whole = one_suite(5)
    (down,) = points("suite-down-a-week", whole)
    (fewer,) = points("nurse-fewer-wednesdays", whole)
    as_it_is, while_down = least_cost(whole), least_cost(down)
    assert least_cost(points("second-biplane-suite", whole)[0]) <= as_it_is < while_down
    assert least_cost(points("second-biplane-suite", down)[0]) < while_down
    assert as_it_is <= least_cost(fewer)


def test_longer_notice_never_makes_an_earlier_start_possible() -> None:
    """Who is told later stops later: the hold ends later, if there is any."""
    practice = unbooked(60)
    never = practice.now + timedelta(days=999)
    told = [assessed(one) for one in points("notice", practice)]
    later = 0
    for short, long in pairwise(told):
        for case in short:
            assert earliest(short[case], never) <= earliest(long[case], never), case
            later += earliest(short[case], never) < earliest(long[case], never)
    assert later > 10


def holds(readiness: Readiness) -> dict[str, tuple[float, int]]:
    """By drug: hours and doses to be without."""
    return {hold.drug: (hold.hours or 0.0, hold.doses or 0) for hold in readiness.holds}


def stricter(mild: Readiness, strict: Readiness) -> bool:
    """Whether all drugs are held at least as long, and one of them for longer."""
    a, b = holds(mild), holds(strict)
    asked = {(one.kind, one.drug) for one in strict.requirements if one.closes_windows}
    before = {(one.kind, one.drug) for one in mild.requirements if one.closes_windows}
    as_long = all(
        drug in b and hours <= b[drug][0] and doses <= b[drug][1]
        for drug, (hours, doses) in a.items()
    )
    return as_long and before <= asked and a != b


def test_stricter_holds_never_shorten_the_earliest_start() -> None:
    """Whichever policy is the stricter one for a patient: none is stricter for all drugs."""
    practice = unbooked(60)
    never = practice.now + timedelta(days=999)
    under = [
        assessed(points(f"holds-{name}", practice)[0]) for name in ("sir", "asra", "clinic-page")
    ]
    compared = later = 0
    for case in under[0]:
        for mild in under:
            for strict in under:
                if stricter(mild[case], strict[case]):
                    compared += 1
                    assert earliest(mild[case], never) <= earliest(strict[case], never), case
                    later += earliest(mild[case], never) < earliest(strict[case], never)
    assert compared > 10
    assert later > 0


def no_shows(run: Run) -> Iterator[str]:
    """Who did not come to their first booking."""
    for case in run.cases:
        if case.lost and case.lost[0].cause is Cause.NO_SHOW:
            yield case.case


@pytest.mark.parametrize("number", range(FORTNIGHT.replications))
def test_who_comes_comes_also_where_fewer_stay_away(number: int) -> None:
    """One number decides for each booking of a case, so that a smaller chance only takes away.

    Unless the first booking had not come yet, or was lost for another cause at another time.
    """
    usual, fewer = replayed("", number), replayed("half-the-no-shows", number)
    settled = {c.case for c in usual.cases if c.lost or c.outcome is Outcome.TREATED}
    other = {c.case for c in usual.cases if c.lost and c.lost[0].cause is not Cause.NO_SHOW}
    stayed_away = set(no_shows(fewer)) & (settled - other)
    assert stayed_away <= set(no_shows(usual))
    assert len(set(no_shows(usual))) > len(set(no_shows(fewer))) > 0


@pytest.mark.parametrize("number", range(FORTNIGHT.replications))
def test_a_fifth_more_referrals_are_those_of_before_and_others(number: int) -> None:
    """Added arrivals have a stream of their own; those of before come at the same minute."""
    usual, more = replayed("", number), replayed("referrals-plus-20", number)
    before = {(c.case, c.procedure, c.priority, c.released) for c in usual.cases}
    after = {(c.case, c.procedure, c.priority, c.released) for c in more.cases}
    assert before < after


def test_a_suite_that_is_down_serves_nobody() -> None:
    """From the seventh day that is measured on for seven days, after two weeks of warm-up.

    It does serve before.
    """
    run = Replay(weeks=2, replications=1, iterations=50)
    document = library_scenario("suite-down-a-week")
    study = prepare(Base.alone(department()), [document], RunSettings(run=run, seed=5), rules=RULES)
    assert not [said for said in cautions(study, [document.name]) if document.name in said]
    tz = department().site.tz
    assert run.warm_up_weeks == 2
    first = local_day(department().now, tz) + timedelta(days=14 + 7)
    for task, served in zip(study.tasks(), (True, False), strict=True):
        used = [use for use in run_task(task).uses if use.resource == "suite-2"]
        days = {local_day(use.booked_begin, tz) for use in used}
        assert any(day < first for day in days)
        assert any(first <= day < first + timedelta(days=7) for day in days) is served
