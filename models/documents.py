"""Documents from outside, read as frozen models; the first fault becomes one clear sentence."""

import json
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from models.errors import InputError
from models.faults import fault_words

M = TypeVar("M", bound=BaseModel)
KEY = "[key]"
"""What pydantic puts after a name to say that the name itself is wrong."""


def parse_document(text: str | bytes, model: type[M], *, place: str, kind: str) -> M:
    """Read one JSON document as a model; the first fault becomes one sentence.

    Raises:
        InputError: the text is no JSON, or not such a document.
    """
    try:
        raw: Any = json.loads(text)
    except (ValueError, RecursionError) as error:  # no JSON, no UTF-8, too long or too deep
        raise InputError(f"not JSON: {error}", place=place, remedy=f"give a {kind}") from error
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise InputError(
            first_fault(error, raw), place=place, remedy=f"correct the {kind}"
        ) from error


def first_fault(error: ValidationError, raw: object = None) -> str:
    """The first fault of a pydantic error as `where: what`, with ids in place of list positions."""
    fault = error.errors(include_url=False)[0]
    where = ".".join(location(fault["loc"], raw))
    what = fault_words(fault["type"], fault.get("ctx", {}), fault["msg"])
    if fault["type"] == "timezone_aware":
        what = f"{fault['input']!r} has no time zone; write an offset such as -06:00"
    more = error.error_count() - 1
    return f"{where + ': ' if where else ''}{what}" + (f" (and {more} more)" if more else "")


def location(loc: tuple[int | str, ...], raw: object) -> Iterator[str]:
    """The way to a fault as the document has it, one name after the other.

    Args:
        loc: the way as pydantic gives it, with marks of keys and of the members of unions.
        raw: the document.
    """
    for step in loc:
        tag = isinstance(raw, dict) and step not in raw and step in raw.values()
        if step == KEY or tag:
            continue
        try:
            raw = raw[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            raw = None
        name = raw.get("id") if isinstance(raw, dict) and isinstance(step, int) else None
        yield str(name or step)
