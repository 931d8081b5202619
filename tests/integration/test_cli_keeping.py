"""Status, report, audit, backup and restore through the command line."""

import json
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.integration.command_line import Ran, run

ROOT = Path(__file__).resolve().parents[2]
NOW = "2026-11-30T07:00:00-06:00"  # a Monday


class Desk:
    """Commands on one store at one time."""

    def __init__(self, store: Path) -> None:
        self.store = store

    def run(self, *words: object) -> Ran:
        return run("--store", self.store, "--now", NOW, *words)

    def json(self, *words: object) -> Any:
        ran = self.run(*words, "--json")
        assert ran.code == 0, ran.err
        return ran.json


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the example site."""
    path = tmp_path_factory.mktemp("made") / "store.sqlite"
    assert Desk(path).run("init", ROOT / "examples" / "demo-site.yaml").code == 0
    return path


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Desk:
    """A store of one's own."""
    copyfile(made, tmp_path / "store.sqlite")
    return Desk(tmp_path / "store.sqlite")


def test_status_tells_what_is_there(desk: Desk) -> None:
    told = desk.json("status")
    assert (told["audit"]["seq"], told["runs"], told["alerts"]) == (1, [], [])
    assert desk.run("status").out.startswith("schema")


def test_a_routine_is_done_and_listed(desk: Desk) -> None:
    assert desk.json("routine", "run", "expire") == {"routine": "expire", "outcome": "none is over"}
    listed = {row["routine"]: row["outcome"] for row in desk.json("routine", "list")}
    assert (listed["expire"], listed["retention"]) == ("none is over", None)
    assert "name one of expire" in desk.run("routine", "run", "nothing").err


def test_the_morning_is_reported_on_the_terminal_and_as_a_page(desk: Desk, tmp_path: Path) -> None:
    ran = desk.run("report", "morning", "--html", tmp_path / "morning.html")
    assert ran.out.startswith("Mon 30 Nov 2026: nothing is booked")
    assert "Nothing is booked." in (tmp_path / "morning.html").read_text("utf-8")


def test_the_audit_is_verified_against_a_head(desk: Desk, tmp_path: Path) -> None:
    assert desk.run("audit", "head", "--out", tmp_path / "head.json").code == 0
    assert desk.json("audit", "verify", "--head", tmp_path / "head.json")["whole"] is True
    assert [row["action"] for row in desk.json("audit", "list", "--action", "site")] == [
        "site.init"
    ]
    engine = create_engine(f"sqlite:///{desk.store}")
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_no_UPDATE"))
        connection.execute(text("UPDATE audit SET actor = 'eve'"))
    engine.dispose()
    ran = desk.run("audit", "verify")
    assert (ran.code, ran.out) == (1, "row 1 does not follow from the row before it\n")


def test_a_file_that_is_no_head_is_refused(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "head.json").write_text("{}", encoding="utf-8")
    ran = desk.run("audit", "verify", "--head", tmp_path / "head.json")
    assert (ran.code, len(ran.err.splitlines())) == (1, 1)


def test_a_backup_is_restored_elsewhere(desk: Desk, tmp_path: Path) -> None:
    taken = desk.json("backup", tmp_path / "copy")
    other = Desk(tmp_path / "other.sqlite")
    assert other.json("restore", tmp_path / "copy") == taken
    actions = [row["action"] for row in other.json("audit", "list")]
    assert actions == ["site.init", "store.backup", "store.restore"]
    again = other.run("restore", tmp_path / "copy")
    assert (again.code, again.err.count("not empty")) == (1, 1)


def test_an_alert_is_listed_and_ended(desk: Desk) -> None:
    from scheduler.bootstrap import open_container
    from scheduler.services.notices import raise_alert
    from scheduler.settings import Settings

    department = open_container(Settings(store=str(desk.store)))
    alert = department.write(lambda d: raise_alert(d, "night-missed", "2026-11-29"))
    assert [row["id"] for row in desk.json("alert", "list")] == [alert.id]
    ended = desk.json("alert", "end", alert.id, "--reason", "the clock was started")
    assert ended["detail"] == "the clock was started"
    assert desk.json("alert", "list") == []


def test_messages_reach_a_file_through_the_worker(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = tmp_path / "told.jsonl"
    notices = tmp_path / "notices.yaml"
    notices.write_text(f"destinations: [{{name: lines, file: '{lines}'}}]", encoding="utf-8")
    monkeypatch.setenv("HOLDFAST_NOTICES", str(notices))
    desk.run(
        "close",
        "suite-1",
        "--from",
        "2026-12-01T08:00:00-06:00",
        "--to",
        "2026-12-01T12:00:00-06:00",
        "--reason",
        "service",
    )
    ran = run("worker", "--once", "--store", desk.store)
    assert ran.code == 0, ran.err
    told = [json.loads(line) for line in lines.read_text("utf-8").splitlines()]
    assert "resource.close" in {message["kind"] for message in told}
