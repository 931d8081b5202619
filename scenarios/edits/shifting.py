"""A known case as that of another patient, with every instant in it moved by the same time."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import BaseModel

from scenarios.practice import Known

T = TypeVar("T")


def instants(value: object) -> Iterator[datetime]:
    """Every instant in a value, however deep."""
    if isinstance(value, datetime):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from instants(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from instants(item)


def shifted(value: T, by: timedelta) -> T:
    """The value with every instant in it later by an elapsed time; dates and clocks stay."""
    if isinstance(value, datetime):
        return value + by
    if isinstance(value, BaseModel):
        moved = {name: shifted(getattr(value, name), by) for name in type(value).model_fields}
        return value.model_copy(update=moved)
    if isinstance(value, tuple):
        return type(value)(shifted(item, by) for item in value)
    return value


def another(known: Known, name: str, by: timedelta) -> Known:
    """The case once more under a new id, of a new patient, not booked, its times moved.

    Args:
        known: the case that is copied.
        name: the new id; the patient's gets the same ending.
        by: how much later everything was and will be.
    """
    patient = f"{known.patient.id}~{name.rpartition('~')[2]}"
    moved = shifted(known.model_copy(update={"promise": None}), by)
    return moved.model_copy(
        update={
            "patient": moved.patient.model_copy(update={"id": patient}),
            "referral": moved.referral.model_copy(update={"id": name, "patient": patient}),
        }
    )
