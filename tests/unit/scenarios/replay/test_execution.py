"""How a day goes: late starts, overruns, and who waits for whom."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.held import Held
from models.problem import Need
from scenarios.replay.execution import Booking, Done, carried_out
from scenarios.replay.invariants import used_twice
from tests.builders import at

SUITE = Need(role="suite", kind="suite", offset=0, minutes=75)  # an hour and its turnover
DOCTOR = Need(role="doctor", kind="proceduralist", offset=0, minutes=60)
BEFORE = Need(role="preparation", kind="bay", offset=-30, minutes=30)
AFTER = Need(role="recovery", kind="bay", offset=60, minutes=120)


def booking(
    case: str, start: datetime, actual: float = 60, suite: str = "s1", bay: str = "b1"
) -> Booking:
    assigned = {"suite": suite, "doctor": f"d-{suite}", "preparation": bay, "recovery": bay}
    held = Held(start=start, assigned=assigned, needs=(SUITE, DOCTOR, BEFORE, AFTER))
    return Booking(case, held, planned_minutes=60, actual_minutes=actual)


def uses(done: Done) -> dict[str, tuple[datetime, datetime]]:
    return {use.role: (use.begin, use.end) for use in done.uses}


def test_a_day_as_booked_goes_as_booked() -> None:
    (done,) = carried_out([booking("A", at("09:00"))], {})
    assert done.start == at("09:00")
    assert all((u.begin, u.end) == (u.booked_begin, u.booked_end) for u in done.uses)


def test_the_first_of_a_suite_starts_late_and_the_others_follow() -> None:
    # A starts 20 minutes late; the suite is free at 10:35, twenty minutes after B's booked start
    day = [booking("A", at("09:00")), booking("B", at("10:15"), bay="b2")]
    first, second = carried_out(day, {"s1": 20.0})
    assert (first.start, second.start) == (at("09:20"), at("10:35"))


def test_a_short_procedure_lets_nobody_start_early() -> None:
    day = [booking("A", at("09:00"), actual=30), booking("B", at("10:15"), bay="b2")]
    first, second = carried_out(day, {})
    assert second.start == at("10:15")
    assert uses(first)["suite"][1] == at("09:45")
    assert uses(first)["recovery"] == (at("09:30"), at("11:30"))  # as long as booked, earlier


def test_an_overrun_keeps_suite_and_team_and_delays_who_needs_them() -> None:
    day = [booking("A", at("09:00"), actual=100), booking("B", at("10:15"), bay="b2")]
    first, second = carried_out(day, {})
    assert uses(first)["doctor"][1] == at("10:40")
    assert second.start == at("10:55")  # 09:00 + 100 + 15 minutes of turnover


def test_an_overrun_delays_nobody_in_another_suite() -> None:
    day = [booking("A", at("09:00"), actual=100), booking("B", at("10:15"), suite="s2", bay="b2")]
    assert carried_out(day, {})[1].start == at("10:15")


def test_a_bay_that_is_not_free_delays_preparation_and_so_the_start() -> None:
    # A leaves the bay at 12:40 instead of 12:00; B's half hour in it was to begin at 12:00
    day = [booking("A", at("09:00"), actual=100), booking("B", at("12:30"), suite="s2")]
    _, second = carried_out(day, {})
    assert second.start == at("13:10")


def test_a_stay_that_begins_late_is_as_long_as_booked() -> None:
    # A leaves the bay at 12:40 instead of 12:00; B's two hours in it were to begin at 12:15
    day = [booking("A", at("09:00"), actual=100), after_only("B", at("11:15"))]
    _, second = carried_out(day, {})
    assert second.start == at("11:15")
    assert uses(second)["recovery"] == (at("12:40"), at("14:40"))


def after_only(case: str, start: datetime) -> Booking:
    """An hour in another suite with its recovery in the first bay, without preparation."""
    assigned = {"suite": "s2", "doctor": "d-s2", "recovery": "b1"}
    held = Held(start=start, assigned=assigned, needs=(SUITE, DOCTOR, AFTER))
    return Booking(case, held, planned_minutes=60, actual_minutes=60)


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(10, 200), st.integers(0, 5), st.integers(0, 4)),
        min_size=1,
        max_size=12,
    )
)
def test_nothing_is_used_twice_and_nobody_starts_early(
    drawn: list[tuple[int, int, int, int]],
) -> None:
    """Whatever procedures take, as long as nothing was booked twice."""
    day: list[Booking] = []
    for number, (suite, actual, gap, bay) in enumerate(drawn):
        start = at("07:00") + timedelta(minutes=15 * gap)
        while True:
            made = booking(f"C{number}", start, actual, f"s{suite}", f"b{bay}")
            taken = [(s.resource, s.begin, s.end) for b in day for s in b.held.spans()]
            if not any(
                s.resource == r and s.begin < end and begin < s.end
                for s in made.held.spans()
                for r, begin, end in taken
            ):
                break
            start += timedelta(minutes=15)
        day.append(made)
    done = carried_out(day, {"s0": 17.0, "s1": 0.0})
    assert len(done) == len(day)
    assert not used_twice(use for one in done for use in one.uses)
    assert all(one.start >= one.booking.held.start for one in done)
    stays = [use for one in done for use in one.uses if use.role == "recovery"]
    assert all(use.end - use.begin == timedelta(minutes=AFTER.minutes) for use in stays)
