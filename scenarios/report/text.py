"""The comparison in a terminal: words and signs, one table a scenario, narrow ones as well."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from scenarios.measures.comparison import Comparison
from scenarios.measures.verdicts import Verdict
from scenarios.report.data import MeasureNote, Row
from scenarios.report.gather import measure_notes, measure_rows
from scenarios.report.words import (
    SIGNS,
    beside,
    difference,
    figure,
    interval,
    tally_of,
)

WIDE = 100
"""Columns from which on every figure has a column of its own."""
STYLES = {Verdict.BETTER: "green", Verdict.WORSE: "bold red"}


def comparison_text(
    comparison: Comparison, width: int | None = None, *, titles: Mapping[str, str] | None = None
) -> RenderableType:
    """The comparison for a terminal of any width: a table for each scenario, then the notes.

    Narrower than `WIDE` the figures of baseline and scenario are left out.

    Args:
        comparison: of scenarios with their baseline.
        width: columns to choose the figures for; None: as many as there are.
        titles: what scenarios are called; by name where left out.
    """
    return _Shown(comparison, width, dict(titles or {}))


@dataclass(frozen=True, slots=True)
class _Shown:
    """What rich asks to draw itself, once it knows how wide the terminal is."""

    comparison: Comparison
    width: int | None
    titles: Mapping[str, str]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        wide = (self.width or options.max_width) >= WIDE
        base = self.comparison.baseline
        others = [name for name in self.comparison.scenarios if name != base]
        rows = measure_rows(self.comparison, others, grouped=False)
        notes = {note.key: note for note in measure_notes(self.comparison)}
        for name in others:
            yield Text(f"{self._called(name)} against {self._called(base)}", style="bold")
            if name in self.comparison.cautions:
                yield Text(f"Nothing to compare: {self.comparison.cautions[name]}.")
                continue
            own = [row for row in rows if row.scenario == name]
            yield Text(tally_of(own))
            yield _table(own, notes, wide=wide, judged=not self.comparison.single_run)
            yield from _remarks(own, notes)
        if not others:
            yield Text(f"Nothing to compare: there is only {self._called(base)}.")
        yield from (Text(note) for note in self.comparison.notes)

    def _called(self, name: str) -> str:
        return self.titles.get(name) or name


def _table(rows: list[Row], notes: Mapping[str, MeasureNote], *, wide: bool, judged: bool) -> Table:
    """The rows; of single runs, which are not judged, without intervals and verdicts."""
    grid = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    heads = ("baseline", "scenario", "difference", "95 % interval") if wide else ("difference",)
    shown = heads if judged else heads[:3]
    grid.add_column("measure", overflow="fold")
    for head in shown:
        grid.add_column(head, justify="right", no_wrap=wide)
    if judged:
        grid.add_column("verdict", overflow="fold")
    for row in rows:
        note = notes[row.measure]
        figures = _figures(row, note.unit, wide=wide)[: len(shown)]
        grid.add_row(_name(note), *figures, *([_verdict(row.verdict)] if judged else ()))
    return grid


def _remarks(rows: list[Row], notes: Mapping[str, MeasureNote]) -> Iterator[Text]:
    """What must be known of single rows, a line for all of which it is the same."""
    named: dict[str, list[str]] = {}
    for row in rows:
        if row.remark:
            named.setdefault(row.remark, []).append(notes[row.measure].name)
    yield from (Text(f"{', '.join(names)}: {remark}.") for remark, names in named.items())


def _name(note: MeasureNote) -> str:
    unit = beside(note.name, note.unit)
    return f"{note.name}, {unit}" if unit else note.name


def _figures(row: Row, unit: str, *, wide: bool) -> tuple[str, ...]:
    gap, reach = difference(row.difference, unit), interval(row.difference, unit)
    if wide:
        return figure(row.baseline, unit), figure(row.value, unit), gap, reach
    return (f"{gap} ({reach})" if row.difference and row.difference.low is not None else gap,)


def _verdict(verdict: Verdict) -> Text:
    return Text(f"{SIGNS[verdict]} {verdict.value}", style=STYLES.get(verdict, ""))
