"""Slots that need bookings of others to move: who may move, what it costs, and what is told."""

from datetime import timedelta

import pytest

from models.errors import InputError, NotFoundError
from models.problem import Booking, Case, Hold, PlanningProblem
from solver.make_room import RoomMaker, RoomProposal, make_room
from solver.proposals import Terms
from tests.builders import a_case, a_problem, a_resource, at, between, booked, need

MORNING = [between("08:00", "10:00")]
FIRST = [between("08:00", "08:15")]


def asking(**members: object) -> Case:
    """A, which may start at 08:00 and at no other time."""
    return a_case("A", **({"windows": FIRST} | members))  # type: ignore[arg-type]  # as a_case


def holder(name: str = "B", clock: str = "08:00", **members: object) -> Case:
    """A case booked for an hour in the only suite."""
    placed = {"booking": booked(at(clock), {"suite": "s"})}
    return a_case(name, **(placed | members))  # type: ignore[arg-type]  # as a_case


def one_suite(*cases: Case, hours: object = None, **members: int) -> PlanningProblem:
    """These cases, and a suite open from 08:00 to 10:00."""
    suite = a_resource("s", available=hours or MORNING, **members)  # type: ignore[arg-type]  # a list
    return a_problem(cases, [suite])


def moves(room: RoomProposal) -> list[tuple[str, str]]:
    return [(moved.case, f"{moved.to_start:%d %H:%M}") for moved in room.moved]


def test_a_free_start_moves_nobody() -> None:
    (room,) = make_room(one_suite(asking()), "A")
    assert (room.cost, room.moved) == (0, ())


def test_who_moves_by_how_much_and_why_it_costs_that() -> None:
    (room,) = make_room(one_suite(asking(), holder()), "A")
    (moved,) = room.moved
    assert (moved.start, moved.to_start, moved.by) == (at("08:00"), at("09:00"), timedelta(hours=1))
    # No whole day later: 150 for the move, nothing for the way.
    assert (moved.moving, moved.price) == (150, 150)
    assert (
        moved.sentence
        == "B moves from Mon 23 Nov 08:00 to Mon 23 Nov 09:00, 1 h later, for 150 points"
    )


def test_a_booking_can_move_earlier() -> None:
    # A may start at 09:00 alone, where B is; only 08:00 is left for B.
    late = asking(windows=[between("09:00", "09:15")])
    (room,) = make_room(one_suite(late, holder(clock="09:00")), "A")
    assert [(moved.case, moved.by) for moved in room.moved] == [("B", -timedelta(hours=1))]


def test_moving_by_days_costs_by_the_day() -> None:
    # Monday has one hour, Tuesday another: B waits a day more (25) and moves 24 h (150 + 40).
    hours = [between("08:00", "09:00"), between("08:00", "09:00", 1)]
    later = holder(windows=hours)
    (room,) = make_room(one_suite(asking(), later, hours=hours), "A")
    assert (room.moved[0].moving, room.moved[0].price, room.cost) == (190, 215, 215)


def test_the_weight_of_a_booking_multiplies_what_its_move_costs() -> None:
    heavy = booked(at("08:00"), {"suite": "s"}, weight=8)
    (room,) = make_room(one_suite(asking(), holder(booking=heavy)), "A")
    # 8 * 150
    assert (room.cost, room.moved[0].moving) == (1_200, 1_200)


def test_the_lighter_of_two_bookings_moves() -> None:
    # A may take either hour of the suite; C, who has been told, weighs 3 and B weighs 1.
    hours = [between("08:00", "11:00")]
    told = booked(at("08:00"), {"suite": "s"}, weight=3)
    cases = [asking(windows=[between("08:00", "09:15")]), holder("C", booking=told)]
    found = make_room(one_suite(*cases, holder("B", "09:00"), hours=hours), "A", max_moves=1)
    at_nine = next(room for room in found if room.start == at("09:00"))
    assert (moves(at_nine), at_nine.cost) == ([("B", "23 10:00")], 150)


def test_a_locked_booking_never_moves() -> None:
    locked = booked(at("08:00"), {"suite": "s"}, locked=True)
    assert make_room(one_suite(asking(), holder(booking=locked)), "A") == ()


def test_a_booking_that_has_begun_never_moves() -> None:
    problem = one_suite(asking(windows=[between("08:30", "08:45")]), holder())
    begun = problem.model_copy(update={"now": at("08:15")})
    assert make_room(begun, "A") == ()


def test_the_turnover_of_a_suite_is_kept_clear() -> None:
    # Each holds the suite for 60 minutes and 15 more to turn it over: 75 + 75 = 150 of 150.
    hours = [between("08:00", "10:30")]
    long = [need("suite", 75)]
    windows = [between("08:00", "10:00")]
    cases = [
        a_case("A", *long, windows=FIRST),
        a_case("B", *long, windows=windows, booking=booked(at("08:00"), {"suite": "s"})),
    ]
    (room,) = make_room(one_suite(*cases, hours=hours), "A")
    assert moves(room) == [("B", "23 09:15")]
    short = [between("08:00", "10:15")]
    assert make_room(one_suite(*cases, hours=short), "A") == ()


def test_a_booking_may_stay_and_give_up_its_suite_for_nothing() -> None:
    # Only s has what A needs; t will do for B at the same time.
    suites = [a_resource("s", tags=["biplane"], available=MORNING), a_resource("t")]
    special = a_case("A", need("suite", tags=["biplane"]), windows=FIRST)
    (room, *_) = make_room(a_problem([special, holder()], suites), "A")
    (moved,) = room.moved
    assert (moved.by, moved.price, dict(moved.to_assigned)) == (timedelta(), 0, {"suite": "t"})
    assert moved.sentence == "B keeps Mon 23 Nov 08:00 with other resources"
    assert room.cost == 0


def test_the_case_and_the_move_are_priced_together() -> None:
    # A: released two days before, 2 * 25. B: 150 to 09:00. The suite is open already: 0 of 40.
    early = asking(release=at("08:00", -2))
    (room,) = make_room(one_suite(early, holder(), open_cost=40), "A")
    assert room.terms == Terms(50, 0, 0, 0, 0, 0)
    assert room.cost == 50 + 150


def test_what_a_move_opens_is_part_of_the_price() -> None:
    # B goes to Tuesday: 25 + 190 by itself, and the suite opens on a second day for 40.
    hours = [between("08:00", "09:00"), between("08:00", "09:00", 1)]
    problem = one_suite(asking(), holder(windows=hours), hours=hours, open_cost=40)
    (room,) = make_room(problem, "A")
    assert (room.terms.opening, room.moved[0].price, room.cost) == (40, 215, 255)


def test_a_hold_that_has_started_shows_in_the_sentence_and_in_the_price() -> None:
    # Tuesday 08:00 is 24 h after B was ready: 60 * 2, beside 25 for waiting and 190 for the move.
    hours = [between("08:00", "09:00"), between("08:00", "09:00", 1)]
    hold = Hold(stage="started", ready_at=at("08:00"), risk=2)
    (room,) = make_room(one_suite(asking(), holder(windows=hours, hold=hold), hours=hours), "A")
    assert room.moved[0].price == 120 + 25 + 190
    assert room.moved[0].sentence.endswith("for 335 points although its hold has started")


def chain() -> PlanningProblem:
    """B, at 08:00, could only go to 09:00, where C is, which could go to 10:00."""
    cases = [
        asking(),
        holder("B", windows=[between("08:00", "09:15")]),
        holder("C", "09:00"),
    ]
    return one_suite(*cases, hours=[between("08:00", "11:00")])


def test_a_chain_moves_two() -> None:
    assert make_room(chain(), "A", max_moves=1) == ()
    (room,) = make_room(chain(), "A")
    assert moves(room) == [("B", "23 09:00"), ("C", "23 10:00")]
    # 150 for each
    assert (room.cost, [moved.price for moved in room.moved]) == (300, [150, 150])


def test_two_in_the_way_both_move() -> None:
    # A needs two hours from 08:00; B and C hold one each and go to the two after.
    long = a_case("A", need("suite", 120), windows=FIRST)
    cases = [long, holder("B"), holder("C", "09:00")]
    (room,) = make_room(one_suite(*cases, hours=[between("08:00", "12:00")]), "A")
    assert {moved.case for moved in room.moved} == {"B", "C"}
    assert {moved.to_start for moved in room.moved} == {at("10:00"), at("11:00")}
    assert room.cost == 300


def test_no_more_bookings_move_than_allowed() -> None:
    assert make_room(one_suite(asking(), holder()), "A", max_moves=0) == ()


def test_the_board_is_as_before_after_an_answer() -> None:
    maker = RoomMaker(chain())
    before = (list(maker.board.rows), list(maker.board.placed))
    first = maker.make_room("A")
    assert (list(maker.board.rows), list(maker.board.placed)) == before
    assert maker.make_room("A") == first


def test_a_booking_of_its_own_is_given_up() -> None:
    # A is booked for 09:00 and may go to 08:00 where B is: they change places, 150 each.
    own = Booking(start=at("09:00"), assigned={"suite": "s"})
    case = asking(windows=[between("08:00", "08:15")], booking=own)
    (room,) = make_room(one_suite(case, holder()), "A")
    assert (moves(room), room.terms.moves, room.cost) == ([("B", "23 09:00")], 150, 300)


def test_an_unknown_case_is_refused() -> None:
    with pytest.raises(NotFoundError, match="no case 'Z'"):
        make_room(chain(), "Z")


@pytest.mark.parametrize(("top", "max_moves"), [(0, 2), (1, 3), (1, -1)])
def test_senseless_limits_are_refused(top: int, max_moves: int) -> None:
    with pytest.raises(InputError):
        make_room(chain(), "A", top=top, max_moves=max_moves)


def test_as_plain_data_times_are_minutes() -> None:
    (room,) = make_room(one_suite(asking(), holder()), "A")
    (moved,) = room.as_json()["moved"]
    assert (moved["case"], moved["by"], moved["to_start"]) == ("B", 60, "2026-11-23T09:00:00-06:00")
