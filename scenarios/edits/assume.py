"""Edits of what is assumed of the weeks to come, by the name of the assumption."""

from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from models.base import Id
from models.documents import first_fault
from models.errors import InputError
from scenarios.assumptions import Assumptions, Chance, Quantiles, Share
from scenarios.edits import practices
from scenarios.edits.base import Edit
from scenarios.edits.naming import unknown
from scenarios.practice import Practice

Factor = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]


class Assume(Edit):
    """A chance or a distribution of ours in place of the one assumed, or so many times as large."""

    kind: Literal["assume"] = "assume"
    name: Id
    """A member of the assumptions, such as `no_show` or `first_case_late`."""
    share: Share | None = None
    quantiles: Quantiles | None = None
    factor: Factor | None = None
    source: str = ""
    """Where a share comes from; the scenario, when left out."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = [n for n in (self.share, self.quantiles, self.factor) if n is not None]
        if len(given) != 1:
            msg = "give one of share, quantiles and factor"
            raise ValueError(msg)
        return self

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with it.

        Raises:
            InputError: nothing of that name is assumed, or a chance would be above 1.
        """
        assumed = practice.assumptions
        known = {
            name: value
            for name in Assumptions.model_fields
            if isinstance(value := getattr(assumed, name), Chance | Quantiles | None)
        }
        if self.name not in known:
            raise unknown("assumption", self.name, known)
        value = known[self.name]
        fresh = self._chance(value) if isinstance(value, Chance) else self._quantiles(value)
        return practices.changed(
            practice, assumptions=assumed.model_copy(update={self.name: fresh})
        )

    def _chance(self, chance: Chance) -> Chance:
        if self.quantiles is not None:
            raise InputError(f"{self.name} is a chance", remedy="give a share or a factor")
        factor = 1.0 if self.factor is None else self.factor
        share = chance.share * factor if self.share is None else self.share
        changed = f"{factor:g} times {chance.source}" if self.share is None else "the scenario"
        try:
            return Chance(share=share, source=self.source or changed, evidence="planning")
        except ValidationError as error:
            raise InputError(first_fault(error), remedy="give a smaller factor") from error

    def _quantiles(self, quantiles: Quantiles | None) -> Quantiles:
        if self.quantiles is not None:
            return self.quantiles
        if quantiles is None:
            raise InputError(f"{self.name} follows the policies", remedy="give quantiles of it")
        if self.factor is None:
            raise InputError(f"{self.name} is a distribution", remedy="give quantiles or a factor")
        values = tuple(value * self.factor for value in quantiles.values)
        source = f"{self.factor:g} times {quantiles.source}"
        return quantiles.model_copy(update={"values": values, "source": source})

    def words(self) -> str:
        """What is changed."""
        what = self.name.replace("_", " ")
        if self.factor is not None:
            return f"Assume {self.factor:g} times as much for: {what}."
        if self.share is not None:
            return f"Assume {100 * self.share:g} % for: {what}."
        return f"Assume another distribution for: {what}."
