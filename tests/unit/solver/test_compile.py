"""Planning problems as units, rows, lanes and groups of starts."""

from datetime import timedelta

from models.objective import start_cost
from solver.bitrow import bits
from solver.compile import compile_problem
from solver.instance import Instance
from tests.builders import a_case, a_problem, a_resource, at, between, booked, need, prices


def starts_of(instance: Instance, row: int) -> list[str]:
    return [f"{instance.frame.instant(unit):%d %H:%M}" for unit in bits(row)]


def test_a_unit_divides_the_tick_and_every_need() -> None:
    # gcd(15, 20, 70, -10) = 5
    case = a_case("A", need("suite", 70), need("bay", 20, offset=-10))
    instance = compile_problem(a_problem([case], [a_resource("s")], tick=15))
    assert instance.frame.grid.minutes == 5
    assert instance.frame.stride == 3


def test_the_grid_reaches_as_far_as_needs_do() -> None:
    # Two days of 30-minute units, one hour before them and an hour and a half after.
    case = a_case("A", need("suite", 90), need("bay", 30, offset=-60))
    frame = compile_problem(a_problem([case], [a_resource("s")], tick=30)).frame
    assert frame.grid.ticks == 2 + 96 + 3
    assert frame.instant(frame.first_start) == at("00:00")


def test_open_time_is_rounded_inwards() -> None:
    # 08:05-09:10 in half hours is 08:30-09:00, one unit.
    hours = [(at("08:05"), at("09:10"))]
    problem = a_problem([a_case("A")], [a_resource("s", available=hours)], tick=30)
    instance = compile_problem(problem)
    assert starts_of(instance, instance.resources[0].available) == ["23 08:30"]


def test_touching_pieces_of_open_time_are_one() -> None:
    # The seam at 08:40 lies inside the half hour from 08:30.
    hours = [(at("08:00"), at("08:40")), (at("08:40"), at("10:00"))]
    problem = a_problem([a_case("A")], [a_resource("s", available=hours)], tick=30)
    assert compile_problem(problem).resources[0].available.bit_count() == 4


def test_starts_keep_to_ticks_windows_and_now() -> None:
    case = a_case("A", need("suite", 5), windows=[between("09:05", "10:00")])
    problem = a_problem([case], [a_resource("s")], tick=15, now=at("09:20"))
    instance = compile_problem(problem)
    assert starts_of(instance, instance.cases[0].permitted) == ["23 09:30", "23 09:45"]


def test_a_booking_before_now_may_keep_its_start() -> None:
    booking = booked(at("08:30"), {"suite": "s"})
    case = a_case("A", windows=[between("08:00", "09:30")], booking=booking)
    instance = compile_problem(a_problem([case], [a_resource("s")], now=at("09:00")))
    assert starts_of(instance, instance.cases[0].permitted) == ["23 08:30", "23 09:00", "23 09:15"]


def test_a_locked_case_may_only_start_as_booked() -> None:
    booking = booked(at("10:00"), {"suite": "b"}, locked=True)
    problem = a_problem([a_case("A", booking=booking)], [a_resource("a"), a_resource("b")])
    instance = compile_problem(problem)
    case = instance.cases[0]
    assert starts_of(instance, case.permitted) == ["23 10:00"]
    assert instance.pools[case.needs[0].pool].resources == (instance.resource_index["b"],)


def test_a_day_of_25_hours_is_one_local_day() -> None:
    # The clocks go back in Chicago on Sunday 2026-11-01.
    first = at("00:00", -22)
    problem = a_problem(
        [a_case("A", windows=[(first, first + timedelta(hours=1))])],
        [a_resource("s")],
        tick=60,
        horizon=(first, first + timedelta(hours=49)),
    )
    frame = compile_problem(problem).frame
    # 25 units of Sunday, 24 of Monday; the need of an hour adds the first of Tuesday.
    assert [row.bit_count() for row in frame.day_units] == [25, 24, 1]


def test_resources_alike_that_never_touch_share_a_lane() -> None:
    # 08:00, 09:00 and 10:00 for half an hour each; 09:30 touches 09:00, so it opens a second lane.
    hours = {"a": "08:00", "b": "09:00", "c": "09:30", "d": "10:30"}
    slots = [
        a_resource(name, "slot", available=[(at(begin), at(begin) + timedelta(minutes=30))])
        for name, begin in hours.items()
    ]
    instance = compile_problem(a_problem([a_case("A", need("slot", 15))], slots))
    lanes = [form.lane for form in instance.resources]
    assert lanes[0] == lanes[1] == lanes[3] != lanes[2]


def test_priced_limited_and_suite_resources_have_lanes_of_their_own() -> None:
    morning, evening = [between("08:00", "09:00")], [between("15:00", "16:00")]
    resources = [
        a_resource("a", "dr", available=morning, limit=60),
        a_resource("b", "dr", available=evening),
        a_resource("c", "dr", available=evening, open_cost=1),
        a_resource("d", "dr", available=evening, change_cost=1),
        a_resource("e", available=morning),
        a_resource("f", available=evening),
    ]
    instance = compile_problem(a_problem([a_case("A")], resources))
    assert len({form.lane for form in instance.resources}) == 6


def test_groups_of_starts_have_one_price_and_one_day() -> None:
    # Released Monday 10:00: from Tuesday 10:00 on it has waited a day; midnight cuts once more.
    case = a_case("A", windows=[(at("09:00"), at("11:00", 1))], release=at("10:00"))
    instance = compile_problem(a_problem([case], [a_resource("s")], tick=60))
    found = [
        (group.cost, starts_of(instance, group.starts)[0], group.starts.bit_count())
        for group in instance.cases[0].groups
    ]
    assert found == [(0, "23 09:00", 15), (0, "24 00:00", 10), (25, "24 10:00", 1)]


def test_the_price_of_a_start_is_that_of_the_objective() -> None:
    booking = booked(at("09:30"), {"suite": "s"}, weight=2)
    case = a_case(
        "A",
        windows=[(at("00:00"), at("00:00", 2))],
        release=at("07:20"),
        due=at("13:10"),
        booking=booking,
    )
    problem = a_problem([case], [a_resource("s")], tick=10, objective=prices(move_per_day=7))
    instance = compile_problem(problem)
    form = instance.cases[0]
    for start in bits(form.permitted):
        instant = instance.frame.instant(start)
        assert form.cost_at(start) == start_cost(problem.objective, case, instant)


def test_a_booking_stands_when_alone_it_breaks_no_rule() -> None:
    # B's suite closes at 17:00, in the middle of it.
    cases = [
        a_case("A", booking=booked(at("09:00"), {"suite": "s"})),
        a_case("B", booking=booked(at("16:30"), {"suite": "s"})),
    ]
    forms = compile_problem(a_problem(cases, [a_resource("s")])).cases
    assert [form.booked is not None and form.booked.stands for form in forms] == [True, False]
