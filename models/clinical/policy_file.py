"""Policy files: comment lines that name the policy, then one CSV row per rule.

A file that cannot be trusted is refused whole: the error names the file and the row.
"""

import csv
from collections import Counter
from collections.abc import Iterable
from itertools import combinations
from math import inf

from pydantic import ValidationError

from models.clinical.policy_cells import (
    OPTIONAL,
    REQUIRED,
    Row,
    parse_gate,
    parse_hold,
    parse_source,
)
from models.clinical.rows import HoldRule, Policy
from models.documents import first_fault
from models.errors import PolicyError

HEADER = ("policy", "title", "version", "valid-from", "bleeding-risk", "counts", "superseded-by")


def parse_policy(text: str, *, place: str) -> Policy:
    """The policy that a file holds.

    Raises:
        PolicyError: no rows, an unknown column, a row without source or evidence, a bad number,
            renal bands that overlap, or an id used twice; names file and row.
    """
    lines = [line for line in text.removeprefix("\ufeff").splitlines() if line.strip()]
    head = _head([line for line in lines if line.startswith("#")], place)
    rows = _table([line for line in lines if not line.startswith("#")], place)
    numbered = [(f"{place}, row {row['rule'] or n}", row) for n, row in enumerate(rows, 1)]
    try:
        policy = _policy(head, numbered)
    except ValidationError as error:
        raise PolicyError(first_fault(error), place=place, remedy="correct the file") from error
    _refuse_faults(policy, place)
    return policy


def _head(comments: list[str], place: str) -> Row:
    head: Row = {}
    for line in comments:
        name, _, value = line.lstrip("# ").partition(":")
        if name not in HEADER:
            raise PolicyError(
                f"{name!r} is no head line", place=place, remedy=f"use {', '.join(HEADER)}"
            )
        head[name] = value.strip()
    for name in ("policy", "version", "bleeding-risk"):
        if not head.get(name):
            raise PolicyError(
                f"the head has no {name}", place=place, remedy=f"write a line `# {name}: ...`"
            )
    return head


def _table(lines: list[str], place: str) -> list[Row]:
    reader = csv.DictReader(lines, strict=True)
    columns = reader.fieldnames or ()
    for name in REQUIRED:
        if name not in columns:
            raise PolicyError(f"there is no column {name!r}", place=place, remedy="add it")
    _refuse_columns(columns, place)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise PolicyError(f"not CSV: {error}", place=place, remedy="correct the file") from error
    for n, row in enumerate(rows, 1):
        if None in row or None in row.values():
            raise PolicyError(
                f"{len(columns)} columns are named and the row has another number",
                place=f"{place}, row {row['rule'] or n}",
                remedy="quote texts that hold commas",
            )
    if not rows:
        raise PolicyError("the policy has no rows", place=place, remedy="write one row per rule")
    return [{name: value.strip() for name, value in row.items()} for row in rows]


def _refuse_columns(columns: Iterable[str], place: str) -> None:
    known = (*REQUIRED, *OPTIONAL)
    for name in columns:
        if name not in known:
            raise PolicyError(
                f"there is no column {name!r}", place=place, remedy=f"use {', '.join(known)}"
            )


def _policy(head: Row, numbered: list[tuple[str, Row]]) -> Policy:
    counts = head.get("counts") or "doses"
    rows = [
        (place, row, parse_source(row, head["policy"], head["version"], place))
        for place, row in numbered
    ]
    return Policy.model_validate(
        {
            "name": head["policy"],
            "title": head.get("title") or head["policy"],
            "version": head["version"],
            "valid_from": head.get("valid-from", ""),
            "bleeding_risk": head["bleeding-risk"],
            "superseded_by": head.get("superseded-by", ""),
            "counts": counts,
            "holds": tuple(
                parse_hold(row, ref, place, counts_doses=counts == "doses")
                for place, row, ref in rows
                if row["drug"] != "*"
            ),
            "gates": tuple(
                parse_gate(row, ref, place) for place, row, ref in rows if row["drug"] == "*"
            ),
        }
    )


def same_regimen(a: HoldRule, b: HoldRule) -> bool:
    """Whether two rows on one drug differ in renal band or figures only."""
    members = ("drug", "route", "intent", "spacing", "dose_mg", "scope", "renal")
    return all(getattr(a, name) == getattr(b, name) for name in members)


def _overlap(a: HoldRule, b: HoldRule) -> bool:
    a_low, a_high = a.renal_min or 0, inf if a.renal_max is None else a.renal_max
    b_low, b_high = b.renal_min or 0, inf if b.renal_max is None else b.renal_max
    return max(a_low, b_low) < min(a_high, b_high)


def _refuse_faults(policy: Policy, place: str) -> None:
    ids = Counter([row.ref.rule for row in policy.holds] + [g.ref.rule for g in policy.gates])
    for rule, count in ids.items():
        if count > 1:
            raise PolicyError(f"{rule} stands {count} times", place=place, remedy="rename one")
    refuse_overlaps(policy, place)


def refuse_overlaps(policy: Policy, place: str) -> None:
    """Refuse a policy with two answers for one drug, regimen and renal value.

    Raises:
        PolicyError: names both rows.
    """
    for a, b in combinations(policy.holds, 2):
        if not (same_regimen(a, b) and _overlap(a, b)):
            continue
        if a.has_band and b.has_band:
            raise PolicyError(
                f"the renal bands of {a.ref.rule} and {b.ref.rule} overlap",
                place=place,
                remedy="end one where the other begins",
            )
        raise PolicyError(
            f"{a.ref.rule} and {b.ref.rule} both speak of {a.drug}",
            place=place,
            remedy="keep one, or say which regimen each is for",
        )
