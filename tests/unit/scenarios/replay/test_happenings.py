"""What events do to bookings: holds that were for nothing, drugs taken again, what is over."""

from dataclasses import replace
from datetime import datetime, timedelta

from models.patients import Exposure, ExposureStatus
from scenarios.assumptions import Chance
from scenarios.practice import OutOfUse, Practice, Promise
from scenarios.records import Cause, Outcome
from scenarios.replay import happenings
from scenarios.replay.arrivals import Stream
from scenarios.replay.day_end import end_of_day
from scenarios.replay.draws import Draws
from scenarios.replay.events import Event, Kind
from scenarios.replay.phone import offer
from scenarios.replay.simulate import opened
from scenarios.replay.surprises import Surprise
from scenarios.replay.world import World, on_drugs_again
from solver.moves import Move
from solver.revision import Change
from tests.contract.department import NOW, at, patient
from tests.unit.scenarios.replay.departments import RULES, small_practice

ALWAYS = Chance(share=1.0, source="test", evidence="planning")
NEVER = Chance(share=0.0, source="test", evidence="planning")
NAMES = ("called_off", "no_show", "illness", "hold_missed", "lab_failed", "approval_late")
ON_APIXABAN = "C1"


def practice(*always: str) -> Practice:
    return small_practice(**{n: ALWAYS if n in always else NEVER for n in NAMES}, returns=ALWAYS)


def booked(*always: str) -> tuple[World, datetime]:
    """A department in which C1, who takes apixaban, has just been booked, and for when."""
    world = opened(practice(*always), Draws(1, 0), RULES)
    assert offer(world, ON_APIXABAN)
    promise = world.office.files[ON_APIXABAN].booked
    assert promise is not None
    return world, promise.start


def begin(world: World, start: datetime) -> None:
    """It is time for the procedure of C1."""
    world.office.at(start)
    version = world.versions[ON_APIXABAN]
    happenings.start(world, Event(start, Kind.START, ON_APIXABAN, version))


def promised(start: datetime, placed_at: datetime) -> Practice:
    """The department with one booking of C0 that it had before the replay begins."""
    made = practice("called_off")
    world = opened(made, Draws(1, 0), RULES)
    best = world.board.proposals("C0", top=1)[0]
    needs = world.office.case_of(world.office.files["C0"]).needs
    promise = Promise(
        start=start, assigned=best.assigned, needs=needs, placed_at=placed_at, told_at=placed_at
    )
    first = made.known[0].model_copy(update={"promise": promise})
    return made.changed(known=(first, *made.known[1:]))


def test_the_hold_of_one_who_does_not_come_was_for_nothing() -> None:
    world, start = booked("no_show")
    begin(world, start)
    entry = world.entries[ON_APIXABAN]
    assert [lost.cause for lost in entry.lost] == [Cause.NO_SHOW]
    (time,) = entry.drug_times
    assert time.wasted
    assert time.hours >= 48  # four doses of two a day are skipped


def test_after_a_missed_hold_the_drug_is_taken_again_until_the_next() -> None:
    world, start = booked()
    version = world.versions[ON_APIXABAN]
    taken = start - timedelta(hours=20)
    world.met[ON_APIXABAN, version] = (
        Surprise(Cause.HOLD_MISSED, taken, taken, "apixaban", taken),
    )
    world.office.at(taken)
    happenings.surprise(world, Event(taken, Kind.SURPRISE, ON_APIXABAN, version))
    assert [lost.cause for lost in world.entries[ON_APIXABAN].lost] == [Cause.HOLD_MISSED]
    assert [one.last_dose for one in world.office.files[ON_APIXABAN].patient.exposures] == [None]
    # Else a second loss, much later, would count hours from the dose of today on.
    again = world.office.files[ON_APIXABAN].booked
    assert again is not None
    assert again.start >= taken + timedelta(hours=48)


def test_what_was_stopped_for_good_stays_stopped() -> None:
    stopped = Exposure(drug="aspirin", status=ExposureStatus.STOPPED, last_dose=NOW)
    on_hold = Exposure(drug="apixaban", status=ExposureStatus.ON_HOLD, last_dose=NOW)
    first, second = on_drugs_again(patient("p", stopped, on_hold)).exposures
    assert first == stopped
    assert (second.status, second.last_dose) == (ExposureStatus.ACTIVE, None)


def test_a_dose_heard_of_at_the_start_loses_the_booking_only_within_the_hold() -> None:
    for hours, lost in ((20, [Cause.HOLD_MISSED]), (200, [])):
        world, start = booked()
        dose = start - timedelta(hours=hours)
        version = world.versions[ON_APIXABAN]
        world.met[ON_APIXABAN, version] = (
            Surprise(Cause.HOLD_MISSED, dose, start, "apixaban", dose),
        )
        begin(world, start)
        assert [one.cause for one in world.entries[ON_APIXABAN].lost] == lost


def test_the_loss_of_a_resource_is_the_loss_of_those_booked_on_it_alone() -> None:
    for role, lost in (("", []), ("suite", [Cause.RESOURCE_LOST])):
        world, start = booked()
        world.office.at(start - timedelta(hours=10))
        file = world.office.files[ON_APIXABAN]
        assert file.booked is not None
        world.office.keep(ON_APIXABAN, replace(file.booked, trouble=("told too late",)))
        resource, end = file.booked.held.assigned.get(role, "ct-1"), start + timedelta(days=1)
        world.losses["loss"] = OutOfUse(resource=resource, start=world.now, end=end)
        happenings.resource_lost(world, Event(world.now, Kind.LOSS, "loss"))
        assert [one.cause for one in world.entries[ON_APIXABAN].lost] == lost


def test_a_booking_given_up_by_the_night_is_lost_for_what_was_in_its_way() -> None:
    # nothing is out of use: either the rules forbid it, or its place went to somebody else
    for forced, cause in ((True, Cause.HOLD_MISSED), (False, Cause.RESOURCE_LOST)):
        world, _ = booked()
        before = world.office.files[ON_APIXABAN]
        world.office.keep(ON_APIXABAN, None)
        happenings.note_move(
            world, Move(case=ON_APIXABAN, change=Change.UNBOOKED, forced=forced), before
        )
        assert [one.cause for one in world.entries[ON_APIXABAN].lost] == [cause]


def test_what_would_have_been_called_off_before_the_replay_was_not() -> None:
    # placed 1,000 days ago for tomorrow: the instant drawn is almost surely one of those past
    world = opened(promised(at("10:00", day=1), NOW - timedelta(days=1000)), Draws(1, 0), RULES)
    assert world.met["C0", world.versions["C0"]] == ()
    # placed just now, the instant is to come
    world = opened(promised(at("10:00", day=1), NOW), Draws(1, 0), RULES)
    assert [one.cause for one in world.met["C0", world.versions["C0"]]] == [Cause.PATIENT]


def test_a_booking_of_days_past_is_over_at_the_end_of_the_first_day() -> None:
    made = promised(at("10:00", day=-3), NOW - timedelta(days=9))
    world = opened(made, Draws(1, 0), RULES)
    happenings.schedule_day(world, Stream(made, world.draws, world.hours), NOW.date())
    world.office.at(at("00:00", day=1))
    end_of_day(world, NOW.date())
    assert "C0" not in world.office.files
    assert world.entries["C0"].outcome is Outcome.TREATED
    assert world.entries["C0"].left == world.entries["C0"].start
