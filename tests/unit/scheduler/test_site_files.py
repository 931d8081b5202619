from datetime import date, timedelta
from pathlib import Path

import pytest

from models.calendars import HolidayRule
from models.cases import needs_of
from models.catalogue import shipped_catalogue
from models.errors import InputError
from models.freezing import freeze
from models.site import Site
from scheduler.site_files import LibraryDates, parse_site, read_site
from tests.unit.models.worlds import local, readiness, referral

DEMO = Path(__file__).parents[3] / "examples" / "demo-site.yaml"
SMALL = """
id: clinic
timezone: America/Chicago
policies: [clinic-page]
calendars:
  day:
    weekly: {mon-fri: ["08:00-12:00"]}
resources:
  - {id: suite-1, kind: suite, calendar: day}
"""
BLOCK = """
    blocks:
      - {rrule: "%s", first_day: 2026-01-05, at: "08:00", minutes: 60}
"""
SKIPPED = "{start: 2026-03-08 02:30, end: 2026-03-08 05:00}"
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture(scope="module")
def demo() -> Site:
    return read_site(DEMO)


def with_block(rrule: str) -> str:
    return SMALL.replace("\nresources:", (BLOCK % rrule).rstrip() + "\nresources:")


def refused(text: str) -> str:
    with pytest.raises(InputError) as caught:
        parse_site(text, place="own.yaml")
    return str(caught.value)


def test_a_site_file_is_read() -> None:
    assert parse_site(SMALL, place="own.yaml").resource_by_id["suite-1"].calendar == "day"


def test_a_json_document_is_a_site_file_too() -> None:
    text = parse_site(SMALL, place="own.yaml").model_dump_json()
    assert parse_site(text, place="own.json") == parse_site(SMALL, place="own.yaml")


@pytest.mark.parametrize(
    "line",
    [
        "notice_hours: .inf",
        "approval_lead_hours: 1.0e+9",
        "horizon_days: 1000000",
        "freeze: {hours: .inf}",
        "due_days: {routine: .inf}",
    ],
)
def test_a_span_that_no_calendar_holds_is_refused(line: str) -> None:
    assert line.split(":", maxsplit=1)[0] in refused(f"{SMALL}{line}\n")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.yaml: no such file"):
        read_site(tmp_path / "gone.yaml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id: [", "own.yaml: line 1: "),
        ("", "own.yaml: this is no site file; see examples/demo-site.yaml"),
        ("- a\n- b", "this is no site file"),
        ("id: \x00", "own.yaml: not YAML: "),
        (SMALL + "id: other\n", "own.yaml: line 2: 'id' is given 2 times; correct the site file"),
        (
            SMALL.replace("{id: suite-1,", "{id: suite-1, id: suite-2,"),
            "line 9: 'id' is given 2 times",
        ),
        (SMALL + "place: !!python/name:os.system\n", "could not determine a constructor"),
        (SMALL.replace("timezone: America/Chicago\n", ""), "own.yaml: timezone: is missing"),
        (SMALL.replace("America/Chicago", "Mars/Olympus"), "'Mars/Olympus' is not a time zone"),
        (
            SMALL.replace("08:00-12:00", "8-12"),
            "calendars.day.weekly.mon.0.start: '8' is not a time",
        ),
        (SMALL.replace("kind: suite,", ""), "resources.suite-1.kind: is missing"),
        (SMALL + "colour: blue\n", "colour: there is no such member"),
        (SMALL + "procedures: {x: {source: y}}\n", "there is no procedure 'x' in the catalogue"),
        (
            SMALL.replace("calendar: day}", f"calendar: day, absences: [{SKIPPED}]}}"),
            "suite-1: 2026-03-08 02:30 does not exist in America/Chicago",
        ),
        (SMALL + "holidays: {country: XX}\n", "holidays: no public holidays are known for XX"),
        (SMALL + "holidays: {country: US, subdivision: QQ}\n", "are known for US-QQ"),
        (
            SMALL + "holidays: {country: US, working: [Doughnut Day]}\n",
            "holidays.working: 'Doughnut Day' is no public holiday of US; take one of Christmas",
        ),
        (with_block("FREQ=HOURLY"), "calendar day: 'FREQ=HOURLY' is no recurrence rule by days"),
        (with_block("BYDAY=MO"), "is no recurrence rule by days"),
        (with_block("FREQ=DAILY;BYHOUR=9,15"), "is no recurrence rule by days"),
        (with_block("FREQ=WEEKLY;BYDAY=XX"), "'FREQ=WEEKLY;BYDAY=XX' is no recurrence rule: "),
        (with_block("FREQ=DAILY;UNTIL=20261231T000000Z"), "is no recurrence rule: "),
    ],
)
def test_a_faulty_file_is_one_clear_error(text: str, said: str) -> None:
    sentence = refused(text)
    assert sentence.startswith("own.yaml: ")
    assert said in sentence


def test_an_anchor_may_be_merged() -> None:
    text = SMALL.replace(
        "  - {id: suite-1, kind: suite, calendar: day}",
        "  - &one {id: suite-1, kind: suite, calendar: day}\n  - {<<: *one, id: suite-2}",
    )
    assert [r.id for r in parse_site(text, place="x").resources] == ["suite-1", "suite-2"]


def test_norway_is_a_country_and_half_past_noon_a_time() -> None:
    text = SMALL + "holidays: {country: NO}\nnight_at: 12:30\n"
    made = parse_site(text, place="x")
    assert made.holidays is not None
    assert made.holidays.country == "NO"
    assert made.night_at.hour == 12


def test_public_holidays_less_those_worked_and_with_the_sites_own() -> None:
    rule = HolidayRule(
        country="US", working=("Columbus Day", "Veterans Day"), also=(date(2026, 11, 27),)
    )
    found = LibraryDates().holidays(rule, date(2026, 10, 1), date(2026, 12, 24))
    # Columbus and Veterans Day are worked; Thanksgiving is the 26th; Christmas lies outside
    assert found == {date(2026, 11, 26), date(2026, 11, 27)}


def test_an_observed_day_is_kept_like_the_holiday_itself() -> None:
    span = (date(2026, 7, 1), date(2026, 7, 31))
    kept = LibraryDates().holidays(HolidayRule(country="US"), *span)
    worked = HolidayRule(country="US", working=("Independence Day",))
    # 4 July 2026 is a Saturday, kept on Friday the 3rd
    assert kept == {date(2026, 7, 3), date(2026, 7, 4)}
    assert LibraryDates().holidays(worked, *span) == frozenset()


def test_holidays_have_english_names_in_every_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "de_DE")
    rule = HolidayRule(country="DE", working=("Christmas Day",))
    day = date(2041, 12, 25)  # a year that no other test has asked for
    assert LibraryDates().holidays(rule, day, day) == frozenset()


def test_a_day_of_two_holidays_is_kept_while_one_of_them_is() -> None:
    day = date(2027, 5, 17)  # Constitution Day and Pentecost Monday in Norway
    one = HolidayRule(country="NO", working=("Constitution Day",))
    both = HolidayRule(country="NO", working=("Constitution Day", "Pentecost Monday"))
    assert LibraryDates().holidays(one, day, day) == {day}
    assert LibraryDates().holidays(both, day, day) == frozenset()


def test_holidays_reach_over_the_new_year() -> None:
    found = LibraryDates().holidays(HolidayRule(country="US"), date(2026, 12, 20), date(2027, 1, 5))
    # 1 January 2028 is a Saturday, so 31 December 2027 is not in this span
    assert found == {date(2026, 12, 25), date(2027, 1, 1)}


@pytest.mark.parametrize(
    ("rrule", "days"),
    [
        ("FREQ=WEEKLY;BYDAY=MO,WE", ["01-05", "01-07", "01-12", "01-14"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", ["01-05", "01-19"]),
        ("FREQ=MONTHLY;BYDAY=2TU", ["01-13", "02-10", "03-10"]),
        ("FREQ=DAILY;COUNT=2", ["01-05", "01-06"]),
        ("FREQ=DAILY;UNTIL=20260106", ["01-05", "01-06"]),
        ("RRULE:FREQ=YEARLY", ["01-05"]),
    ],
)
def test_recurrence_rules_come_to_days(rrule: str, days: list[str]) -> None:
    found = LibraryDates().recurrences(rrule, date(2026, 1, 5), *YEAR)
    assert [f"{day:%m-%d}" for day in found][: len(days)] == days
    assert "COUNT" not in rrule or len(found) == 2


def test_both_ends_of_the_asked_days_are_included() -> None:
    one = (date(2026, 1, 6), date(2026, 1, 8))
    assert len(LibraryDates().recurrences("FREQ=DAILY", date(2026, 1, 5), *one)) == 3


def test_nothing_recurs_before_its_first_day() -> None:
    found = LibraryDates().recurrences("FREQ=DAILY", date(2026, 12, 30), *YEAR)
    assert found == (date(2026, 12, 30), date(2026, 12, 31))


def test_the_demo_department_has_the_size_it_says(demo: Site) -> None:
    kinds = [r.kind for r in demo.resources]
    counted = {kind: kinds.count(kind) for kind in sorted(set(kinds))}
    assert counted == {
        "bay": 10,
        "ct": 1,
        "procedure-room": 1,
        "proceduralist": 5,
        "sedation": 6,
        "suite": 4,
    }
    assert sum("biplane" in r.tags for r in demo.resources) == 2
    assert demo.policies[:3] == ("SIR2019-high", "ASRA2018-high", "clinic-page")


def test_the_demo_department_keeps_thanksgiving(demo: Site) -> None:
    found = freeze(demo, (), local("11-23 06:00"), LibraryDates())
    suite = found.resource_by_id["suite-1"]
    days = {f"{start:%m-%d}" for start, _ in suite.available}
    assert {"11-25", "11-30"} <= days
    assert not {"11-26", "11-27", "11-28"} & days


def test_ct_blocks_keep_the_clock_over_the_change(demo: Site) -> None:
    found = freeze(demo, (), local("10-28 06:00"), LibraryDates()).resource_by_id["ct-1"]
    begun = {f"{start:%m-%d}": start.isoformat() for start, _ in found.available}
    # Friday in daylight time, Monday in standard time, both at eight; Wednesday 4 November
    # is the first of its month: two hours of service come first
    assert begun["10-30"] == "2026-10-30T08:00:00-05:00"
    assert begun["11-02"] == "2026-11-02T08:00:00-06:00"
    assert begun["11-04"] == "2026-11-04T10:00:00-06:00"


@pytest.mark.parametrize("tags", [(), ("ct",), ("deep",), ("anaesthesia",)])
def test_the_demo_department_can_do_all_that_it_offers(demo: Site, tags: tuple[str, ...]) -> None:
    resources = freeze(demo, (), local("11-23 06:00"), LibraryDates()).resources
    for procedure in demo.offered(shipped_catalogue()).procedures:
        for need in needs_of(procedure, referral(), readiness(needs=tags), demo.tick_minutes):
            able = [r for r in resources if need.accepts(r)]
            span = timedelta(minutes=need.minutes)
            longest = max((b - a for r in able for a, b in r.available), default=timedelta())
            assert longest >= span, (procedure.key, need.role)


def test_points_for_risk_and_own_chances_are_read() -> None:
    own = 'risk: {weight: 2000, approval: {permille: 60, source: "own log of 2025"}}\n'
    rule = parse_site(SMALL + own, place="own.yaml").risk
    assert rule.weight == 2000
    assert rule.approval is not None
    assert rule.approval.permille == 60


@pytest.mark.parametrize(
    ("risk", "words"),
    [
        ("{weight: -1}", "risk.weight"),
        ("{approval: {permille: 60}}", "risk.approval.source"),
        ("{approval: {permille: 900, source: own log}}", "approval is more than most"),
        ("{drug: {permille: 60, source: own log}}", "risk.drug"),
    ],
)
def test_a_chance_that_cannot_be_is_one_error(risk: str, words: str) -> None:
    told = refused(f"{SMALL}risk: {risk}\n")
    assert told.startswith("own.yaml: ")
    assert words in told
    assert "\n" not in told
