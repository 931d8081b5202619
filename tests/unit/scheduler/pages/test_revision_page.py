"""The page of a night's revision: order, counts, what is wasted, every word escaped."""

from datetime import timedelta
from typing import Any

import pytest

from models.base import HoldStage
from scheduler.pages.revision_html import revision_html, shift_text
from scheduler.records import MoveRecord, MoveState, RevisionRecord, RevisionState
from scheduler.views.revision import ChangeRow, RevisionView, revision_view
from solver.moves import Move, Moves
from solver.revision import Change
from tests.unit.scheduler.pages.sample import at

DAY = timedelta(days=1)
START = at("09:00")


def move(case: str, change: Change, **members: Any) -> Move:
    return Move(case=case, change=change, **members)


def moved(case: str, by: timedelta, stage: HoldStage = HoldStage.NONE, **members: Any) -> Move:
    given = {"before": START, "after": START + by, "assigned": {"suite": "suite-2"}} | members
    return move(case, Change.MOVED, stage=stage, **given)


MOVES = (
    moved("A", 2 * DAY, HoldStage.STARTED, price=450, forced=True, reasons=("suite-1 <closed>",)),
    move("B", Change.PLACED, after=START, assigned={"suite": "suite-1"}, price=75),
    move(
        "C",
        Change.REASSIGNED,
        before=START,
        after=START,
        assigned={"suite": "suite-2", "bay": "bay-1"},
        depends_on=("A",),
    ),
    move("D", Change.UNBOOKED, before=START, price=7000, reasons=("no place was found",)),
)


def view_of(*moves: Move, bound: int | None = 900, **members: Any) -> RevisionView:
    decided: dict[str, MoveRecord] = members.pop("decided", {})
    record = RevisionRecord(
        id="revision-1",
        run="run-1",
        fingerprint="f",
        state=members.pop("state", RevisionState.PROPOSED),
        cost_before=2500,
        cost_after=members.pop("cost_after", 1000),
        bound=bound,
        document=Moves(moves=moves).model_dump_json(),
        created_at=at("02:00"),
        moves=tuple(decided.get(m.case, MoveRecord(case=m.case)) for m in moves),
    )
    return revision_view(record, site="Riverside", zone_name="America/Chicago", **members)


def row_of(given: Move) -> ChangeRow:
    return view_of(given).rows[0]


def test_wasted_holds_come_first_and_then_what_is_dear() -> None:
    assert [row.case for row in view_of(*MOVES).rows] == ["A", "D", "B", "C"]


def test_counts_and_savings() -> None:
    view = view_of(*MOVES)
    kinds = (Change.MOVED, Change.PLACED, Change.REASSIGNED, Change.UNBOOKED)
    assert [view.count(kind) for kind in kinds] == [1, 1, 1, 1]
    assert (view.saved, view.broken) == (1500, 1)
    assert (view.holds_moved, view.holds_wasted) == (1, 1)
    assert view.gap == pytest.approx(0.1)  # (1000 - 900) / 1000


@pytest.mark.parametrize(("bound", "after"), [(None, 1000), (0, 0)])
def test_without_bound_or_cost_there_is_no_gap(bound: int | None, after: int) -> None:
    assert view_of(bound=bound, cost_after=after).gap is None


@pytest.mark.parametrize(
    ("given", "wasted"),
    [
        (moved("A", DAY, HoldStage.STARTED), True),
        (moved("A", DAY, HoldStage.DRAWN), True),
        (moved("A", DAY - timedelta(minutes=5), HoldStage.STARTED), False),  # the same hold serves
        (moved("A", -DAY, HoldStage.STARTED), False),
        (moved("A", DAY, HoldStage.PLANNED), False),  # nobody has stopped anything yet
        (move("A", Change.UNBOOKED, before=START, stage=HoldStage.STARTED), True),
    ],
)
def test_what_wastes_a_hold(given: Move, *, wasted: bool) -> None:
    assert row_of(given).wastes_hold is wasted


def test_a_short_move_of_a_begun_hold_is_told_but_not_called_wasted() -> None:
    view = view_of(moved("A", timedelta(hours=2), HoldStage.STARTED))
    assert (view.holds_moved, view.holds_wasted) == (1, 0)
    assert "started, moved" in revision_html(view)


@pytest.mark.parametrize(
    ("by", "shown"),
    [
        (timedelta(days=2, hours=3), "2 d 3 h later"),
        (timedelta(minutes=-35), "35 min earlier"),
        (timedelta(), ""),
    ],
)
def test_how_far_a_case_moves(by: timedelta, shown: str) -> None:
    assert shift_text(row_of(moved("A", by))) == shown


def test_other_resources_are_told_where_the_old_ones_are_known() -> None:
    held = {"C": {"suite": "suite-1", "bay": "bay-1"}}
    view = view_of(*MOVES, held=held)
    row = next(row for row in view.rows if row.case == "C")
    assert row.other_resources == (("suite", "suite-1", "suite-2"),)
    html = revision_html(view)
    assert "suite: <del>suite-1</del>" in html
    assert "<ins>suite-2</ins>" in html


def test_the_page_tells_everything_in_words() -> None:
    html = revision_html(view_of(*MOVES, procedures={"A": "Vertebroplasty"}))
    for words in (
        "Night revision: proposed",
        "What would change",
        "Vertebroplasty",
        "Mon 2 Nov 09:00",
        "Wed 4 Nov 09:00",
        "2 d later",
        "forced: the booking no longer stands",
        "started, wasted",
        "no place was found",
        '<a href="#case-A">A</a>',
        "at most 10.0 % more could be saved",
        "as if 1 broken booking stood",
    ):
        assert words in html
    assert "suite-1 &lt;closed&gt;" in html


def test_a_dearer_plan_is_not_called_a_saving() -> None:
    html = revision_html(view_of(*MOVES, cost_after=3000, state=RevisionState.APPLIED))
    assert "<dt>Dearer by</dt><dd>500</dd>" in html
    assert "What has changed" in html


def test_what_could_not_be_planned_is_listed() -> None:
    html = revision_html(view_of(left_aside=(("Z", "its needs name no resource"),)))
    assert "Nothing would change." in html
    assert "its needs name no resource" in html


def test_what_belongs_together_and_what_was_decided_is_told() -> None:
    circle = (
        moved("A", DAY, depends_on=("B",)),
        moved("B", -DAY, depends_on=("A",)),
        move("C", Change.PLACED, after=START),
    )
    view = view_of(*circle)
    assert view.groups == (("A", "B"),)
    html = revision_html(view)
    assert "belongs together with B" in html
    assert '<a href="#case-A">A</a>, <a href="#case-B">B</a></li>' in html
    assert "<dd>0 of 3</dd>" in html


def test_the_reason_why_a_move_was_rejected_is_told() -> None:
    rejected = {"C": MoveRecord(case="C", state=MoveState.REJECTED, detail="<away>")}
    html = revision_html(view_of(move("C", Change.PLACED, after=START), decided=rejected))
    assert "rejected<br>" in html
    assert "&lt;away&gt;" in html
    assert "<dd>1 of 1</dd>" in html
