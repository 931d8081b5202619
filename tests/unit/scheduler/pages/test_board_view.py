"""What the board shows: rows, boxes and their states, closed time, counts."""

from datetime import date, timedelta

import pytest

from models.plan import Placement
from models.problem import PlanningProblem
from scheduler.views.board import BoardView, board_view
from scheduler.views.rows import Box, BoxState, Row
from scheduler.views.spans import CaseLabel
from tests.unit.scheduler.pages.sample import (
    DAY,
    at,
    sample_labels,
    sample_problem,
    sample_readiness,
)


@pytest.fixture(scope="module")
def day() -> tuple[PlanningProblem, dict[str, Placement]]:
    return sample_problem()


@pytest.fixture(scope="module")
def view(day: tuple[PlanningProblem, dict[str, Placement]]) -> BoardView:
    return board_view(*day, sample_readiness(), DAY, labels=sample_labels())


def row(view: BoardView, resource: str) -> Row:
    return next(r for group in view.groups for r in group.rows if r.resource == resource)


def box(view: BoardView, resource: str, case: str) -> Box:
    return next(b for b in row(view, resource).boxes if b.case == case)


def test_groups_come_in_the_order_of_the_house(view: BoardView) -> None:
    assert [group.title for group in view.groups] == [
        "Suites",
        "CT",
        "Proceduralists",
        "Sedation",
        "Bays",
        "Outpatient slots",
    ]


def test_every_need_has_one_box(
    day: tuple[PlanningProblem, dict[str, Placement]], view: BoardView
) -> None:
    problem, placements = day
    wanted = {
        (case, role, name)
        for case, placement in placements.items()
        for role, name in placement.assigned.items()
        if not name.startswith("arrival-")
    }
    assert {(b.case, b.role, r.resource) for r, b in view.boxes} == wanted
    assert len(view.boxes) == len(wanted)
    assert view.cases == tuple(sorted(problem.case_by_id))


def test_a_box_lasts_as_long_as_its_need(view: BoardView) -> None:
    # Sedation begins 10 minutes before 08:00 and lasts 55 + 20 minutes.
    sedation = box(view, "rn-1", "C-1041")
    assert (sedation.start, sedation.end) == (at("07:50"), at("09:05"))


def test_turnover_is_the_end_of_the_suites_need(view: BoardView) -> None:
    assert box(view, "suite-1", "C-1041").turnover == at("08:55")
    assert box(view, "dr-alba", "C-1041").turnover is None


def test_turnover_is_told_from_the_staff_where_no_label_says_it(
    day: tuple[PlanningProblem, dict[str, Placement]],
) -> None:
    bare = board_view(*day, {}, DAY)
    assert box(bare, "suite-1", "C-1041").turnover == at("08:55")


@pytest.mark.parametrize(
    ("resource", "case", "state"),
    [
        ("suite-2", "C-1022", BoxState.BOOKED),
        ("suite-1", "C-1041", BoxState.LOCKED),
        ("suite-2", "C-1090", BoxState.PROVISIONAL),  # no booking yet
        ("suite-2", "C-1072", BoxState.MOVED),  # booked for Tuesday
        ("rn-2", "C-1048", BoxState.CONFLICT),  # begins before C-1035 has ended
    ],
)
def test_states(view: BoardView, resource: str, case: str, state: BoxState) -> None:
    assert box(view, resource, case).state is state


def test_a_moved_box_says_where_it_was(view: BoardView) -> None:
    assert box(view, "suite-2", "C-1072").notes == ("booked before: Tue 3 Nov 09:00 on suite-4",)


def test_overlapping_boxes_name_each_other_and_lie_on_different_lines(view: BoardView) -> None:
    first, second = box(view, "rn-2", "C-1035"), box(view, "rn-2", "C-1048")
    assert first.notes == ("overlaps C-1048 on rn-2",)
    assert second.notes == ("overlaps C-1035 on rn-2",)
    assert (first.track, second.track) == (0, 1)
    assert row(view, "rn-2").tracks == 2


def test_a_box_outside_opening_hours_is_in_conflict(
    day: tuple[PlanningProblem, dict[str, Placement]],
) -> None:
    problem, placements = day
    early = {"C-1094": moved(placements["C-1094"], hours=-1)}  # CT opens at 10:00
    found = box(board_view(problem, early, {}, DAY), "ct-1", "C-1094")
    assert found.state is BoxState.CONFLICT
    assert found.notes == ("ct-1 is not available for all of 09:50 to 11:30",)


def moved(placement: Placement, hours: int) -> Placement:
    return placement.model_copy(update={"start": placement.start + timedelta(hours=hours)})


def test_a_start_outside_the_windows_is_in_conflict(
    day: tuple[PlanningProblem, dict[str, Placement]],
) -> None:
    problem, placements = day
    document = problem.model_dump(by_alias=True)
    narrow = {"windows": ((at("15:00"), at("16:00")),)}
    document["cases"] = [c | narrow if c["id"] == "C-1090" else c for c in document["cases"]]
    narrowed = PlanningProblem.model_validate(document)
    found = box(board_view(narrowed, placements, {}, DAY), "suite-2", "C-1090")
    assert found.notes == ("14:40 is outside the permitted starts of C-1090",)


def test_marks_and_notes_add_to_what_the_problem_says(
    day: tuple[PlanningProblem, dict[str, Placement]],
) -> None:
    marks = {"C-1022": frozenset({"provisional"}), "C-1090": frozenset({"booked", "conflict"})}
    notes = {"C-1090": ("dr-brandt is ill",)}
    shown = board_view(*day, {}, DAY, marks=marks, notes=notes)
    assert box(shown, "suite-2", "C-1022").states == (BoxState.PROVISIONAL,)
    assert box(shown, "suite-2", "C-1090").states == (BoxState.CONFLICT, BoxState.BOOKED)
    assert box(shown, "suite-2", "C-1090").notes == ("dr-brandt is ill",)


def test_an_unknown_mark_is_refused(day: tuple[PlanningProblem, dict[str, Placement]]) -> None:
    with pytest.raises(ValueError, match="'booky' is not a valid BoxState"):
        board_view(*day, {}, DAY, marks={"C-1022": frozenset({"booky"})})


def test_closed_time_is_what_the_opening_hours_leave_of_the_axis(view: BoardView) -> None:
    assert row(view, "ct-1").closed == ((at("07:00"), at("10:00")), (at("14:00"), at("18:00")))


def test_minutes_used_and_their_limit(view: BoardView) -> None:
    # dr-alba: 55 + 75 + 95 + 90 minutes.
    alba = row(view, "dr-alba")
    assert (alba.used_minutes, alba.limit_minutes, alba.over_limit) == (315, 420, False)


def test_slots_are_counted_by_the_half_hour(view: BoardView) -> None:
    counts = {cell.start: (cell.taken, cell.total) for cell in view.groups[-1].counts}
    # Arrivals an hour before 08:00 (twice), 09:15 and 09:30.
    assert counts[at("07:00")] == (2, 2)
    assert counts[at("07:30")] == (0, 2)
    assert counts[at("08:00")] == (1, 2)
    assert at("16:00") not in counts  # the last slots end at 15:30


def test_another_day_shows_nothing_but_the_opening_hours(
    day: tuple[PlanningProblem, dict[str, Placement]],
) -> None:
    empty = board_view(*day, sample_readiness(), date(2026, 11, 7))
    assert empty.boxes == ()
    assert empty.holds.cases == ()
    assert empty.axis.hours == 24


def test_a_recovery_past_midnight_is_on_both_days(
    day: tuple[PlanningProblem, dict[str, Placement]],
) -> None:
    problem, placements = day
    # 14:40 + 8 h = 22:40; recovery 55 minutes later for 120 minutes: 23:35 to 01:35.
    late = {"C-1090": moved(placements["C-1090"], hours=8)}
    monday = board_view(problem, late, {}, DAY)
    tuesday = board_view(problem, late, {}, DAY + timedelta(days=1))
    assert "recovery" in {b.role for _, b in monday.boxes}
    assert {b.role for _, b in tuesday.boxes} == {"recovery"}
    assert {r.used_minutes for g in tuesday.groups for r in g.rows} == {0}


def test_the_now_line_is_shown_on_its_own_day_only(
    day: tuple[PlanningProblem, dict[str, Placement]], view: BoardView
) -> None:
    assert view.shows_now
    assert not board_view(*day, {}, DAY + timedelta(days=1)).shows_now


def test_unknown_cases_and_resources_are_left_off(
    day: tuple[PlanningProblem, dict[str, Placement]],
) -> None:
    problem, placements = day
    strange = {
        "X": Placement(case="X", start=at("10:00"), assigned={"suite": "suite-1"}),
        "C-1066": placements["C-1066"].model_copy(
            update={"assigned": {**placements["C-1066"].assigned, "suite": "suite-9"}}
        ),
    }
    shown = board_view(problem, strange, {}, DAY)
    assert "suite" not in {b.role for _, b in shown.boxes}
    assert shown.cases == ("C-1066",)


def test_ids_are_shortened_by_what_they_share(
    day: tuple[PlanningProblem, dict[str, Placement]], view: BoardView
) -> None:
    assert view.prefix == "C-"
    assert board_view(*day, {}, date(2026, 11, 7)).prefix == ""


def test_the_site_may_be_named(day: tuple[PlanningProblem, dict[str, Placement]]) -> None:
    named = board_view(*day, {}, DAY, labels={"C-1022": CaseLabel("Biopsy")}, site="Riverside")
    assert named.site == "Riverside"
