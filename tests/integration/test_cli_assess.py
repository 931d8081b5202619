"""`assess` and `catalogue`: one answer for each referral, faults beside the answers."""

from datetime import datetime
from pathlib import Path
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
from tests.shared_data import shared

MONDAY = "2026-11-23T09:00:00-06:00"
CHICAGO = ("--now", MONDAY, "--timezone", "America/Chicago")
APIXABAN = "1364430"


def _on_apixaban(name: str, kg: float) -> dict[str, Any]:
    return a_bundle(
        a_patient(name),
        a_result(name, "2160-0", 1.0, "mg/dL"),
        a_result(name, "29463-7", kg, "kg"),
        a_drug(name, APIXABAN, "apixaban", "08:00:00", "20:00:00"),
    )


def _assess(
    folder: Path, bundles: list[object], referrals: list[object], *options: str | Path
) -> Ran:
    patients = write_lines(folder / "patients.ndjson", bundles)
    asked = write_lines(folder / "referrals.ndjson", referrals)
    return run("assess", "--patients", patients, "--referrals", asked, *options)


@pytest.mark.parametrize(
    ("kg", "first"),
    [
        # CrCl (140 - 60) * 63 / (72 * 1.0) = 70: four doses after Tue 08:00 end on Thu 08:00
        (63, "2026-11-26T08:00:00-06:00"),
        # CrCl (140 - 60) * 36 / (72 * 1.0) = 40: six doses end on Fri 08:00
        (36, "2026-11-27T08:00:00-06:00"),
    ],
)
def test_doses_are_counted_from_the_last_one_taken(tmp_path: Path, kg: float, first: str) -> None:
    ran = _assess(
        tmp_path,
        [_on_apixaban("p", kg)],
        [a_referral("r", "p")],
        *(*CHICAGO, "--policy", "SIR2019-high", "--json"),
    )
    assert ran.code == 0
    (answer,) = ran.json
    assert (answer["referral"], answer["patient"]) == ("r", "p")
    assert answer["procedure"] == "vertebroplasty-lumbosacral"
    assert answer["windows"][0][0] == first
    # 28 days from now, by the clock of Chicago
    assert answer["windows"][-1][1] == "2026-12-21T09:00:00-06:00"
    (hold,) = answer["holds"]
    assert (hold["drug"], hold["policy"], hold["stage"]) == ("apixaban", "SIR2019-high", "none")
    assert hold["last_dose"] == "2026-11-24T08:00:00-06:00"
    assert hold["ready_at"] == first
    assert hold["rule"].startswith("SIR2019-high/apixaban")
    assert hold["source"]
    assert "restart" in hold


def test_notice_moves_the_last_dose(tmp_path: Path) -> None:
    # told on Mon 21:00 instead of Tue 09:00: the last dose is Mon 20:00, the fourth skipped
    # is on Wed 20:00
    ran = _assess(
        tmp_path,
        [_on_apixaban("p", 63)],
        [a_referral("r", "p")],
        *(*CHICAGO, "--policy", "SIR2019-high", "--notice-hours", "12", "--json"),
    )
    assert ran.json[0]["windows"][0][0] == "2026-11-25T20:00:00-06:00"


def test_every_referral_is_answered_in_order(tmp_path: Path) -> None:
    ran = _assess(
        tmp_path,
        [a_bundle(a_patient("p")), a_bundle(a_patient("q", deceased=True))],
        [
            a_referral("r3", "p"),
            a_referral("r1", "q"),  # has died
            a_referral("r2", "nobody"),  # not among the patients
            a_referral("r0", "p", code="00000"),  # not in the catalogue
        ],
        *(*CHICAGO, "--json"),
    )
    assert ran.code == 0
    assert [a["referral"] for a in ran.json] == ["r3", "r1", "r2", "r0"]
    dead, missing, unknown = ran.json[1:]
    assert (dead["status"], dead["windows"]) == ("blocked", [])
    assert missing["blocks"][0]["kind"] == "patient-not-found"
    assert unknown["blocks"][0]["kind"] == "unknown-procedure"
    for answer in (dead, missing, unknown):
        assert {"kind", "rule", "sentence", "source", "latest"} <= set(answer["blocks"][0])


def test_faults_are_told_by_line_and_the_rest_is_kept(tmp_path: Path) -> None:
    ran = _assess(
        tmp_path,
        [a_bundle(a_patient("p")), '{"resourceType": "Bundle", '],
        [a_referral("r", "p"), {"resourceType": "ServiceRequest", "id": "s"}],
        *(*CHICAGO, "--json"),
    )
    assert ran.code == 0
    assert [a["referral"] for a in ran.json] == ["r"]
    assert "patients.ndjson, line 2" in ran.err
    assert "referrals.ndjson, line 2: ServiceRequest/s" in ran.err
    assert "2 faults" in ran.err.splitlines()[-1]


def test_nothing_read_is_an_error(tmp_path: Path) -> None:
    ran = _assess(tmp_path, ["{"], [a_referral("r", "p")], *CHICAGO)
    assert ran.code == 1
    assert ran.out == ""
    assert ran.err.splitlines()[-1].startswith("error: ")


def test_the_error_says_what_was_wrong_when_no_referral_can_be_read(tmp_path: Path) -> None:
    nobody = a_referral("r", "p")
    del nobody["subject"]
    ran = _assess(tmp_path, [a_bundle(a_patient("p"))], [nobody], *CHICAGO)
    assert (ran.code, ran.out) == (1, "")
    said = ran.err.splitlines()[-1]
    assert "no referral could be read" in said
    assert "referrals.ndjson, line 1: ServiceRequest/r: subject" in said


def test_an_answer_begins_with_what_was_asked_for(tmp_path: Path) -> None:
    ran = _assess(tmp_path, [a_bundle(a_patient("p"))], [a_referral("r", "p")], *CHICAGO, "--json")
    members = ("referral", "patient", "procedure", "status", "windows", "holds", "requirements")
    assert tuple(ran.json[0])[:8] == (*members, "blocks")


def test_a_requirement_of_later_starts_says_from_when(tmp_path: Path) -> None:
    # INR of 20 Nov 08:00 counts for 30 days: starts from 20 Dec 08:00 need a new one.
    good = (a_result("p", "6301-6", 1.0, "{INR}"), a_result("p", "777-3", 200, "10*9/L"))
    ran = _assess(
        tmp_path,
        [a_bundle(a_patient("p"), *good)],
        [a_referral("r", "p")],
        *(*CHICAGO, "--policy", "SIR2019-high", "--json"),
    )
    inr = next(q for q in ran.json[0]["requirements"] if q["rule"] == "SIR2019-high/all/inr")
    assert inr["applies_from"] == "2026-12-20T08:00:00-06:00"


def test_the_table_names_the_rule_of_every_statement(tmp_path: Path) -> None:
    ran = _assess(tmp_path, [_on_apixaban("p", 63)], [a_referral("r", "p")], *CHICAGO)
    assert "[clinic-page/apixaban]" in ran.out


def test_without_a_zone_utc_is_said(tmp_path: Path) -> None:
    ran = _assess(tmp_path, [a_bundle(a_patient("p"))], [a_referral("r", "p")], "--now", MONDAY)
    assert "read in UTC" in ran.err
    assert "vertebroplasty-lumbosacral" in ran.out


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--now", "2026-11-23T09:00:00"), "no time zone"),
        (("--timezone", "Chicago"), "not a time zone"),
        (("--now", "9999-12-31T23:59:59Z"), "years 1900 to 2199"),
        (("--policy", "SIR1999"), "SIR1999"),
        (("--site", "none.yaml"), "none.yaml"),
    ],
)
def test_bad_options_are_one_clear_error(
    tmp_path: Path, options: tuple[str, str], says: str
) -> None:
    ran = _assess(tmp_path, [a_bundle(a_patient("p"))], [a_referral("r", "p")], *options)
    assert (ran.code, ran.out) == (1, "")
    assert says in ran.err.splitlines()[-1]


@pytest.mark.parametrize("hours", ["-1", "inf", "nan", "1e9"])
def test_a_notice_that_no_calendar_holds_is_refused(tmp_path: Path, hours: str) -> None:
    ran = _assess(
        tmp_path,
        [_on_apixaban("p", 63)],
        [a_referral("r", "p")],
        *(*CHICAGO, "--notice-hours", hours),
    )
    assert (ran.code, ran.out) == (2, "")
    assert "--notice-hours" in ran.err.splitlines()[-1]


SITE = """
id: clinic
timezone: America/Chicago
policies: [clinic-page, SIR2019-high]
overrides:
  - policy: SIR2019-high
    drug: aspirin
    row: {hold_hours_min: 240, hold_hours_max: 240}
    approver: Dr Vega
    reason: agreed
    decided_on: 2026-01-05
calendars: {day: {weekly: {mon-fri: ["08:00-12:00"]}}}
resources: [{id: suite-1, kind: suite, calendar: day}]
"""


def test_decisions_of_the_site_hold_for_the_policies_that_are_named(tmp_path: Path) -> None:
    # Told Tue 09:00, last dose Tue 08:00; the site's 240 h end on Fri 4 Dec 08:00.
    site = tmp_path / "site.yaml"
    site.write_text(SITE)
    ran = _assess(
        tmp_path,
        [a_bundle(a_patient("p"), a_drug("p", "1191", "aspirin", "08:00:00"))],
        [a_referral("r", "p")],
        *("--now", MONDAY, "--site", site, "--policy", "SIR2019-high", "--json"),
    )
    assert ran.code == 0, ran.err
    assert ran.json[0]["windows"][0][0] == "2026-12-04T08:00:00-06:00"


def test_the_catalogue_lists_codes() -> None:
    ran = run("catalogue", "--json")
    codes = {p["key"]: p["cpt"] for p in ran.json}
    assert "22511" in codes["vertebroplasty-lumbosacral"]
    assert "vertebroplasty-lumbosacral" in run("catalogue").out


@pytest.mark.shared
def test_the_reference_referrals() -> None:
    """74 in, 74 out; the dead never schedulable; no statement without rule and source."""
    ran = run(
        "assess",
        *("--patients", shared("data/referrals/patients.ndjson.gz")),
        *("--referrals", shared("data/referrals/referrals.ndjson")),
        *("--now", "2021-04-01T08:00:00-04:00", "--timezone", "America/New_York", "--json"),
    )
    assert ran.code == 0
    assert len(ran.json) == 74
    now = datetime.fromisoformat("2021-04-01T08:00:00-04:00")
    for answer in ran.json:
        said = (*answer["holds"], *answer["requirements"], *answer["blocks"])
        assert all(s["rule"] and s["source"] for s in said)
        assert all(datetime.fromisoformat(a) >= now for a, _ in answer["windows"])
        if answer["status"] == "blocked":
            assert answer["windows"] == []
        if any(h["drug"] == "warfarin" for h in answer["holds"]):
            assert answer["status"] != "ready"
    kinds = {block["kind"] for answer in ran.json for block in answer["blocks"]}
    assert {"deceased", "pregnancy"} <= kinds
