"""What is noteworthy in a policy, and how two policies differ, for people who sign them."""

from typing import Literal

from models.base import Frozen
from models.clinical.policy_cells import cells_of
from models.clinical.rows import HoldRule, LabWhen, Policy, band_gaps


class Fault(Frozen):
    """Something a clinician should look at before a policy is signed."""

    rule: str
    grade: Literal["ask", "check", "note"]
    """`ask`: no figure, every case asks a clinician; `check`: weak evidence; `note`: to know."""
    sentence: str


class Difference(Frozen):
    """One column of one row in which two policies differ; None: the row is absent there."""

    drug: str
    row: str
    """What of the drug is meant: regimen and renal band, or the laboratory value."""
    column: str
    first: str | None
    second: str | None


COMPARED = (
    *("hold_hours_min", "hold_hours_max", "hold_doses", "needs_prescriber_ok", "restart_hours"),
    *("lab", "lab_threshold", "max_off_hours", "max_off_hard", "shorter_end"),
)


def check_policy(policy: Policy) -> tuple[Fault, ...]:
    """Blanks, weak evidence and gaps of a policy that could be read, in row order."""
    found: list[Fault] = []
    if policy.superseded_by:
        found.append(
            Fault(rule=policy.name, grade="note", sentence=f"superseded by {policy.superseded_by}")
        )
    for row in policy.holds:
        found += _row_faults(row)
    found += _uncovered(policy)
    return tuple(found)


def _row_faults(row: HoldRule) -> list[Fault]:
    def fault(grade: Literal["ask", "check", "note"], sentence: str) -> Fault:
        return Fault(rule=row.ref.rule, grade=grade, sentence=sentence)

    found: list[Fault] = []
    if row.is_blank:
        found.append(fault("ask", f"no figure for {row.drug}: every case asks a clinician"))
    if row.ref.evidence in ("K", "K-low"):
        found.append(fault("check", f"evidence {row.ref.evidence}: compare it with the source"))
    if row.lab and not row.lab.limit and row.lab.when in (LabWhen.AFTER_STOP, LabWhen.DAY_BEFORE):
        found.append(fault("ask", f"no limit for {row.lab.label} ({row.lab.threshold})"))
    if row.max_off_hard and row.max_off_hours is None:
        found.append(fault("ask", "a hard cap on the time off the drug has no hours"))
    return found


def _uncovered(policy: Policy) -> list[Fault]:
    """Renal values of a banded drug that no row speaks of."""
    found = []
    for drug in sorted({row.drug for row in policy.holds if row.has_band}):
        rows = [row for row in policy.holds if row.drug == drug and row.has_band]
        for gap in band_gaps(rows):
            sentence = f"no row for {drug} with {gap}: such a case asks a clinician"
            found.append(Fault(rule=rows[-1].ref.rule, grade="ask", sentence=sentence))
    return found


def _keyed(policy: Policy) -> dict[tuple[str, str], dict[str, str]]:
    rows = {
        (row.drug, "; ".join(filter(None, (row.regimen, row.band_text if row.has_band else "")))): (
            cells_of(row)
        )
        for row in policy.holds
    }
    gates = {("*", f"{gate.lab.label}, {gate.population}"): cells_of(gate) for gate in policy.gates}
    return rows | gates


def diff_policies(first: Policy, second: Policy) -> tuple[Difference, ...]:
    """Every figure in which two policies differ, by drug, row and column."""
    a, b = _keyed(first), _keyed(second)
    found: list[Difference] = []
    for key in sorted(a.keys() | b.keys()):
        drug, row = key
        if key not in a or key not in b:
            found.append(
                Difference(
                    drug=drug,
                    row=row,
                    column="row",
                    first="listed" if key in a else None,
                    second="listed" if key in b else None,
                )
            )
            continue
        found += [
            Difference(
                drug=drug,
                row=row,
                column=column,
                first=a[key].get(column, ""),
                second=b[key].get(column, ""),
            )
            for column in COMPARED
            if a[key].get(column, "") != b[key].get(column, "")
        ]
    return tuple(found)
