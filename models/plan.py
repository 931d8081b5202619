"""Placements and plans: the solver's answer, as plain frozen data."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from models.base import Id, Instant


class Placement(BaseModel):
    """A case at a start with its resources, one per role."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    case: Id
    start: Instant
    assigned: Mapping[Id, Id]


class Plan(BaseModel):
    """A set of placements; a case not listed is left out. Extra members are kept."""

    model_config = ConfigDict(frozen=True, extra="allow")

    placements: tuple[Placement, ...] = Field(default=())

    @property
    def by_case(self) -> dict[str, Placement]:
        """Placements by case id."""
        return {p.case: p for p in self.placements}
