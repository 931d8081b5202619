"""Deciding on a revision move by move through the command line."""

from pathlib import Path
from typing import Any

import pytest

from models.plan import Placement
from scheduler.store.engine import Store
from tests.contract import searches
from tests.contract.department import NOW, at, department_at, seats, with_cases
from tests.integration.command_line import Ran, run

TEN, ONE, FREE = at("10:00", 2), at("13:00", 2), at("10:00", 3)
PLANNED = {"A": (1, ONE), "B": (1, TEN), "C": (2, FREE)}


class Desk:
    """Commands on a store in which A and B would change places and C would be placed."""

    def __init__(self, path: Path) -> None:
        self.store = path
        places = {
            case: Placement(case=case, start=start, assigned=seats(unit, start))
            for case, (unit, start) in PLANNED.items()
        }
        opened = Store.at(str(path))
        opened.migrate()
        container = with_cases(department_at(opened, search=searches.to_these(places)), *PLANNED)
        container.book("A", TEN, seats(1, TEN))
        container.book("B", ONE, seats(1, ONE))
        container.night(apply=False)
        opened.close()

    def run(self, *words: object) -> Ran:
        return run("--store", self.store, "--now", NOW.isoformat(), "revision", *words)

    def json(self, *words: object) -> Any:
        ran = self.run(*words, "--json")
        assert ran.code == 0, ran.err
        return ran.json


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "store.sqlite")


def test_show_tells_the_state_of_each_move_and_what_belongs_together(desk: Desk) -> None:
    ran = desk.run("show", "last")
    assert "A, B belong together: all of them or none" in ran.out
    assert "proposed (3 proposed); accept or reject it" in ran.out
    shown = desk.json("show", "last")
    assert shown["together"] == [["A", "B"]]
    assert [(m["case"], m["state"], m["depends_on"]) for m in shown["moves"]] == [
        ("A", "proposed", ["B"]),
        ("B", "proposed", ["A"]),
        ("C", "proposed", []),
    ]


def test_the_page_of_a_revision_is_written(desk: Desk) -> None:
    page = desk.store.parent / "revision.html"
    assert desk.run("show", "last", "--html", page).code == 0
    assert "What belongs together" in page.read_text(encoding="utf-8")


def test_half_of_a_group_is_refused_with_what_is_missing(desk: Desk) -> None:
    ran = desk.run("accept", "last", "--move", "A")
    assert ran.code == 1
    assert "wait for those of B" in ran.err
    assert {m["state"] for m in desk.json("show", "last")["moves"]} == {"proposed"}


def test_moves_are_accepted_one_by_one_and_the_rest_is_rejected(desk: Desk) -> None:
    accepted = desk.json("accept", "last", "--move", "C")
    assert accepted["state"] == "proposed"
    assert accepted["decided"] == {"applied": ["C"], "rejected": [], "stale": {}}
    ran = desk.run("reject", "last", "--move", "B", "--reason", "not again")
    assert "rejected: A, B" in ran.out
    assert "applied (1 applied, 2 rejected)" in ran.out
    (kept,) = desk.json("list")
    details = {m["case"]: (m["state"], m["detail"]) for m in kept["moves"]}
    assert details == {
        "A": ("rejected", "it waits for the move of B"),
        "B": ("rejected", "not again"),
        "C": ("applied", ""),
    }


def test_what_is_missing_can_be_taken_along(desk: Desk) -> None:
    accepted = desk.json("accept", "last", "--move", "B", "--with-needed")
    assert accepted["decided"]["applied"] == ["A", "B"]


def test_what_has_become_stale_is_named_and_the_rest_is_carried_out(desk: Desk) -> None:
    now = ("--store", desk.store, "--now", NOW.isoformat())
    assert run(*now, "case", "lock", "A").code == 0
    ran = desk.run("accept", "last")
    assert ran.code == 0
    assert "applied: C" in ran.out
    assert "stale: A: the case has changed since this was planned" in ran.out
    assert "stale: B: it waits for the move of A" in ran.out


def test_when_nothing_can_be_carried_out_the_command_fails(desk: Desk) -> None:
    now = ("--store", desk.store, "--now", NOW.isoformat())
    assert run(*now, "case", "tell", "A").code == 0
    ran = desk.run("accept", "last", "--move", "A", "--move", "B")
    assert ran.code == 1
    assert "nothing of it can be made any more: A: the case has changed" in ran.err
    states = {m["case"]: m["state"] for m in desk.json("show", "last")["moves"]}
    assert states == {"A": "stale", "B": "stale", "C": "proposed"}
