"""Instants in requests: with an offset, in whole seconds, and in years that calendars can hold."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator

from models.base import Instant

FIRST_YEAR, LAST_YEAR = 1900, 2199


def _sensible(instant: datetime) -> datetime:
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        msg = f"the year is not in {FIRST_YEAR} to {LAST_YEAR}"
        raise ValueError(msg)
    return instant


Moment = Annotated[Instant, AfterValidator(_sensible)]
"""Beyond these years an instant is a slip of the pen, and sums with it may leave the calendar."""
