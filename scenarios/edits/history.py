"""An edit that takes over what a fit has found in the department's own history."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from models.base import Frozen, Id
from models.errors import InputError
from scenarios.assumptions import Assumptions, Chance, Quantiles
from scenarios.edits import practices
from scenarios.edits.base import Edit
from scenarios.edits.naming import counted
from scenarios.fitting.planning import BookedMinutes, with_durations
from scenarios.practice import Practice

Part = Literal["durations", "arrivals", "chances", "first-cases"]
FITTED = "fitted"
"""Evidence of figures that come from a history."""


class FittedFigures(Frozen):
    """The figures of a document that a fit has written; its report is for people and left out."""

    format: Literal["holdfast-fitted"] = "holdfast-fitted"
    version: Literal[1] = 1
    assumptions: Assumptions
    booked_minutes: dict[Id, BookedMinutes] = Field(default_factory=dict)
    report: Annotated[None, BeforeValidator(lambda _: None)] = Field(default=None, exclude=True)


class FromHistory(Edit):
    """Durations, arrivals and chances as a history has them; what it does not tell stays."""

    kind: Literal["from-history"] = "from-history"
    fitted: FittedFigures
    """What `holdfast scenario fit` has written; `fitted_file` names it."""
    take: tuple[Part, ...] = ("durations", "arrivals", "chances", "first-cases")
    """What is taken over, where it was fitted."""

    @model_validator(mode="after")
    def _tells_something(self) -> Self:
        if not tuple(self._found()):
            msg = f"nothing was fitted of: {', '.join(self.take)}"
            raise ValueError(msg)
        return self

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with them: procedures are booked as the history booked them.

        Raises:
            InputError: the figures contradict the site.
        """
        changes = {name: self._value(practice, name) for name in self._found()}
        durations = changes.pop("durations", None)
        if durations is not None:
            practice = self._lasting(practice, durations)
        assumed = practice.assumptions.model_copy(update=changes)
        return practices.changed(practice, assumptions=assumed)

    def _lasting(self, practice: Practice, durations: Any) -> Practice:
        source = durations.groups[0].ratio.source
        try:
            return with_durations(practice, durations, self.fitted.booked_minutes, source)
        except ValueError as error:
            raise InputError(f"the durations do not fit the site: {error}") from error

    def _value(self, practice: Practice, name: str) -> Any:
        value = getattr(self.fitted.assumptions, name)
        if name != "arrivals":
            return value
        # Factors on referrals are the practice's own; only the numbers are the history's.
        told = {n: getattr(value, n) for n in ("per_day", "source", "evidence")}
        return practice.assumptions.arrivals.model_copy(update=told)

    def _found(self) -> Iterator[str]:
        """The assumptions meant that were fitted."""
        for name in Assumptions.model_fields:
            value = getattr(self.fitted.assumptions, name)
            if _part(name, value) in self.take and _evidence(value) == FITTED:
                yield name

    def words(self) -> str:
        """What is changed."""
        found = tuple(self._found())
        chances = sum(_part(n, getattr(self.fitted.assumptions, n)) == "chances" for n in found)
        said: list[str] = [name for name in ("durations", "arrivals") if name in found]
        said += [counted(chances, "chance")] if chances else []
        said += ["late first cases"] if "first_case_late" in found else []
        return f"As in the department's own history: {', '.join(said)}."


def _part(name: str, value: object) -> str | None:
    if isinstance(value, Chance):
        return "chances"
    return {"first_case_late": "first-cases", "durations": name, "arrivals": name}.get(name)


def _evidence(value: Any) -> str:
    """The evidence of an assumption; that of durations stands with the group of all cases."""
    if isinstance(value, Chance | Quantiles) or hasattr(value, "per_day"):
        return str(value.evidence)
    return str(value.groups[0].ratio.evidence) if hasattr(value, "groups") else ""
