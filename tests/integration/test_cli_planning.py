"""`plan`, `check` and `propose` on planning files."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.command_line import run
from tests.integration.documents import a_case, a_document, a_need, booked_at, write
from tests.shared_data import shared

ROOT = Path(__file__).resolve().parents[2]
COUNTED = ("--seconds", 60, "--workers", 1, "--iterations", 100)
UNHURRIED = ("--seconds", 3600, *COUNTED[2:])
"""For several searches in one call, the first of which may have to be compiled."""


def _plan_of(path: Path, **starts: str) -> Path:
    placements = [
        {"case": c, "start": f"2026-11-23T{s}:00-06:00", "assigned": {"suite": "suite-1"}}
        for c, s in starts.items()
    ]
    return write(path, {"placements": placements})


def test_plan_writes_and_prints_its_figures(tmp_path: Path) -> None:
    file, out = write(tmp_path / "p.json", a_document()), tmp_path / "plan.json"
    ran = run("plan", file, *COUNTED, "--seed", 3, "--out", out, "--json")
    assert ran.code == 0
    written = json.loads(out.read_text())
    # both wait less than a day: only the suite is opened on one day, 40 points
    for figures in (ran.json, written):
        assert figures["cost"] == 40
        assert figures["placed"] == 2
        assert figures["seed"] == 3
        assert 0 <= figures["bound"] <= 40
        assert figures["gap"] == pytest.approx((40 - figures["bound"]) / 40)
        assert {"holdfast", "ortools"} <= set(figures["versions"])
        assert figures["seconds"] > 0
    assert run("check", file, out).code == 0


def test_plan_prints_the_figures_as_text(tmp_path: Path) -> None:
    file = write(tmp_path / "p.json", a_document())
    ran = run("plan", file, *COUNTED)
    assert ran.code == 0
    assert "placed    2 of 2" in ran.out
    assert "cost 40" in ran.err  # progress goes to stderr


def test_plan_without_out_prints_the_placements(tmp_path: Path) -> None:
    ran = run("plan", write(tmp_path / "p.json", a_document()), *COUNTED, "--json")
    assert sorted(p["case"] for p in ran.json["placements"]) == ["A", "B"]


def test_counted_steps_of_one_worker_repeat_a_plan(tmp_path: Path) -> None:
    file = write(tmp_path / "p.json", a_document(*(a_case(f"case-{n}") for n in range(6))))
    counted = ("--seconds", 60, "--workers", 1, "--iterations", 30, "--seed", 5, "--json")
    first, second = (run("plan", file, *counted).json for _ in range(2))
    assert first["placements"] == second["placements"]
    assert first["iterations"] == second["iterations"] == 30


def test_packed_files_are_read_and_written(tmp_path: Path) -> None:
    file, out = write(tmp_path / "p.json", a_document()), tmp_path / "plan.json.gz"
    assert run("plan", file, *COUNTED, "--out", out).code == 0
    assert out.read_bytes()[:2] == b"\x1f\x8b"
    assert run("check", file, out).code == 0


def _wanted_slot() -> dict[str, Any]:
    """A is booked at 08:00; the urgent B may start at 08:00 only, and costs 4,000 left out."""
    only = [["2026-11-23T08:00:00-06:00", "2026-11-23T08:05:00-06:00"]]
    return a_document(
        a_case("A", booking=booked_at("08:00")), a_case("B", priority="urgent", windows=only)
    )


def test_plan_moves_no_more_than_it_may(tmp_path: Path) -> None:
    file, out = write(tmp_path / "p.json", _wanted_slot()), tmp_path / "plan.json"
    ran = run("plan", file, *UNHURRIED, "--max-moves", 0, "--out", out, "--json")
    # 4,000 for B left out and 40 for the day of the suite
    assert (ran.code, ran.json["cost"], ran.json["moves"]) == (0, 4040, [])
    assert json.loads(out.read_text())["max_moves"] == 0
    ran = run("plan", file, *UNHURRIED, "--max-moves", 1)
    # 150 for moving A within the day, and 40
    assert "cost      190" in ran.out
    assert "moves     1 of at most 1, and 0 forced" in ran.out


def test_curve_tells_cost_against_moves(tmp_path: Path) -> None:
    file = write(tmp_path / "p.json", _wanted_slot())
    ran = run("plan", file, *UNHURRIED, "--curve", "--json")
    assert [(p["max_moves"], p["moves"], p["cost"]) for p in ran.json["curve"]] == [
        (0, 0, 4040),
        (None, 1, 190),
    ]
    told = run("plan", file, *UNHURRIED, "--curve").out
    assert [line.split()[:4] for line in told.splitlines()[-2:]] == [
        ["0", "0", "0", "4,040"],
        ["any", "1", "0", "190"],
    ]


def test_curve_writes_no_plan(tmp_path: Path) -> None:
    file, out = write(tmp_path / "p.json", a_document()), tmp_path / "plan.json"
    assert run("plan", file, "--curve", "--out", out).code == 2
    assert not out.exists()


def test_a_mandatory_case_left_out_is_an_error(tmp_path: Path) -> None:
    # 5 h do not fit into a suite open for 4 h
    long = a_case("A", mandatory=True, needs=[a_need("suite", "suite", 300)])
    file, out = write(tmp_path / "p.json", a_document(long, a_case("B"))), tmp_path / "plan.json"
    ran = run("plan", file, *COUNTED, "--out", out)
    assert ran.code == 1
    assert "not placed: A" in ran.err.splitlines()[-1]
    assert run("check", file, out).code == 1


def test_an_interrupt_keeps_the_best_plan(tmp_path: Path) -> None:
    file, out = write(tmp_path / "p.json", a_document()), tmp_path / "plan.json"
    command = [sys.executable, "-c", "import sys; from scheduler.cli import main; sys.exit(main())"]
    with subprocess.Popen(
        [*command, "plan", file, "--seconds", "3600", "--out", out],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert "cost" in process.stderr.readline()  # the search is under way
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=120)
    assert process.returncode == 0
    assert run("check", file, out).code == 0


def test_check_prices_a_plan_term_by_term(tmp_path: Path) -> None:
    file = write(
        tmp_path / "p.json", a_document(a_case("A"), a_case("B", booking=booked_at("09:00")))
    )
    ran = run("check", file, _plan_of(tmp_path / "plan.json", B="10:00"), "--json")
    assert ran.code == 0
    # A left out 1000; B moved within a day 150 + 40 * 0; the suite opened once 40
    assert ran.json["cost"] == 1190
    assert ran.json["terms"]["left_out"] == 1000
    assert ran.json["terms"]["moves"] == 150
    assert ran.json["terms"]["opening"] == 40
    assert ran.json["violations"] == []


def test_check_names_every_violation(tmp_path: Path) -> None:
    file = write(tmp_path / "p.json", a_document())
    # A ends at 09:00, half an hour after B has begun
    plan = _plan_of(tmp_path / "plan.json", A="08:00", B="08:30")
    ran = run("check", file, plan, "--json")
    assert ran.code == 1
    assert [v["rule"] for v in ran.json["violations"]] == ["overlap"]
    text = run("check", file, plan)
    assert text.code == 1
    assert "suite-1: A/suite and B/suite overlap" in text.out
    assert "1 violations" in text.out


def test_check_says_when_a_plan_claims_another_cost(tmp_path: Path) -> None:
    file = write(tmp_path / "p.json", a_document())
    plan = _plan_of(tmp_path / "plan.json", A="08:00", B="09:00")
    write(plan, {**json.loads(plan.read_text()), "cost": 39})
    ran = run("check", file, plan)
    assert ran.code == 0
    assert "says it costs 39; it costs 40" in ran.err


def test_propose_ranks_exact_slots(tmp_path: Path) -> None:
    b = a_case("B", booking=booked_at("09:00"))
    file = write(tmp_path / "p.json", a_document(a_case("A"), b))
    ran = run("propose", file, "--case", "A", "--top", 2, "--json")
    # the suite is open for B already, so A adds nothing: the earliest first
    assert ran.json == {
        "proposals": [
            {"start": "2026-11-23T08:00:00-06:00", "cost": 0, "assigned": {"suite": "suite-1"}},
            {"start": "2026-11-23T10:00:00-06:00", "cost": 0, "assigned": {"suite": "suite-1"}},
        ]
    }
    assert "2026-11-23T08:00:00-06:00" in run("propose", file, "--case", "A").out


def test_propose_says_where_to_ask_when_nothing_fits(tmp_path: Path) -> None:
    long = a_case("A", needs=[a_need("suite", "suite", 300)])
    file = write(tmp_path / "p.json", a_document(long))
    assert run("propose", file, "--case", "A", "--json").json == {"proposals": []}
    assert "holdfast explain" in run("propose", file, "--case", "A").out


def test_explain_names_who_holds_what_is_wanted(tmp_path: Path) -> None:
    b = a_case("B", booking=booked_at("09:00"))
    file = write(tmp_path / "p.json", a_document(a_case("A"), b))
    at = "2026-11-23T09:30:00-06:00"
    ran = run("explain", file, "--case", "A", "--at", at, "--json")
    assert ran.code == 0
    assert ran.json["possible"] is False
    (need,) = ran.json["needs"]
    (reason,) = need["resources"]
    # B is in the suite from 09:00 to 10:00
    assert (reason["resource"], reason["case"]) == ("suite-1", "B")
    assert reason["until"] == "2026-11-23T10:00:00-06:00"
    assert "B" in run("explain", file, "--case", "A", "--at", at).out


def test_explain_agrees_with_propose(tmp_path: Path) -> None:
    file = write(
        tmp_path / "p.json", a_document(a_case("A"), a_case("B", booking=booked_at("09:00")))
    )
    starts = [p["start"] for p in run("propose", file, "--case", "A", "--json").json["proposals"]]
    for at in starts:
        assert run("explain", file, "--case", "A", "--at", at, "--json").json["possible"] is True


def test_explain_says_what_would_help(tmp_path: Path) -> None:
    # 4 h 30 min in a suite open for 4 h: half an hour more would do, within the start window
    long = a_case("A", needs=[a_need("suite", "suite", 270)])
    ran = run("explain", write(tmp_path / "p.json", a_document(long)), "--case", "A", "--json")
    assert ran.json["possible"] is False
    assert ran.json["reasons"][0]["roles"] == ["suite"]
    assert [c["by"] for c in ran.json["changes"] if c.get("resource") == "suite-1"] == [30]


def test_the_example_is_a_planning_file(tmp_path: Path) -> None:
    file, out = ROOT / "examples" / "one-suite.json", tmp_path / "plan.json"
    ran = run("plan", file, *COUNTED, "--out", out, "--json")
    # 75 + 60 + 45 minutes fit into four hours: nobody is left out, and the suite is opened once;
    # the booking at 10:00 is in the way of the hold that is ready at 09:30, or the other way round
    assert (ran.code, ran.json["placed"]) == (0, 3)
    assert run("check", file, out).code == 0


@pytest.mark.shared
def test_the_worked_example_costs_what_it_says() -> None:
    problem = shared("bench/planning/worked-example.json")
    ran = run("check", problem, shared("bench/planning/worked-example.plan.json"), "--json")
    assert (ran.code, ran.json["violations"], ran.json["cost"]) == (0, [], 10070)


def test_explain_tells_why_a_plan_leaves_a_case_out(tmp_path: Path) -> None:
    file = write(tmp_path / "p.json", _wanted_slot())
    plan = _plan_of(tmp_path / "plan.json", A="08:00")
    told = run("explain", file, "--case", "B", "--plan", plan).out
    assert "B is left out for 4000 points" in told
    assert "A (routine) holds what it wants for suite at 1 of 1 starts lost" in told
    # B in saves 4,000, A moved costs 150
    assert "saves 3850 points" in told
    answer = run("explain", file, "--case", "B", "--plan", plan, "--json").json
    assert [rival["case"] for rival in answer["rivals"]] == ["A"]


def test_explain_takes_a_start_on_the_board_of_a_plan(tmp_path: Path) -> None:
    file = write(tmp_path / "p.json", a_document())
    plan = _plan_of(tmp_path / "plan.json", A="08:00")
    ask = ("explain", file, "--case", "B", "--at", "2026-11-23T08:30:00-06:00", "--json")
    assert run(*ask).json["possible"]
    assert not run(*ask, "--plan", plan).json["possible"]


def test_explain_refuses_a_plan_that_breaks_a_rule(tmp_path: Path) -> None:
    file = write(tmp_path / "p.json", a_document())
    plan = _plan_of(tmp_path / "plan.json", A="08:00", B="08:30")
    ran = run("explain", file, "--case", "B", "--plan", plan)
    assert ran.code == 1
    assert "holdfast check accepts" in ran.err
