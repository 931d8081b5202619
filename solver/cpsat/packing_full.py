"""Interchangeable resources that are all but full: dealt out by length, then put in order.

Where the slack of many resources together is less than a short case, hardly any choice of cases for
a resource fills it, and a model of starts finds none. Sums of lengths show which choices there are:
resources are filled one after another, each by a random subset whose sum leaves no more slack than
there is, and a small exact model then puts the cases of each resource in order. There are many
such dealings; the next is tried until one can be put in order.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

import numpy as np

from solver.cpsat.packing_deal import deal, open_slots
from solver.cpsat.packing_order import ordered
from solver.cpsat.whole import Standing
from solver.improve_arrays import Compiled, Ints

ALL_BUT_FULL = 0.95
MOST_VISITS = 400
LAST_BINS = 3
TRIES, LAST_TRIES = 4, 12


@dataclass(frozen=True, slots=True)
class Item:
    """A need to be dealt out: its length in slots and the bins that may take it."""

    need: int
    length: int
    bins: frozenset[int]


@dataclass(frozen=True, slots=True)
class Room:
    """Bins joined by items that may go to several of them; `size` is slots by bin."""

    size: dict[int, int]
    items: tuple[Item, ...]

    @property
    def slack(self) -> int:
        """Slots that stay free when every item is in."""
        return sum(self.size.values()) - sum(item.length for item in self.items)


def full_packings(
    compiled: Compiled, rng: Random, *, workers: int, should_stop: Callable[[], bool]
) -> Iterator[Standing]:
    """Standings of all cases that could be put in order; none unless resources are all but full."""
    rooms = [room for room in rooms_of(compiled) if _all_but_full(room)]
    if not rooms or any(room.slack < 0 for room in rooms):
        return
    able = compiled.feasible.any(axis=1)
    while not should_stop():
        chosen = np.full(len(compiled.data.need_sig), -1, dtype=np.int64)
        if not all(_dealt(room, chosen, rng) for room in rooms):
            continue
        start = ordered(compiled, chosen, workers=workers, should_stop=should_stop)
        if start is not None:
            standing = deal(compiled, start, chosen)
            yield standing
            if ((standing.start >= 0) == able).all():
                return


def _dealt(room: Room, chosen: Ints, rng: Random) -> bool:
    """Write a bin for each item of the room; whether one was found for all."""
    found = fill(room, rng)
    for need, resource in (found or {}).items():
        chosen[need] = resource
    return found is not None


def _all_but_full(room: Room) -> bool:
    size = sum(room.size.values())
    return size - room.slack >= ALL_BUT_FULL * size


def rooms_of(compiled: Compiled) -> list[Room]:
    """The resources that needs may choose between, with all that wants them."""
    data = compiled.data
    room_of: dict[int, set[int]] = {}
    for group in compiled.groups:
        if len(group) > 1:
            joined = set(group).union(*(room_of.get(r, set()) for r in group))
            room_of.update(dict.fromkeys(joined, joined))
    items: dict[int, list[Item]] = {min(joined): [] for joined in room_of.values()}
    for case in np.flatnonzero(compiled.feasible.any(axis=1)).tolist():
        for j in range(data.need_first[case], data.need_first[case + 1]):
            group = compiled.groups[data.sig_group[data.need_sig[j]]]
            if group[0] in room_of:
                item = Item(j, int(data.need_len[j]), frozenset(group))
                items[min(room_of[group[0]])].append(item)
    there = open_slots(compiled).sum(axis=1)
    return [
        Room({r: int(there[r]) for r in sorted(room_of[least])}, tuple(found))
        for least, found in sorted(items.items())
    ]


def fill(room: Room, rng: Random) -> dict[int, int] | None:
    """A bin for every item of a room, or None where the visits ran out."""
    return _Filling(room, rng).found()


class _Filling:
    """One try at a room: bins in an order, those with items of little choice first."""

    def __init__(self, room: Room, rng: Random) -> None:
        self._room, self._rng = room, rng
        self._visits = 0
        ties = {r: rng.random() for r in room.size}
        tied = {
            r: sum(1 / len(item.bins) for item in room.items if r in item.bins) for r in room.size
        }
        self._bins = sorted(room.size, key=lambda r: (-round(tied[r], 6), ties[r]))

    def found(self) -> dict[int, int] | None:
        return self._filled_from(0, self._room.items, self._room.slack)

    def _filled_from(self, at: int, items: tuple[Item, ...], slack: int) -> dict[int, int] | None:
        self._visits += 1
        if at == len(self._bins):
            return {} if not items else None
        here, later = self._bins[at], frozenset(self._bins[at + 1 :])
        forced = [item for item in items if not item.bins & later]
        if any(here not in item.bins for item in forced):
            return None
        size = self._room.size[here] - sum(item.length for item in forced)
        free = [item for item in items if here in item.bins and item.bins & later]
        left = len(self._bins) - at
        allowed = slack if left <= LAST_BINS else min(slack, max(1, 2 * slack // left))
        for _ in range(LAST_TRIES if left <= LAST_BINS else TRIES):
            chosen = some_that_fill(free, size - allowed, size, self._rng)
            if chosen is None or self._visits > MOST_VISITS:
                return None
            inside = {item.need for item in (*forced, *chosen)}
            unused = size - sum(item.length for item in chosen)
            rest = tuple(item for item in items if item.need not in inside)
            found = self._filled_from(at + 1, rest, slack - unused)
            if found is not None:
                return found | dict.fromkeys(inside, here)
        return None


def some_that_fill(items: list[Item], least: int, most: int, rng: Random) -> list[Item] | None:
    """A random choice of items whose lengths sum to `least .. most`; None where there is none.

    Bit `s` of `sums[i]` says whether items from `i` on can sum to `s`, so no choice is in vain.
    """
    items = rng.sample(items, len(items))
    sums = [1]
    for item in reversed(items):
        sums.append(sums[-1] | sums[-1] << item.length)
    sums.reverse()

    def able(at: int, total: int) -> bool:
        low, high = max(0, least - total), most - total
        return high >= low and (sums[at] >> low) & ((1 << (high - low + 1)) - 1) != 0

    if not able(0, 0):
        return None
    chosen, total = [], 0
    for at, item in enumerate(items, start=1):
        with_it, without = able(at, total + item.length), able(at, total)
        if with_it and (not without or rng.random() < 0.5):
            chosen.append(item)
            total += item.length
    return chosen
