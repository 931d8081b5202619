"""The morning's report as one HTML file, to print or to hang up where no patient passes."""

from scheduler.pages.templating import environment
from scheduler.services.morning import Report, Standing

WORDS = {
    Standing.READY: "ready",
    Standing.WAITING: "waiting",
    Standing.LATE: "late",
    Standing.TROUBLED: "cannot stand",
}


def morning_html(report: Report) -> str:
    """The page of one report."""
    template = environment().get_template("morning.html.j2")
    return template.render(report=report, tz=report.tz, words=WORDS)
