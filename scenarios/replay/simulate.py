"""Weeks of simulated operation, one event after another, and the run that they make."""

from datetime import date, datetime, timedelta

from models.calendars import DateRules
from models.checks.judging import cost_of
from models.timegrid import local_day, start_of_day
from models.windows import Window
from scenarios.practice import Known, Practice
from scenarios.records import CaseRecord, Outcome, Run
from scenarios.replay import happenings
from scenarios.replay.arrivals import Stream
from scenarios.replay.day_end import end_of_day
from scenarios.replay.draws import Draws
from scenarios.replay.events import Event, Kind
from scenarios.replay.files import Booked
from scenarios.replay.invariants import check
from scenarios.replay.night import frozen
from scenarios.replay.phone import answer, ask, expect
from scenarios.replay.world import World
from scenarios.scenario import Replay
from solver.optimize import versions

NEWS = frozenset({Kind.MORNING, Kind.LOSS, Kind.ARRIVAL, Kind.ANSWER, Kind.SURPRISE, Kind.START})
"""Kinds of events after which the night has something new to plan."""


def replay(practice: Practice, run: Replay, draws: Draws, rules: DateRules) -> Run:
    """One replication of a department, from the practice's moment on.

    Args:
        practice: the department, already edited.
        run: weeks to warm up, weeks that are measured, and steps of each night's search.
        draws: of this replication.
        rules: dates of public holidays and of recurrence rules.

    Returns:
        What was seen, all instants in UTC; its `seconds` is 0 for the caller to fill in.

    Raises:
        InputError: the practice contradicts itself.
    """
    first = local_day(practice.now, practice.site.tz)
    begin = _midnight(practice, first, run.warm_up_weeks)
    end = _midnight(practice, first, run.warm_up_weeks + run.weeks)
    world = opened(practice, draws, rules, Window(begin, end))
    stream = Stream(practice, draws, world.hours)
    happenings.schedule_day(world, stream, first)
    while (event := world.queue.next_before(end)) is not None:
        world.at(event.at)
        _happens(world, event, stream, run.iterations)
    world.at(end - timedelta(seconds=1))
    end_of_day(world, local_day(end, practice.site.tz) - timedelta(days=1))
    world.at(end)
    check(world)
    weeks = range(run.warm_up_weeks + run.weeks + 1)
    return _told(world, begin, end, present=[_midnight(practice, first, week) for week in weeks])


def _midnight(practice: Practice, first: date, weeks: int) -> datetime:
    return start_of_day(first + timedelta(weeks=weeks), practice.site.tz)


def opened(
    practice: Practice, draws: Draws, rules: DateRules, measured: Window | None = None
) -> World:
    """The department as the practice has it, with arguments as `World.of` takes them.

    Raises:
        InputError: the practice contradicts itself.
    """
    world, now = World.of(practice, draws, rules, measured), practice.now
    for number, lost in enumerate(world.practice.out_of_use):
        if lost.known_at is None or lost.known_at <= now:
            world.office.close(lost)
        else:
            world.losses[f"loss-{number}"] = lost
            world.put(lost.known_at, Kind.LOSS, f"loss-{number}")
    for known in sorted(world.practice.known, key=lambda known: known.id):
        _known(world, known)
    return world


def _known(world: World, known: Known) -> None:
    booked = Booked.of(known.promise) if known.promise else None
    file = world.office.take_in(known.patient, known.referral, known.decisions, booked)
    entry = world.enter(file, known.distance_km)
    ask(world, file)
    if booked is not None:
        entry.booked_at = entry.attempt_at = booked.placed_at
        entry.attempts = 1
        expect(world, file.id)


def _happens(world: World, event: Event, stream: Stream, iterations: int) -> None:
    """Let an event do what it does; a night after which nothing became known is not run again."""
    world.news = world.news or event.kind in NEWS
    match event.kind:
        case Kind.DAY:
            day = date.fromisoformat(event.about)
            end_of_day(world, day)
            check(world)
            happenings.schedule_day(world, stream, day + timedelta(days=1))
        case Kind.NIGHT:
            if world.news:
                happenings.night(world, event, iterations)
            world.news = False
        case Kind.ARRIVAL:
            happenings.arrive(world, event)
        case Kind.ANSWER:
            answer(world, event.about)
        case Kind.MORNING:
            happenings.morning(world, event)
        case Kind.LOSS:
            happenings.resource_lost(world, event)
        case Kind.SURPRISE:
            happenings.surprise(world, event)
        case Kind.START:
            happenings.start(world, event)


def _told(world: World, begin: datetime, end: datetime, *, present: list[datetime]) -> Run:
    practice = world.practice
    problem = frozen(world.office).problem
    return Run(
        site=practice.site.id,
        timezone=practice.site.timezone,
        mode="replay",
        seed=world.draws.seed,
        number=world.draws.number,
        begin=begin,
        end=end,
        cases=_cases(world, begin),
        uses=tuple(use for use in world.uses if use.begin >= begin),
        staffed=tuple(one for one in world.staffed if one.begin >= begin),
        nights=tuple(
            night for night in world.nights if night.day >= local_day(begin, practice.site.tz)
        ),
        cost=cost_of(problem, problem.published),
        seconds=0.0,
        versions=versions(),
        headcount=world.headcount.told(),
        present=tuple(_present(world, at) for at in present),
    )


def _present(world: World, at: datetime) -> int:
    """Cases there at an instant; of today's midnight those at the moment of the practice."""
    at = max(at, world.practice.now)
    return sum(
        entry.entered <= at and (entry.left is None or entry.left > at)
        for entry in world.entries.values()
    )


def _cases(world: World, begin: datetime) -> tuple[CaseRecord, ...]:
    """All cases that were there in the weeks that are measured, or due in them.

    Without those that were treated before the weeks in which they are due, the share treated in
    time would be that of the slower ones alone.
    """
    site = world.practice.site
    for case, file in world.office.files.items():
        entry = world.entries[case]
        entry.file = file
        if file.booked:
            entry.outcome, entry.start = Outcome.BOOKED, file.booked.start
    found = (
        (entry.left, entry.record(site, case)) for case, entry in sorted(world.entries.items())
    )
    return tuple(
        record for left, record in found if left is None or max(left, record.due or left) >= begin
    )
