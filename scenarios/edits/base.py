"""What every edit is: validated data that gives the changed practice or planning problem."""

from models.base import Frozen
from models.errors import InputError
from models.problem import PlanningProblem
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

    def words(self) -> str:
        """What is changed, in one sentence for an administrator."""
        raise NotImplementedError
