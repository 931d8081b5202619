"""Fitting assumptions to a history: one call from the file to figures and report."""

from math import inf
from pathlib import Path
from typing import Any, Literal

from pydantic import field_serializer

from models.base import Frozen, Id
from models.catalogue import Catalogue, shipped_catalogue
from models.documents import parse_document
from scenarios.assumptions import Assumptions
from scenarios.fitting.accuracy import LEAST_CASES, accuracies
from scenarios.fitting.arrivals import fit_arrivals
from scenarios.fitting.chances import fit_chances
from scenarios.fitting.columns import column_map
from scenarios.fitting.forms import FormReport, fit_forms
from scenarios.fitting.history import History, read_history
from scenarios.fitting.lateness import fit_lateness
from scenarios.fitting.model import PARTS, DurationModel, model_of, sample_of
from scenarios.fitting.planning import BookedMinutes
from scenarios.fitting.report import BadLine, FitReport, GroupReport, Reading


class Fitted(Frozen):
    """Assumptions fitted to a history, kept as one JSON document with what was found."""

    format: Literal["holdfast-fitted"] = "holdfast-fitted"
    version: Literal[1] = 1
    assumptions: Assumptions
    booked_minutes: dict[Id, BookedMinutes]
    """What the history books for a procedure, by catalogue key or its own code: the assumed
    durations are ratios to these."""
    report: FitReport

    @field_serializer("assumptions", when_used="json")
    def _what_was_given(self, assumptions: Assumptions) -> dict[str, Any]:
        """Without the defaults: these are of the program that reads the document."""
        return assumptions.model_dump(mode="json", exclude_unset=True)


def fit_history(
    path: Path,
    map_name: str = "holdfast",
    *,
    timezone: str = "UTC",
    catalogue: Catalogue | None = None,
    base: Assumptions | None = None,
) -> Fitted:
    """Read a history file and fit all that it tells.

    Args:
        path: CSV file.
        map_name: a shipped column map, or a YAML file of one.
        timezone: IANA zone of the site.
        catalogue: procedures that the history's codes are looked up in, with what they add for
            further levels where the history does not tell; the shipped one if None.
        base: what is assumed where the history is silent; the defaults if None.

    Raises:
        InputError: the file or map cannot be used, or no case was carried out.
    """
    history = read_history(path, column_map(map_name), timezone=timezone)
    return fit(history, catalogue=catalogue, base=base)


def fit(
    history: History, *, catalogue: Catalogue | None = None, base: Assumptions | None = None
) -> Fitted:
    """Fit all that a history tells; what it does not tell stays as in `base`.

    Raises:
        InputError: no case was carried out.
    """
    before = base or Assumptions()
    offered = catalogue or shipped_catalogue()
    listed = {procedure.key: procedure.procedure_minutes for procedure in offered.procedures}
    named, strange = by_catalogue(history, offered)
    model = model_of(named, listed)
    arrivals, arrival_report = fit_arrivals(named, before.arrivals)
    chances, chance_reports, causes = fit_chances(named, before)
    lateness = fit_lateness(named)
    found: dict[str, object] = {"arrivals": arrivals, "durations": model.durations, **chances}
    if lateness.first_cases.minutes is not None:
        found["first_case_late"] = lateness.first_cases.minutes
    tried = accuracies(named.done, named.known, listed)
    report = FitReport(
        reading=_reading(named, strange),
        groups=_groups(model),
        accuracy=tried,
        accuracy_missing="" if tried else f"fewer than {LEAST_CASES} done cases to try it on",
        arrivals=arrival_report,
        lateness=lateness,
        chances=chance_reports,
        causes=causes,
        forms=_forms(named, model),
    )
    return Fitted(
        assumptions=before.model_copy(update=found),
        booked_minutes=dict(model.reference.booked),
        report=report,
    )


def by_catalogue(history: History, catalogue: Catalogue) -> tuple[History, tuple[str, ...]]:
    """The history with the catalogue's keys, and what the catalogue does not have.

    Keys stay, CPT codes become keys, anything else stays as it is.
    """
    names = sorted(set(history.rows["procedure"]))
    found = {name: catalogue.find(name, "cpt") for name in names}
    keys = {name: procedure.key for name, procedure in found.items() if procedure is not None}
    rows = history.rows.assign(procedure=history.rows["procedure"].replace(keys))
    strange = tuple(name for name in names if keys.get(name, name) not in catalogue.by_key)
    return (
        History(
            source=history.source,
            rows=rows,
            bad=history.bad,
            columns=history.columns,
            known=history.known,
        ),
        strange,
    )


def parse_fitted(text: str | bytes, *, place: str) -> Fitted:
    """The fitted assumptions that a document holds.

    Raises:
        InputError: broken JSON, or a member that is missing, unknown or wrong.
    """
    return parse_document(text, Fitted, place=place, kind="file of fitted assumptions")


def _reading(history: History, strange: tuple[str, ...]) -> Reading:
    done, when = history.done, history.rows["when"]
    pairs = done[["procedure", "actual_minutes"]].round(1).drop_duplicates()
    return Reading(
        source=history.source,
        column_map=history.columns.name,
        minutes=history.columns.minutes,
        rows=len(history.rows) + len(history.bad),
        done=len(done),
        first_day=str(when.min().date()),
        last_day=str(when.max().date()),
        bad=tuple(BadLine(line=row.line, why=row.why) for row in history.bad),
        distinct=len(pairs),
        not_offered=strange,
    )


def _groups(model: DurationModel) -> tuple[GroupReport, ...]:
    sizes = [len(group.key) for group in model.durations.groups]
    return tuple(
        GroupReport(depth=part, groups=sizes.count(at + 1), strength=None if k == inf else k)
        for at, (part, k) in enumerate(zip(PARTS, model.strengths, strict=False))
    )


def _forms(history: History, model: DurationModel) -> tuple[FormReport, ...]:
    done = history.done
    ratios = sample_of(done, history.known, model.reference).values
    return fit_forms(tuple(map(str, done["procedure"])), ratios)
