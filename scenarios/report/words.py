"""Figures as people read them: units, signs, intervals; texts as plots take them."""

from collections.abc import Sequence
from html import escape
from textwrap import wrap

from scenarios.measures.verdicts import Verdict
from scenarios.report.data import Estimate, Making, ReportData, Row

MINUS = "\u2212"
NONE = "no figure"
SHARE = "share"
SIGNS = {
    Verdict.BETTER: "+",
    Verdict.WORSE: "!",
    Verdict.NOT_DISTINGUISHABLE: "~",
    Verdict.TOO_FEW: "-",
    Verdict.NO_DIFFERENCE: "=",
    Verdict.NO_JUDGEMENT: ".",
    Verdict.SINGLE_RUN: "1",
    Verdict.NOT_DEFINED: "?",
}
"""What stands before a verdict in a terminal."""
WRITTEN = {
    "cox1": "COX-1",
    "cox2": "COX-2",
    "doac": "DOAC",
    "dti": "DTI",
    "gip": "GIP",
    "glp1": "GLP-1",
    "gp2b3a": "GP IIb/IIIa",
    "iia": "IIa",
    "iv": "IV",
    "lmwh": "LMWH",
    "nsaid": "NSAID",
    "p2y12": "P2Y12",
    "pde": "PDE",
    "pde3": "PDE3",
    "sglt2": "SGLT2",
    "ssri": "SSRI",
    "ufh": "UFH",
    "vka": "VKA",
    "xa": "Xa",
}
"""Abbreviations in the keys of drug classes, in their usual spelling: policies give keys alone."""
UNJUDGED = (Verdict.SINGLE_RUN, Verdict.TOO_FEW)
"""Of differences that were not put to a test."""


def digits(value: float) -> int:
    """Decimals that tell enough of a figure of this size."""
    size = abs(value)
    if size >= 1000 or size == 0:
        return 0
    return 1 if size >= 10 else 2


def number(value: float, decimals: int | None = None, *, signed: bool = False) -> str:
    """A number with thousands apart and a true minus sign; `signed` gives a plus as well."""
    shown = f"{abs(value):,.{digits(value) if decimals is None else decimals}f}"
    if not shown.strip("0.,"):
        return shown
    sign = MINUS if value < 0 else "+" if signed else ""
    return sign + shown


def figure(value: float | None, unit: str, *, signed: bool = False) -> str:
    """A figure in the unit of a table's row: shares in per cent, the rest as they are."""
    if value is None:
        return NONE
    if unit != SHARE:
        return number(value, signed=signed)
    return number(100 * value, 1, signed=signed) + "\u00a0%"


def class_words(drug_class: str) -> str:
    """A class of drugs as people write it: `cox1_antiplatelet` is `COX-1 antiplatelet`."""
    return " ".join(WRITTEN.get(word, word) for word in drug_class.replace("_", " ").split())


def unit_words(unit: str, *, of_difference: bool = False) -> str:
    """A unit beside its figures; differences of shares are in percentage points."""
    if unit != SHARE:
        return unit
    return "percentage points" if of_difference else "%"


def beside(name: str, unit: str) -> str:
    """The unit to be said beside a measure's name: none where the name says it."""
    shown = unit_words(unit)
    return "" if shown in name.lower() else shown


def difference(estimate: Estimate | None, unit: str) -> str:
    """A difference with its sign."""
    if estimate is None:
        return NONE
    scale = 100 if unit == SHARE else 1
    return number(estimate.value * scale, 1 if unit == SHARE else None, signed=True)


def interval(estimate: Estimate | None, unit: str, *, signed: bool = True) -> str:
    """The ends of an interval, or that there is none."""
    if estimate is None or estimate.low is None or estimate.high is None:
        return "none"
    scale = 100 if unit == SHARE else 1
    low, high = estimate.low * scale, estimate.high * scale
    decimals = 1 if unit == SHARE else digits(max(abs(low), abs(high)))
    return " to ".join(number(end, decimals, signed=signed) for end in (low, high))


def tally(report: ReportData, scenario: str) -> str:
    """What came of a scenario's measures as a whole; one sentence."""
    return tally_of([r for r in report.rows if r.scenario == scenario and not r.group])


def tally_of(rows: Sequence[Row]) -> str:
    """How many measures are better, worse, or neither; one sentence."""
    if any(row.verdict in UNJUDGED for row in rows):
        return _unjudged(rows)
    found = [row.verdict for row in rows]
    parts = [f"{found.count(v)} {v.value}" for v in Verdict if v in found]
    return f"Of {len(found)} measures: {', '.join(parts)}." if found else "No measures."


def _unjudged(rows: Sequence[Row]) -> str:
    given = [row.difference.value for row in rows if row.difference is not None]
    other = sum(value != 0 for value in given)
    single = any(row.verdict is Verdict.SINGLE_RUN for row in rows)
    why = "as each was run once" if single else "as there are too few runs"
    return f"Of {len(given)} measures {other} differ. None is judged, {why}."


def extent(making: Making) -> str:
    """What was run and how often, in words: `replay, 20 replications`."""
    if making.mode == "plan":
        return "plan of one night"
    counts = [count for _, count in making.replications]
    least, most = min(counts, default=0), max(counts, default=0)
    often = str(most) if least == most else f"{least} to {most}"
    return f"{making.mode}, {often} replication{'' if most == 1 else 's'}"


def plot_text(text: str, width: int = 28, lines: int = 3) -> str:
    """A text as a plot takes it: nothing in it is markup; wrapped, and cut after some lines."""
    parts = wrap(text, width) or [""]
    if len(parts) > lines:
        parts = [*parts[: lines - 1], parts[lines - 1][: width - 1].rstrip() + "\u2026"]
    return "<br>".join(escape(part, quote=False) for part in parts)


def joined(parts: list[str]) -> str:
    """Parts of a sentence: `a, b and c`."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def duration(seconds: float) -> str:
    """A span of computing time: `0.8 s`, `3 min 20 s`, `2 h 5 min`."""
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, left = divmod(minutes, 60)
    return f"{hours} h {left} min" if hours else f"{minutes} min {rest} s"
