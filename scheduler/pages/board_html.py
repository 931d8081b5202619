"""The day board as one HTML file: nothing fetched, no script, every drawn thing also in a table."""

from scheduler.pages.templating import environment
from scheduler.views.board import BoardView
from scheduler.views.holds import HoldVerdict
from scheduler.views.rows import BoxState, Row

TALL_KINDS = frozenset({"suite", "ct", "procedure-room"})
VERDICT_ICONS = {
    HoldVerdict.LONG_ENOUGH: "booked",
    HoldVerdict.TOO_SHORT: "conflict",
    HoldVerdict.ASK: "ask",
}


def board_html(view: BoardView) -> str:
    """The page of one day."""
    template = environment().get_template("board.html.j2")
    return template.render(
        view=view,
        tz=view.tz,
        title=f"{view.day:%A} {view.day.day} {view.day:%B %Y}",
        states=tuple(BoxState)[::-1],
        tall_kinds=TALL_KINDS,
        verdict_icons=VERDICT_ICONS,
        row_note=row_note,
    )


def row_note(row: Row) -> str:
    """Minutes used, their limit where there is one, and the capabilities of a resource."""
    used = f"{row.used_minutes} min" if row.used_minutes else ""
    if row.limit_minutes is not None:
        used = f"{row.used_minutes}/{row.limit_minutes} min"
    if row.over_limit:
        used += ", over the limit"
    return "; ".join(part for part in (used, ", ".join(row.tags)) if part)
