"""Edits of the slots at which outpatients are received."""

from typing import Literal, Self

from pydantic import Field, PositiveInt, ValidationError, model_validator

from models.base import Id
from models.calendars import Clock
from models.documents import first_fault
from models.errors import InputError
from models.resources import ArrivalSlots
from scenarios.edits import practices
from scenarios.edits.base import Edit
from scenarios.edits.naming import counted, unknown
from scenarios.practice import Practice


class ChangeArrivalSlots(Edit):
    """How many outpatients are received at a time, how often, and between which times of day."""

    kind: Literal["arrival-slots"] = "arrival-slots"
    slots: Id = "arrival"
    per_time: PositiveInt | None = Field(default=None, le=100)
    every_minutes: PositiveInt | None = Field(default=None, le=1440)
    first: Clock | None = None
    last: Clock | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self._given():
            msg = "give per_time, every_minutes, first or last"
            raise ValueError(msg)
        return self

    def _given(self) -> dict[str, object]:
        names = ("per_time", "every_minutes", "first", "last")
        return {name: value for name in names if (value := getattr(self, name)) is not None}

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with them; what is booked on a slot that is gone is for the night to move.

        Raises:
            InputError: there are no such slots, or the last time lies before the first.
        """
        known = {slots.id for slots in practice.site.arrivals}
        if self.slots not in known:
            raise unknown("set of arrival slots", self.slots, known)
        arrivals = tuple(
            self._changed(slots) if slots.id == self.slots else slots
            for slots in practice.site.arrivals
        )
        return practices.with_site(practice, arrivals=arrivals)

    def _changed(self, slots: ArrivalSlots) -> ArrivalSlots:
        try:
            return ArrivalSlots.model_validate(slots.model_dump() | self._given())
        except ValidationError as error:
            raise InputError(first_fault(error), remedy="give first and last") from error

    def words(self) -> str:
        """What is changed."""
        said = [f"{self.per_time} at a time"] if self.per_time else []
        said += [f"every {counted(self.every_minutes, 'minute')}"] if self.every_minutes else []
        said += [f"from {self.first:%H:%M}"] if self.first else []
        said += [f"until {self.last:%H:%M}"] if self.last else []
        return f"Receive outpatients ({self.slots}) {', '.join(said)}."
