"""Bad input: one clear error that names the place, exit code 1, and nothing written."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.command_line import Ran, run
from tests.integration.documents import a_case, a_document, booked_at, write

Edit = Callable[[dict[str, Any]], object]


def _overlapping(document: dict[str, Any]) -> None:
    # 08:00 + 60 min reaches 09:00, past the second start at 08:30
    document["cases"] = [
        a_case("A", booking=booked_at("08:00", locked=True)),
        a_case("B", booking=booked_at("08:30", locked=True)),
    ]


FAULTS: dict[str, tuple[Edit, str]] = {
    # name: how the document is bent, what the one error must say
    "wrong version": (lambda d: d.update(version=2), "version 2 is not supported"),
    "version as text": (lambda d: d.update(version="1"), "version '1' is not supported"),
    "wrong format": (lambda d: d.update(format="fhir"), "format"),
    "no cases member": (lambda d: d.pop("cases"), "cases"),
    "unknown role": (
        lambda d: d["cases"][0].update(
            booking=booked_at("08:00") | {"assigned": {"suite": "suite-1", "theatre": "suite-1"}}
        ),
        "'theatre'",
    ),
    "missing role": (
        lambda d: d["cases"][0].update(booking=booked_at("08:00") | {"assigned": {}}),
        "'suite' is missing",
    ),
    "unknown resource": (
        lambda d: d["cases"][0].update(
            booking=booked_at("08:00") | {"assigned": {"suite": "suite-9"}}
        ),
        "suite-9",
    ),
    "overlapping locked bookings": (_overlapping, "A and B overlap on suite-1"),
    "window outside the horizon": (
        lambda d: d["cases"][0].update(
            windows=[["2026-11-23T08:00:00-06:00", "2026-11-25T08:00:00-06:00"]]
        ),
        "outside the horizon",
    ),
    "missing time zone": (
        lambda d: d["cases"][0].update(release="2026-11-23T06:00:00"),
        "no time zone",
    ),
    "no such zone": (lambda d: d.update(timezone="America/Chicagoo"), "not a time zone"),
    "no such day": (lambda d: d.update(now="2026-02-30T06:00:00-06:00"), "now"),
    "same case twice": (
        lambda d: d.update(cases=[a_case("A"), a_case("A")]),
        "'A' is used 2 times",
    ),
    "price below zero": (lambda d: d["objective"].update(move=-1), "objective.move"),
    "tick beyond all measure": (lambda d: d.update(tick_minutes=10**22), "tick_minutes"),
    "price beyond all measure": (lambda d: d["objective"].update(unbook=10**22), "unbook"),
    "need beyond all measure": (
        lambda d: d["cases"][0]["needs"][0].update(minutes=10**22),
        "minutes",
    ),
    "price that is no number": (lambda d: d["objective"].update(move=float("nan")), "move"),
    "backward interval": (
        lambda d: d["resources"][0].update(
            available=[["2026-11-23T12:00:00-06:00", "2026-11-23T08:00:00-06:00"]]
        ),
        "ends before it starts",
    ),
}


def _refused(ran: Ran, *parts: str) -> None:
    assert ran.code == 1
    assert ran.out == ""
    lines = ran.err.splitlines()
    assert len(lines) == 1, ran.err
    assert lines[0].startswith("error: ")
    for part in parts:
        assert part in lines[0]


@pytest.mark.parametrize("name", FAULTS)
def test_plan_refuses_a_bad_planning_file(tmp_path: Path, name: str) -> None:
    edit, says = FAULTS[name]
    document = a_document()
    edit(document)
    file, out = write(tmp_path / "bad.json", document), tmp_path / "plan.json"
    out.write_text("before")
    _refused(run("plan", file, "--seconds", 1, "--out", out), str(file), says)
    assert out.read_text() == "before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.json", "plan.json"]


def test_broken_json(tmp_path: Path) -> None:
    file = tmp_path / "bad.json"
    file.write_text('{"format": "holdfast-planning", ')
    _refused(run("plan", file, "--out", tmp_path / "plan.json"), str(file), "not JSON", "line 1")
    assert [p.name for p in tmp_path.iterdir()] == ["bad.json"]


def test_json_that_is_no_object(tmp_path: Path) -> None:
    _refused(run("plan", write(tmp_path / "bad.json", [1, 2])), "bad.json")


@pytest.mark.parametrize("text", ["[" * 200_000, "1" * 5_000, ""])
def test_json_that_nobody_means(tmp_path: Path, text: str) -> None:
    # too deep, a number too long, nothing at all
    file = tmp_path / "bad.json"
    file.write_text(text)
    _refused(run("plan", file), str(file), "not JSON")


def test_a_planning_file_is_no_plan(tmp_path: Path) -> None:
    file = write(tmp_path / "good.json", a_document())
    _refused(run("check", file, file), str(file), "placements")


def test_binary_instead_of_json(tmp_path: Path) -> None:
    file = tmp_path / "bad.json"
    file.write_bytes(gzip.compress(b"{}"))  # gzip under a name that does not say so
    _refused(run("check", file, file), str(file), "not JSON")


def test_missing_file(tmp_path: Path) -> None:
    _refused(run("plan", tmp_path / "none.json"), "none.json", "no such file")


def test_directory_instead_of_file(tmp_path: Path) -> None:
    _refused(run("plan", tmp_path), "directory")


def test_not_gzip(tmp_path: Path) -> None:
    file = write(tmp_path / "plain.json.gz", a_document())
    _refused(run("plan", file), str(file), "not a gzip file")


def test_truncated_gzip(tmp_path: Path) -> None:
    file = tmp_path / "short.json.gz"
    file.write_bytes(gzip.compress(json.dumps(a_document()).encode())[:-20])
    _refused(run("plan", file), str(file), "not a gzip file")


def test_out_in_no_folder_is_refused_before_the_search(tmp_path: Path) -> None:
    file = write(tmp_path / "good.json", a_document())
    # an hour is never spent: the target is looked at first
    _refused(run("plan", file, "--seconds", 3600, "--out", tmp_path / "no" / "plan.json"), "folder")


def test_out_that_is_a_directory(tmp_path: Path) -> None:
    file = write(tmp_path / "good.json", a_document())
    _refused(run("plan", file, "--seconds", 3600, "--out", tmp_path), "directory")


def test_plan_without_time_zone(tmp_path: Path) -> None:
    file = write(tmp_path / "good.json", a_document())
    placement = {"case": "A", "start": "2026-11-23T08:00:00", "assigned": {"suite": "suite-1"}}
    bad = write(tmp_path / "plan.json", {"placements": [placement]})
    _refused(run("check", file, bad), str(bad), "no time zone")


@pytest.mark.parametrize("command", ["propose", "explain"])
def test_unknown_case(tmp_path: Path, command: str) -> None:
    file = write(tmp_path / "good.json", a_document())
    _refused(run(command, file, "--case", "Z"), "'Z'")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2026-11-23T09:00:00", "no time zone"),
        ("tomorrow", "not an instant"),
        ("2026-02-30T09:00:00-06:00", "not an instant"),
        # the clocks of Chicago go from 02:00 to 03:00 on 8 March 2026
        ("2026-03-08T02:30:00[America/Chicago]", "does not exist in America/Chicago"),
        # and are six hours behind in November, not five
        ("2026-11-23T09:00:00-05:00[America/Chicago]", "disagree"),
        ("2026-11-23T09:00:00[Mars/Olympus]", "not a time zone"),
    ],
)
def test_bad_instants_on_the_command_line(tmp_path: Path, text: str, says: str) -> None:
    file = write(tmp_path / "good.json", a_document())
    _refused(run("explain", file, "--case", "A", "--at", text), says)


@pytest.mark.parametrize(
    "args",
    [
        ("plan",),  # no file
        ("plan", "x.json", "--seconds", "soon"),  # not a number
        ("plan", "x.json", "--workers", "0"),  # nobody to work
        ("plan", "x.json", "--hurry"),  # no such option
        ("replan",),  # no such command
        ("propose", "x.json"),  # no case
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_two(args: tuple[str, ...]) -> None:
    ran = run(*args)
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1
    assert ran.err.startswith("error: ")
    assert "--help" in ran.err
