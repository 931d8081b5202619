"""What a night's moves do to patients: what they agree to, and from when on they are off a drug."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from models.base import HoldStage
from models.timegrid import local_day
from scenarios.assumptions import Chance
from scenarios.records import Cause
from scenarios.replay.day_end import end_of_day
from scenarios.replay.draws import Draws
from scenarios.replay.happenings import accepted, dosed, note_move
from scenarios.replay.phone import note_booked, offer
from scenarios.replay.simulate import opened
from scenarios.replay.surprises import stops_of
from scenarios.replay.world import World
from solver.moves import Move, Moves
from solver.revision import Change
from tests.contract.department import ZONE
from tests.unit.scenarios.replay.departments import RULES, small_practice

NAMES = ("called_off", "no_show", "illness", "hold_missed", "lab_failed", "approval_late")
NEVER = Chance(share=0.0, source="test", evidence="planning")
ON_APIXABAN = "C1"
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)


def booked(**assumed: object) -> tuple[World, datetime, datetime]:
    """C1, who takes apixaban, is booked and told: for when, and the last dose before it."""
    practice = small_practice(**(dict.fromkeys(NAMES, NEVER) | assumed))
    world = opened(practice, Draws(1, 0), RULES)
    assert offer(world, ON_APIXABAN)
    file = world.office.files[ON_APIXABAN]
    assert file.booked is not None
    (stop,) = stops_of(file, file.booked.start)
    return world, file.booked.start, stop.last


def move(world: World, after: datetime, at: datetime, *, forced: bool = True) -> None:
    """The night moves C1."""
    world.office.at(at)
    before = world.office.files[ON_APIXABAN]
    assert before.booked is not None
    made = Move(
        case=ON_APIXABAN,
        change=Change.MOVED,
        before=before.booked.start,
        after=after,
        told=before.told,
        forced=forced,
    )
    world.office.keep_move(before, before.booked.held.model_copy(update={"start": after}))
    note_move(world, made, before)


def treat(world: World, start: datetime) -> datetime:
    """The day of the procedure is over; when it began."""
    world.office.at(start + timedelta(hours=10))
    end_of_day(world, local_day(start, ZONE))
    began = world.entries[ON_APIXABAN].start
    assert began is not None
    return began


def hours_off(world: World) -> list[tuple[float, bool]]:
    return [(time.hours, time.wasted) for time in world.entries[ON_APIXABAN].drug_times]


def test_who_has_stopped_and_is_moved_later_stays_off_the_drug() -> None:
    world, start, last = booked()
    move(world, start + WEEK, last + 30 * HOUR)
    began = treat(world, start + WEEK)
    # from the last dose before the first start: more than a week
    assert hours_off(world) == [(pytest.approx((began - last) / HOUR), False)]
    assert began - last > WEEK


def test_who_has_not_stopped_yet_takes_the_drug_until_the_new_stop() -> None:
    world, start, last = booked()
    move(world, start + WEEK, last - HOUR)
    began = treat(world, start + WEEK)
    # apixaban at eight and at twenty by the clock: the last dose lies a week later as well
    assert hours_off(world) == [(pytest.approx((began - last - WEEK) / HOUR), False)]


def test_a_second_move_changes_nothing_of_when_the_patient_stopped() -> None:
    world, start, last = booked()
    move(world, start + WEEK, last + 30 * HOUR)
    move(world, start + WEEK + timedelta(days=1), last + 40 * HOUR)
    began = treat(world, start + WEEK + timedelta(days=1))
    assert hours_off(world) == [(pytest.approx((began - last) / HOUR), False)]


def test_moves_of_one_who_is_off_a_drug_are_all_after_the_stop() -> None:
    world, start, last = booked()
    move(world, start + WEEK, last + 30 * HOUR)
    move(world, start + 2 * WEEK, last + 40 * HOUR)  # by its start the hold is yet to begin
    assert world.office.files[ON_APIXABAN].readiness.stage is not HoldStage.STARTED
    assert [one.after_stop for one in world.entries[ON_APIXABAN].moves] == [True, True]


def test_a_dose_taken_since_begins_the_hold_anew() -> None:
    world, start, last = booked()
    move(world, start + WEEK, last + 30 * HOUR)
    dose = start + timedelta(days=1)
    facts = dosed(world.office.files[ON_APIXABAN].patient, "apixaban", dose)
    world.office.learn(ON_APIXABAN, patient=facts)
    began = treat(world, start + WEEK)
    assert hours_off(world) == [(pytest.approx((began - dose) / HOUR), False)]


def test_hours_for_a_lost_booking_and_for_the_next_do_not_overlap() -> None:
    world, start, last = booked()
    move(world, start + WEEK, last + 30 * HOUR)
    lost_at = start + timedelta(days=2)
    world.office.at(lost_at)
    world.lose(world.office.files[ON_APIXABAN], Cause.PATIENT)
    assert hours_off(world) == [((lost_at - last) / HOUR, True)]  # off it since the first stop
    assert offer(world, ON_APIXABAN)
    file = world.office.files[ON_APIXABAN]
    assert file.booked is not None
    (stop,) = stops_of(file, file.booked.start)
    began = treat(world, file.booked.start)
    assert stop.last > lost_at
    assert hours_off(world)[1:] == [(pytest.approx((began - stop.last) / HOUR), False)]


def test_who_was_never_told_has_stopped_nothing() -> None:
    world, _, last = booked()
    file = world.office.files[ON_APIXABAN]
    assert file.booked is not None
    file = world.office.keep(ON_APIXABAN, replace(file.booked, told_at=None))
    world.office.at(last + HOUR)
    world.lose(file, Cause.RESOURCE_LOST)
    assert hours_off(world) == []


def nights(world: World, count: int, *, forced: bool = False) -> set[bool]:
    """What C1, who was told a time, answers to another in so many nights."""
    asked = Move(case=ON_APIXABAN, change=Change.MOVED, told=True, forced=forced)
    placed = Move(case="C2", change=Change.PLACED, depends_on=(ON_APIXABAN,))
    moves = Moves(moves=(asked, placed))
    answers = set()
    for _ in range(count):
        world.office.at(world.now + timedelta(days=1))
        answers.add(accepted(world, moves) == {ON_APIXABAN, "C2"})
    return answers


HALF = Chance(share=0.5, source="test", evidence="planning")


def test_one_answer_holds_for_as_long_as_the_booking_stays() -> None:
    for number in range(20):
        practice = small_practice(agrees_to_move=HALF)
        world = opened(practice, Draws(1, number), RULES)
        assert offer(world, ON_APIXABAN)
        assert len(nights(world, 30)) == 1


def test_a_new_booking_is_a_new_question() -> None:
    world, *_ = booked(agrees_to_move=HALF)
    answers = set()
    for _ in range(30):
        answers |= nights(world, 1)
        note_booked(world, ON_APIXABAN)
    assert answers == {True, False}


def test_nobody_is_asked_about_a_booking_that_cannot_stand() -> None:
    world, *_ = booked(agrees_to_move=NEVER)
    assert nights(world, 2) == {False}
    assert nights(world, 2, forced=True) == {True}
