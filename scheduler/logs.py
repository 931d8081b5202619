"""Logs without patients: a line has the fields named here and no others.

A message is written as the text in the program, without what was to be filled in; an exception
only by its kind. So nothing that came in with a request or out of the store can get into a log,
whoever wrote the line.
"""

import json
import logging
import logging.handlers
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

FIELDS = (
    "address",
    "caller",
    "job",
    "kind",
    "method",
    "ms",
    "night",
    "point",
    "route",
    "run",
    "site",
    "status",
)
"""What a line may say beyond its event; values are numbers or plain words."""
_PLAIN = re.compile(r"[\w./:{}@+-]{0,200}", re.ASCII)
LARGEST_BYTES = 20_000_000
KEPT_FILES = 10


class PlainFormatter(logging.Formatter):
    """One JSON object a line, of allowed fields."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {
            "at": at,
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": str(record.msg) if record.name.startswith("holdfast") else _template(record),
        }
        for name in FIELDS:
            value = getattr(record, name, None)
            if value is not None:
                line[name] = value if isinstance(value, int | float) else _plain(str(value))
        if record.exc_info and record.exc_info[0] is not None:
            line["kind"] = record.exc_info[0].__name__
        return json.dumps(line)


def _template(record: logging.LogRecord) -> str:
    """What a library meant to say; an f-string of its own may hold anything, so only its start."""
    return str(record.msg)[:120] if record.args else str(record.msg).split("\n", 1)[0][:120]


def _plain(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else "?"


def configure(log_file: Path | None = None, *, level: int = logging.INFO) -> None:
    """Let every logger of the process write plain lines, to stderr or to a file that is rolled."""
    handler: logging.Handler = (
        logging.StreamHandler(sys.stderr)
        if log_file is None
        else logging.handlers.RotatingFileHandler(
            log_file, maxBytes=LARGEST_BYTES, backupCount=KEPT_FILES, encoding="utf-8"
        )
    )
    handler.setFormatter(PlainFormatter())
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(level)
    logging.getLogger("uvicorn.access").disabled = True
