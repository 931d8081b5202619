"""From runs to the page: what is taken from where, and how it can be run again."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from models.errors import InputError
from scenarios.assumptions import Assumptions, Chance, Quantiles
from scenarios.measures.comparison import Comparison, compare
from scenarios.measures.registry import LEADING
from scenarios.measures.verdicts import Verdict
from scenarios.practice import Practice
from scenarios.records import Run
from scenarios.report.data import ReportData
from scenarios.report.gather import MOST_SHOWN, report_data, sweep_points
from scenarios.report.page import comparison_html
from scenarios.report.provenance import Subjects, assumptions, scenario_text
from scenarios.running.digests import digest
from scenarios.scenario import Replay, Scenario, ScenarioDocument, Settings, Sweep
from scenarios.scenario_files import parse_scenario
from tests.unit.scenarios.edits.worlds import edit, practice
from tests.unit.scenarios.report.pages import page
from tests.unit.scenarios.runs import at, replications, use, week

SETTINGS = Settings(run=Replay(weeks=1, replications=6), seed=7)
FEWER = Scenario(
    name="sooner",
    title="Everyone comes sooner",
    edits=(edit("notice", hours=12),),
)


def gathered(
    runs: Mapping[str, tuple[Run, ...]],
    *,
    subjects: Subjects | None = None,
    day: date | None = None,
    sweep: Mapping[str, Mapping[str, float | str]] | None = None,
) -> tuple[ReportData, Comparison]:
    found = compare(runs, next(iter(runs)))
    data = report_data(
        found,
        runs,
        subjects or {},
        {"sooner": FEWER},
        SETTINGS,
        command="holdfast scenario compare sooner",
        day=day,
        sweep=sweep,
    )
    return data, found


@pytest.fixture(scope="module")
def runs() -> dict[str, tuple[Run, ...]]:
    return {"baseline": replications(6), "sooner": replications(6, wait=5.0)}


@pytest.fixture(scope="module")
def report(runs: dict[str, tuple[Run, ...]]) -> ReportData:
    return gathered(runs)[0]


def test_scenarios_have_their_words_and_titles(report: ReportData) -> None:
    base, other = report.scenarios
    assert (base.name, base.title, base.changes) == ("baseline", "", ())
    assert other.changes == FEWER.words()
    assert report.title == "Everyone comes sooner"


def test_rows_are_those_of_the_comparison(runs: dict[str, tuple[Run, ...]]) -> None:
    data, found = gathered(runs)
    whole = found.whole(found.differences, grouped=True)
    # use by hour has a plot instead
    assert len(data.rows) == sum(not name.endswith("_by_hour") for name in whole["measure"])
    wait = next(r for r in data.rows if r.measure == "waiting_mean" and not r.group)
    line = whole[(whole["measure"] == "waiting_mean") & (whole["group"] == "")].iloc[0]
    assert wait.difference is not None
    assert wait.difference.value == line["difference"] < 0
    assert (wait.difference.low, wait.difference.high) == (line["low"], line["high"])
    assert wait.verdict is Verdict.BETTER
    assert wait.remark == ""


def test_who_was_moved_after_the_stop_is_told_of_one_replication(report: ReportData) -> None:
    # one of each week's cases is moved so, in six replications of two scenarios
    assert [(one.scenario, one.number, one.case) for one in report.moved] == [
        ("baseline", 0, "case-91"),
        ("sooner", 0, "case-91"),
    ]
    first = report.moved[0]
    assert (first.at, first.before, first.after) == (at("02:00", 2), at("08:00", 3), at("08:00", 9))
    # 2026-11-26 is the Thursday of the week, 08:00 in Chicago
    assert "2026-11-26 08:00" in page(report).words


def test_what_is_not_defined_is_none_and_no_number(report: ReportData) -> None:
    # nobody has a CT in these runs
    row = next(r for r in report.rows if r.measure == "ct_use")
    assert (row.baseline, row.value, row.difference) == (None, None, None)
    assert row.verdict is Verdict.NOT_DEFINED


def test_the_dozen_that_is_shown_at_a_glance_is_measured(report: ReportData) -> None:
    leading = [note.key for note in report.measures if note.leading]
    assert set(leading) == LEADING
    assert len(leading) == 12


def test_groups_of_drugs_are_written_as_people_write_them(report: ReportData) -> None:
    groups = {row.group for row in report.rows if row.measure == "hold_length_by_class"}
    assert groups == {"DOAC", "VKA"}


def test_waits_are_those_of_all_replications(report: ReportData) -> None:
    # 20 treated in each of 6 weeks
    assert [(w.scenario, len(w.days)) for w in report.waits] == [("baseline", 120), ("sooner", 120)]


def test_use_by_hour_is_within_staffed_hours(report: ReportData) -> None:
    heat = report.heats[0]
    assert heat.rows == ("suite-1", "sedation")  # rooms by themselves, people by kind
    assert heat.hours == tuple(range(8, 16))
    assert all(share is not None and 0 <= share <= 1 for row in heat.shares for share in row)


def test_holds_are_counted_with_the_wasted_ones(report: ReportData) -> None:
    doac = next(h for h in report.holds if (h.scenario, h.drug_class) == ("baseline", "DOAC"))
    # of 20 treated every other one is on a DOAC; one more was stopped for nothing: 11 in 6 weeks
    assert (doac.holds, doac.wasted) == (66, 6)


def test_the_day_drawn_has_bookings_and_lies_in_the_middle(report: ReportData) -> None:
    assert report.day is not None
    # the week begins on Monday 2026-11-23, its middle is Thursday noon
    assert report.day.day == date(2026, 11, 26)
    assert all(panel.bars for panel in report.day.panels)


def test_another_day_may_be_chosen(runs: dict[str, tuple[Run, ...]]) -> None:
    data, _ = gathered(runs, day=date(2026, 11, 24))
    assert data.day is not None
    assert data.day.day == date(2026, 11, 24)


def test_the_making_says_how_much_was_run(report: ReportData) -> None:
    made = report.making
    assert made.replications == (("baseline", 6), ("sooner", 6))
    assert made.seconds == (("baseline", 9.0), ("sooner", 9.0))  # 6 runs of 1.5 s
    assert ("Weeks", "1") in made.settings
    assert made.versions == (("holdfast", "0.1.0"),)
    assert [name for name, _ in made.digests] == ["the program's code"]


def test_identical_runs_have_no_difference_on_the_page() -> None:
    data, _ = gathered({"baseline": replications(3), "same": replications(3)})
    told = {row.verdict for row in data.rows}
    assert told == {Verdict.NO_DIFFERENCE, Verdict.NOT_DEFINED}
    assert "no measure differs" in page(data).words


def test_a_single_run_is_told_as_one() -> None:
    data, _ = gathered({"baseline": (week(),), "other": (week(wait=5.0),)})
    row = page(data).row("Mean waiting days", "all")
    assert row[-2:] == ["none", "single run"]


def test_many_scenarios_are_shown_at_equal_steps_and_the_page_says_so() -> None:
    base = (week(),)
    many = {f"s{n:02}": base for n in range(40)}
    data, _ = gathered({"baseline": base, **many})
    shown = [note.name for note in data.others]
    assert len(shown) == MOST_SHOWN
    assert (shown[0], shown[-1]) == ("s00", "s39")
    assert len(comparison_html(data).encode()) < 6_000_000
    assert "12 of 40 scenarios have tables" in " ".join(data.notes)


def test_digests_tell_what_was_run(runs: dict[str, tuple[Run, ...]]) -> None:
    whole = practice()
    subjects = {"baseline": {"demo": whole}, "sooner": {"demo": whole}}
    data, _ = gathered(runs, subjects=subjects)
    assert data.making.digests[:2] == (("baseline", digest(whole)), ("sooner", digest(whole)))


def changed(base: Practice) -> Practice:
    half = Chance(share=0.01, source="halved", evidence="scenario")
    return base.changed(assumptions=Assumptions(no_show=half))


def test_assumptions_are_told_once_and_again_where_they_differ() -> None:
    base = practice()
    told = assumptions({"a": {"x": base}, "b": {"x": changed(base)}}, "a", "replay")
    no_show = [(one.scenario, one.figure, one.evidence) for one in told if one.name == "no show"]
    assert no_show == [("", "2 %", "published"), ("b", "1 %", "scenario")]
    assert [one.name for one in told if one.scenario] == ["no show"]
    assert all(one.source and one.evidence and one.figure for one in told)


def test_quantiles_are_told_by_their_ends() -> None:
    # 90 % lies at (0.9 - 0.5) / 0.5 = 0.8 of the way from 20 to 50: 20 + 0.8 * 30 = 44
    late = Quantiles(levels=(0, 0.5, 1), values=(0, 20, 50), source="a clock", evidence="site")
    base = practice().changed(assumptions=Assumptions(first_case_late=late))
    told = assumptions({"a": {"x": base}}, "a", "replay")
    figure = next(one.figure for one in told if one.name == "first case late, minutes")
    assert figure == "50% at most 20, 90% at most 44 and all at most 50"


def test_a_plan_rests_on_policies_only() -> None:
    told = assumptions({"a": {"x": practice()}}, "a", "plan")
    assert {one.name.split()[0] for one in told} == {"hold", "notice"}


def test_a_document_can_be_run_again() -> None:
    again = parse_scenario(scenario_text(FEWER, SETTINGS), "page.yaml")
    assert again.scenario == FEWER
    assert again.settings(Settings()) == SETTINGS


def grid() -> ScenarioDocument:
    return ScenarioDocument(
        name="grid",
        edits=(edit("notice", hours=24),),
        sweep=(Sweep(at="edits.0.hours", values=(24, 48)),),
    )


def test_points_of_a_sweep_are_named_after_what_is_swept() -> None:
    assert sweep_points(grid()) == {
        "grid@hours=24": {"notice hours": 24},
        "grid@hours=48": {"notice hours": 48},
    }


def test_a_sweep_has_a_point_for_each_scenario() -> None:
    runs = {
        "baseline": replications(4),
        "grid@hours=24": replications(4, wait=5.0),
        "grid@hours=48": replications(4, wait=9.0),
    }
    data, _ = gathered(runs, sweep=sweep_points(grid()))
    assert data.sweep is not None
    first, second = (point.figures["waiting_mean"] for point in data.sweep.points)
    assert first.value < second.value
    assert "notice hours" in page(data).words


def test_a_sweep_that_names_nothing_is_refused() -> None:
    wrong = grid().model_copy(update={"sweep": (Sweep(at="edits.3.hours", values=(1,)),)})
    with pytest.raises(InputError):
        sweep_points(wrong)


def test_times_of_arrival_have_no_row_in_the_day() -> None:
    arrival = use("arrival-1", "case-00", at("07:30", 3), 15, kind="outpatient-slot")
    first = week()
    both = {"baseline": (replace(first, uses=(*first.uses, arrival)),), "other": (week(wait=5.0),)}
    data, _ = gathered(both)
    assert data.day is not None
    assert {bar.kind for panel in data.day.panels for bar in panel.bars} == {"suite", "sedation"}
