"""What the options before a command's name say, for the commands that keep a department."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Globals:
    """Where the department is kept, and what time it is."""

    store: str | None = None
    now: datetime | None = None
