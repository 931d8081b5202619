"""Canaries: words that only patients' data hold; where one is found, something got out.

Every made-up patient has them (`benchmarks/made_up.py`), and so have those of the tests
(`tests/canaries.py`). Here is how logs are kept and searched for them.
"""

import logging
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, TextIO

from scheduler.logs import PlainFormatter

NAME = "Quillfeather"
GIVEN = "Zebulon"
MRN = "80442177"
PHONE = "555-0147-332"
BORN = date(1950, 3, 7)
FREE_TEXT = f"wedge fracture of {GIVEN} {NAME}, MRN {MRN}, daughter at {PHONE}"
CANARIES = (NAME, GIVEN, MRN, PHONE, BORN.isoformat())
ASKING = frozenset({"httpx", "httpx2"})
"""Loggers of whoever asks: as written they name the address asked for, which is theirs to know."""


def within(text: str) -> list[str]:
    """The canaries that a text holds."""
    return [canary for canary in CANARIES if canary in text]


@contextmanager
def recorded() -> Iterator[list[logging.LogRecord]]:
    """A list that every log record of this process is added to, from INFO on as in the service.

    It does not depend on handlers, which a command may put up anew.
    """
    root, make = logging.getLogger(), logging.getLogRecordFactory()
    level, records = root.level, list[logging.LogRecord]()

    def keep(*given: Any, **more: Any) -> logging.LogRecord:  # whatever a factory is given
        records.append(make(*given, **more))
        return records[-1]

    logging.setLogRecordFactory(keep)
    root.setLevel(logging.INFO)
    try:
        yield records
    finally:
        root.setLevel(level)
        logging.setLogRecordFactory(make)


def in_records(records: Iterable[logging.LogRecord]) -> list[str]:
    """Which canaries records hold: as the program wrote them, and as lines of the log."""
    as_written, plain = logging.Formatter(), PlainFormatter()
    found = []
    for record in records:
        if record.name not in ASKING:
            told = within(as_written.format(record))
            found += [f"log of {record.name}: {canary}" for canary in told]
        told = within(plain.format(record))
        found += [f"log line of {record.name}: {canary}" for canary in told]
    return found


def log_file() -> TextIO:
    """A file without a name, that several processes may write their logs to."""
    return tempfile.TemporaryFile("a+", buffering=1, encoding="utf-8")


@dataclass(frozen=True)
class Searched:
    """What was found in the log of a process."""

    lines: int = 0
    leaks: tuple[str, ...] = ()
    """Each line that holds a canary."""

    @property
    def clean(self) -> bool:
        """Whether something was logged, and nothing of a patient."""
        return self.lines > 0 and not self.leaks

    def __add__(self, other: "Searched") -> "Searched":
        """Both logs together."""
        return Searched(self.lines + other.lines, self.leaks + other.leaks)

    def __str__(self) -> str:
        """For the report of a proof."""
        return f"canaries in {self.lines} lines of logs: {len(self.leaks)}"


def search(log: TextIO) -> Searched:
    """Look through a whole log file."""
    log.seek(0)
    lines = log.read().splitlines()
    return Searched(len(lines), tuple(line for line in lines if within(line)))
