"""The coordinator on the phone: offers, books, tells, and sees to what each booking will meet."""

from datetime import timedelta

from models.errors import InputError, RefusedError
from models.timegrid import local_day
from scenarios.replay.answers import answered, questions
from scenarios.replay.events import Kind
from scenarios.replay.files import File
from scenarios.replay.surprises import Attempt, surprises
from scenarios.replay.world import World
from solver.proposals import Proposal

OFFERED = 10
"""Proposals that are offered to one patient."""


def offer(world: World, case: str) -> bool:
    """Book the best proposal on a day that suits the patient, and tell them; whether there is one.

    If no day suits, they take the best.
    """
    proposals = world.board.proposals(case, top=OFFERED)
    if not proposals:
        return False
    suits = [proposal for proposal in proposals if _suits(world, proposal)]
    chosen = (suits or proposals)[0]
    try:
        world.office.book(case, chosen.start, chosen.assigned)
    except (InputError, RefusedError):
        return False  # left to the night
    world.office.tell(case)
    note_booked(world, case)
    return True


def _suits(world: World, proposal: Proposal) -> bool:
    day = local_day(proposal.start, world.practice.site.tz)
    return world.draws.happens(world.assumed.accepts_day, "accepts-day", proposal.case, day)


def note_booked(world: World, case: str) -> None:
    """A case has been booked anew."""
    entry = world.entries[case]
    entry.booked_at = entry.booked_at or world.now
    entry.attempts += 1
    entry.attempt_at = world.now
    expect(world, case)


def expect(world: World, case: str) -> None:
    """Let the booking of a case meet what it will meet, from now on."""
    file = world.office.files[case]
    booked, entry = file.booked, world.entries[case]
    version = world.void(case)
    if booked is None:
        return
    attempt = Attempt(file, entry.attempts, entry.attempt_at or world.now, booked.start)
    found = surprises(attempt, world.assumed, world.draws, world.hours.known_by)
    # What would have come before the replay did not: the booking was still there when it began.
    met = tuple(surprise for surprise in found if surprise.at >= entry.entered)
    world.met[case, version] = met
    for number, surprise in enumerate(met):
        if surprise.known_at < booked.start:
            at = max(surprise.known_at, world.now)
            world.put(at, Kind.SURPRISE, case, version, number)
    world.put(max(booked.start, world.now), Kind.START, case, version)


def ask(world: World, file: File) -> None:
    """Let clinicians answer what keeps all windows of a case shut."""
    for question in questions(file):
        hours = world.draws.value(world.assumed.answer_hours, "answer", file.id, question.key)
        at = world.now + timedelta(seconds=round(3600 * hours))
        world.put(world.hours.known_by(at), Kind.ANSWER, file.id)


def answer(world: World, case: str) -> None:
    """Clinicians say what they were asked; who may be booked now is."""
    file = world.office.files.get(case)
    if file is None:
        return
    decided = answered(file, world.practice.book, world.assumed, world.draws, world.now)
    if not decided:
        return
    world.office.learn(case, decisions=(*file.decisions, *decided))
    if world.office.files[case].booked is None:
        offer(world, case)


def again(world: World, case: str) -> None:
    """Place a case anew whose booking did not take place; at once if there is somebody to do it."""
    if case in world.office.files:
        offer(world, case)
