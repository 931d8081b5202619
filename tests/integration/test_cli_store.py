"""A department through the command line: init, import, cases, bookings, the board, the night."""

from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from tests.integration.command_line import Ran, run
from tests.integration.fhir_documents import (
    a_bundle,
    a_drug,
    a_patient,
    a_referral,
    a_result,
    write_lines,
)

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "examples" / "demo-site.yaml"
NOW = "2026-11-30T07:00:00-06:00"  # a Monday
APIXABAN = "1364430"


class Desk:
    """Commands on one store at one time."""

    def __init__(self, folder: Path, now: str = NOW) -> None:
        self.folder = folder
        self.store = folder / "store.sqlite"
        self.now = now

    def run(self, *words: object) -> Ran:
        return run("--store", self.store, "--now", self.now, *words)

    def json(self, *words: object) -> Any:
        ran = self.run(*words, "--json")
        assert ran.code == 0, ran.err
        return ran.json


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two patients, each referred for a lumbar vertebroplasty; one takes apixaban."""
    desk = Desk(tmp_path_factory.mktemp("filled"))
    assert desk.run("init", SITE).code == 0
    plain = a_bundle(a_patient("p"), a_result("p", "2160-0", 1.0, "mg/dL"))
    on_apixaban = a_bundle(
        a_patient("q"),
        a_result("q", "2160-0", 1.0, "mg/dL"),
        a_result("q", "29463-7", 63, "kg"),
        a_drug("q", APIXABAN, "apixaban", "08:00:00", "20:00:00"),
    )
    patients = write_lines(desk.folder / "patients.ndjson", [plain, on_apixaban])
    referrals = write_lines(
        desk.folder / "referrals.ndjson", [a_referral("r1", "p"), a_referral("r2", "q")]
    )
    ran = desk.run("import", "--patients", patients, "--referrals", referrals)
    assert ran.code == 0, ran.err
    assert "2 new" in ran.out
    return desk.folder


@pytest.fixture
def desk(filled: Path, tmp_path: Path) -> Desk:
    """A store of one's own with those patients in it."""
    copytree(filled, tmp_path, dirs_exist_ok=True)
    return Desk(tmp_path)


def test_importing_again_changes_nothing(desk: Desk) -> None:
    files = ("--patients", desk.folder / "patients.ndjson")
    again = desk.json("import", *files, "--referrals", desk.folder / "referrals.ndjson")
    # two patients and two referrals, as they were
    assert (again["unchanged"], again["cases_added"], again["patients_changed"]) == (4, 0, 0)


def test_a_case_is_offered_reserved_and_booked(desk: Desk) -> None:
    best, second = desk.json("case", "propose", "r1", "--top", 2)["proposals"]
    held = desk.json("case", "reserve", "r1", "--slot", 2)
    assert held["start"] == second["start"]
    booked = desk.json("case", "book", "r1", "--token", held["token"])
    assert booked["start"] == second["start"]
    assert booked["assigned"] == second["assigned"]
    (row, _) = desk.json("case", "list")
    assert (row["case"], row["booked"], row["booking"]) == ("r1", second["start"], booked["state"])
    moved = desk.json("case", "move", "r1", "--at", best["start"])
    assert moved["start"] == best["start"]
    assert desk.json("case", "cancel", "r1", "--reason", "better")["state"] == "cancelled"
    assert desk.json("case", "list")[0]["booked"] is None


def test_nobody_else_gets_a_booked_slot(desk: Desk) -> None:
    booked = desk.json("case", "book", "r1")
    taken = desk.json("case", "explain", "r2", "--at", booked["start"])
    # r2 has to stop apixaban first, so the rules have something against that time too
    assert taken["possible"] is False
    assert any("apixaban" in sentence for sentence in taken["clinical"])
    ran = desk.run("case", "book", "r2", "--at", booked["start"])
    assert (ran.code, len(ran.err.splitlines())) == (1, 1)
    assert "holdfast case explain r2" in ran.err


def test_a_case_shows_its_holds_and_what_is_missing(desk: Desk) -> None:
    shown = desk.json("case", "show", "r2")
    (hold,) = shown["readiness"]["holds"]
    # told on Tuesday 07:00: the last dose is that of Monday 20:00, the fourth skipped is on
    # Wednesday 20:00
    assert (hold["drug"], hold["ready_at"]) == ("apixaban", "2026-12-02T20:00:00-06:00")
    text = desk.run("case", "show", "r2").out
    assert "apixaban" in text
    assert "approval:" in text


def test_a_clinician_decides_by_name(desk: Desk) -> None:
    asked = desk.json("case", "show", "r2")["readiness"]["requirements"]
    approvals = [r for r in asked if r["kind"] == "approval"]
    assert len(approvals) == 1
    name = f"approval:{approvals[0]['rule']}:apixaban"
    ran = desk.run("--actor", "Dr Example", "case", "decide", "r2", name, "--reason", "agreed")
    assert ran.code == 0, ran.err
    kinds = [r["kind"] for r in desk.json("case", "show", "r2")["readiness"]["requirements"]]
    assert "approval" not in kinds


def test_instructions_say_when_the_last_dose_is(desk: Desk) -> None:
    desk.json("case", "book", "r2")
    desk.json("case", "tell", "r2")
    sheet = desk.folder / "sheet.html"
    assert desk.run("case", "instructions", "r2", "--html", sheet).code == 0
    assert "apixaban" in sheet.read_text(encoding="utf-8")
    assert "apixaban" in desk.run("case", "instructions", "r2", "--language", "en").out
    assert "apixabán" in desk.run("case", "instructions", "r2", "--language", "es").out
    dates = desk.folder / "sheet.ics"
    assert desk.run("case", "instructions", "r2", "--ics", dates).code == 0
    assert dates.read_bytes().startswith(b"BEGIN:VCALENDAR")
    assert desk.json("case", "instructions", "r2")["referral"] == "r2"


def test_the_board_shows_what_is_booked(desk: Desk) -> None:
    booked = desk.json("case", "book", "r1")
    day = booked["start"][:10]
    data = desk.json("board", "--day", day)
    uses = [u["case"] for resource in data["resources"] for u in resource["uses"]]
    assert set(uses) == {"r1"}
    page = desk.folder / "board.html"
    assert desk.run("board", "--day", day, "--html", page).code == 0
    assert "r1" in page.read_text(encoding="utf-8")
    assert "suite-1" in desk.run("board", "--day", day).out


def test_a_closed_suite_is_repaired_by_the_night(desk: Desk) -> None:
    booked = desk.json("case", "book", "r1")
    suite = booked["assigned"]["suite"]
    day = booked["start"][:10]
    span = ("--from", f"{day}T00:00:00-06:00", "--to", "2026-12-24T00:00:00-06:00")
    closed = desk.json("close", suite, *span, "--reason", "tube failed")
    assert list(closed["troubled"]) == ["r1"]
    night = desk.json("night", "--seconds", 1, "--leave")
    assert night["revision"]["state"] == "proposed"
    assert "r1" in {move["case"] for move in night["revision"]["moves"]}
    assert [r["state"] for r in desk.json("revision", "list")] == ["proposed"]
    assert desk.json("revision", "accept", "last")["state"] == "applied"
    row = desk.json("case", "list")[0]
    assert (row["case"], row["trouble"]) == ("r1", [])
    assert desk.json("reopen", closed["closure"])["troubled"] == {}


def test_a_dose_taken_too_late_flags_the_booking(desk: Desk) -> None:
    booked = desk.json("case", "book", "r2")
    desk.json("case", "tell", "r2")
    assert booked["start"] < "2026-12-04"
    late = Desk(desk.folder, "2026-12-02T12:00:00-06:00")
    found = late.json("case", "dose", "r2", "apixaban", "--at", "2026-12-02T08:00:00-06:00")
    assert list(found["troubled"]) == ["r2"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("case", "show", "r9"), "r9"),
        (("case", "book", "r1", "--token", "nonsense"), "token"),
        (("case", "move", "r1"), "no booking"),
        (("case", "cancel", "r1", "--reason", "x"), "no booking"),
        (("case", "instructions", "r1"), "no booking"),
        (("case", "book", "r1", "--at", "2026-11-24T09:00:00"), "no time zone"),
        (("board", "--day", "tomorrow"), "not a day"),
        (("revision", "accept", "last"), "no revision"),
        (("reopen", "closure-9"), "closure-9"),
        (("close", "suite-9", "--from", NOW, "--to", NOW, "--reason", "x"), "suite-9"),
    ],
)
def test_mistakes_are_one_clear_error(desk: Desk, words: tuple[str, ...], says: str) -> None:
    ran = desk.run(*words)
    assert (ran.code, ran.out) == (1, "")
    assert len(ran.err.splitlines()) == 1
    assert says in ran.err


def test_without_a_store_the_remedy_is_named(tmp_path: Path) -> None:
    ran = run("--store", tmp_path / "none.sqlite", "case", "list")
    assert ran.code == 1
    assert "holdfast init" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_the_store_may_be_named_after_the_command(tmp_path: Path) -> None:
    store = tmp_path / "own.sqlite"
    assert run("init", SITE, "--store", store, "--now", NOW).code == 0
    assert run("case", "list", "--store", store, "--json").json == []


def test_the_store_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOLDFAST_STORE", str(tmp_path / "own.sqlite"))
    assert run("init", SITE).code == 0
    assert (tmp_path / "own.sqlite").is_file()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        # the clocks of Chicago go from 02:00 to 03:00 on 8 March 2026
        (
            "absences:",
            "closures:\n      - {start: 2026-03-08T02:30, end: 2026-03-08T05:00}\n    absences:",
            "does not exist",
        ),
        ("timezone: America/Chicago", "timezone: America/Chicagoo", "not a time zone"),
        ("calendar: suites, open_cost", "calendar: attic, open_cost", "attic"),
        ("policies: [", "policies: [SIR1999, ", "SIR1999"),
        ("id: demo\n", "id: demo\nid: demo\n", "line"),
    ],
)
def test_a_bad_site_file_leaves_no_store(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = SITE.read_text(encoding="utf-8")
    assert old in text
    site = tmp_path / "site.yaml"
    site.write_text(text.replace(old, new, 1), encoding="utf-8")
    ran = run("--store", tmp_path / "store.sqlite", "init", site)
    assert (ran.code, len(ran.err.splitlines())) == (1, 1)
    assert str(site) in ran.err
    assert says in ran.err
    assert [p.name for p in tmp_path.iterdir()] == ["site.yaml"]


def test_the_site_of_the_demo_is_the_example() -> None:
    shipped = ROOT / "scheduler" / "demo" / "data" / "demo-site.yaml"
    assert shipped.read_text(encoding="utf-8") == SITE.read_text(encoding="utf-8")


def test_a_booking_made_after_a_cancelled_one_replaces_it_in_calendars(desk: Desk) -> None:
    desk.json("case", "book", "r1")
    desk.json("case", "lock", "r1")
    desk.json("case", "lock", "r1", "--off")
    ended = desk.json("case", "cancel", "r1", "--reason", "asked for")
    again = desk.json("case", "book", "r1")
    assert again["version"] > ended["version"]


@pytest.mark.parametrize(
    "words",
    [("tell", "nobody"), ("lock", "nobody"), ("cancel", "nobody", "--reason", "x")],
)
def test_an_unknown_case_is_told_apart_from_one_without_a_booking(
    desk: Desk, words: tuple[str, ...]
) -> None:
    ran = desk.run("case", *words)
    assert ran.code == 1
    assert "there is no case nobody" in ran.err


@pytest.mark.parametrize(
    "words",
    [
        ("book", "r1", "--token", "t", "--slot", "2"),
        ("reserve", "r1", "--slot", "2", "--at", NOW),
        ("instructions", "r1", "--language", "fr"),
        ("decide", "r2", "x", "--reason", "x", "--hold-hours", "inf"),
    ],
)
def test_words_that_cannot_all_be_heeded_are_wrong_usage(
    desk: Desk, words: tuple[str, ...]
) -> None:
    ran = desk.run("case", *words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_board_of_a_day_beyond_all_calendars_is_one_clear_error(desk: Desk, day: str) -> None:
    ran = desk.run("board", "--day", day)
    assert ran.code == 1
    assert "not in the years" in ran.err
