"""What the explainer answers with: frozen reasons, each with one sentence in plain English."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

StartKind = Literal["tick", "horizon", "window", "past", "locked"]
ResourceKind = Literal["closed", "occupied", "limit"]
Edge = Literal["start", "end"]
NowhereKind = Literal["locked", "no-start", "none-eligible", "closed", "apart", "taken"]


class Answer:
    """A dataclass that the explainer answers with."""

    __slots__ = ()

    def as_json(self) -> dict[str, Any]:
        """Plain data: instants as RFC 3339 text, elapsed times as minutes."""
        found: dict[str, Any] = plain(self)
        return found


@dataclass(frozen=True, slots=True)
class StartReason:
    """Why a case may not start at an instant, whatever is free.

    `tick`: not on a tick; `horizon`: outside it; `window`: in none of the case's windows; `past`:
    before the file was frozen; `locked`: its booking must be kept at another start.
    """

    kind: StartKind
    sentence: str


@dataclass(frozen=True, slots=True)
class ResourceReason:
    """Why one resource cannot serve a need.

    `closed`: not available for the whole of it; `until` is when it next opens, if it does.
    `occupied`: `role` of `case` holds it `until`. `limit`: the day's minutes do not suffice.
    """

    resource: str
    kind: ResourceKind
    sentence: str
    case: str | None = None
    role: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class NeedReason:
    """Why a need finds no resource: every one that it accepts, with all that is against it.

    Without any `resources`, the site has none that the need accepts.
    """

    role: str
    resources: tuple[ResourceReason, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Clash:
    """Needs of the case that each find a resource, but not all at once.

    `resources` are those that some of the needs could have.
    """

    roles: tuple[str, ...]
    resources: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Explanation(Answer):
    """Whether a case could start at an instant, and everything that is against it.

    Needs are judged at ticks of the horizon only. No reason at all means that it is possible.
    """

    case: str
    at: datetime
    possible: bool
    starts: tuple[StartReason, ...]
    needs: tuple[NeedReason, ...]
    clashes: tuple[Clash, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class NowhereReason:
    """One cause for a case finding no start at all, and the roles concerned.

    `locked`: its locked booking does not stand. `no-start`: no tick from now on lies in its
    windows. `none-eligible`: the site has no such resource. `closed`: nothing that the need
    accepts is ever open long enough at a permitted start. `apart`: each of the needs could be
    served, but never all of them at one start. `taken`: what would do is booked.
    """

    kind: NowhereKind
    roles: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Nowhere(Answer):
    """Why a case can be placed at no start."""

    case: str
    reasons: tuple[NowhereReason, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Somewhere(Answer):
    """A case can be placed at `count` starts, the earliest and the latest of which are given."""

    case: str
    count: int
    first: datetime
    last: datetime
    sentence: str


@dataclass(frozen=True, slots=True)
class WindowChange(Answer):
    """Moving one edge of one window of the case, from an instant to another, opens a start."""

    case: str
    edge: Edge
    old: datetime
    new: datetime
    by: timedelta
    opens: datetime
    sentence: str


@dataclass(frozen=True, slots=True)
class HoursChange(Answer):
    """Opening one resource earlier or closing it later opens a start."""

    case: str
    resource: str
    edge: Edge
    old: datetime
    new: datetime
    by: timedelta
    opens: datetime
    sentence: str


@dataclass(frozen=True, slots=True)
class MoveChange(Answer):
    """Moving one booking of another case, or only its resources, opens a start."""

    case: str
    moved: str
    old: datetime
    new: datetime
    assigned: Mapping[str, str]
    by: timedelta
    opens: datetime
    sentence: str


Change = WindowChange | HoursChange | MoveChange


def plain(value: Any) -> Any:
    """Dataclasses as objects, instants as RFC 3339 text, elapsed times as minutes."""
    if is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value / timedelta(minutes=1)
    return value


def clock(instant: datetime, tz: ZoneInfo) -> str:
    """An instant as people read it: `Mon 23 Nov 09:00`."""
    return f"{instant.astimezone(tz):%a %d %b %H:%M}"


def listed(items: tuple[str, ...] | list[str]) -> str:
    """Items as a phrase: `a`, `a and b`, `a, b and c`."""
    return " and ".join([*([", ".join(items[:-1])] if items[1:] else []), *items[-1:]])


def elapsed(span: timedelta) -> str:
    """An elapsed time as people say it: `25 min`, `3 h`, `1 h 30 min`, `2 days 4 h`."""
    minutes = -(-span // timedelta(minutes=1))
    parts = [
        (minutes // 1440, "day" if minutes // 1440 == 1 else "days"),
        (minutes // 60 % 24, "h"),
        (minutes % 60, "min"),
    ]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"
