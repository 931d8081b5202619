"""The chores of the worker: what they are called, how often they are done, and what does them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from scheduler.bootstrap import Container


@dataclass(frozen=True, slots=True)
class Chore:
    """Something the worker does again and again at every site; twice does no more than once."""

    name: str
    every: timedelta
    do: Callable[[Container], object]


def chores() -> tuple[Chore, ...]:
    """All chores, in the order in which they are done."""
    return ()
