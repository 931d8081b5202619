"""Edits of the notice that patients need before they stop a drug."""

from datetime import timedelta
from typing import Literal

from models.base import HoldStage, Hours
from models.problem import Case, PlanningProblem
from models.timegrid import zone
from models.windows import Window, WindowSet
from scenarios.edits import practices, problems
from scenarios.edits.base import Edit
from scenarios.edits.naming import counted
from scenarios.practice import Practice


class Notice(Edit):
    """So many hours of notice; and, where given, so many before them for the prescriber."""

    kind: Literal["notice"] = "notice"
    hours: Hours
    approval_lead_hours: Hours | None = None

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with it."""
        lead = self.approval_lead_hours
        members = {} if lead is None else {"approval_lead_hours": lead}
        return practices.with_site(practice, notice_hours=self.hours, **members)

    def on_problem(self, problem: PlanningProblem) -> PlanningProblem:
        """The problem in which no hold that is yet to begin ends before the notice is over.

        The windows hold the file's own notice already, so that a longer one cuts them and a
        shorter one changes nothing. What is booked earlier keeps its windows.
        """
        ahead = self.hours + (self.approval_lead_hours or 0)
        edge = problem.now + timedelta(hours=ahead)
        fresh = {
            case.id: _not_before(case, Window(edge, problem.horizon.end), problem)
            for case in problem.cases
            if case.hold is not None
            and case.hold.stage is HoldStage.PLANNED
            and not (case.booking is not None and case.booking.start < edge)
        }
        return problems.changed_cases(problem, fresh)

    def words(self) -> str:
        """What is changed."""
        lead = self.approval_lead_hours
        before = "" if lead is None else f", and the prescriber {counted(lead, 'hour')} before that"
        return f"Give patients {counted(self.hours, 'hour')} of notice{before}."


def _not_before(case: Case, allowed: Window, problem: PlanningProblem) -> Case:
    whole = WindowSet(Window(start, end) for start, end in case.windows)
    kept = whole.clip(allowed.start, allowed.end)
    if kept == whole:
        return case
    tz = zone(problem.timezone)
    windows = tuple((w.start.astimezone(tz), w.end.astimezone(tz)) for w in kept)
    return Case.model_validate(
        {name: getattr(case, name) for name in type(case).model_fields if name != "windows"}
        | (case.model_extra or {})
        | {"windows": windows}
    )
