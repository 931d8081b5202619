"""What is in a store, read with plain SQL and judged without any of the program's own code."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import create_engine, text

Span = tuple[datetime, datetime, str]
"""Begin, end, and the booking whose it is."""


@dataclass(frozen=True)
class Booked:
    """A booking that stands."""

    id: str
    case: str
    spans: tuple[tuple[str, datetime, datetime], ...]
    """Resource, begin, end."""


def standing(target: str) -> list[Booked]:
    """All bookings that are not cancelled."""
    rows = query(target, "SELECT id, case_id, held FROM booking WHERE state <> 'cancelled'")
    return [booked(str(name), str(case), json.loads(str(held))) for name, case, held in rows]


def booked(name: str, case: str, held: dict[str, object]) -> Booked:
    """What a row of bookings or reservations holds."""
    return Booked(name, case, tuple(_spans(held)))


def query(target: str, sql: str) -> list[tuple[object, ...]]:
    """The rows of a query."""
    engine = create_engine(target if "://" in target else f"sqlite:///{target}")
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]
    finally:
        engine.dispose()


def doubles(bookings: list[Booked]) -> list[str]:
    """Pairs of bookings that hold the same resource at the same time, as sentences."""
    by_resource: dict[str, list[Span]] = defaultdict(list)
    for booking in bookings:
        for resource, begin, end in booking.spans:
            by_resource[resource].append((begin, end, booking.id))
    found = []
    for resource, spans in sorted(by_resource.items()):
        latest: Span | None = None
        for span in sorted(spans):
            if latest is not None and span[0] < latest[1] and span[2] != latest[2]:
                found.append(f"{resource}: {latest[2]} and {span[2]} at {span[0]}")
            latest = span if latest is None or span[1] > latest[1] else latest
    return found


def cells_without_booking(target: str) -> int:
    """Claimed cells whose owner holds nothing."""
    sql = (
        "SELECT count(*) FROM claim_cell WHERE owner_id NOT IN "
        "(SELECT id FROM booking WHERE state <> 'cancelled') AND owner_id NOT IN "
        "(SELECT id FROM reservation WHERE state = 'live')"
    )
    return int(str(query(target, sql)[0][0]))


def bookings_without_cells(target: str) -> int:
    """Standing bookings that have claimed nothing."""
    sql = (
        "SELECT count(*) FROM booking WHERE state <> 'cancelled' "
        "AND id NOT IN (SELECT owner_id FROM claim_cell)"
    )
    return int(str(query(target, sql)[0][0]))


def deadlocks(target: str) -> int:
    """How often PostgreSQL had to break one up; SQLite has one writer at a time."""
    if "://" not in target:
        return 0
    sql = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    return int(str(query(target, sql)[0][0]))


def whole(target: str) -> bool:
    """Whether SQLite finds its own file sound; PostgreSQL checks itself when it recovers."""
    return "://" in target or query(target, "PRAGMA integrity_check") == [("ok",)]


def _spans(held: dict[str, object]) -> list[tuple[str, datetime, datetime]]:
    start = datetime.fromisoformat(str(held["start"]))
    assigned, needs = held["assigned"], held["needs"]
    assert isinstance(assigned, dict)
    assert isinstance(needs, list)
    found = []
    for need in needs:
        begin = start + timedelta(minutes=need["from"])
        found.append((assigned[need["role"]], begin, begin + timedelta(minutes=need["minutes"])))
    return found
