"""What could not be read, and what was left out on purpose, each with the place it stands."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class IntakeFault:
    """One line, resource or value that was not used, and why."""

    file: str
    line: int | None
    """Counted from 1; None for a document that is one JSON value."""
    resource_type: str
    resource_id: str
    reason: str

    def __str__(self) -> str:
        """The place, the resource and the reason as one sentence for a person."""
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        named = "/".join(part for part in (self.resource_type, self.resource_id) if part)
        return f"{place}: {named + ': ' if named else ''}{self.reason}"


@dataclass(slots=True)
class Journal:
    """Faults and notes, gathered while reading."""

    faults: list[IntakeFault] = field(default_factory=list)
    """Something is wrong with what was sent."""
    notes: list[IntakeFault] = field(default_factory=list)
    """Something sound was left out on purpose, such as a result from after `now`."""
