"""Ranked slots for one case."""

import pytest

from models.errors import InputError, NotFoundError
from models.plan import Placement
from models.problem import Hold
from solver.proposals import Proposal, Proposer, Terms, propose
from tests.builders import a_case, a_problem, a_resource, at, between, booked, need


def clocks(found: tuple[Proposal, ...]) -> list[tuple[str, int]]:
    return [(f"{proposal.start:%d %H:%M}", proposal.cost) for proposal in found]


def test_cheapest_first_then_earliest() -> None:
    # Released Monday 08:30: Tuesday 09:00 has waited a day (25), Tuesday 08:00 has not.
    windows = [between("09:00", "11:00"), between("08:00", "10:00", 1)]
    hours = [between("08:00", "12:00"), between("08:00", "12:00", 1)]
    case = a_case("A", windows=windows, release=at("08:30"))
    found = propose(a_problem([case], [a_resource("s", available=hours)], tick=60), "A")
    assert clocks(found) == [("23 09:00", 0), ("23 10:00", 0), ("24 08:00", 0), ("24 09:00", 25)]


def test_top_limits_the_starts() -> None:
    problem = a_problem([a_case("A")], [a_resource("s")], tick=60)
    assert clocks(propose(problem, "A", top=2)) == [("23 08:00", 0), ("23 09:00", 0)]


def test_every_term_is_told() -> None:
    # Everything is counted up to Tuesday 10:00, the only start.
    case = a_case(
        "A",
        windows=[between("10:00", "11:00", 1)],
        priority="urgent",
        release=at("09:00", -1),  # 49 h: 2 days * 300
        due=at("09:00"),  # 25 h late: 2 * 1,500
        hold=Hold(stage="started", ready_at=at("10:00"), risk=2),  # 24 h: 1 * 60 * 2
        booking=booked(at("09:00"), {"suite": "s"}, weight=2),  # 25 h: 2 * (150 + 40)
    )
    hours = [between("08:00", "12:00"), between("08:00", "12:00", 1)]
    resource = a_resource("s", available=hours, open_cost=40)
    (found,) = propose(a_problem([case], [resource], tick=60), "A")
    assert found.terms == Terms(
        waiting=600, lateness=3_000, off_drug=120, moves=380, opening=40, suite_changes=0
    )
    assert found.cost == 600 + 3_000 + 120 + 380 + 40


def test_its_own_booking_is_lifted_first() -> None:
    case = a_case(
        "A", windows=[between("09:00", "10:00")], booking=booked(at("09:00"), {"suite": "s"})
    )
    problem = a_problem([case], [a_resource("s", available=[between("09:00", "10:00")])])
    assert clocks(propose(problem, "A")) == [("23 09:00", 0)]


def test_a_locked_case_is_offered_its_booking_only() -> None:
    booking = booked(at("10:00"), {"suite": "t"}, locked=True)
    problem = a_problem([a_case("A", booking=booking)], [a_resource("s"), a_resource("t")])
    (found,) = propose(problem, "A")
    assert found.placement == Placement(case="A", start=at("10:00"), assigned={"suite": "t"})


def test_other_bookings_stay_where_they_are() -> None:
    other = a_case("B", booking=booked(at("09:00"), {"suite": "s"}))
    case = a_case("A", windows=[between("08:00", "11:00")])
    problem = a_problem([case, other], [a_resource("s")], tick=60)
    assert clocks(propose(problem, "A")) == [("23 08:00", 0), ("23 10:00", 0)]


def test_a_proposer_answers_again_after_lifting() -> None:
    case = a_case("A", booking=booked(at("09:00"), {"suite": "s"}))
    proposer = Proposer(a_problem([case, a_case("B")], [a_resource("s")], tick=60))
    before = proposer.propose("B")
    assert proposer.propose("A") == proposer.propose("A")
    assert proposer.propose("B") == before


def test_what_is_held_is_not_offered_until_it_is_lifted() -> None:
    window = [between("09:00", "10:00")]
    problem = a_problem(
        [a_case("A", windows=window), a_case("B", windows=window)], [a_resource("s")], tick=60
    )
    proposer = Proposer(problem)
    proposer.hold(proposer.propose("A")[0].placement)
    assert proposer.propose("B") == ()
    proposer.lift("A")
    assert clocks(proposer.propose("B")) == [("23 09:00", 0)]


def test_one_start_is_proposed_like_among_all() -> None:
    booking = booked(at("10:00"), {"suite": "s"})
    problem = a_problem([a_case("A", booking=booking)], [a_resource("s", open_cost=40)], tick=60)
    proposer = Proposer(problem)
    by_start = {found.start: found for found in proposer.propose("A", top=100)}
    assert proposer.propose_at("A", at("12:00")) == by_start[at("12:00")]
    assert proposer.propose_at("A", at("17:00")) is None
    assert proposer.propose_at("A", at("12:01")) is None


def test_starts_carry_the_offset_of_their_own_day() -> None:
    # Monday 2026-03-09 follows the change to daylight time on the Sunday.
    first = at("00:00", -261)
    case = a_case("A", windows=[(at("09:00", -259), at("10:00", -259))])
    resource = a_resource("s", available=[(first, at("00:00", -258))])
    problem = a_problem([case], [resource], now=first, tick=60, horizon=(first, at("00:00", -258)))
    assert propose(problem, "A")[0].start.isoformat() == "2026-03-09T09:00:00-05:00"


def test_as_json() -> None:
    problem = a_problem([a_case("A", need("suite"))], [a_resource("s", open_cost=40)])
    assert propose(problem, "A")[0].as_json() == {
        "start": "2026-11-23T08:00:00-06:00",
        "cost": 40,
        "assigned": {"suite": "s"},
        "terms": {
            "waiting": 0,
            "lateness": 0,
            "off_drug": 0,
            "moves": 0,
            "opening": 40,
            "suite_changes": 0,
        },
    }


def test_an_unknown_case_is_refused() -> None:
    with pytest.raises(NotFoundError, match="no case 'Z'"):
        propose(a_problem([a_case("A")], [a_resource("s")]), "Z")


def test_no_proposals_cannot_be_asked_for() -> None:
    with pytest.raises(InputError, match="at least one"):
        propose(a_problem([a_case("A")], [a_resource("s")]), "A", top=0)


@pytest.mark.parametrize(
    ("clock", "assigned"),
    [
        ("09:01", {"suite": "s"}),  # on no tick
        ("09:00", {"room": "s"}),  # no such role
    ],
)
def test_only_whole_placements_are_held(clock: str, assigned: dict[str, str]) -> None:
    proposer = Proposer(a_problem([a_case("A")], [a_resource("s")]))
    with pytest.raises(InputError, match="does not place case A"):
        proposer.hold(Placement(case="A", start=at(clock), assigned=assigned))


def test_an_unknown_resource_is_not_held() -> None:
    proposer = Proposer(a_problem([a_case("A")], [a_resource("s")]))
    with pytest.raises(NotFoundError, match="no resource 'z'"):
        proposer.hold(Placement(case="A", start=at("09:00"), assigned={"suite": "z"}))
