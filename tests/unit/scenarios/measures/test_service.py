"""Rooms and people: minutes in use, idle and beyond hours, and how punctually the day begins."""

from math import isnan

from tests.unit.scenarios.measures.measured import groups, value
from tests.unit.scenarios.runs import at, run, there, use

HOURS = (
    there("suite-1", at("08:00"), at("12:00")),  # 240 minutes
    there("suite-2", at("08:00"), at("10:00")),  # 120
    there("ct-1", at("08:00"), at("12:00"), kind="ct"),
    there("rn-1", at("08:00"), at("10:00"), kind="sedation"),
    there("rn-1", at("10:30"), at("12:30"), kind="sedation"),  # a break between
    there("dr-1", at("08:00"), at("09:00"), kind="proceduralist"),
)
USES = (
    use("suite-1", "a", at("08:00"), 90),
    use("suite-1", "b", at("11:30"), 60),  # 30 within hours, 30 beyond
    use("ct-1", "a", at("09:00"), 60, kind="ct"),
    use("rn-1", "a", at("09:00"), 120, kind="sedation", role="nurse"),  # through the break
)


def test_use_is_minutes_of_service_over_staffed_minutes() -> None:
    found = run(uses=USES, staffed=HOURS)
    # suites: 90 + 30 of 240 + 120; CT: 60 of 240
    assert value("suite_use", found) == 120 / 360
    assert groups("suite_use_by_suite", found) == {"suite-1": 120 / 240, "suite-2": 0.0}
    assert value("ct_use", found) == 0.25


def test_use_of_staff_leaves_out_rooms() -> None:
    found = run(uses=USES, staffed=HOURS)
    # the nurse: 60 + 30 of 240; the doctor: 0 of 60
    assert value("staff_use", found) == 90 / 300
    by_kind = groups("use_by_kind", found)
    assert (by_kind["sedation"], by_kind["proceduralist"]) == (90 / 240, 0.0)


def test_use_by_hour_is_of_the_local_day() -> None:
    by_hour = groups("suite_use_by_hour", run(uses=USES, staffed=HOURS))
    # 08: 60 of 120, 09: 30 of 120, 10: 0 of 60, 11: 30 of 60
    assert by_hour == {"08": 0.5, "09": 0.25, "10": 0.0, "11": 0.5}


def test_nobody_there_is_no_use_of_nothing() -> None:
    assert isnan(value("ct_use", run(uses=USES)))


def test_two_services_at_one_time_count_once() -> None:
    twice = (use("suite-1", "a", at("08:00"), 60), use("suite-1", "b", at("08:30"), 60))
    # 08:00 to 09:30 of 240 minutes
    assert groups("suite_use_by_suite", run(uses=twice, staffed=HOURS))["suite-1"] == 90 / 240


def test_overtime_is_service_beyond_hours_and_in_breaks() -> None:
    found = run(uses=USES, staffed=HOURS)
    # suite-1 from 12:00 to 12:30; the nurse from 10:00 to 10:30
    assert value("overtime_suites", found) == 0.5
    assert value("overtime_staff", found) == 0.5
    assert groups("overtime_by_kind", found) == {
        "ct": 0.0,
        "proceduralist": 0.0,
        "sedation": 0.5,
        "suite": 0.5,
    }


def test_idle_are_staff_who_are_there_and_serve_nobody() -> None:
    found = run(uses=USES, staffed=HOURS)
    # the nurse 240 - 90, the doctor 60
    assert value("staff_idle", found) == 210.0
    assert groups("staff_idle_by_kind", found) == {"proceduralist": 60.0, "sedation": 150.0}


def test_hours_of_a_role_are_those_of_its_needs() -> None:
    # 90 + 60 minutes of suites, 60 of CT, 120 of the role nurse
    found = groups("hours_by_role", run(uses=USES, staffed=HOURS))
    assert found == {"ct": 1.0, "nurse": 2.0, "suite": 2.5}


def test_what_lies_beyond_the_window_is_cut_off() -> None:
    found = run(uses=USES, staffed=HOURS, begin=at("09:00"), end=at("11:00"))
    # suite-1: 30 of 120 minutes; suite-2: 0 of 60
    assert value("suite_use", found) == 30 / 180
    assert groups("hours_by_role", found) == {"ct": 1.0, "nurse": 2.0, "suite": 0.5}


def test_kinds_without_hours_have_neither_use_nor_overtime() -> None:
    # arrival slots are places in a list; a suite that was never there has overtime all the same
    slot = use("slot-1", "a", at("07:00"), 30, kind="outpatient-slot", role="arrival")
    found = run(uses=(*USES, slot, use("suite-9", "z", at("09:00"), 60)), staffed=HOURS)
    assert "outpatient-slot" not in groups("use_by_kind", found)
    assert "outpatient-slot" not in groups("overtime_by_kind", found)
    assert groups("hours_by_role", found)["arrival"] == 0.5
    assert value("overtime_suites", found) == 1.5


FIRSTS = (
    use("suite-1", "a", at("08:05"), late=5),  # Monday: 5 minutes are on time
    use("suite-1", "b", at("10:30"), late=30),  # no first case
    use("suite-2", "c", at("08:06"), late=6),  # late
    use("suite-1", "d", at("07:50", 1), late=-10),  # Tuesday: early is on time
    use("suite-1", "e", at("12:00", 2), late=60),  # Wednesday: late at noon is late
    use("ct-1", "f", at("09:00"), late=60, kind="ct"),  # no suite
)


def test_first_cases_on_time_is_a_share_of_suite_days() -> None:
    assert value("first_case_on_time", run(uses=FIRSTS)) == 2 / 4


def test_the_first_case_is_the_one_booked_first() -> None:
    # booked 08:00 and begun 09:00, after the one that was booked for 08:30
    swapped = (
        use("suite-1", "late", at("09:00"), late=60),
        use("suite-1", "next", at("08:30"), 30),
    )
    assert value("first_case_on_time", run(uses=swapped)) == 0.0


def test_the_day_of_a_first_case_is_local() -> None:
    # 23:30 in Chicago is the next day in UTC: two cases of one local day, one first
    two = (
        use("suite-1", "a", at("16:00")),
        use("suite-1", "b", at("23:30"), late=30),
    )
    assert value("first_case_on_time", run(uses=two)) == 1.0
