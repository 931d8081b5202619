"""The comparison in a terminal: words without colour, on narrow screens too."""

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from scenarios.measures.comparison import Comparison, compare
from scenarios.report.text import comparison_text
from tests.unit.scenarios.runs import replications


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    runs = {"baseline": replications(6), "sooner": replications(6, wait=5.0)}
    return compare(runs, "baseline")


def screen(comparison: Comparison, width: int, **titles: str) -> list[str]:
    out = StringIO()
    console = Console(file=out, width=width, color_system=None)
    console.print(comparison_text(comparison, titles=titles))
    return out.getvalue().splitlines()


def test_the_verdict_is_a_word_with_a_sign(comparison: Comparison) -> None:
    line = next(line for line in screen(comparison, 120) if line.startswith("Mean waiting, days"))
    assert line.split()[-2:] == ["+", "better"]
    line = next(line for line in screen(comparison, 120) if line.startswith("Cases treated"))
    assert line.rstrip().endswith("= no difference")


def test_a_wide_screen_has_every_figure(comparison: Comparison) -> None:
    heads = next(line for line in screen(comparison, 120) if "verdict" in line)
    assert heads.split() == [
        *("measure", "baseline", "scenario", "difference"),
        *("95", "%", "interval", "verdict"),
    ]


@pytest.mark.parametrize("width", [50, 70, 100, 160])
def test_no_line_is_longer_than_the_screen(comparison: Comparison, width: int) -> None:
    lines = screen(comparison, width)
    assert max(len(line) for line in lines) <= width
    assert "\u2026" not in "".join(lines)


def test_scenarios_are_called_by_their_titles(comparison: Comparison) -> None:
    first = screen(comparison, 120, sooner="Everyone comes sooner")[0]
    assert first.strip() == "Everyone comes sooner against baseline"


def test_a_baseline_alone_is_nothing_to_compare() -> None:
    alone = compare({"baseline": replications(2)}, "baseline")
    assert screen(alone, 80)[0].strip() == "Nothing to compare: there is only baseline."


def test_the_figures_may_be_chosen_for_another_width(comparison: Comparison) -> None:
    out = StringIO()
    Console(file=out, width=160, color_system=None).print(comparison_text(comparison, 70))
    heads = next(line for line in out.getvalue().splitlines() if "verdict" in line)
    assert heads.split() == ["measure", "difference", "verdict"]


def test_what_a_reader_must_know_comes_last(comparison: Comparison) -> None:
    told = " ".join(" ".join(screen(comparison, 120)).split())
    assert comparison.notes
    assert told.endswith(comparison.notes[-1])


def test_what_must_be_known_of_single_rows_follows_the_table() -> None:
    runs = {"baseline": replications(6), "sooner": replications(6, wait=5.0)}
    unlike = {"sooner": {"cost": "measured with other prices"}}
    told = screen(compare(runs, "baseline", unlike=unlike), 120)
    line = "Cost of a night's plan: not judged: measured with other prices."
    assert line in [one.strip() for one in told]


def test_single_runs_have_neither_intervals_nor_verdicts() -> None:
    single = compare({"baseline": replications(1), "sooner": replications(1, wait=5.0)}, "baseline")
    heads = next(line for line in screen(single, 120) if "difference" in line and "base" in line)
    assert heads.split() == ["measure", "baseline", "scenario", "difference"]


def test_a_scenario_that_such_runs_cannot_tell_apart_has_a_sentence_for_a_table(
    comparison: Comparison,
) -> None:
    silent = replace(comparison, cautions={"sooner": "it shows in a replay only"})
    lines = [line.strip() for line in screen(silent, 120)]
    assert lines[1] == "Nothing to compare: it shows in a replay only."
    assert not any(line.startswith("Mean waiting") for line in lines)
