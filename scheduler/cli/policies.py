"""`policy`: look at hold policies as data, ask what a clinician must still decide, compare two."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import NotFoundError
from scheduler.cli.options import AsJson, Commands
from scheduler.cli.output import note, say, say_json, table

if TYPE_CHECKING:
    from models.clinical.policy import Fault, HoldRule, LabGate, LabRule, Policy

Named = Annotated[
    str, typer.Argument(metavar="POLICY", help="Name of a shipped policy, or a policy file (.csv).")
]


def check(
    policies: Annotated[
        list[str] | None,
        typer.Argument(metavar="[POLICY]...", help="Names or files; all shipped ones if none."),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Read policies and list what a clinician should look at; a file that cannot be trusted fails.

    A row without source or evidence, a bad figure or two answers for one patient are errors.
    """
    from models.clinical.policy import check_policy, shipped_policy_names

    found = [(p, check_policy(p)) for p in map(_policy, policies or shipped_policy_names())]
    if as_json:
        say_json([_checked(policy, faults) for policy, faults in found])
        return
    table(
        ("policy", "rule", "look", "what"),
        [(p.name, f.rule, f.grade, f.sentence) for p, faults in found for f in faults],
    )
    rows = sum(len(p.holds) + len(p.gates) for p, _ in found)
    note(f"{len(found)} policies with {rows} rows can be used; every row has source and evidence")


def _checked(policy: "Policy", faults: "tuple[Fault, ...]") -> dict[str, object]:
    return {
        "policy": policy.name,
        "version": policy.version,
        "rows": len(policy.holds) + len(policy.gates),
        "faults": [fault.model_dump(mode="json") for fault in faults],
    }


def show(
    policy: Named,
    *,
    drug: Annotated[str | None, typer.Option(help="Only the rows on this drug.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the rows of a policy with source and evidence."""
    read = _policy(policy)
    holds = [row for row in read.holds if drug is None or row.drug == drug.lower()]
    gates = read.gates if drug is None else ()
    if drug is not None and not holds:
        raise NotFoundError(f"{read.name} has no row on {drug!r}", remedy="name the ingredient")
    if as_json:
        body = read.model_dump(mode="json", exclude={"holds", "gates"})
        say_json(
            {
                **body,
                "holds": [row.model_dump(mode="json") for row in holds],
                "gates": [gate.model_dump(mode="json") for gate in gates],
            }
        )
        return
    say(f"{read.name} {read.version}: {read.title} (bleeding risk {read.bleeding_risk})")
    table(
        ("rule", "drug", "for", "hold", "lab", "approval", "restart", "evidence", "source"),
        [*(_hold_row(row) for row in holds), *(_gate_row(gate) for gate in gates)],
    )


def _hold_row(row: "HoldRule") -> tuple[str, ...]:
    hours = "ask a clinician" if row.hours is None else f"{_range(row.hours)} h"
    doses = f", {_range(row.doses)} doses" if row.doses else ""
    restart = "ask" if row.restart_hours is None else f"{row.restart_hours:g} h"
    return (
        row.ref.rule.removeprefix(f"{row.ref.policy}/"),
        row.drug,
        "; ".join(filter(None, (row.regimen, row.band_text if row.has_band else ""))),
        "no hold" if row.is_no_hold else hours + doses,
        _lab(row.lab),
        "needed" if row.prescriber_ok else "",
        restart,
        row.ref.evidence,
        row.ref.source,
    )


def _gate_row(gate: "LabGate") -> tuple[str, ...]:
    rule = gate.ref.rule.removeprefix(f"{gate.ref.policy}/")
    lab = _lab(gate.lab)
    return (rule, "*", gate.population, "", lab, "", "", gate.ref.evidence, gate.ref.source)


def _lab(lab: "LabRule | None") -> str:
    return f"{lab.label} {lab.threshold} ({lab.when})" if lab else ""


def _range(ends: tuple[float, float]) -> str:
    return f"{ends[0]:g}" if ends[0] == ends[1] else f"{ends[0]:g}-{ends[1]:g}"


def diff(first: Named, second: Named, *, as_json: AsJson = False) -> None:
    """List every figure in which two policies differ."""
    from models.clinical.policy import diff_policies

    one, other = _policy(first), _policy(second)
    found = diff_policies(one, other)
    if as_json:
        say_json([difference.model_dump(mode="json") for difference in found])
        return
    table(
        ("drug", "row", "what", f"{one.name} {one.version}", f"{other.name} {other.version}"),
        [(d.drug, d.row, d.column, _cell(d.first), _cell(d.second)) for d in found],
    )
    note(f"{len(found)} differences")


def _cell(text: str | None) -> str:
    return "not listed" if text is None else text or "blank"


def _policy(name: str) -> "Policy":
    """A shipped policy by name, or the one in a file."""
    from models.clinical.policy import parse_policy, shipped_policy
    from scheduler.files import read_text

    if name.endswith(".csv") or "/" in name:
        return parse_policy(read_text(Path(name)), place=name)
    return shipped_policy(name)


COMMANDS: Commands = {"check": check, "show": show, "diff": diff}
