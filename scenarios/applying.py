"""Applying a scenario: all of its edits in order, or an error that names the one that fails."""

from typing import TypeVar

from pydantic import ValidationError

from models.calendars import DateRules, RecurringBlock
from models.documents import first_fault
from models.errors import HoldfastError, InputError
from models.problem import PlanningProblem
from scenarios.edits.base import Edit
from scenarios.edits.blocks import AddBlock
from scenarios.edits.closures import Close
from scenarios.practice import Practice
from scenarios.scenario import Scenario

Subject = TypeVar("Subject", Practice, PlanningProblem)


def apply(scenario: Scenario, subject: Subject, *, rules: DateRules | None = None) -> Subject:
    """The subject with all edits; the one given is untouched, and without edits it comes back.

    Args:
        scenario: whose edits are applied in order.
        subject: a practice, or a frozen planning problem.
        rules: where given, recurrence rules of new blocks are tried, too.

    Raises:
        InputError: an edit cannot be applied; names the scenario and the edit's number and kind.
    """
    for number, edit in enumerate(scenario.edits, 1):
        place = f"scenario {scenario.name}, edit {number} ({edit.kind})"
        try:
            _try_rules(edit, rules)
            subject = _applied(edit, subject)
        except ValidationError as error:
            raise InputError(first_fault(error), place=place, remedy="correct the edit") from error
        except HoldfastError as error:
            problem = f"{error.place}: {error.problem}" if error.place else error.problem
            remedy = error.remedy or "correct the edit"
            raise InputError(problem, place=place, remedy=remedy) from error
    return subject


def _applied(edit: Edit, subject: Subject) -> Subject:
    if isinstance(subject, Practice):
        return edit.on_practice(subject)
    return edit.on_problem(subject)


def _try_rules(edit: Edit, rules: DateRules | None) -> None:
    block: RecurringBlock | None = None
    if isinstance(edit, AddBlock):
        block = edit.block
    elif isinstance(edit, Close):
        block = edit.recurring
    if rules is not None and block is not None:
        rules.recurrences(block.rrule, block.first_day, block.first_day, block.first_day)
