"""The whole job: import, assess, propose, book, break, and a night in its own process."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from models.checks.feasibility import find_violations
from models.clinical.readiness import Status
from models.patients import PatientFacts, Referral
from models.plan import Plan
from scheduler.bootstrap import Container, FixedClock, open_container
from scheduler.demo.patients import generate
from scheduler.intake.intake import read_bundles, read_referrals, take_bundles, take_referrals
from scheduler.records_nights import RunState
from scheduler.settings import Settings
from scheduler.site_files import read_site
from tests.shared_data import shared

SITE = Path(__file__).resolve().parents[2] / "examples" / "demo-site.yaml"
SEARCH_SECONDS = 1


def department(folder: Path, now: datetime) -> Container:
    settings = Settings(store=str(folder / "store.sqlite"), actor="test")
    container = open_container(settings, clock=FixedClock(now), create=True)
    container.init(read_site(SITE))
    return container


def filled(
    container: Container, patients: Sequence[PatientFacts], referrals: Sequence[Referral]
) -> Container:
    """Imported twice, so that the second time shows that nothing changes, and assessed."""
    first = container.import_intake(patients, referrals)
    assert (first.patients_added, first.cases_added) == (len(patients), len(referrals))
    again = container.import_intake(patients, referrals)
    assert again.unchanged == len(patients) + len(referrals)
    container.assess_all()
    return container


def book_some(container: Container, most: int) -> list[str]:
    """The best proposal of each case that has a window, every other one reserved first."""
    booked: list[str] = []
    for file in container.list_cases():
        if len(booked) == most:
            break
        if not file.readiness.windows:
            assert container.propose(file.id).proposals == ()
            continue
        offered = container.propose(file.id, top=1).proposals
        if not offered:
            continue
        best = offered[0]
        if len(booked) % 2:
            kept = container.reserve(file.id, best.start, best.assigned)
            container.book_reserved(file.id, kept.token)
        else:
            container.book(file.id, best.start, best.assigned)
        booked.append(file.id)
    return booked


def stands(container: Container) -> None:
    """The store is whole, and the independent checker has nothing against what is booked."""
    assert container.faults() == ()
    problem = container.problem_now().problem
    booked = [case.booked_placement for case in problem.cases if case.booking]
    plan = Plan(placements=tuple(placement for placement in booked if placement))
    assert find_violations(problem, plan) == []
    assert container.assess_all().troubled == ()


@pytest.fixture
def demo(tmp_path: Path) -> Container:
    """Forty made-up patients on a Monday morning."""
    container = department(tmp_path, datetime.fromisoformat("2026-11-30T08:00:00-06:00"))
    zone = container.department().site.timezone
    bundles, requests = generate(1, 40, container.clock.now(), zone)
    intake = take_bundles(bundles, now=container.clock.now(), timezone=zone)
    referred = take_referrals(requests, timezone=zone, patients=intake)
    return filled(container, intake.patients, referred.referrals)


def test_a_week_is_booked_broken_and_planned_anew(demo: Container) -> None:
    booked = book_some(demo, most=8)
    assert len(booked) == 8
    stands(demo)
    start, end = demo.clock.now(), demo.clock.now() + timedelta(days=14)
    broken = demo.close_resource("suite-1", start, end, reason="tube broken")
    report = demo.night(seconds=SEARCH_SECONDS, apply=True)
    assert report.run.state == RunState.DONE
    assert report.applied
    assert {b.case for b in broken.troubled} <= {move.case for move in report.moves.moves}
    assert all(move.reasons for move in report.moves.moves if move.forced)
    stands(demo)


def test_who_has_a_window_is_booked_by_the_night(demo: Container) -> None:
    open_for = {file.id for file in demo.list_cases() if file.readiness.windows}
    report = demo.night(seconds=SEARCH_SECONDS, apply=True)
    booked = {file.id for file in demo.list_cases() if file.booking}
    assert booked
    assert booked <= open_for
    assert {move.case for move in report.moves.moves} == booked
    stands(demo)


@pytest.mark.shared
def test_the_job_on_reference_referrals(tmp_path: Path) -> None:
    patients = shared("data/referrals/patients.ndjson.gz")
    requests = shared("data/referrals/referrals.ndjson")
    now = datetime.fromisoformat("2021-04-01T08:00:00-04:00")
    container = department(tmp_path, now)
    zone = container.department().site.timezone
    intake = read_bundles(patients, now=now, timezone=zone)
    referred = read_referrals(requests, timezone=zone, patients=intake)
    filled(container, intake.patients, (*intake.referrals, *referred.referrals))

    files = container.list_cases()
    assert len(files) == 74
    for file in files:
        if file.patient.facts.deceased:
            assert file.readiness.status == Status.BLOCKED
            assert file.readiness.windows == ()

    booked = book_some(container, most=5)
    stands(container)
    begin, end = now + timedelta(hours=20), now + timedelta(days=10)
    container.close_resource("dr-adams", begin, end, reason="ill")
    report = container.night(seconds=SEARCH_SECONDS, apply=True)
    assert report.run.state == RunState.DONE
    assert booked
    stands(container)
