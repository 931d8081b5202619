"""Lists in pages: so many at a time, after the last one seen."""

from collections.abc import Callable, Iterable
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import Field

from models.base import Frozen

T = TypeVar("T")
R = TypeVar("R")
MOST = 200

Limit = Annotated[int, Query(ge=1, le=MOST, description="How many at most.")]
After = Annotated[
    str | None,
    Query(max_length=200, description="Go on after this one: `next` of the page before."),
]


class Page(Frozen, Generic[T]):
    """Part of a list."""

    items: tuple[T, ...]
    next: str | None = Field(default=None, description="Pass as `after` for the next page.")


def page(
    found: Iterable[R],
    *,
    key: Callable[[R], str],
    show: Callable[[R], T],
    limit: int,
    after: str | None,
) -> Page[T]:
    """The page of records sorted by key."""
    rest = [record for record in found if after is None or key(record) > after]
    shown = rest[:limit]
    return Page(items=tuple(map(show, shown)), next=key(shown[-1]) if len(rest) > limit else None)
