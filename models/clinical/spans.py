"""Spans of elapsed time in whole seconds, because the instants of the domain have no smaller ones.

Everything rounds up: a hold is never shorter than its rule, and nothing starts before now.
"""

from datetime import datetime, timedelta

SECOND = timedelta(seconds=1)


def elapsed(hours: float) -> timedelta:
    """So many hours, up to a whole second."""
    return -(-timedelta(hours=hours) // SECOND) * SECOND


def whole_second(instant: datetime) -> datetime:
    """The instant, up to a whole second."""
    return instant + timedelta(microseconds=-instant.microsecond % 1_000_000)
