"""From a comparison and its runs to what the page shows."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import isnan
from typing import Any

import pandas as pd

from scenarios.measures.comparison import Comparison
from scenarios.measures.frames import Runs
from scenarios.measures.pictures import hold_hours, moved_after_stop, waiting_values
from scenarios.measures.registry import LEADING, MEASURES
from scenarios.measures.verdicts import Verdict
from scenarios.report.data import (
    Estimate,
    HoldHours,
    MeasureNote,
    MovedCase,
    ReportData,
    Row,
    ScenarioNote,
    Sweep,
    SweepPoint,
    Waits,
)
from scenarios.report.days import day_chart
from scenarios.report.hours import heats
from scenarios.report.presence import presences
from scenarios.report.provenance import Subjects, assumptions, making, scenario_text
from scenarios.report.words import class_words
from scenarios.scenario import Scenario, ScenarioDocument, Settings
from scenarios.sweeps import expand

Points = Mapping[str, Mapping[str, float | str]]
"""Parameters and their values by scenario, in the order of the grid."""
MOST_SHOWN = 12
"""Scenarios besides the baseline that have tables and plots of their own."""
MOST_ROWS = 1_000
"""Rows of the tables of measures; where there were more, groups are left out."""
BY_HOUR = "_by_hour"
"""Of the names of measures that the plot of use by hour shows."""
BY_CLASS = "_by_class"
"""Of the names of measures whose groups are classes of drugs."""
HOLD_LENGTH = "hold_length_by_class"


def report_data(
    comparison: Comparison,
    runs: Runs,
    subjects: Subjects,
    documents: Mapping[str, Scenario],
    settings: Settings,
    *,
    command: str,
    title: str = "",
    day: date | None = None,
    sweep: Points | None = None,
) -> ReportData:
    """Everything that the page of a comparison shows.

    Args:
        comparison: of these runs.
        runs: by scenario, one for each replication and site.
        subjects: what was run, already edited, by scenario and site.
        documents: the scenarios by name; one that is left out changes nothing.
        settings: how all were run.
        command: the command line that made the comparison.
        title: of the page; from the scenarios when empty.
        day: the local day drawn; one with bookings, in the middle, when None.
        sweep: where the scenarios are points of a grid, see `sweep_points`.
    """
    shown = _shown(comparison)
    cautions = comparison.cautions
    rows = measure_rows(comparison, [name for name in shown if name not in cautions])
    few = rows if len(rows) <= MOST_ROWS else tuple(row for row in rows if not row.group)
    kept = {name: runs[name] for name in shown if name not in cautions}
    notes = tuple(_note(name, documents, settings, cautions.get(name, "")) for name in shown)
    return ReportData(
        title=title or _title(notes, comparison.baseline),
        baseline=comparison.baseline,
        scenarios=notes,
        measures=measure_notes(comparison),
        rows=few,
        making=making(comparison, runs, subjects, settings, command),
        waits=_waits(kept),
        presences=presences(kept),
        heats=heats(kept),
        holds=_holds(comparison, kept),
        moved=_moved(kept),
        day=day_chart(kept, comparison.baseline, day),
        sweep=None if not sweep else _sweep(comparison, sweep),
        assumptions=assumptions(
            {name: subjects[name] for name in shown if name in subjects},
            comparison.baseline,
            settings.run.mode,
        ),
        notes=(*comparison.notes, *_left_out(comparison, shown, groups=len(few) == len(rows))),
    )


def sweep_points(document: ScenarioDocument) -> Points:
    """The parameters of each point of a document's sweep, by the name of its scenario.

    Raises:
        InputError: as `expand` does.
    """
    names = [_parameter(document, sweep.at) for sweep in document.sweep]
    if len(set(names)) < len(names):
        names = [sweep.at for sweep in document.sweep]
    given = list(zip(names, document.sweep, strict=True))
    return {
        point.scenario.name: {
            name: _value(point.values[sweep.at], sweep.values, sweep.labels)
            for name, sweep in given
        }
        for point in expand(document)
        if point.values
    }


def _parameter(document: ScenarioDocument, at: str) -> str:
    """A swept member in words, such as `scale-demand factor`."""
    _, place, *path = at.split(".")
    number = int(place)
    kind = document.edits[number].kind if number < len(document.edits) else place
    return f"{kind} {' '.join(path).replace('_', ' ')}"


def _value(value: object, values: Sequence[object], labels: Sequence[str]) -> float | str:
    if labels:
        return labels[list(values).index(value)]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return value if isinstance(value, str) else str(value)


def _shown(comparison: Comparison) -> tuple[str, ...]:
    """The baseline and the others; of too many others some at equal steps, both ends among them."""
    others = [name for name in comparison.scenarios if name != comparison.baseline]
    if len(others) > MOST_SHOWN:
        step = (len(others) - 1) / (MOST_SHOWN - 1)
        others = [others[round(at * step)] for at in range(MOST_SHOWN)]
    return (comparison.baseline, *others)


def _left_out(comparison: Comparison, shown: Sequence[str], *, groups: bool) -> Iterator[str]:
    few, every = len(shown) - 1, len(comparison.scenarios) - 1
    if few < every:
        yield (
            f"{few} of {every} scenarios have tables and plots of their own here, at equal steps "
            "in their order; the exported tables have all."
        )
    if not groups:
        yield "Measures by group are left out here for their number; the exported tables have them."


def _title(notes: Sequence[ScenarioNote], baseline: str) -> str:
    others = [note for note in notes if note.name != baseline]
    if len(others) == 1:
        return others[0].title or others[0].name
    base = next(note for note in notes if note.name == baseline)
    return f"{len(others)} scenarios against {base.title or base.name}"


def _note(
    name: str, documents: Mapping[str, Scenario], settings: Settings, caution: str
) -> ScenarioNote:
    scenario = documents.get(name, Scenario(name=name))
    return ScenarioNote(
        name=name,
        title=scenario.title,
        about=scenario.about,
        changes=scenario.words(),
        document=scenario_text(scenario, settings),
        caution=caution,
    )


def measure_notes(comparison: Comparison) -> tuple[MeasureNote, ...]:
    """What was measured, in the order of the registry."""
    found = set(comparison.values["measure"])
    return tuple(
        MeasureNote(
            key=m.name,
            name=_sentence(m.title),
            subject=_sentence(m.subject or "other"),
            unit=m.unit,
            better=m.better.value,
            words=m.words,
            leading=m.name in LEADING,
        )
        for m in MEASURES
        if m.name in found and not m.name.endswith(BY_HOUR)
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _known(value: float) -> float | None:
    return None if isnan(value) else float(value)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): cell for name, cell in row.items()} for row in table.to_dict("records")]


def _estimate(value: float, low: float, high: float) -> Estimate | None:
    return None if isnan(value) else Estimate(float(value), _known(low), _known(high))


def measure_rows(
    comparison: Comparison, shown: Collection[str], *, grouped: bool = True
) -> tuple[Row, ...]:
    """The differences of some scenarios for the whole network; of groups as well if `grouped`.

    Use by hour has no rows: the plot of it says more.
    """
    known = {m.name for m in MEASURES if not m.name.endswith(BY_HOUR)}
    return tuple(
        Row(
            measure=row["measure"],
            group=_group(row["measure"], row["group"]),
            scenario=row["scenario"],
            baseline=_known(row["baseline_mean"]),
            value=_known(row["scenario_mean"]),
            difference=_estimate(row["difference"], row["low"], row["high"]),
            verdict=Verdict(row["verdict"]),
            remark=row["remark"],
        )
        for row in _records(comparison.whole(comparison.differences, grouped=grouped))
        if row["scenario"] in shown and row["measure"] in known
    )


def _group(measure: str, group: str) -> str:
    """A group as people read it."""
    return class_words(group) if measure.endswith(BY_CLASS) else group.replace("_", " ")


def _waits(runs: Runs) -> tuple[Waits, ...]:
    table = waiting_values(runs)
    treated = table[table["state"] == "treated"]
    return tuple(
        Waits(name, tuple(float(d) for d in treated.loc[treated["scenario"] == name, "days"]))
        for name in runs
    )


def _holds(comparison: Comparison, runs: Runs) -> tuple[HoldHours, ...]:
    table = hold_hours(runs)
    counts = table.groupby(["scenario", "drug_class"])["wasted"].agg(["size", "sum"])
    found = []
    for row in _records(comparison.whole(comparison.intervals, grouped=True)):
        if row["measure"] != HOLD_LENGTH or not row["group"] or row["scenario"] not in runs:
            continue
        hours = _estimate(row["mean"], row["low"], row["high"])
        key = (row["scenario"], row["group"])
        if hours is not None and key in counts.index:
            size, wasted = (int(count) for count in counts.loc[key])
            found.append(
                HoldHours(
                    row["scenario"],
                    class_words(row["group"]),
                    hours=hours,
                    holds=size,
                    wasted=wasted,
                )
            )
    return tuple(found)


def _moved(runs: Runs) -> tuple[MovedCase, ...]:
    """Of the first replication: who they are differs from one to the next."""
    first = min(run.number for made in runs.values() for run in made)
    table = moved_after_stop(
        {name: [run for run in made if run.number == first] for name, made in runs.items()}
    )
    return tuple(
        MovedCase(
            scenario=row["scenario"],
            number=int(row["replication"]),
            case=row["case"],
            priority=row["priority"],
            age_band=row["age_band"],
            at=row["at"].to_pydatetime(),
            before=row["before"].to_pydatetime(),
            after=row["after"].to_pydatetime(),
            told=bool(row["told"]),
        )
        for row in _records(table)
    )


def _sweep(comparison: Comparison, points: Points) -> Sweep:
    made = {
        name: SweepPoint(name, tuple(values.values()), {})
        for name, values in points.items()
        if name in comparison.scenarios
    }
    for row in _records(comparison.whole(comparison.intervals)):
        found = _estimate(row["mean"], row["low"], row["high"])
        if found is not None and row["scenario"] in made:
            point = made[row["scenario"]]
            made[point.scenario] = replace(point, figures=point.figures | {row["measure"]: found})
    parameters = next(iter(points.values()))
    return Sweep(tuple(parameters), tuple(made.values()))
