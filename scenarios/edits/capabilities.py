"""Edits of what resources can: their tags, such as `biplane` or `spine`."""

from typing import Literal, Self

from pydantic import model_validator

from models.errors import InputError
from models.problem import PlanningProblem
from scenarios.edits import practices, problems
from scenarios.edits.choosing import ChosenResources, HasRole
from scenarios.edits.naming import Names, joined
from scenarios.practice import Practice


class ChangeTags(ChosenResources):
    """Resources that can more, or less."""

    kind: Literal["change-tags"] = "change-tags"
    add: Names = ()
    remove: Names = ()

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.add or self.remove):
            msg = "give tags to add or to remove"
            raise ValueError(msg)
        return self

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with the tags changed; bookings they break are for the night to move."""
        known = practice.site.resource_by_id
        chosen = (known[name] for name in self.chosen(practice.site.resources))
        fresh = [one.model_copy(update={"tags": self._changed(one)}) for one in chosen]
        return practices.with_resources(practice, fresh)

    def on_problem(self, problem: PlanningProblem) -> PlanningProblem:
        """The problem with the tags changed."""
        known = problem.resource_by_id
        chosen = (known[name] for name in self.chosen(problem.resources))
        fresh = [one.model_copy(update={"tags": self._changed(one)}) for one in chosen]
        return problems.with_resources(problem, fresh)

    def _changed(self, resource: HasRole) -> tuple[str, ...]:
        for tag in self.remove:
            if tag not in resource.tags:
                raise InputError(
                    f"{resource.id} has no tag {tag!r}",
                    remedy=f"it has {joined(resource.tags)}",
                )
        kept = tuple(tag for tag in resource.tags if tag not in self.remove)
        return (*kept, *(tag for tag in self.add if tag not in kept))

    def words(self) -> str:
        """What is changed."""
        said = [f"give {self.whom()} the tags {joined(self.add)}"] if self.add else []
        said += [f"take {joined(self.remove)} from {self.whom()}"] if self.remove else []
        text = " and ".join(said)
        return f"{text[0].upper()}{text[1:]}."
