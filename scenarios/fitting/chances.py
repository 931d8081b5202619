"""How often bookings fall through, by cause, as shares of those to whom it could happen."""

from dataclasses import dataclass

import pandas as pd

from models.base import Frozen
from scenarios.assumptions import Assumptions, Chance
from scenarios.fitting.history import History
from scenarios.fitting.intervals import Counted, counted

LEAST_BOOKINGS = 20
"""Of fewer to whom it could happen, a share says less than what is assumed."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """One cause, and which bookings it can happen to."""

    cause: str
    among: str | None
    """Column that must be `yes`; None: all bookings that came so far."""
    on_the_day: bool


KINDS = {
    "called_off": _Kind("patient", None, on_the_day=False),
    "no_show": _Kind("no-show", None, on_the_day=True),
    "illness": _Kind("illness", None, on_the_day=True),
    "hold_missed": _Kind("hold-missed", "hold", on_the_day=True),
    "lab_failed": _Kind("lab-failed", "lab_gate", on_the_day=True),
    "approval_late": _Kind("approval-late", "approval", on_the_day=False),
}
"""The assumptions that a history can tell, by name."""


class ChanceReport(Frozen):
    """What was found of one assumption."""

    name: str
    counted: Counted
    assumed: float
    """The share that was assumed before."""
    used: bool
    why_not: str = ""


class CauseCount(Frozen):
    """How often one cause stands in the history."""

    cause: str
    counted: Counted
    """Of all bookings."""


def fit_chances(
    history: History, before: Assumptions
) -> tuple[dict[str, Chance], tuple[ChanceReport, ...], tuple[CauseCount, ...]]:
    """Shares by cause in place of those assumed, where the history tells them.

    A share on the day is of those who had not called off before it.
    """
    rows = history.rows
    cause = causes(rows)
    found = {name: _counted(rows, cause, kind) for name, kind in KINDS.items()}
    reports = tuple(
        _report(name, found[name], getattr(before, name), _why_not(history, kind, found[name]))
        for name, kind in KINDS.items()
    )
    chances = {r.name: _chance(history.source, r.counted) for r in reports if r.used}
    return chances, reports, _cause_counts(rows, cause)


def _counted(rows: pd.DataFrame, cause: "pd.Series[str]", kind: _Kind) -> Counted:
    """How many of those to whom it could happen it happened to."""
    early = cause.isin([k.cause for k in KINDS.values() if not k.on_the_day])
    exposed = rows[~early] if kind.on_the_day else rows
    if kind.among is not None:
        exposed = exposed[exposed[kind.among].eq(True)]  # noqa: FBT003 - a value of a column
    return counted(int((cause[exposed.index] == kind.cause).sum()), len(exposed))


def _report(name: str, found: Counted, assumed: Chance, why: str) -> ChanceReport:
    return ChanceReport(name=name, counted=found, assumed=assumed.share, used=not why, why_not=why)


def _chance(source: str, found: Counted) -> Chance:
    share = round(found.count / found.of, 6)
    return Chance(share=share, source=f"{source}, {found.count} of {found.of}", evidence="fitted")


def _cause_counts(rows: pd.DataFrame, cause: "pd.Series[str]") -> tuple[CauseCount, ...]:
    """Every cause that stands in the history, the most frequent first."""
    lost = cause[cause != ""]
    counts = sorted(lost.value_counts().items(), key=lambda pair: (-pair[1], str(pair[0])))
    return tuple(
        CauseCount(cause=str(name), counted=counted(int(count), len(rows)))
        for name, count in counts
    )


def causes(rows: pd.DataFrame) -> "pd.Series[str]":
    """Why each booking was lost: its cause, its status where none is given; blank where done."""
    given = rows["cause"].where(rows["cause"] != "", "not told")
    given = given.where(rows["status"] != "no-show", "no-show")
    return given.where(rows["status"] != "done", "")


def _why_not(history: History, kind: _Kind, found: Counted) -> str:
    """Why the assumption stays as it was; blank where it is fitted."""
    if "status" not in history.known or (history.rows["status"] == "done").all():
        return "the history has no bookings that fell through"
    if kind.cause != "no-show" and "cause" not in history.known:
        return "the history has no causes"
    if kind.among is not None and kind.among not in history.known:
        return f"the history has no column {kind.among}: of how many is not known"
    if found.of < LEAST_BOOKINGS:
        return f"it could happen to {found.of} only, {LEAST_BOOKINGS} are needed"
    return ""
