"""The columns of a history of cases, and maps from other files' headers to them.

A history is a CSV file with a header line and one line per case that was booked:

| column | what it holds |
|---|---|
| `procedure` | a key of the procedure catalogue or a CPT code; required |
| `case` | any id |
| `levels` | number of vertebral levels; blank or 0 counts as 1 |
| `proceduralist`, `room` | ids |
| `sedation` | `none`, `moderate`, `deep` or `anaesthesia` |
| `priority` | a priority of ours: `emergent`, `urgent`, `soon` or `routine` |
| `referred_at` | when the referral came in |
| `booked_start`, `booked_minutes` | what was booked |
| `in_at`, `start_at`, `end_at`, `out_at` | into the room, begun, ended, out of the room |
| `status` | `done` (also when blank), `cancelled` or `no-show` |
| `cause` | why not done: `patient`, `hold-missed`, `lab-failed`, `approval-late`, `illness`, ... |
| `hold`, `lab_gate`, `approval` | `yes` or `no`: had one; says of how many a cause is a share |

Times are ISO 8601; without an offset they are wall clocks of the site. Empty means not known.
"""

from difflib import get_close_matches
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, ValidationError

from models.base import Frozen, Id
from models.documents import first_fault
from models.errors import InputError

TIMES = ("referred_at", "booked_start", "in_at", "start_at", "end_at", "out_at")
NUMBERS = ("levels", "booked_minutes")
FLAGS = ("hold", "lab_gate", "approval")
WORDS = ("case", "procedure", "proceduralist", "room", "sedation", "priority", "status", "cause")
COLUMNS = (*WORDS, *NUMBERS, *TIMES, *FLAGS)
STATUSES = ("done", "cancelled", "no-show")
SPANS = {"procedure": ("start_at", "end_at"), "room": ("in_at", "out_at")}
"""Which columns tell the actual minutes, by what the booked minutes cover."""

Column = Literal[
    "case", "procedure", "proceduralist", "room", "sedation", "priority", "status", "cause",
    "levels", "booked_minutes",
    "referred_at", "booked_start", "in_at", "start_at", "end_at", "out_at",
    "hold", "lab_gate", "approval",
]  # fmt: skip


class ColumnMap(Frozen):
    """Where a file has the columns of a history."""

    name: Id
    columns: dict[Column, str]
    """Our column to the file's header."""
    minutes: Literal["procedure", "room"] = "procedure"
    """What booked and actual minutes cover: the procedure, or the room from in to out."""
    statuses: dict[str, Literal["done", "cancelled", "no-show"]] = Field(default_factory=dict)
    """The file's words for a status to ours, besides ours themselves."""

    @property
    def span(self) -> tuple[str, str]:
        """Our columns of the begin and the end of the actual minutes."""
        return SPANS[self.minutes]

    @property
    def required(self) -> tuple[Column, ...]:
        """Our columns that a file cannot do without."""
        return ("procedure", *self.span)  # type: ignore[return-value]  # SPANS has columns


OWN_MAP = ColumnMap(name="holdfast", columns={name: name for name in COLUMNS})
MAPS = {
    "holdfast": OWN_MAP,
    "or-utilization": ColumnMap(
        name="or-utilization",
        minutes="room",
        columns={
            "case": "encounter_id",
            "procedure": "cpt_code",
            "room": "or_suite",
            "booked_start": "or_sched",
            "booked_minutes": "booked_dur",
            "in_at": "wheels_in",
            "start_at": "start_time",
            "end_at": "end_time",
            "out_at": "wheels_out",
        },
    ),
}
"""The maps that come with Holdfast, by name."""


def column_map(name: str) -> ColumnMap:
    """The map of a name, or of a YAML file with its members.

    Raises:
        InputError: neither a shipped map nor a readable file of one.
    """
    if name in MAPS:
        return MAPS[name]
    if not name.endswith((".yaml", ".yml", ".json")):
        raise InputError(
            f"there is no column map {name!r}; {nearest(name, MAPS)}",
            remedy=f"take one of {', '.join(MAPS)}, or give a YAML file of your own",
        )
    try:
        raw = yaml.safe_load(Path(name).read_text(encoding="utf-8"))
        return ColumnMap.model_validate(raw)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", place=name) from error
    except yaml.YAMLError as error:
        raise InputError(f"not YAML: {error}", place=name, remedy="give a column map") from error
    except ValidationError as error:
        fault = first_fault(error, raw)
        raise InputError(fault, place=name, remedy="correct the column map") from error


def nearest(name: str, known: object) -> str:
    """`the nearest is 'x'`, or what there is."""
    names = [str(each) for each in known]  # type: ignore[attr-defined]
    found = get_close_matches(name.lower(), names, n=1, cutoff=0.3)
    return f"the nearest is {found[0]!r}" if found else f"there are {', '.join(names) or 'none'}"
