"""What each event does to the department."""

from datetime import date, datetime, timedelta

from models.base import BEGUN
from models.patients import PatientFacts
from models.placing import unavailable
from models.timegrid import at_local_or_after, start_of_day
from scenarios.records import Cause, Moved, NightRecord, Outcome
from scenarios.replay.arrivals import Stream
from scenarios.replay.events import Event, Kind
from scenarios.replay.files import Booked, File
from scenarios.replay.night import Night, run_night
from scenarios.replay.phone import again, ask, expect, note_booked, offer
from scenarios.replay.surprises import Attempt, on_the_day
from scenarios.replay.world import World
from solver.moves import Move, Moves
from solver.revision import Change

AT_ONCE = timedelta(hours=48)
"""A booking in trouble that starts sooner is placed anew at once; others wait for the night."""
AWAY = frozenset({Cause.PATIENT, Cause.ILLNESS, Cause.NO_SHOW})
"""The patient is not there: not all ask for another day."""
SEEDS = 1 << 31


def schedule_day(world: World, stream: Stream, day: date) -> None:
    """The night, the morning and the arrivals of a day, and its end."""
    site, now = world.practice.site, world.practice.now
    night = at_local_or_after(day, site.night_at, site.tz)
    if night >= now:
        world.put(night, Kind.NIGHT, day.isoformat())
    if world.hours.is_open(day):
        world.put(max(now, world.hours.opening(day)), Kind.MORNING, day.isoformat())
    for arrival in stream.on(day):
        if arrival.at >= now:
            world.coming[arrival.case] = arrival
            world.put(arrival.at, Kind.ARRIVAL, arrival.case)
    world.put(start_of_day(day + timedelta(days=1), site.tz), Kind.DAY, day.isoformat())


def arrive(world: World, event: Event) -> None:
    """Somebody is referred, assessed, and booked where that is possible."""
    person = world.coming.pop(event.about).person
    file = world.office.take_in(person.patient, person.referral)
    world.enter(file, person.distance_km)
    ask(world, file)
    offer(world, file.id)


def morning(world: World, _event: Event) -> None:
    """Whoever was booked or moved by the night is told."""
    for case, file in sorted(world.office.files.items()):
        booked = file.booked
        if booked is not None and booked.told_at is None and booked.start > world.now:
            world.office.tell(case)


def night(world: World, event: Event, iterations: int) -> None:
    """The department is planned anew."""
    day = date.fromisoformat(event.about)
    draws = world.draws
    before = dict(world.office.files)
    found = run_night(
        world.office,
        seed=int(draws.uniform("night-seed", day) * SEEDS),
        iterations=iterations,
        approve=lambda moves: accepted(world, moves),
    )
    for case in sorted(found.applied):
        note_move(world, found.moves.by_case[case], before[case])
    world.nights.append(_record(found, day))


def accepted(world: World, moves: Moves) -> frozenset[str]:
    """What a person accepts of the moves that wait for approval.

    Patients who were told a time are asked to give it up only where that is needed to place
    somebody, or to repair a booking that cannot stand. If one of them does not agree, nothing that
    waits for their move is done. Who refuses one night refuses every night, for as long as the
    booking stays where it is.
    """
    wanted = [move.case for move in moves.moves if move.forced or not move.breaks_word]
    needed = moves.with_needed(wanted)
    asked = [case for case in sorted(needed) if moves.by_case[case].breaks_word]
    refusing = [
        case for case in asked if not moves.by_case[case].forced and not _agrees(world, case)
    ]
    return needed - moves.with_dependents(refusing)


def _agrees(world: World, case: str) -> bool:
    """Whether a patient gives up the time of their booking: one answer for each that they had."""
    entry, agrees = world.entries[case], world.assumed.agrees_to_move
    names = case, entry.attempts, len(entry.moves)
    return world.draws.happens(agrees, "agrees-to-move", *names)


def note_move(world: World, move: Move, before: File) -> None:
    """Write down what a night did to a case.

    Args:
        world: the department after the night.
        move: what was done.
        before: the case as it was before the night.
    """
    booked = before.booked
    match move.change:
        case Change.PLACED:
            note_booked(world, before.id)
        case Change.UNBOOKED if booked is not None:
            world.office.keep(before.id, booked)  # so that it can be lost as any other
            world.lose(before, _why_unbooked(world, move, booked))
        case Change.MOVED if booked is not None and move.after is not None:
            entry = world.entries[before.id]
            entry.stays_off(before, world.now)
            off_drug = move.stage in BEGUN or bool(entry.stopped)
            entry.moves.append(Moved(world.now, booked.start, move.after, move.told, off_drug))
            expect(world, before.id)
        case _:
            return


def _why_unbooked(world: World, move: Move, booked: Booked) -> Cause:
    """Whether it was the rules that no longer let a booking stand, or what it was to have."""
    gone = any(unavailable(world.office.moment, booked.held))
    return Cause.HOLD_MISSED if move.forced and not gone else Cause.RESOURCE_LOST


def _record(found: Night, day: date) -> NightRecord:
    applied = [found.moves.by_case[case].change for case in found.applied]
    return NightRecord(
        day=day,
        cost_before=found.cost_before,
        cost_after=found.cost_after,
        bound=found.bound,
        moves=applied.count(Change.MOVED),
        placed=applied.count(Change.PLACED),
        left_out=len(found.problem.cases) - len(found.plan.placements),
        seconds=0.0,
    )


def resource_lost(world: World, event: Event) -> None:
    """A resource cannot be used; what is booked on it soon is placed anew at once."""
    world.office.close(world.losses.pop(event.about))
    for case, file in sorted(world.office.files.items()):
        booked = file.booked
        if booked is None or not world.now < booked.start < world.now + AT_ONCE:
            continue
        if any(unavailable(world.office.moment, booked.held)):
            world.lose(file, Cause.RESOURCE_LOST)
            again(world, case)


def surprise(world: World, event: Event) -> None:
    """Something has become known of a booking before its start."""
    if world.is_void(event):
        return
    file = world.office.files[event.about]
    what = world.met[event.about, event.version][event.part]
    if what.cause is Cause.HOLD_MISSED and what.dose_at is not None:
        world.office.learn(file.id, patient=dosed(file.patient, what.drug, what.dose_at))
        booked = world.office.files[file.id].booked
        if booked is None or not booked.trouble:
            return
    _lost(world, file, what.cause)


def _lost(world: World, file: File, cause: Cause) -> None:
    """A booking does not take place: the case is placed anew, or over if nobody asks for it."""
    world.lose(file, cause)
    if cause in AWAY and not _returns(world, file):
        world.leave(file.id, Outcome.CANCELLED, world.now)
        return
    again(world, file.id)


def dosed(patient: PatientFacts, drug: str, at: datetime) -> PatientFacts:
    """The facts with a dose taken at an instant; of two last doses the later counts."""
    exposures = tuple(
        exposure.model_copy(update={"last_dose": max(at, exposure.last_dose or at)})
        if exposure.drug == drug
        else exposure
        for exposure in patient.exposures
    )
    return patient.model_copy(update={"exposures": exposures})


def start(world: World, event: Event) -> None:
    """A procedure should begin: whoever cannot be treated is lost here."""
    if world.is_void(event):
        return
    file = world.office.files[event.about]
    cause = _not_now(world, file, event)
    if cause is not None:
        _lost(world, file, cause)


def _not_now(world: World, file: File, event: Event) -> Cause | None:
    """Why a patient cannot be treated at the booked start; None where nothing is in the way."""
    met = world.met[event.about, event.version]
    late = [one for one in met if one.known_at >= world.now]
    for one in late:
        if one.dose_at is None:
            return one.cause
        file = world.office.learn(file.id, patient=dosed(file.patient, one.drug, one.dose_at))
    entry, booked = world.entries[file.id], file.booked
    if booked is None:
        return None
    if booked.trouble:
        gone = any(unavailable(world.office.moment, booked.held))
        return Cause.RESOURCE_LOST if gone else Cause.HOLD_MISSED
    attempt = Attempt(file, entry.attempts, entry.attempt_at or world.now, booked.start)
    return on_the_day(attempt, world.assumed, world.draws)


def _returns(world: World, file: File) -> bool:
    attempts = world.entries[file.id].attempts
    return world.draws.happens(world.assumed.returns, "returns", file.id, attempts)
