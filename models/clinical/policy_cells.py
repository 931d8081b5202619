"""Cells of a policy row, read one by one and written back: every bad cell is one clear error."""

import re

from models.base import MAX_HOURS
from models.clinical.readiness import RuleRef
from models.clinical.rows import (
    EVIDENCE_TAGS,
    HoldRule,
    LabGate,
    LabRule,
    LabWhen,
    Limit,
    Scope,
    Spacing,
)
from models.errors import PolicyError
from models.patients import LabCode

REQUIRED = ("rule", "drug", "hold_hours_min", "hold_hours_max", "source")
OPTIONAL = (
    *("rxcui", "atc", "class", "regimen", "route", "intent", "interval_hours", "dose_mg", "when"),
    *("renal", "crcl_min", "crcl_max", "hold_doses", "needs_prescriber_ok", "lab"),
    *("lab_threshold", "lab_codes", "lab_limit", "lab_when", "restart_hours"),
    *("max_off_hours", "max_off_hard", "shorter_end"),
)
ROUTES = ("iv", "sc", "oral")
MAX_DOSES = 1000
"""More skipped doses than that are a slip of the pen."""
LAB_COLUMNS = ("lab_threshold", "lab_codes", "lab_limit", "lab_when")
Row = dict[str, str]


def parse_source(row: Row, policy: str, version: str, place: str) -> RuleRef:
    """Rule id, source and evidence of a row.

    Raises:
        PolicyError: no id, no source, or no evidence tag that is known.
    """
    if not row["rule"]:
        raise PolicyError("the row has no rule id", place=place, remedy="give it one")
    found = re.fullmatch(r"\[([^\]]+)\]\s*(\S.*)", row["source"], re.DOTALL)
    if found is None:
        raise PolicyError(
            "the row has no source with an evidence tag",
            place=place,
            remedy="write where the figure comes from, such as `[P] page or paper`",
        )
    evidence, source = found.groups()
    for tag in evidence.split("/"):
        if tag not in EVIDENCE_TAGS:
            raise PolicyError(
                f"{tag!r} is no evidence tag",
                place=place,
                remedy=f"use {', '.join(EVIDENCE_TAGS)}",
            )
    return RuleRef(
        rule=f"{policy}/{row['rule']}",
        policy=policy,
        version=version,
        source=source,
        evidence=evidence,
    )


def number(row: Row, column: str, place: str) -> float | None:
    """The number in a column; None when it is blank.

    Raises:
        PolicyError: it is no number from zero to `MAX_HOURS`.
    """
    text = row.get(column, "")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= MAX_HOURS:
        raise PolicyError(
            f"{column} is {text!r}, which is no number from 0 to {MAX_HOURS}",
            place=place,
            remedy="correct it, or leave it blank: a clinician is then asked",
        )
    return value


def _ordered(low: float | None, high: float | None, what: str, place: str) -> None:
    if low is not None and high is not None and low > high:
        raise PolicyError(
            f"{what} runs from {low:g} down to {high:g}", place=place, remedy="swap the ends"
        )


def _hours(row: Row, place: str) -> tuple[float, float] | None:
    low = number(row, "hold_hours_min", place)
    high = number(row, "hold_hours_max", place)
    _ordered(low, high, "the hold", place)
    if low is None and high is None:
        return None
    if low is None or high is None:
        raise PolicyError(
            "the hold has one end only",
            place=place,
            remedy="fill both hold_hours_min and hold_hours_max, or neither",
        )
    return low, high


def _doses(row: Row, place: str) -> tuple[int, int] | None:
    text = row.get("hold_doses", "")
    if not text:
        return None
    found = re.fullmatch(r"(\d+)(?:-(\d+))?", text)
    if found is None:
        raise PolicyError(
            f"hold_doses is {text!r}", place=place, remedy="write a count such as 4 or 6-8"
        )
    low, high = int(found[1]), int(found[2] or found[1])
    _ordered(low, high, "hold_doses", place)
    if high > MAX_DOSES:
        raise PolicyError(f"hold_doses is {text!r}, more than {MAX_DOSES}", place=place)
    return low, high


def _flag(row: Row, column: str, place: str) -> bool:
    text = row.get(column, "") or "0"
    if text not in ("0", "1"):
        raise PolicyError(f"{column} is {text!r}", place=place, remedy="write 0 or 1")
    return text == "1"


def _one_of(row: Row, column: str, known: tuple[str, ...], place: str) -> str | None:
    text = row.get(column, "")
    if text and text not in known:
        raise PolicyError(f"{column} is {text!r}", place=place, remedy=f"use {', '.join(known)}")
    return text or None


def _spacing(row: Row, place: str) -> Spacing | None:
    text = row.get("interval_hours", "")
    hours = number({"interval_hours": text.removeprefix(">=")}, "interval_hours", place)
    return None if hours is None else Spacing(hours=hours, or_more=text.startswith(">="))


def _limit(row: Row, place: str) -> Limit | None:
    text = row.get("lab_limit", "")
    found = re.fullmatch(r"(<=|>=|<|>)(\d+(?:\.\d+)?)", text)
    if text and found is None:
        raise PolicyError(
            f"lab_limit is {text!r}", place=place, remedy="write a bound such as <=1.8"
        )
    return Limit.model_validate({"sign": found[1], "value": found[2]}) if found else None


def _lab(row: Row, place: str) -> LabRule | None:
    if not row.get("lab"):
        said = next((column for column in LAB_COLUMNS if row.get(column)), None)
        if said is not None:
            raise PolicyError(
                f"{said} is filled and no laboratory value is named",
                place=place,
                remedy="fill `lab`",
            )
        return None
    known = tuple(code.value for code in LabCode)
    codes = row.get("lab_codes", "").split("|") if row.get("lab_codes") else []
    for code in codes:
        _one_of({"lab_codes": code}, "lab_codes", known, place)
    when = _one_of(row, "lab_when", tuple(LabWhen), place)
    return LabRule(
        label=row["lab"],
        threshold=row.get("lab_threshold", ""),
        codes=tuple(LabCode(code) for code in codes),
        limit=_limit(row, place),
        when=LabWhen(when or LabWhen.ALWAYS),
    )


def parse_hold(row: Row, ref: RuleRef, place: str, *, counts_doses: bool) -> HoldRule:
    """One row on a drug.

    Raises:
        PolicyError: a column holds what it may not.
    """
    low, high = number(row, "crcl_min", place), number(row, "crcl_max", place)
    _ordered(low, high, "the renal band", place)
    scope = _one_of(row, "when", tuple(Scope), place)
    return HoldRule.model_validate(
        {
            "ref": ref,
            "drug": row["drug"].lower(),
            "rxcui": row.get("rxcui") or None,
            "atc": row.get("atc") or None,
            "drug_class": row.get("class", ""),
            "regimen": row.get("regimen", ""),
            "route": _one_of(row, "route", ROUTES, place),
            "intent": row.get("intent") or None,
            "spacing": _spacing(row, place),
            "dose_mg": number(row, "dose_mg", place),
            "scope": Scope(scope) if scope else None,
            "renal": _one_of(row, "renal", ("crcl", "egfr"), place) or "crcl",
            "renal_min": low,
            "renal_max": high,
            "hours": _hours(row, place),
            "doses": _doses(row, place),
            "counts_doses": counts_doses,
            "shorter_end": _flag(row, "shorter_end", place),
            "prescriber_ok": _flag(row, "needs_prescriber_ok", place),
            "lab": _lab(row, place),
            "restart_hours": number(row, "restart_hours", place),
            "max_off_hours": number(row, "max_off_hours", place),
            "max_off_hard": _flag(row, "max_off_hard", place),
        }
    )


def parse_gate(row: Row, ref: RuleRef, place: str) -> LabGate:
    """One row on all patients, or on those with chronic liver disease.

    Raises:
        PolicyError: a column holds what it may not.
    """
    lab = _lab(row, place)
    if lab is None:
        raise PolicyError(
            "a row on all patients names no laboratory value", place=place, remedy="fill `lab`"
        )
    liver = row.get("when", "") == Scope.LIVER
    return LabGate(ref=ref, population="chronic-liver-disease" if liver else "all", lab=lab)


def _written(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _lab_row(lab: LabRule | None) -> Row:
    if lab is None:
        return {}
    return {
        "lab": lab.label,
        "lab_threshold": lab.threshold,
        "lab_codes": "|".join(lab.codes),
        "lab_limit": "" if lab.limit is None else str(lab.limit),
        "lab_when": lab.when.value,
    }


def _spacing_text(spacing: Spacing | None) -> str:
    if spacing is None:
        return ""
    return f"{'>=' if spacing.or_more else ''}{spacing.hours:g}"


def _doses_text(doses: tuple[int, int] | None) -> str:
    if doses is None:
        return ""
    return str(doses[0]) if doses[0] == doses[1] else f"{doses[0]}-{doses[1]}"


def cells_of(rule: HoldRule | LabGate) -> Row:
    """The row as a file writes it: what `parse_hold` and `parse_gate` read; blanks left out."""
    ref = rule.ref
    row: Row = {
        "rule": ref.rule.removeprefix(f"{ref.policy}/"),
        "source": f"[{ref.evidence}] {ref.source}",
    }
    if isinstance(rule, LabGate):
        liver = rule.population == "chronic-liver-disease"
        row |= {"drug": "*", "when": Scope.LIVER.value if liver else ""} | _lab_row(rule.lab)
    else:
        row |= _hold_cells(rule) | _lab_row(rule.lab)
    return {name: text for name, text in row.items() if text}


def _hold_cells(rule: HoldRule) -> Row:
    low, high = rule.hours or (None, None)
    return {
        "drug": rule.drug,
        "rxcui": rule.rxcui or "",
        "atc": rule.atc or "",
        "class": rule.drug_class,
        "regimen": rule.regimen,
        "route": rule.route or "",
        "intent": rule.intent or "",
        "interval_hours": _spacing_text(rule.spacing),
        "dose_mg": _written(rule.dose_mg),
        "when": rule.scope.value if rule.scope else "",
        "renal": rule.renal if rule.has_band else "",
        "crcl_min": _written(rule.renal_min),
        "crcl_max": _written(rule.renal_max),
        "hold_hours_min": _written(low),
        "hold_hours_max": _written(high),
        "hold_doses": _doses_text(rule.doses),
        "needs_prescriber_ok": "1" if rule.prescriber_ok else "",
        "restart_hours": _written(rule.restart_hours),
        "max_off_hours": _written(rule.max_off_hours),
        "max_off_hard": "1" if rule.max_off_hard else "",
        "shorter_end": "1" if rule.shorter_end else "",
    }
