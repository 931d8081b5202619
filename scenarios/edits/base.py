"""What every edit is: validated data that gives the changed practice or planning problem."""

from datetime import datetime
from typing import Self

from models.base import Frozen
from models.errors import InputError
from models.problem import PlanningProblem
from models.windows import Window
from scenarios.practice import Practice


class Edit(Frozen):
    """One change. Subclasses add `kind`, a literal that names them in documents."""

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with the change.

        Raises:
            InputError: it names what the practice does not have, or contradicts it.
        """
        raise NotImplementedError

    def on_problem(self, problem: PlanningProblem) -> PlanningProblem:  # noqa: ARG002 - for those that can
        """The planning problem with the change.

        Raises:
            InputError: it names what the problem does not have, or needs facts that no problem has.
        """
        raise InputError(
            "this edit needs the facts and rules of a practice; a planning file has none",
            remedy="run it on a practice file or on a store",
        )

    def counted_from(self, days: int) -> Self:  # noqa: ARG002 - for those that count days
        """The edit with its days counted from so many days after today; most count none."""
        return self

    def about(self, now: datetime, timezone: str) -> Window | None:  # noqa: ARG002 - for dated ones
        """The time that it changes, for a department at one moment; None: none of its own."""
        return None

    def words(self) -> str:
        """What is changed, in one sentence for an administrator."""
        raise NotImplementedError
