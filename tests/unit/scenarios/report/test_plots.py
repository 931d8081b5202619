"""What the plots draw, from a made-up comparison."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from scenarios.measures.verdicts import Verdict
from scenarios.report.data import (
    Bar,
    DayChart,
    DayPanel,
    Estimate,
    HoldHours,
    Presence,
    ReportData,
    ScenarioNote,
    Waits,
)
from scenarios.report.plots.cells import BLACK, WHITE, ink
from scenarios.report.plots.forest import WIDEST, forest_section
from scenarios.report.plots.gantt import gantt_section
from scenarios.report.plots.heat import heat_section, merged
from scenarios.report.plots.holds import holds_section
from scenarios.report.plots.presence import presence_section
from scenarios.report.plots.sweep import sweep_section
from scenarios.report.plots.waiting import POINTS, quantile, waiting_section
from tests.unit.scenarios.report import sample


@pytest.mark.parametrize(("level", "value"), [(0.25, 1), (0.26, 2), (0.5, 2), (0.9, 8), (1.0, 8)])
def test_quantiles_are_values_that_were_seen(level: float, value: float) -> None:
    assert quantile([1, 2, 4, 8], level) == value


def test_the_waiting_curve_rises_from_nothing_to_all() -> None:
    waits = (Waits("baseline", (4.0, 1.0, 3.0, 2.0)),)
    curve = waiting_section(sample.report(waits=waits)).pictures[0].data[0]
    # four cases: a quarter more with each
    assert curve["x"] == [1.0, 1.0, 2.0, 3.0, 4.0]
    assert curve["y"] == [0.0, 25.0, 50.0, 75.0, 100.0]


def test_a_curve_has_a_bounded_number_of_points() -> None:
    waits = (Waits("baseline", tuple(float(day) for day in range(5000))),)
    curve = waiting_section(sample.report(waits=waits)).pictures[0].data[0]
    assert len(curve["x"]) == POINTS + 1
    assert curve["x"][-1] == 4999.0


def test_cases_present_are_drawn_from_the_warm_up_on() -> None:
    weeks = (Estimate(119.0), Estimate(105.0, 100.0, 110.0), Estimate(93.0, 90.0, 96.0))
    section = presence_section(sample.report(presences=(Presence("baseline", -1, weeks),)))
    (picture,) = section.pictures
    (drawn,) = picture.data
    assert drawn["x"] == [-1, 0, 1]
    assert drawn["y"] == [119.0, 105.0, 93.0]
    assert drawn["error_y"]["array"] == [0.0, 5.0, 3.0]
    assert picture.table.rows[0][1:] == ("119.0", "105.0 (100.0 to 110.0)", "93.0 (90.0 to 96.0)")
    assert "119.0 today, 105.0 when measuring begins and 93.0 at the end" in picture.alt


def many(count: int) -> ReportData:
    notes = tuple(ScenarioNote(f"s{n}", "", "", (), "") for n in range(count + 1))
    waits = tuple(Waits(note.name, (1.0, 2.0)) for note in notes)
    return sample.report(baseline="s0", scenarios=notes, waits=waits, rows=(), holds=())


@pytest.mark.parametrize(("others", "pictures", "curves"), [(6, 1, 7), (7, 7, 2)])
def test_too_many_curves_are_shown_one_by_one_beside_the_baseline(
    others: int, pictures: int, curves: int
) -> None:
    section = waiting_section(many(others))
    assert len(section.pictures) == pictures
    assert {len(picture.data) for picture in section.pictures} == {curves}


def test_use_by_hour_has_the_same_rows_in_both_panels() -> None:
    picture = heat_section(sample.report()).pictures[0]
    before, after = (trace for trace in picture.data if trace["type"] == "heatmap")
    # suite-5 is there in the scenario only, after the sedation nurses: its row is empty before
    assert len(before["z"]) == len(after["z"]) == 8
    assert before["z"][-1] == [None] * 12
    assert after["z"][-1][5] == 95.0  # 12:00 is the sixth hour from 07:00


def test_a_row_that_comes_new_follows_the_one_before_it() -> None:
    lists = (("suite-1", "suite-2", "nurse"), ("suite-1", "suite-2", "suite-3", "nurse", "bay"))
    assert merged(lists) == ("suite-1", "suite-2", "suite-3", "nurse", "bay")


def test_figures_in_cells_are_black_on_light_and_white_on_dark() -> None:
    assert (ink(0.0), ink(0.4), ink(1.0)) == (BLACK, BLACK, WHITE)


def test_differences_are_in_per_cent_of_the_baseline() -> None:
    picture = forest_section(sample.report()).pictures[0]
    better = picture.data[0]
    # -2.13 of 9.4 is -22.66 %, and half the interval is 0.5 of 9.4, 5.319 %
    assert better["name"] == "better"
    assert better["x"][0] == pytest.approx(-22.66, abs=0.005)
    assert better["error_x"]["array"][0] == pytest.approx(5.319, abs=0.001)


def test_measures_without_a_difference_are_left_out_of_the_plot() -> None:
    second = forest_section(sample.report()).pictures[1]
    assert len(second.table.rows) == 7  # eight measures, off-drug differs by exactly nothing
    assert "Hours off drug" not in {row[0] for row in second.table.rows}


def test_what_reaches_too_far_is_cut_with_an_arrow() -> None:
    # 520 of 210 minutes is 247.6 %
    second = forest_section(sample.report()).pictures[1]
    worse = next(trace for trace in second.data if trace["name"] == Verdict.WORSE.value)
    assert worse["x"][-1] == WIDEST
    assert worse["marker"]["symbol"][-1] == "triangle-right"
    assert second.table.rows[4][1] == "+247.6"


def test_a_measure_whose_baseline_is_nothing_has_no_per_cent() -> None:
    rows = (sample.row("moves", "nurse-fewer", 0.0, Estimate(2.0, 1.0, 3.0), Verdict.WORSE),)
    assert forest_section(sample.report(rows=rows)).pictures == ()


def bar(case: str, hour: int, resource: str = "suite-1") -> Bar:
    begin = datetime(2026, 11, 4, hour, tzinfo=UTC)
    return Bar(resource, "suite", case, begin, begin.replace(hour=hour + 1))


def chart(*panels: DayPanel, day: date = sample.DAY) -> DayChart:
    return DayChart(day, "America/Chicago", "riverside", 0, panels)


def test_bars_lie_at_local_hours_and_the_changed_ones_are_marked() -> None:
    before = DayPanel("baseline", (bar("C-1", 14), bar("C-2", 16)))
    after = DayPanel("nurse-fewer", (bar("C-1", 14), bar("C-2", 17)))
    picture = gantt_section(sample.report(day=chart(before, after))).pictures[0]
    first, second = picture.data
    # 14:00 UTC is 08:00 in Chicago in November
    assert first["base"] == [8.0, 10.0]
    assert second["base"] == [8.0, 11.0]
    assert second["marker"]["pattern"]["shape"] == ["", "/"]
    assert picture.layout["xaxis"]["ticktext"] == ["08", "09", "10", "11", "12"]
    assert first["text"] == ["1", "2"]
    assert "Boxes leave out C-." in picture.alt


def test_a_day_of_another_length_is_drawn_by_elapsed_hours() -> None:
    # 2026-11-01 has 25 hours in Chicago: 08:00 standard time is nine hours after midnight
    begin = datetime(2026, 11, 1, 14, tzinfo=UTC)
    bars = (Bar("suite-1", "suite", "C-1", begin, begin.replace(hour=15)),)
    panels = DayPanel("baseline", bars)
    shown = gantt_section(sample.report(day=chart(panels, day=date(2026, 11, 1)))).pictures[0]
    assert shown.data[0]["base"] == [9.0]
    assert shown.layout["xaxis"]["ticktext"][0] == "08"
    assert shown.table.rows == (("suite-1", "As it is", "C-1", "08:00", "09:00"),)


def test_a_day_without_bookings_says_which() -> None:
    empty = chart(DayPanel("baseline", ()), DayPanel("nurse-fewer", ()))
    section = gantt_section(sample.report(day=empty))
    assert section.pictures == ()
    assert "Wednesday 4 November 2026" in section.nothing


def test_suites_come_before_people_and_bays() -> None:
    picture = gantt_section(sample.report()).pictures[0]
    rows = picture.layout["yaxis"]["ticktext"]
    assert rows[:5] == [f"suite-{n}" for n in range(1, 6)]
    assert rows[-1] == "bay-6"


def test_rows_are_in_the_order_in_which_people_count() -> None:
    bars = tuple(bar("C-1", 14, f"bay-{n}") for n in (10, 2, 1))
    picture = gantt_section(sample.report(day=chart(DayPanel("baseline", bars)))).pictures[0]
    assert picture.layout["yaxis"]["ticktext"] == ["bay-1", "bay-2", "bay-10"]


def test_ids_are_shortened_at_a_sign_only() -> None:
    bars = (bar("r2026-1", 14), bar("referral-2", 16))
    picture = gantt_section(sample.report(day=chart(DayPanel("baseline", bars)))).pictures[0]
    assert picture.data[0]["text"] == ["r2026-1", "referral-2"]
    assert "leave out" not in picture.alt


def test_an_interval_without_sense_does_not_stretch_the_scale() -> None:
    wild = HoldHours("baseline", "doac", Estimate(50.0, -900.0, 1000.0), 3, 0)
    picture = holds_section(sample.report(holds=(wild,))).pictures[0]
    # thrice the longest mean of 50 hours, and 5 % more
    assert picture.layout["xaxis"]["range"] == [0, 157.5]
    assert picture.table.rows[0][-1] == "\u2212900 to 1,000"


def test_the_words_of_holds_stay_short() -> None:
    alt = holds_section(sample.report()).pictures[0].alt
    assert alt.startswith("As it is: the longest holds are of antiplatelet, 160.5 hours on average")
    assert alt.count("the shortest of doac") == 3


def test_holds_are_told_by_class_and_scenario_with_their_interval() -> None:
    picture = holds_section(sample.report()).pictures[0]
    assert picture.table.rows[0] == (
        *("antiplatelet", "As it is", "120", "7"),
        *("160.5", "158.0 to 163.0"),
    )
    assert [len(trace["x"]) for trace in picture.data] == [3, 3, 3]
    places = {y for trace in picture.data for y in trace["y"]}
    assert len(places) == 9  # nothing lies on another


def test_one_parameter_makes_a_curve_with_intervals() -> None:
    picture = sweep_section(sample.report(sweep=sample.sweep(1))).pictures[0]
    assert picture.data[0]["x"] == [0.8, 1.0, 1.2, 1.4, 1.6]
    assert picture.data[0]["error_y"]["array"] == pytest.approx([0.5] * 5)
    assert picture.table.rows[0] == ("0.8", "4.00", "3.50 to 4.50")


def test_two_parameters_make_a_heat_map() -> None:
    section = sweep_section(sample.report(sweep=sample.sweep(2)))
    colours, texts = section.pictures[0].data
    # rows are notices of 24, 48, 72 h, columns factors 0.8, 1.0, 1.2: 4 * 0.8 + 24 / 24 = 4.2
    assert colours["z"][0] == pytest.approx([4.2, 5.0, 5.8])
    assert texts["text"][:3] == ["4.2", "5.0", "5.8"]


def test_a_point_that_was_not_run_is_left_empty() -> None:
    grid = sample.sweep(2)
    less = replace(grid, points=grid.points[1:])
    picture = sweep_section(sample.report(sweep=less)).pictures[0]
    assert None in [value for line in picture.data[0]["z"] for value in line]
    assert len(picture.data[1]["text"]) == 8


def test_all_points_alike_are_drawn_too() -> None:
    grid = sample.sweep(2)
    flat = tuple(replace(p, figures={"waiting-mean": Estimate(3.0)}) for p in grid.points)
    picture = sweep_section(sample.report(sweep=replace(grid, points=flat))).pictures[0]
    assert picture.data[1]["text"] == ["3.0"] * 9
