"""Problems in which only whether a case fits has a price: the scarce resources as a packing.

Cases that want the same scarce resources for the same time, one after another, are as good as one
long case: two blocks of each kind leave a small job shop, in which lateness beyond the last
permitted start is made as small as can be. Resources of which there are many are dealt out
afterwards, and the cases that want nothing scarce are left to the search.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from solver.cpsat.classes import plateaus
from solver.cpsat.days import stopped_by
from solver.cpsat.whole import Standing
from solver.improve_arrays import Compiled

BLOCKS = 2


@dataclass(frozen=True, slots=True)
class _Block:
    """Cases one after another on resources they all want: `(case, slots after the begin)`."""

    cases: tuple[tuple[int, int], ...]
    length: int
    resources: tuple[int, ...]


def only_places_count(compiled: Compiled) -> bool:
    """Whether no start or resource is dearer than another, and nothing is limited by day."""
    data = compiled.data
    if data.open_cost.any() or data.limited.any() or data.change_cost.any() or data.fixed.any():
        return False
    return all(
        len(np.unique(data.seg_cost[a:b])) <= 1
        for a, b in zip(data.seg_first[:-1], data.seg_first[1:], strict=True)
    )


def pack(
    compiled: Compiled,
    seconds: float,
    *,
    workers: int = 1,
    should_stop: Callable[[], bool] = lambda: False,
) -> Standing | None:
    """Starts for the cases that want scarce resources, as many in time as were found.

    Args:
        compiled: a problem in which `only_places_count`.
        seconds: time limit.
        workers: threads of the solver.
        should_stop: asked several times a second, in another thread.
    """
    blocks = _blocks(compiled)
    if not blocks:
        return None
    program = cp_model.CpModel()
    begins = _add_blocks(program, compiled, blocks)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(seconds, 0.01)
    solver.parameters.num_workers = workers
    with stopped_by(solver, should_stop):
        status = solver.solve(program)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    start = np.full(len(compiled.data.out_cost), -1, dtype=np.int64)
    for block, begin in zip(blocks, begins, strict=True):
        for case, after in block.cases:
            slot = solver.value(begin) + after
            if slot < compiled.feasible.shape[1] and compiled.feasible[case, slot]:
                start[case] = slot
    return _dealt(compiled, start)


def _blocks(compiled: Compiled) -> list[_Block]:
    data = compiled.data
    kinds: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for case in range(len(data.out_cost)):
        needs = slice(data.need_first[case], data.need_first[case + 1])
        groups = [compiled.groups[g] for g in data.sig_group[data.need_sig[needs]]]
        scarce = sorted(group[0] for group in groups if len(group) == 1)
        even = not data.need_off[needs].any() and len(np.unique(data.need_len[needs])) == 1
        if scarce and even and compiled.feasible[case].any():
            kinds[tuple(scarce)].append(case)
    return [
        block
        for resources, cases in sorted(kinds.items())
        for block in _parted(compiled, resources, cases)
    ]


def _parted(compiled: Compiled, resources: tuple[int, ...], cases: list[int]) -> list[_Block]:
    """Cases of one kind in a few blocks of much the same length, the longest dealt out first."""
    lengths = compiled.data.need_len[compiled.data.need_first[cases]]
    parts: list[list[tuple[int, int]]] = [[] for _ in range(min(BLOCKS, len(cases)))]
    filled = [0] * len(parts)
    for at in np.argsort(-lengths, kind="stable"):
        part = filled.index(min(filled))
        parts[part].append((cases[at], filled[part]))
        filled[part] += int(lengths[at])
    return [
        _Block(tuple(part), length, resources) for part, length in zip(parts, filled, strict=True)
    ]


def _add_blocks(
    program: cp_model.CpModel, compiled: Compiled, blocks: list[_Block]
) -> list[cp_model.IntVar]:
    """The begin of each block; the objective is the worst lateness."""
    longest = sum(block.length for block in blocks)
    end = len(compiled.data.day_of) + longest
    late = program.new_int_var(0, end, "")
    held: dict[int, list[cp_model.IntervalVar]] = defaultdict(list)
    begins = []
    for block in blocks:
        allowed = [np.flatnonzero(compiled.feasible[case]) - after for case, after in block.cases]
        first = max(int(starts[0]) for starts in allowed)
        begin = program.new_int_var(first, end, "")
        program.add(late >= begin - min(int(starts[-1]) for starts in allowed))
        interval = program.new_fixed_size_interval_var(begin, block.length, "")
        for r in block.resources:
            held[r].append(interval)
        begins.append(begin)
    rows = np.unpackbits(compiled.free.view(np.uint8), axis=1, bitorder="little")
    for r, intervals in held.items():
        known = rows[r, : int(np.flatnonzero(rows[r]).max()) + 1].astype(np.int64)
        closed = [
            program.new_fixed_size_interval_var(a, b - a, "") for a, b, _ in plateaus(1 - known)
        ]
        program.add_no_overlap([*intervals, *closed])
    program.minimize(late)
    return begins


def _dealt(compiled: Compiled, start: np.ndarray) -> Standing:
    """Resources for the cases with a start, in order of time; who gets none has no start."""
    data = compiled.data
    left = np.unpackbits(compiled.free.view(np.uint8), axis=1, bitorder="little")
    res = np.full(len(data.need_sig), -1, dtype=np.int64)
    for case in sorted(np.flatnonzero(start >= 0).tolist(), key=lambda c: int(start[c])):
        needs = range(data.need_first[case], data.need_first[case + 1])
        for j in needs:
            begin = int(start[case] + data.need_off[j])
            taken = slice(begin, begin + int(data.need_len[j]))
            group = compiled.groups[data.sig_group[data.need_sig[j]]]
            free = [r for r in group if left[r, taken].all()]
            if not free:
                start[case] = -1
                break
            res[j] = min(free, key=lambda r: int(data.flex[r]))
            left[res[j], taken] = 0
    return Standing(start, res)
