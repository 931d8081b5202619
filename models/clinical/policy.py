"""Policies in force: the site's list in order of precedence, its own decisions laid over rows."""

from collections.abc import Iterable, Sequence
from datetime import date

from pydantic import Field, JsonValue, ValidationError

from models.base import Frozen, Id
from models.clinical.policy_cells import OPTIONAL, REQUIRED, cells_of, parse_gate, parse_hold
from models.clinical.policy_file import parse_policy, refuse_overlaps
from models.clinical.policy_review import Difference, Fault, check_policy, diff_policies
from models.clinical.readiness import RuleRef
from models.clinical.rows import HoldRule, LabGate, LabRule, Policy
from models.clinical.rules import ClinicalRule, RuleSet
from models.clinical.shipped import shipped_policy, shipped_policy_names, shipped_rules
from models.documents import first_fault
from models.errors import PolicyError
from models.patients import Exposure
from models.procedures import BleedingRisk

__all__ = [
    "Difference",
    "Fault",
    "HoldRule",
    "LabGate",
    "LabRule",
    "Policy",
    "PolicyBook",
    "RowOverride",
    "check_policy",
    "diff_policies",
    "parse_policy",
    "shipped_policy",
    "shipped_policy_names",
    "shipped_rules",
]


class RowOverride(Frozen):
    """A site's own decision on a row, with who took it and why."""

    policy: Id
    """A policy, or the clinical rules, by name."""
    drug: Id
    """An ingredient as the policy writes it, or the id of one row."""
    regimen: str | None = None
    """Which of the drug's rows; all of them when left out."""
    row: dict[str, JsonValue] = Field(min_length=1)
    """Columns with their new values; of a clinical rule, figures by name, `firm` or `text`."""
    approver: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    decided_on: date


def _decided(ref: RuleRef, change: RowOverride) -> RuleRef:
    who = f"{change.approver}, {change.decided_on.isoformat()}: {change.reason}"
    return ref.model_copy(
        update={
            "source": f"{ref.source} | decided by the site ({who})",
            "evidence": f"{ref.evidence}/site",
        }
    )


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


def _place(change: RowOverride) -> str:
    return f"override of {change.policy}, {change.drug}"


def _meant(row: HoldRule | LabGate, change: RowOverride) -> bool:
    if change.drug in (row.ref.rule, row.ref.rule.removeprefix(f"{row.ref.policy}/")):
        return True
    same_drug = isinstance(row, HoldRule) and row.drug == change.drug.lower()
    return same_drug and change.regimen in (None, getattr(row, "regimen", None))


def _new_cells(row: HoldRule | LabGate, change: RowOverride) -> dict[str, str]:
    for column in change.row:
        if column not in (*REQUIRED, *OPTIONAL) or column in ("rule", "drug", "source"):
            raise PolicyError(
                f"{column!r} is no column that a site may change", place=_place(change)
            )
    hours = (change.row.get(column) for column in ("hold_hours_min", "hold_hours_max"))
    given = any(hour is not None for hour in hours)
    if given and _counts_doses(row) and "hold_doses" not in change.row:
        raise PolicyError(
            "the row counts doses, so that other hours alone would change nothing",
            place=_place(change),
            remedy="give hold_doses too, or null for none",
        )
    blank = dict.fromkeys((*REQUIRED, *OPTIONAL), "")
    return blank | cells_of(row) | {name: _text(value) for name, value in change.row.items()}


def _counts_doses(row: HoldRule | LabGate) -> bool:
    return isinstance(row, HoldRule) and row.hold_doses is not None


def _override_policy(policy: Policy, change: RowOverride) -> Policy:
    place = _place(change)
    rows: tuple[HoldRule | LabGate, ...] = (*policy.holds, *policy.gates)
    if not any(_meant(row, change) for row in rows):
        raise PolicyError(
            "the policy has no such row", place=place, remedy="see `holdfast policy show`"
        )
    counts = policy.counts == "doses"
    holds = tuple(
        parse_hold(_new_cells(row, change), _decided(row.ref, change), place, counts_doses=counts)
        if _meant(row, change)
        else row
        for row in policy.holds
    )
    gates = tuple(
        parse_gate(_new_cells(row, change), _decided(row.ref, change), place)
        if _meant(row, change)
        else row
        for row in policy.gates
    )
    changed = policy.model_copy(update={"holds": holds, "gates": gates})
    fresh = Policy.model_validate({name: getattr(changed, name) for name in Policy.model_fields})
    refuse_overlaps(fresh, place)
    return fresh


def _override_rule(rule: ClinicalRule, change: RowOverride) -> ClinicalRule:
    members = rule.model_dump() | {"ref": _decided(rule.ref, change)}
    for name, value in change.row.items():
        if name in ("firm", "text"):
            members[name] = value
        else:
            members["figures"] = members["figures"] | {name: value}
    try:
        return ClinicalRule.model_validate(members)
    except ValidationError as error:
        raise PolicyError(first_fault(error), place=_place(change)) from error


def _override_rules(rules: RuleSet, change: RowOverride) -> RuleSet:
    wanted = rules.get(change.drug)
    return RuleSet(
        name=rules.name,
        version=rules.version,
        rules=tuple(_override_rule(r, change) if r is wanted else r for r in rules.rules),
        lists=rules.lists,
    )


class PolicyBook(Frozen):
    """What is in force at a site: policies in order of precedence, and the clinical rules."""

    policies: tuple[Policy, ...]
    rules: RuleSet

    @classmethod
    def of(
        cls,
        names: Sequence[str],
        overrides: Iterable[RowOverride] = (),
        *,
        own: Iterable[Policy] = (),
        rules: RuleSet | None = None,
    ) -> "PolicyBook":
        """A book of policies by name, with the site's decisions laid over them.

        Args:
            names: policies, the first that knows a drug speaks for it.
            overrides: decisions on single rows, in the order in which they were taken.
            own: the site's own policies, which `names` may name.
            rules: the clinical rules; the shipped ones when left out.

        Raises:
            PolicyError: no policy is named, one is unknown, or an override names no row or holds
                what a row may not.
        """
        if not names:
            raise PolicyError("no policy is named", remedy="name one, such as clinic-page")
        mine = {policy.name: policy for policy in own}
        chosen = {name: mine[name] if name in mine else shipped_policy(name) for name in names}
        ruled = shipped_rules() if rules is None else rules
        for change in overrides:
            if change.policy == ruled.name:
                ruled = _override_rules(ruled, change)
            elif change.policy in chosen:
                chosen[change.policy] = _override_policy(chosen[change.policy], change)
            else:
                raise PolicyError(
                    f"the policy {change.policy!r} is not in force here",
                    place=_place(change),
                    remedy=f"override one of {', '.join([*chosen, ruled.name])}",
                )
        return cls(policies=tuple(chosen.values()), rules=ruled)

    def _for_risk(self, risk: BleedingRisk) -> tuple[Policy, ...]:
        """Policies that may speak: one for low-risk procedures never judges a high-risk one."""
        allowed = {BleedingRisk.HIGH: ("high", "any"), BleedingRisk.LOW: ("low", "high", "any")}
        return tuple(p for p in self.policies if p.bleeding_risk in allowed[risk])

    def rows_for(self, exposure: Exposure, risk: BleedingRisk) -> tuple[HoldRule, ...]:
        """All rows on a drug of the first policy that lists it; empty when none does."""
        for policy in self._for_risk(risk):
            rows = policy.rows_for(exposure.drug, exposure.rxcui, exposure.atc)
            if rows:
                return rows
        return ()

    def risk_of(self, row: HoldRule) -> str:
        """The class of procedures that a row's figures are for."""
        return next((p.bleeding_risk for p in self.policies if p.name == row.ref.policy), "any")

    def gates_for(self, risk: BleedingRisk) -> tuple[LabGate, ...]:
        """The laboratory values asked of every patient, of the first policy that asks for any."""
        return next((p.gates for p in self._for_risk(risk) if p.gates), ())
