"""`policy check`, `show` and `diff`, and what they refuse."""

from pathlib import Path

import pytest

from tests.integration.command_line import run

HEAD = "# policy: own\n# version: 1\n# bleeding-risk: high\n"
COLUMNS = "rule,drug,hold_hours_min,hold_hours_max,source"


def _policy(path: Path, *rows: str) -> Path:
    path.write_text(HEAD + "\n".join((COLUMNS, *rows)) + "\n", encoding="utf-8")
    return path


def test_every_shipped_policy_can_be_used() -> None:
    ran = run("policy", "check", "--json")
    assert ran.code == 0
    assert {"clinic-page", "SIR2019-high", "ASRA2018-high"} <= {p["policy"] for p in ran.json}
    assert all(p["rows"] > 0 for p in ran.json)


def test_a_blank_is_a_question_for_a_clinician(tmp_path: Path) -> None:
    file = _policy(tmp_path / "own.csv", "apixaban,apixaban,,,[site] own page")
    ran = run("policy", "check", file, "--json")
    assert ran.code == 0
    assert [f["grade"] for f in ran.json[0]["faults"]] == ["ask"]
    assert "ask a clinician" in run("policy", "show", file).out


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("aspirin,aspirin,144,168,", "source"),  # nobody says where it is from
        ("aspirin,aspirin,144,168,own page", "evidence"),  # nor how far it can be trusted
        ("aspirin,aspirin,168,144,[site] own page", "aspirin"),  # the range runs backward
        ("aspirin,aspirin,a week,168,[site] own page", "a week"),  # not a figure
        ("aspirin,aspirin,144", "columns"),  # a short row
    ],
)
def test_a_row_that_cannot_be_trusted_is_refused(tmp_path: Path, row: str, says: str) -> None:
    file = _policy(tmp_path / "own.csv", row)
    for command in ("check", "show"):
        ran = run("policy", command, file)
        assert ran.code == 1
        assert ran.out == ""
        assert len(ran.err.splitlines()) == 1
        assert str(file) in ran.err
        assert says in ran.err


def test_show_lists_source_and_evidence(tmp_path: Path) -> None:
    file = _policy(tmp_path / "own.csv", "aspirin,aspirin,144,168,[site] our own page")
    ran = run("policy", "show", file, "--json")
    (row,) = ran.json["holds"]
    assert row["hours"] == [144, 168]
    assert (row["ref"]["source"], row["ref"]["evidence"]) == ("our own page", "site")
    assert "144-168 h" in run("policy", "show", file).out


def test_show_of_one_drug() -> None:
    ran = run("policy", "show", "clinic-page", "--drug", "Warfarin", "--json")
    assert [row["drug"] for row in ran.json["holds"]] == ["warfarin"]
    unknown = run("policy", "show", "clinic-page", "--drug", "tea")
    assert (unknown.code, len(unknown.err.splitlines())) == (1, 1)


def test_diff_names_what_differs(tmp_path: Path) -> None:
    one = _policy(tmp_path / "one.csv", "aspirin,aspirin,144,168,[site] our own page")
    two = _policy(tmp_path / "two.csv", "aspirin,aspirin,120,168,[site] our own page")
    ran = run("policy", "diff", one, two, "--json")
    assert [(d["drug"], d["column"], d["first"], d["second"]) for d in ran.json] == [
        ("aspirin", "hold_hours_min", "144", "120")
    ]
    assert "hold_hours_min" in run("policy", "diff", one, two).out


def test_equal_policies_do_not_differ() -> None:
    assert run("policy", "diff", "clinic-page", "clinic-page", "--json").json == []


@pytest.mark.parametrize("name", ["SIR1999", "none.csv"])
def test_an_unknown_policy_is_one_clear_error(name: str) -> None:
    ran = run("policy", "show", name)
    assert (ran.code, len(ran.err.splitlines())) == (1, 1)
    assert name in ran.err
