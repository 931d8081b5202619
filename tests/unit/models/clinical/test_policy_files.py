"""Policy files: what is shipped, what is refused, and that nothing is lost in reading."""

import csv
from collections import defaultdict

import pytest

from models.clinical.policy import parse_policy, shipped_policy, shipped_policy_names
from models.clinical.policy_cells import cells_of, parse_gate, parse_hold
from models.clinical.rows import EVIDENCE_TAGS, HoldRule, LabWhen
from models.errors import PolicyError
from tests.shared_data import shared

HEAD = "# policy: mine\n# version: 3\n# bleeding-risk: any\n"
COLUMNS = "rule,drug,crcl_min,crcl_max,hold_hours_min,hold_hours_max,hold_doses,lab,source\n"
ROW = "w,warfarin,,,72,72,,,[site] our list\n"


def parsed(*rows: str, head: str = HEAD, columns: str = COLUMNS) -> tuple[HoldRule, ...]:
    return parse_policy(head + columns + "".join(rows), place="mine.csv").holds


def refused(*rows: str, head: str = HEAD, columns: str = COLUMNS) -> str:
    with pytest.raises(PolicyError) as caught:
        parsed(*rows, head=head, columns=columns)
    return str(caught.value)


def test_a_small_policy_is_read() -> None:
    (row,) = parsed(ROW)
    assert row.ref.rule == "mine/w"
    assert row.ref.version == "3"
    assert row.ref.evidence == "site"
    assert row.hours == (72, 72)


@pytest.mark.parametrize("source", ["", "our list", "[P]", "[X] our list", "[P/X] our list"])
def test_a_row_without_source_and_evidence_is_refused(source: str) -> None:
    told = refused(f"w,warfarin,,,72,72,,,{source}\n")
    assert told.startswith("mine.csv, row w: ")


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("w,warfarin,,,three,72,,,[P] x\n", "hold_hours_min"),
        ("w,warfarin,,,-1,72,,,[P] x\n", "hold_hours_min"),
        ("w,warfarin,,,nan,72,,,[P] x\n", "hold_hours_min"),
        ("w,warfarin,,,inf,inf,,,[P] x\n", "hold_hours_min"),
        ("w,warfarin,,,72,1e12,,,[P] x\n", "hold_hours_max"),
        ("w,warfarin,,,72,72,999999,,[P] x\n", "hold_doses"),
        ("w,warfarin,,,72,,,,[P] x\n", "one end"),
        ("w,warfarin,,,96,72,,,[P] x\n", "from 96 down to 72"),
        ("w,warfarin,50,30,72,72,,,[P] x\n", "renal band"),
        ("w,warfarin,,,72,72,four,,[P] x\n", "hold_doses"),
        ("w,warfarin,,,72,72,8-6,,[P] x\n", "from 8 down to 6"),
        (",warfarin,,,72,72,,,[P] x\n", "rule id"),
        ("w,warfarin,,,72,72,,[P] x\n", "columns"),
        ("w,warfarin,,,72,72,,,[P] x, y\n", "columns"),
        ("w,,,,72,72,,,[P] x\n", "drug"),
        ("a,*,,,,,,,[P] x\n", "laboratory value"),
        ('w,"warfarin,,,72,72,,,[P] x\n', "not CSV"),
    ],
)
def test_a_bad_cell_is_one_clear_error(row: str, word: str) -> None:
    told = refused(row)
    assert told.startswith("mine.csv")
    assert word in told


@pytest.mark.parametrize(
    ("columns", "word"),
    [
        ("rule,drug,hold_hours_min,hold_hours_max\n", "source"),
        ("rule,drug,hold_hours_min,hold_hours_max,source,dose\n", "'dose'"),
        ("", "rule"),
    ],
)
def test_unknown_and_missing_columns_are_refused(columns: str, word: str) -> None:
    assert word in refused(columns=columns)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("needs_prescriber_ok", "yes"),
        ("route", "nose"),
        ("when", "sometimes"),
        ("renal", "urea"),
        ("interval_hours", "daily"),
        ("lab_limit", "about 2"),
        ("lab_codes", "urea"),
        ("lab_when", "soon"),
        ("max_off_hard", "2"),
        ("shorter_end", "x"),
    ],
)
def test_columns_with_a_vocabulary_refuse_other_words(column: str, value: str) -> None:
    columns = f"rule,drug,hold_hours_min,hold_hours_max,lab,{column},source\n"
    told = refused(f"w,warfarin,72,72,INR,{value},[P] x\n", columns=columns)
    assert "row w" in told
    assert column in told


@pytest.mark.parametrize(
    ("column", "value"),
    [("lab_limit", "<=1.5"), ("lab_codes", "INR"), ("lab_when", "always"), ("lab_threshold", "x")],
)
def test_what_is_said_of_a_laboratory_value_that_is_not_named_is_refused(
    column: str, value: str
) -> None:
    columns = f"rule,drug,hold_hours_min,hold_hours_max,lab,{column},source\n"
    told = refused(f"w,warfarin,72,72,,{value},[P] x\n", columns=columns)
    assert "row w" in told
    assert "`lab`" in told


def test_a_byte_order_mark_is_no_part_of_the_head() -> None:
    assert parsed(ROW, head="\ufeff" + HEAD)[0].drug == "warfarin"


def test_a_policy_without_rows_is_refused() -> None:
    assert "no rows" in refused()


@pytest.mark.parametrize(
    ("head", "word"),
    [
        ("# policy: mine\n# bleeding-risk: any\n", "version"),
        ("# version: 1\n# bleeding-risk: any\n", "policy"),
        ("# policy: mine\n# version: 1\n", "bleeding-risk"),
        ("# policy: mine\n# version: 1\n# bleeding-risk: middling\n", "bleeding_risk"),
        (HEAD + "# author: me\n", "author"),
    ],
)
def test_the_head_must_say_what_the_policy_is(head: str, word: str) -> None:
    assert word in refused(ROW, head=head)


def test_a_row_without_figure_has_no_hours() -> None:
    (blank,) = parsed("w,warfarin,,,,,,,[P] x\n")
    assert blank.is_blank
    assert not blank.is_no_hold
    with pytest.raises(PolicyError, match="mine/w"):
        _ = blank.hold_hours


def test_renal_bands_that_overlap_are_refused() -> None:
    told = refused("a,x,,50,72,72,,,[P] x\n", "b,x,49,,48,48,,,[P] x\n")
    assert "mine/a" in told
    assert "mine/b" in told
    assert len(parsed("a,x,,50,72,72,,,[P] x\n", "b,x,50,,48,48,,,[P] x\n")) == 2


def test_two_answers_for_one_drug_are_refused() -> None:
    told = refused("a,x,,,72,72,,,[P] x\n", "b,x,,,48,48,,,[P] x\n")
    assert "mine/a and mine/b both speak of x" in told


def test_an_id_used_twice_is_refused() -> None:
    assert "2 times" in refused("a,x,,,72,72,,,[P] x\n", "a,y,,,48,48,,,[P] x\n")


def test_an_unknown_name_says_which_is_nearest() -> None:
    with pytest.raises(PolicyError, match="no policy 'SIR2018'; nearest: SIR2019-high"):
        shipped_policy("SIR2018")


def test_a_name_like_no_other_says_which_there_are() -> None:
    with pytest.raises(PolicyError, match=r"use .*, clinic-page, "):
        shipped_policy("zzz")


@pytest.mark.parametrize("name", shipped_policy_names())
def test_every_shipped_row_has_source_and_evidence(name: str) -> None:
    policy = shipped_policy(name)
    assert policy.name == name
    assert policy.version
    for row in (*policy.holds, *policy.gates):
        assert row.ref.rule.startswith(f"{name}/")
        assert row.ref.source
        assert set(row.ref.evidence.split("/")) <= set(EVIDENCE_TAGS)


@pytest.mark.parametrize("name", shipped_policy_names())
def test_a_row_written_and_read_again_is_the_same(name: str) -> None:
    policy = shipped_policy(name)
    counts = policy.counts == "doses"
    for row in policy.holds:
        assert parse_hold(cells_of(row), row.ref, "", counts_doses=counts) == row
    for gate in policy.gates:
        assert parse_gate(cells_of(gate), gate.ref, "") == gate


def test_every_inr_gate_of_a_vitamin_k_antagonist_is_drawn_after_the_stop() -> None:
    found = [
        row
        for name in shipped_policy_names()
        for row in shipped_policy(name).holds
        if row.drug_class == "vka"
    ]
    assert len(found) == 7
    for row in found:
        assert row.lab is not None
        assert row.lab.when in (LabWhen.AFTER_STOP, LabWhen.DAY_BEFORE)


def test_drugs_that_are_not_held_are_listed_without_hours_of_any_kind() -> None:
    for row in shipped_policy("common-no-hold").holds:
        assert row.is_no_hold
        assert row.ref.evidence == "K"
        assert not row.prescriber_ok


COPIED = (
    *("drug", "rxcui", "atc", "class", "regimen", "crcl_min", "crcl_max", "hold_hours_min"),
    *("hold_hours_max", "hold_doses", "lab", "lab_threshold", "restart_hours", "source"),
)


def test_the_shipped_policies_hold_every_row_of_the_reference_table() -> None:
    table = defaultdict(list)
    with shared("clinical/hold_rules.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            table[row["policy"]].append(row)
    assert set(table) == set(shipped_policy_names()) - {"common-no-hold"}
    for name, rows in table.items():
        policy = shipped_policy(name)
        shipped = [cells_of(row) for row in (*policy.gates, *policy.holds)]
        wanted = sorted(rows, key=lambda row: row["drug"] != "*")
        assert len(shipped) == len(wanted)
        for cells, row in zip(shipped, wanted, strict=True):
            for column in COPIED:
                if column in ("class", "regimen") and row["drug"] == "*":
                    continue
                assert cells.get(column, "") == row[column], (name, row["drug"], column)
            asks = row["needs_prescriber_ok"].replace("0", "")
            assert cells.get("needs_prescriber_ok", "") == asks
