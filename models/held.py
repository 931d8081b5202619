"""What is held for a case: a placement together with the needs it was made for."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, Self

from models.base import Frozen, Id, Instant
from models.plan import Placement
from models.problem import Need


class Span(NamedTuple):
    """One resource held for `[begin, end)`."""

    resource: str
    begin: datetime
    end: datetime
    role: str


class Held(Frozen):
    """A placement together with the needs it was made for: exactly what it claims."""

    start: Instant
    assigned: dict[Id, Id]
    needs: tuple[Need, ...]

    @classmethod
    def of(cls, placement: Placement, needs: tuple[Need, ...]) -> Self:
        """What a placement holds, given the needs of its case."""
        return cls(start=placement.start, assigned=dict(placement.assigned), needs=needs)

    def spans(self) -> Iterator[Span]:
        """Every resource with the time for which it is held."""
        for need in self.needs:
            begin, end = need.span(self.start)
            yield Span(self.assigned[need.role], begin, end, need.role)

    def placement(self, case: str) -> Placement:
        """The same as a placement of a case."""
        return Placement(case=case, start=self.start, assigned=self.assigned)
