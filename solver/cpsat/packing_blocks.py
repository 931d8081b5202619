"""Scarce single resources: cases alike in blocks, and the order in which the blocks begin.

Cases that want the same scarce resources, one after another, are as good as one long case. An order
of the blocks says all: each begins as soon as its resources are free of those before it. Annealing
over orders makes the worst lateness beyond the last permitted start as small as can be; it takes
few moves where one block of each kind will do, so that is tried before blocks are parted.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from math import exp
from random import Random
from typing import NamedTuple

import numpy as np

from solver.cpsat.classes import plateaus
from solver.cpsat.packing_deal import deal, open_slots
from solver.cpsat.whole import Standing
from solver.improve_arrays import Compiled

SCARCE = 0.5
PARTS = (1, 2) * 10
MOVES_PER_BLOCK = 400
HOT, COLD = 0.15, 0.02
COMPACT = 0.02
ASKED_EVERY = 100
DEALS = 20

_Kinds = list[tuple[tuple[int, ...], list[int]]]


class Block(NamedTuple):
    """Cases one after another on resources they all want: `(case, slots after the begin)`.

    `runs` are the permitted begins, half-open, in order of time.
    """

    cases: tuple[tuple[int, int], ...]
    length: int
    resources: tuple[int, ...]
    runs: tuple[tuple[int, int], ...]


class Laid(NamedTuple):
    """Blocks in an order: the begin of each, the worst lateness, the sum of the resources' ends."""

    begins: list[int]
    late: int
    ends: int


def block_packings(
    compiled: Compiled, rng: Random, should_stop: Callable[[], bool]
) -> Iterator[Standing]:
    """Standings of the cases that want scarce resources, each with more of them than the last."""
    kinds = _kinds(compiled)
    wanted = sum(len(cases) for _, cases in kinds)
    most = 0
    for parts in PARTS:
        if should_stop() or most == wanted:
            return
        blocks = [b for kind in kinds for b in _parted(compiled, *kind, parts, rng)]
        laid = lay(blocks, rng, should_stop)
        for _ in range(DEALS if laid.late == 0 else 1):
            standing = deal(compiled, _starts(compiled, blocks, laid, rng))
            placed = int((standing.start >= 0).sum())
            if placed > most:
                most = placed
                yield standing
            if should_stop() or placed == wanted:
                break


def _kinds(compiled: Compiled) -> _Kinds:
    """Scarce resources with the cases that want just these, for all of their time."""
    data = compiled.data
    scarce = _scarce(compiled)
    kinds: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for case in range(len(data.out_cost)):
        needs = slice(data.need_first[case], data.need_first[case + 1])
        even = not data.need_off[needs].any() and len(np.unique(data.need_len[needs])) == 1
        groups = [compiled.groups[g] for g in data.sig_group[data.need_sig[needs]]]
        lone = [group[0] for group in groups if len(group) == 1]
        resources = tuple(sorted(r for r in lone if r in scarce))
        if resources and even and compiled.feasible[case].any():
            kinds[resources].append(case)
    return sorted(kinds.items())


def _scarce(compiled: Compiled) -> set[int]:
    """Resources of which a good part is taken by needs that accept no other."""
    data = compiled.data
    taken = np.zeros(len(data.open_cost), dtype=np.int64)
    for sig, length in zip(data.need_sig, data.need_len, strict=True):
        group = compiled.groups[data.sig_group[sig]]
        if len(group) == 1:
            taken[group[0]] += length
    there = open_slots(compiled).sum(axis=1)
    return set(np.flatnonzero(taken > SCARCE * there).tolist())


def _parted(
    compiled: Compiled, resources: tuple[int, ...], cases: list[int], parts: int, rng: Random
) -> list[Block]:
    """Cases of one kind in blocks of much the same length: more where these could never begin."""
    lengths = compiled.data.need_len[compiled.data.need_first[cases]]
    split: list[list[int]] = [[] for _ in range(min(parts, len(cases)))]
    filled = [0] * len(split)
    for at in np.argsort(-lengths, kind="stable"):
        shortest = filled.index(min(filled))
        split[shortest].append(cases[at])
        filled[shortest] += int(lengths[at])
    blocks = []
    for part in split:
        rng.shuffle(part)
        blocks.append(_block(compiled, resources, part))
    if all(block.runs for block in blocks):
        return blocks
    return _parted(compiled, resources, cases, 2 * parts, rng)


def _block(compiled: Compiled, resources: tuple[int, ...], cases: list[int]) -> Block:
    feasible = compiled.feasible
    able = np.ones(feasible.shape[1], dtype=bool)
    timed, after = [], 0
    for case in cases:
        timed.append((case, after))
        able[: max(0, len(able) - after)] &= feasible[case, after:]
        able[max(0, len(able) - after) :] = False
        after += int(compiled.data.need_len[compiled.data.need_first[case]])
    runs = tuple((a, b) for a, b, _ in plateaus(np.append(able, 0).astype(np.int64)))
    return Block(tuple(timed), after, resources, runs)


def lay(blocks: list[Block], rng: Random, should_stop: Callable[[], bool]) -> Laid:
    """The best order that annealing from a random one came by; ends where nothing is late."""
    order = list(range(len(blocks)))
    rng.shuffle(order)
    now = best = laid_in(blocks, order)
    moves = MOVES_PER_BLOCK * len(blocks)
    size = sum(block.length for block in blocks) / max(len(blocks), 1)
    for move in range(moves):
        if best.late == 0 or (move % ASKED_EVERY == 0 and should_stop()):
            break
        temperature = size * HOT * (COLD / HOT) ** (move / moves)
        other = order.copy()
        a, b = int(rng.random() * len(order)), int(rng.random() * len(order))
        if rng.random() < 0.5:
            other[a], other[b] = other[b], other[a]
        else:
            other.insert(b, other.pop(a))
        found = laid_in(blocks, other)
        # Among orders equally late, the one that ends early.
        worse = found.late - now.late + COMPACT * (found.ends - now.ends)
        if worse <= 0 or rng.random() < exp(-worse / temperature):
            order, now = other, found
            if now.late < best.late:
                best = now
    return best


def laid_in(blocks: list[Block], order: list[int]) -> Laid:
    """Each block as soon as its resources are free; past its last permitted begin it is late."""
    ends: dict[int, int] = {}
    begins = [0] * len(blocks)
    late = 0
    for at in order:
        _, length, resources, runs = blocks[at]
        begin = 0
        for r in resources:
            if (end := ends.get(r, 0)) > begin:
                begin = end
        for first, past in runs:
            if begin < past:
                begin = max(begin, first)
                break
        else:
            late = max(late, begin + 1 - runs[-1][1])
        begins[at] = begin
        for r in resources:
            ends[r] = begin + length
    return Laid(begins, late, sum(ends.values()))


def _starts(compiled: Compiled, blocks: list[Block], laid: Laid, rng: Random) -> np.ndarray:
    """Starts of the cases, those of a block in any order; -1 for who may not start there."""
    start = np.full(len(compiled.data.out_cost), -1, dtype=np.int64)
    for block, begin in zip(blocks, laid.begins, strict=True):
        cases = [case for case, _ in block.cases]
        rng.shuffle(cases)
        slot = begin
        for case in cases:
            if slot < compiled.feasible.shape[1] and compiled.feasible[case, slot]:
                start[case] = slot
            slot += int(compiled.data.need_len[compiled.data.need_first[case]])
    return start
