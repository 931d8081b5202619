"""Who may take a freed slot: what is offered is legal, and can be booked as it is offered."""

from datetime import datetime, timedelta
from itertools import product

import pytest

from models.checks.feasibility import find_violations
from models.checks.scorecard import score
from models.errors import InputError, NotFoundError, RefusedError
from models.objective import left_out_cost
from models.plan import Placement, Plan
from scheduler.bootstrap import Container
from scheduler.services import backfill
from scheduler.services.backfill import Candidate, Verdict
from scheduler.services.problems import problem_for
from scheduler.services.readiness import forbidden
from scheduler.services.slots import assessed, gather_case
from scheduler.store.engine import Store
from tests.contract.department import (
    APIXABAN,
    NOW,
    at,
    department_at,
    patient,
    seats,
    small_site,
    with_cases,
)
from tests.unit.api.service import client_of, headers

BEGIN, END = at("09:00", 3), at("10:30", 3)
"""Thursday: 72 hours away, so that a hold of 48 hours can still begin after 24 hours of notice."""
LATER = at("13:00", 4)


def _site(store: Store, *cases: str) -> Container:
    return with_cases(department_at(store, site=small_site(tick_minutes=15)), *cases)


def _who(site: Container, begin: datetime = BEGIN, end: datetime = END) -> tuple[Candidate, ...]:
    data = site.read(lambda desk: backfill.gather_gap(desk, "suite-1", begin, end))
    return backfill.candidates(data, top=10)


def _why(site: Container, case: str, resource: str = "suite-1", **gap: datetime) -> Verdict:
    begin, end = gap.get("begin", BEGIN), gap.get("end", END)
    data = site.read(lambda desk: backfill.gather_gap(desk, resource, begin, end, case=case))
    return backfill.verdict(data)


def test_waiting_and_later_booked_cases_may_take_the_gap(store: Store) -> None:
    site = _site(store, "later", "waits")
    site.book("later", LATER, seats(1, LATER))
    found = _who(site)
    # leaving a routine case out costs 4,000 points; coming a day earlier saves 25 and costs a move
    assert [one.file.id for one in found] == ["waits", "later"]
    assert found[0].saved > found[1].saved
    assert all(one.proposal.assigned["suite"] == "suite-1" for one in found)
    assert all(one.proposal.start >= BEGIN for one in found)


def test_what_is_offered_can_be_booked_and_moved_to(store: Store) -> None:
    site = _site(store, "later", "waits")
    site.book("later", LATER, seats(1, LATER))
    waits, later = _who(site)
    site.book("waits", waits.proposal.start, waits.proposal.assigned)
    assert [one.file.id for one in _who(site)] == []  # the gap of 90 minutes holds one of 75
    site.cancel("waits", reason="ill")
    site.move("later", later.proposal.start, later.proposal.assigned)
    assert site.faults() == ()


def test_the_saving_is_that_of_the_whole_plan(store: Store) -> None:
    site = _site(store, "later", "other")
    site.book("other", at("13:00", 3), seats(2, at("13:00", 3)))
    site.book("later", LATER, seats(1, LATER))
    [found] = [one for one in _who(site) if one.file.id == "later"]
    gathered = site.read(lambda desk: gather_case(desk, "later"))
    problem = problem_for(gathered, assessed(gathered))
    now = {c.id: c.booked_placement for c in problem.cases if c.booked_placement}
    then = {**now, "later": found.proposal.placement}
    before = score(problem, Plan(placements=tuple(now.values())))
    after = score(problem, Plan(placements=tuple(then.values())))
    assert found.saved == before.cost - after.cost


def test_every_place_in_the_gap_was_looked_at(store: Store) -> None:
    # by hand: every start of the gap with every resource, judged by the checker and the rules
    site = _site(store, "waits", "other")
    eight = at("08:00", 3)
    site.book("other", eight, seats(2, eight))
    [found] = _who(site)
    gathered = site.read(lambda desk: gather_case(desk, "waits"))
    file = assessed(gathered)
    problem = problem_for(gathered, file)
    case = problem.case_by_id["waits"]
    others = [c.booked_placement for c in problem.cases if c.booked_placement]
    costs = []
    for start in (BEGIN, BEGIN + timedelta(minutes=15)):  # 75 of 90 minutes, by quarters
        fits = [
            ["suite-1"]
            if need.role == "suite"
            else [r.id for r in problem.resources if need.accepts(r) and _open(r, need, start)]
            for need in case.needs
        ]
        for chosen in product(*fits):
            roles = (need.role for need in case.needs)
            placed = Placement(
                case="waits", start=start, assigned=dict(zip(roles, chosen, strict=True))
            )
            plan = Plan(placements=(*(p for p in others if p), placed))
            if not forbidden(gathered.scene, file, start) and not find_violations(problem, plan):
                costs.append(score(problem, plan).cost)
    without = score(problem, Plan(placements=tuple(p for p in others if p))).cost
    assert found.saved == without - min(costs)
    assert found.saved <= left_out_cost(problem.objective, case)


def _open(resource: object, need: object, start: datetime) -> bool:
    begin, end = need.span(start)  # type: ignore[attr-defined]
    return any(a <= begin and end <= b for a, b in resource.available)  # type: ignore[attr-defined]


def test_a_hold_that_can_still_begin_is_allowed_and_told(store: Store) -> None:
    site = department_at(store, site=small_site(tick_minutes=15))
    with_cases(site, "A", facts=patient("p", APIXABAN))
    [found] = _who(site)
    assert any("apixaban can still be stopped in time" in why for why in found.allowed)
    # 48 h before Thursday 09:00
    assert any("stop apixaban: no dose after Tue 17 Nov 09:00" in what for what in found.to_do)


def test_a_hold_that_cannot_begin_any_more_is_not_allowed(store: Store) -> None:
    site = department_at(store, site=small_site(tick_minutes=15))
    with_cases(site, "A", facts=patient("p", APIXABAN))
    begin, end = at("13:00", 1), at("15:00", 1)
    assert _who(site, begin, end) == ()
    said = _why(site, "A", begin=begin, end=end)
    assert said.starts[0].start == begin
    assert all(any("apixaban" in why for why in then.reasons) for then in said.starts)


def test_notice_counts_for_everybody(store: Store) -> None:
    site = _site(store, "waits")
    begin, end = at("13:00"), at("15:00")  # four hours away; the site's notice is 24 hours
    assert _who(site, begin, end) == ()
    assert "24 h" in _why(site, "waits", begin=begin, end=end).reasons[0]
    data = site.read(lambda desk: backfill.gather_gap(desk, "suite-1", begin, end, notice_hours=2))
    assert [one.file.id for one in backfill.candidates(data, top=5)] == ["waits"]


def test_why_not_names_what_keeps_a_case_elsewhere(store: Store) -> None:
    site = _site(store, "locked", "early", "kept", "free")
    site.book("locked", LATER, seats(1, LATER))
    site.set_lock("locked", locked=True)
    early = at("08:00", 2)
    site.book("early", early, seats(1, early))
    site.reserve("kept", LATER, seats(2, LATER))
    assert "is locked" in _why(site, "locked").reasons[0]
    assert "booked earlier" in _why(site, "early").reasons[0]
    assert "reserved" in _why(site, "kept").reasons[0]
    assert [one.file.id for one in _who(site)] == ["free"]
    assert _why(site, "free").candidate is not None


def test_why_not_names_a_gap_too_short_and_one_that_serves_nothing(store: Store) -> None:
    site = _site(store, "A")
    short = _why(site, "A", end=BEGIN + timedelta(minutes=60)).reasons
    assert short == ("it needs suite-1 for 75 min, and the gap has 60",)
    assert "serves none of its needs" in _why(site, "A", resource="ct-1").reasons[0]


def test_why_not_names_who_holds_what_else_is_needed(store: Store) -> None:
    site = _site(store, "A")
    for doctor in ("dr-1", "dr-2"):
        site.close_resource(doctor, at("08:00", 3), at("17:00", 3), reason="away")
    said = _why(site, "A")
    assert [then.start for then in said.starts] == [BEGIN, BEGIN + timedelta(minutes=15)]
    assert all("proceduralist" in " ".join(then.reasons) for then in said.starts)


@pytest.mark.parametrize(
    ("resource", "begin", "end", "error"),
    [
        ("suite-9", BEGIN, END, NotFoundError),
        ("suite-1", END, BEGIN, InputError),
        ("suite-1", NOW - timedelta(hours=2), NOW, RefusedError),
        ("suite-1", at("09:00", 40), at("10:00", 40), RefusedError),
    ],
)
def test_a_gap_that_is_none_is_refused(
    store: Store, resource: str, begin: datetime, end: datetime, error: type[Exception]
) -> None:
    site = _site(store)
    with pytest.raises(error):
        site.read(lambda desk: backfill.gather_gap(desk, resource, begin, end))


def test_over_http_candidates_are_proposals(store: Store) -> None:
    site = _site(store, "later", "waits")
    site.book("later", LATER, seats(1, LATER))
    client = client_of(site)
    url = f"/v1/gaps/suite-1/{BEGIN:%Y-%m-%dT%H:%M:%S}-06:00/{END:%Y-%m-%dT%H:%M:%S}-06:00"
    made = client.post(f"{url}/candidates", json={}, headers=headers(key="g")).json()
    later = made["candidates"][1]
    assert later["place"]["version"] == 1
    moved = client.put(
        "/v1/cases/later/booking",
        json={"proposal": later["proposal"]},
        headers=headers(key="m", seen='W/"1"'),
    )
    assert moved.json()["start"] == later["place"]["start"]
    why = client.get(f"{url}/candidates/waits", headers=headers()).json()
    assert (why["may"], bool(why["starts"])) == (False, True)  # the gap is taken by now
