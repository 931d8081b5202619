"""Claim cells: five minutes of one resource each, under a primary key that allows one owner.

A placement claims every cell that any of its needs touches, turnover included, in one sorted
insert. Nothing is checked beforehand: the key alone decides, so two transactions cannot both win.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from types import MappingProxyType

from sqlalchemy import Connection, Select, bindparam, delete, select

from models.held import Held
from scheduler.ports import Holder
from scheduler.records import BookingState, ReservationState
from scheduler.store import dialects
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

    _delete = delete(ClaimCellRow).where(
        ClaimCellRow.resource_id == bindparam("of"), ClaimCellRow.cell == bindparam("number")
    )
    _within = (
        ClaimCellRow.resource_id == bindparam("of"),
        ClaimCellRow.cell >= bindparam("first"),
        ClaimCellRow.cell < bindparam("stop"),
    )
    _cells = select(ClaimCellRow.cell, ClaimCellRow.owner_id).where(*_within)
    _owners = select(ClaimCellRow.owner_id).where(*_within).distinct()
    _named_by: Mapping[str, Select[str, str]] = MappingProxyType(
        {
            kind: select(table.id, table.case_id).where(
                table.id.in_(bindparam("owners", expanding=True)), table.state != ended
            )
            for table, kind, ended in (
                (BookingRow, "booking", BookingState.CANCELLED),
                (ReservationRow, "reservation", ReservationState.RELEASED),
            )
        }
    )
    _release = delete(ClaimCellRow).where(
        ClaimCellRow.owner_id.in_(bindparam("owners", expanding=True))
    )

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def claim(self, wanted: Mapping[str, Held]) -> tuple[Holder, ...]:
        """Claim everything the owners hold in one insert; who is in the way, if it was refused."""
        owners = _owners_of(wanted)
        twice = {cell: names[0] for cell, names in owners.items() if len(names) > 1}
        if twice:
            return tuple(_merged(twice, {}))
        if not owners:
            return ()
        rows = [(*cell, owner) for cell, (owner, *_) in sorted(owners.items())]
        given = {"rows": json.dumps(rows)}
        done = self._connection.execute(dialects.claim_cells(self._connection), given)
        got = {(resource, cell) for resource, cell in done}
        if len(got) == len(rows):
            return ()
        in_the_way = self._in_the_way(owners.keys() - got)
        self._give_back(got)  # the transaction may go on, and has claimed nothing
        return in_the_way

    def _in_the_way(self, refused: Iterable[Cell]) -> tuple[Holder, ...]:
        taken: dict[Cell, str] = {}
        for resource, group in groupby(sorted(refused), key=lambda cell: cell[0]):
            numbers = {cell for _, cell in group}
            held = self._taken(resource, min(numbers), max(numbers) + 1)
            taken |= {cell: owner for cell, owner in held.items() if cell[1] in numbers}
        if not taken:
            msg = "claims were refused, yet nobody holds the cells"
            raise RuntimeError(msg)
        return self._named(taken)

    def _give_back(self, cells: Iterable[Cell]) -> None:
        gone = [{"of": resource, "number": cell} for resource, cell in sorted(cells)]
        if gone:
            self._connection.execute(self._delete, gone)

    def release(self, owners: Iterable[str]) -> None:
        """Give up all cells of the owners."""
        names = sorted(owners)
        if names:
            self._connection.execute(self._release, {"owners": names})

    def holders(self, resource: str, begin: datetime, end: datetime) -> tuple[Holder, ...]:
        """Who holds a resource within `[begin, end)`, by time."""
        cells = cells_between(begin, end)
        return self._named(self._taken(resource, cells.start, cells.stop))

    def owners(self, resource: str, begin: datetime, end: datetime) -> frozenset[str]:
        """The ids of whatever holds a resource within `[begin, end)`."""
        cells = cells_between(begin, end)
        given = {"of": resource, "first": cells.start, "stop": cells.stop}
        return frozenset(self._connection.execute(self._owners, given).scalars())

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
        given = {"of": resource, "first": first, "stop": stop}
        found = self._connection.execute(self._cells, given)
        return {(resource, cell): owner for cell, owner in found}

    def _named(self, taken: Mapping[Cell, str]) -> tuple[Holder, ...]:
        names = self._owner_names(set(taken.values())) if taken else {}
        return tuple(_merged(taken, names))

    def _owner_names(self, owners: set[str]) -> dict[str, tuple[str, str]]:
        names: dict[str, tuple[str, str]] = {}
        for kind, query in self._named_by.items():
            unknown = sorted(owners - names.keys())
            rows = self._connection.execute(query, {"owners": unknown}) if unknown else ()
            names |= {owner: (case, kind) for owner, case in rows}
        return names


def _owners_of(wanted: Mapping[str, Held]) -> dict[Cell, list[str]]:
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
