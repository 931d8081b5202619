"""`holdfast gap` and `case undo`: who may take a freed slot, and taking a change back."""

from pathlib import Path

import pytest

from tests.integration.command_line import Ran, run
from tests.integration.fhir_documents import a_bundle, a_patient, a_referral, a_result, write_lines

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "examples" / "demo-site.yaml"
NOW = "2026-11-30T07:00:00-06:00"  # a Monday
GAP = ("--from", "2026-12-03T09:00:00-06:00", "--to", "2026-12-03T12:00:00-06:00")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A department with two patients who wait for a lumbar vertebroplasty."""
    found = tmp_path / "store.sqlite"
    people = [a_bundle(a_patient(p), a_result(p, "2160-0", 1.0, "mg/dL")) for p in "pq"]
    patients = write_lines(tmp_path / "patients.ndjson", people)
    referrals = write_lines(
        tmp_path / "referrals.ndjson", [a_referral("r1", "p"), a_referral("r2", "q")]
    )
    assert _run(found, "init", SITE).code == 0
    taken = _run(found, "import", "--patients", patients, "--referrals", referrals)
    assert taken.code == 0, taken.err
    return found


def _run(store: Path, *words: object) -> Ran:
    return run("--store", store, "--now", NOW, *words)


def _suite(store: Path) -> str:
    best = _run(store, "case", "propose", "r1", "--top", 1, "--json").json["proposals"][0]
    return str(best["assigned"]["suite"])


def test_gap_lists_who_may_take_it_with_what_must_happen(store: Path) -> None:
    suite = _suite(store)
    found = _run(store, "gap", suite, *GAP, "--json").json["candidates"]
    assert sorted(one["case"] for one in found) == ["r1", "r2"]
    told = _run(store, "gap", suite, *GAP)
    assert told.code == 0
    assert "to do: tell the patient the time" in told.out


def test_gap_says_why_one_case_may_not(store: Path) -> None:
    said = _run(store, "gap", _suite(store), GAP[0], GAP[1], "--to", GAP[1], "--case", "r1")
    assert (said.code, "ends before it begins" in said.err) == (1, True)
    short = ("--from", "2026-12-03T09:00:00-06:00", "--to", "2026-12-03T09:30:00-06:00")
    told = _run(store, "gap", _suite(store), *short, "--case", "r1")
    assert "r1 may not take it" in told.out
    assert "the gap has 30" in told.out


def test_undo_takes_the_last_change_back(store: Path) -> None:
    assert _run(store, "case", "book", "r1").code == 0
    undone = _run(store, "case", "undo", "r1", "--json").json
    assert undone["state"] == "cancelled"
    assert _run(store, "case", "undo", "r1", "--json").json["state"] != "cancelled"
