"""Claim cells: five minutes of one resource each, under a primary key that allows one owner.

A placement claims every cell that any of its needs touches, turnover included, in one sorted
insert. Nothing is checked beforehand: the key alone decides, so two transactions cannot both win.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from scheduler.ports import Holder
from scheduler.records import BookingState, Held, ReservationState
from scheduler.store.codec import instant, seconds
from scheduler.store.tables import CELL_SECONDS, BookingRow, ClaimCellRow, ReservationRow

Cell = tuple[str, int]
"""A resource and the number of a five-minute cell since the Unix epoch."""


def cells_between(begin: datetime, end: datetime) -> range:
    """Numbers of the cells that `[begin, end)` touches."""
    return range(seconds(begin) // CELL_SECONDS, -(-seconds(end) // CELL_SECONDS))


def cells_of(held: Held) -> frozenset[Cell]:
    """Every cell that a placement claims."""
    return frozenset(
        (span.resource, cell)
        for span in held.spans()
        for cell in cells_between(span.begin, span.end)
    )


class SqlClaims:
    """Claims in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def claim(self, wanted: Mapping[str, Held]) -> tuple[Holder, ...]:
        """Claim everything the owners hold in one insert; who is in the way, if it was refused."""
        owners = _owners(wanted)
        rows = [
            {"resource_id": resource, "cell": cell, "owner_id": owner}
            for (resource, cell), (owner, *_) in sorted(owners.items())
        ]
        twice = {cell: names[0] for cell, names in owners.items() if len(names) > 1}
        if twice:
            return tuple(_merged(twice, {}))
        if not rows:
            return ()
        try:
            # The savepoint lets the transaction go on, and look for the holders, after a refusal.
            with self._connection.begin_nested():
                # RETURNING makes both drivers send few statements of many rows each.
                self._connection.execute(insert(ClaimCellRow).returning(ClaimCellRow.cell), rows)
        except IntegrityError:
            return self._in_the_way(owners)
        return ()

    def _in_the_way(self, wanted: Iterable[Cell]) -> tuple[Holder, ...]:
        taken: dict[Cell, str] = {}
        cells = sorted(wanted)
        for resource, group in groupby(cells, key=lambda cell: cell[0]):
            numbers = {cell for _, cell in group}
            held = self._taken(resource, min(numbers), max(numbers) + 1)
            taken |= {cell: owner for cell, owner in held.items() if cell[1] in numbers}
        if not taken:
            msg = "claims were refused, yet nobody holds the cells"
            raise RuntimeError(msg)
        return self._named(taken)

    def release(self, owners: Iterable[str]) -> None:
        """Give up all cells of the owners."""
        names = sorted(owners)
        if names:
            self._connection.execute(delete(ClaimCellRow).where(ClaimCellRow.owner_id.in_(names)))

    def holders(self, resource: str, begin: datetime, end: datetime) -> tuple[Holder, ...]:
        """Who holds a resource within `[begin, end)`, by time."""
        cells = cells_between(begin, end)
        return self._named(self._taken(resource, cells.start, cells.stop))

    def cells_of(self, held: Held) -> frozenset[Cell]:
        """The cells that a placement claims."""
        return cells_of(held)

    def owned(self) -> dict[str, frozenset[Cell]]:
        """Every claimed cell by owner."""
        found: dict[str, set[Cell]] = {}
        query = select(ClaimCellRow.resource_id, ClaimCellRow.cell, ClaimCellRow.owner_id)
        for resource, cell, owner in self._connection.execute(query):
            found.setdefault(owner, set()).add((resource, cell))
        return {owner: frozenset(cells) for owner, cells in sorted(found.items())}

    def _taken(self, resource: str, first: int, stop: int) -> dict[Cell, str]:
        query = select(ClaimCellRow.cell, ClaimCellRow.owner_id).where(
            ClaimCellRow.resource_id == resource,
            ClaimCellRow.cell >= first,
            ClaimCellRow.cell < stop,
        )
        return {(resource, cell): owner for cell, owner in self._connection.execute(query)}

    def _named(self, taken: Mapping[Cell, str]) -> tuple[Holder, ...]:
        return tuple(_merged(taken, self._owner_names(set(taken.values()))))

    def _owner_names(self, owners: set[str]) -> dict[str, tuple[str, str]]:
        names: dict[str, tuple[str, str]] = {}
        for table, kind, ended in (
            (BookingRow, "booking", BookingState.CANCELLED),
            (ReservationRow, "reservation", ReservationState.RELEASED),
        ):
            query = select(table.id, table.case_id).where(
                table.id.in_(sorted(owners)), table.state != ended
            )
            names |= {owner: (case, kind) for owner, case in self._connection.execute(query)}
        return names


def _owners(wanted: Mapping[str, Held]) -> dict[Cell, list[str]]:
    owners: dict[Cell, list[str]] = {}
    for owner in sorted(wanted):
        for cell in cells_of(wanted[owner]):
            owners.setdefault(cell, []).append(owner)
    return owners


def _merged(taken: Mapping[Cell, str], names: Mapping[str, tuple[str, str]]) -> Iterator[Holder]:
    """Cells of one owner that follow each other as one holder."""

    def run(item: tuple[int, tuple[Cell, str]]) -> tuple[str, str, int]:
        place, ((resource, cell), owner) = item
        return resource, owner, cell - place

    by_owner = sorted(taken.items(), key=lambda item: (item[0][0], item[1], item[0][1]))
    merged: list[Holder] = []
    for (resource, owner, _), group in groupby(enumerate(by_owner), key=run):
        cells = [cell for _, ((_, cell), _) in group]
        case, kind = names.get(owner, (owner, "placement"))
        begin, end = cells[0] * CELL_SECONDS, (cells[-1] + 1) * CELL_SECONDS
        merged.append(Holder(resource, instant(begin), instant(end), owner, case, kind))
    yield from sorted(merged, key=lambda holder: (holder.resource, holder.begin))
