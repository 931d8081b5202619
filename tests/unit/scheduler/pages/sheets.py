"""Instruction sheets for the tests of what patients read."""

from datetime import datetime
from typing import Any

from models.clinical.instructions import InstructionLine, InstructionSheet, Section

STARTS = datetime.fromisoformat("2026-11-02T09:30:00-06:00")
"""Monday in Chicago, the day after the clocks went back."""


def line(section: Section, key: str, at: str | None = None, **members: Any) -> InstructionLine:
    """One instruction; `drug`, `test` and `hours` are its values."""
    since = members.pop("since", None)
    return InstructionLine(
        section=section,
        key=key,
        at=datetime.fromisoformat(at) if at else None,
        since=datetime.fromisoformat(since) if since else None,
        values=members,
    )


LINES = (
    line(Section.MEDICINES, "drug.last-dose", "2026-10-31T08:00:00-05:00", drug="apixaban"),
    line(Section.MEDICINES, "drug.last-dose-before", "2026-10-28T09:30:00-05:00", drug="aspirin"),
    line(Section.MEDICINES, "drug.stopped", "2026-10-26T18:00:00-05:00", drug="warfarin"),
    line(Section.TESTS, "test.needed", test="INR", since="2026-11-01T09:30:00-06:00"),
    line(Section.FOOD, "fasting-clear", "2026-11-02T07:30:00-06:00"),
    line(Section.DAY, "arrival", "2026-11-02T07:30:00-06:00"),
    line(Section.DAY, "escort", hours="24"),
    line(Section.AFTER, "drug.restart", drug="apixaban", hours="24"),
    line(Section.AFTER, "drug.restart-ask", drug="aspirin"),
    line(Section.OPEN, "approval", "2026-10-25T18:00:00-05:00", drug="warfarin"),
)


def sheet(*lines: InstructionLine, language: str = "en", **members: Any) -> InstructionSheet:
    """A sheet of these lines for Monday 09:30 in Chicago."""
    values: dict[str, Any] = {
        "referral": "R-1",
        "patient": "P-1",
        "procedure": "vertebroplasty-lumbar",
        "label": "Vertebroplasty, lumbar or sacral",
        "start": STARTS,
        "timezone": "America/Chicago",
        "language": language,
        "lines": lines,
        "site_lines": ("555-0100",),
    }
    return InstructionSheet(**values | members)
