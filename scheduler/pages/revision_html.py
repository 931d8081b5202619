"""A night's revision as one HTML file: what it would change, case by case, and what it is worth."""

from scheduler.pages.templating import environment
from scheduler.views.revision import ChangeRow, RevisionView
from solver.revision import Change

CHANGE_WORDS = {
    Change.PLACED: "newly placed",
    Change.MOVED: "moved",
    Change.REASSIGNED: "other resources",
    Change.UNBOOKED: "left out",
}
CHANGE_ICONS = {
    Change.PLACED: "new",
    Change.MOVED: "moved",
    Change.REASSIGNED: "swap",
    Change.UNBOOKED: "out",
}


def revision_html(view: RevisionView) -> str:
    """The page of one revision."""
    template = environment().get_template("revision.html.j2")
    return template.render(
        view=view, tz=view.tz, words=CHANGE_WORDS, icons=CHANGE_ICONS, shift_text=shift_text
    )


def shift_text(row: ChangeRow) -> str:
    """How far a case moves in elapsed time, such as `2 d 3 h later`; empty where it does not."""
    if row.before is None or row.after is None or row.before.start == row.after.start:
        return ""
    minutes = int((row.after.start - row.before.start).total_seconds()) // 60
    days, rest = divmod(abs(minutes), 24 * 60)
    hours, left = divmod(rest, 60)
    parts = ((days, "d"), (hours, "h"), (left, "min"))
    shown = " ".join(f"{figure} {unit}" for figure, unit in parts if figure)
    return f"{shown} {'later' if minutes > 0 else 'earlier'}"
