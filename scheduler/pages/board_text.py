"""The day board in the terminal: one line a resource, one column a stretch of elapsed time.

A sign tells the state as well as the colour: `#` locked, `?` provisional, `>` moved, `!` conflict.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from rich.console import Group as Lines
from rich.console import RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from scheduler.views.axis import clock, day_and_clock
from scheduler.views.board import BoardView, Group
from scheduler.views.holds import CaseHolds, HoldLane, HoldVerdict
from scheduler.views.rows import Box, BoxState, Row

NARROWEST = 60
NAME_WIDTH = 14
CLOSED, TURNOVER, NOW = "░", "~", "│"
SIGNS = {
    BoxState.CONFLICT: "!",
    BoxState.MOVED: ">",
    BoxState.PROVISIONAL: "?",
    BoxState.LOCKED: "#",
    BoxState.BOOKED: "",
}
STYLES = {
    BoxState.CONFLICT: "bold white on red",
    BoxState.MOVED: "black on magenta",
    BoxState.PROVISIONAL: "black on yellow",
    BoxState.LOCKED: "black on white",
    BoxState.BOOKED: "black on cyan",
}
VERDICTS = {
    HoldVerdict.LONG_ENOUGH: ("ok", "green"),
    HoldVerdict.TOO_SHORT: ("TOO SHORT", "bold red"),
    HoldVerdict.ASK: ("ask", "yellow"),
}
LEGEND = (
    "[id] booked  [#id] locked  [?id] provisional  [>id] moved  [!id] conflict  "
    f"{TURNOVER} turnover  {CLOSED} closed  {NOW} now"
)


def board_text(view: BoardView, width: int) -> RenderableType:
    """The board of one day for a terminal of `width` columns (60 at least)."""
    columns = max(width, NARROWEST) - NAME_WIDTH - 1
    title = f"{view.day:%A} {view.day.day} {view.day:%B %Y}"
    lines: list[RenderableType] = [
        Text(f"{view.site}: {title}", style="bold"),
        Text(f"24-hour clock of {view.zone_note}; as of {day_and_clock(view.now, view.tz)}"),
        _hours(view, columns),
    ]
    for group in view.groups:
        lines.append(Rule(group.title, align="left", characters="─", style="dim"))
        lines += _group_lines(view, group, columns)
    left_out = f"  boxes leave out {view.prefix}" if view.prefix else ""
    lines.append(Text(LEGEND + left_out, style="dim"))
    if view.holds.cases:
        lines.append(
            Rule("Medication holds and open points", align="left", characters="─", style="dim")
        )
        lines += [line for case in view.holds.cases for line in _case_lines(view, case)]
    return Lines(*lines)


def _name(text: str) -> str:
    return f"{text[:NAME_WIDTH]:<{NAME_WIDTH}} "


def _column(view: BoardView, instant: datetime, columns: int) -> int:
    return round(view.axis.fraction(instant) * columns)


def _hours(view: BoardView, columns: int) -> Text:
    line, free = [" "] * columns, 0
    for mark in view.axis.marks:
        at = _column(view, mark.at, columns)
        if at >= free and at + len(mark.label) <= columns:
            line[at : at + len(mark.label)] = mark.label
            free = at + len(mark.label) + 1
    return Text(_name("") + "".join(line), style="bold")


def _group_lines(view: BoardView, group: Group, columns: int) -> Iterator[Text]:
    for row in group.rows:
        for track in range(row.tracks):
            name = row.resource if track == 0 else ""
            yield Text(_name(name)) + _track(view, row, track, columns)
    if group.counts:
        yield Text(_name("taken of open")) + _counts(view, group, columns)


def _track(view: BoardView, row: Row, track: int, columns: int) -> Text:
    line = Text(" " * columns)
    for a, b in row.closed:
        line = _lay(line, _column(view, a, columns), CLOSED * _span(view, a, b, columns), "dim")
    if view.shows_now:
        line = _lay(line, _column(view, view.now, columns), NOW, "red")
    for box in row.boxes:
        if box.track == track:
            drawn = _box(view, box, columns)
            line = _lay(line, _column(view, box.start, columns), drawn, STYLES[box.state])
    return line


def _span(view: BoardView, a: datetime, b: datetime, columns: int) -> int:
    return max(1, _column(view, b, columns) - _column(view, a, columns))


def _box(view: BoardView, box: Box, columns: int) -> str:
    """The box as text of its exact width: sign and id, the end of an id that is too long."""
    width = _span(view, box.start, box.end, columns)
    if width == 1:
        return SIGNS[box.state] or "["
    turn = _span(view, box.turnover, box.end, columns) if box.turnover else 0
    room = width - 2
    sign = SIGNS[box.state][:room]
    case = box.case.removeprefix(view.prefix)
    shown = sign + (case if len(sign) + len(case) <= room else _tail(case, room, sign))
    filled = shown + " " * max(0, room - len(shown) - turn)
    return f"[{filled}{TURNOVER * (room - len(filled))}]"


def _tail(case: str, room: int, sign: str) -> str:
    kept = room - len(sign)
    return case[len(case) - kept :] if kept > 0 else ""


def _lay(line: Text, at: int, drawn: str, style: str) -> Text:
    """The line with something drawn over it from a column on; what goes beyond is cut."""
    at = min(at, len(line) - 1)
    drawn = drawn[: len(line) - at]
    return line[:at] + Text(drawn, style=style) + line[at + len(drawn) :]


def _counts(view: BoardView, group: Group, columns: int) -> Text:
    line = Text(" " * columns)
    for cell in group.counts:
        room = _span(view, cell.start, cell.end, columns)
        shown = f"{cell.taken}/{cell.total}"
        drawn = shown if len(shown) < room else str(cell.taken)[:room]
        style = "bold" if cell.taken >= cell.total else "dim"
        line = _lay(line, _column(view, cell.start, columns), drawn, style)
    return line


def _case_lines(view: BoardView, case: CaseHolds) -> Iterable[RenderableType]:
    yield Text(f"{case.case}: {case.procedure}, {clock(case.start, view.tz)}", style="bold")
    for lane in case.lanes:
        yield Padding(_lane_line(view, lane), (0, 0, 0, 2))
    for point in case.open_points:
        yield Padding(Text(f"open: {point}", style="yellow"), (0, 0, 0, 2))


def _lane_line(view: BoardView, lane: HoldLane) -> Text:
    word, style = VERDICTS[lane.verdict]
    last = day_and_clock(lane.last_dose, view.tz) if lane.last_dose else "not known"
    restart = day_and_clock(lane.restart, view.tz) if lane.restart else "ask the clinician"
    line = Text(f"{lane.drug} ({lane.stage_words}) ")
    line.append(f"{word}: ", style=style)
    line.append(f"last dose {last}; {lane.sentence}; restart {restart}")
    return line.append(f" [{lane.ref.rule}, {lane.ref.evidence}: {lane.ref.source}]", style="dim")
