"""Values on their way into columns and back: instants as seconds, documents as canonical text."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import Row

from models.documents import first_fault
from models.errors import InputError
from models.patients import Referral

M = TypeVar("M", bound=BaseModel)

AnyRow = Row[*tuple[Any, ...]]
"""A row of several columns, read by name."""


def seconds(instant: datetime) -> int:
    """An instant as whole seconds since the Unix epoch."""
    return int(instant.timestamp())


def instant(value: int) -> datetime:
    """Seconds since the Unix epoch as an instant in UTC."""
    return datetime.fromtimestamp(value, UTC)


def maybe_seconds(value: datetime | None) -> int | None:
    """As `seconds`, where there may be none."""
    return None if value is None else seconds(value)


def maybe_instant(value: int | None) -> datetime | None:
    """As `instant`, where there may be none."""
    return None if value is None else instant(value)


def text(value: BaseModel) -> str:
    """A model as JSON that is equal for equal values: a set of flags is written in order."""
    data = value.model_dump(mode="json", by_alias=True)
    if isinstance(value, Referral):
        data["flags"] = sorted(data["flags"])
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def read_document(model: type[M], kept: str) -> M:
    """A model from its text in a column.

    Raises:
        InputError: the text is not what this program writes.
    """
    try:
        return model.model_validate_json(kept)
    except ValidationError as error:
        raise InputError(
            f"a kept {model.__name__} cannot be read: {first_fault(error)}",
            place="store",
            remedy="open it with the version of Holdfast that wrote it",
        ) from error


def digest(value: BaseModel | str) -> str:
    """SHA-256 of a text, or of a model's canonical text."""
    content = value if isinstance(value, str) else text(value)
    return hashlib.sha256(content.encode()).hexdigest()
