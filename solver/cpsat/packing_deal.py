"""Resources for cases whose starts are known."""

import numpy as np
from numpy.typing import NDArray

from solver.cpsat.whole import Standing
from solver.improve_arrays import Compiled, Ints


def open_slots(compiled: Compiled) -> NDArray[np.uint8]:
    """1 where a resource is there: `[resource, slot]`."""
    return np.unpackbits(compiled.free.view(np.uint8), axis=1, bitorder="little")


def deal(compiled: Compiled, start: Ints, chosen: Ints | None = None) -> Standing:
    """Resources for the cases with a start; a case that gets none has no start.

    Those with the fewest resources to choose from come first, then those that start first.

    Args:
        compiled: the problem.
        start: start slot of each case, -1 for none.
        chosen: the resource of each need where it is given, otherwise -1.
    """
    data = compiled.data
    left = open_slots(compiled)
    res = np.full(len(data.need_sig), -1, dtype=np.int64)
    start = start.copy()
    groups = [compiled.groups[g] for g in data.sig_group[data.need_sig]]
    if chosen is not None:
        groups = [(int(r),) if r >= 0 else g for r, g in zip(chosen, groups, strict=True)]

    def few_first(case: int) -> tuple[int, int]:
        needs = groups[data.need_first[case] : data.need_first[case + 1]]
        return min((len(g) for g in needs if len(g) > 1), default=1), int(start[case])

    for case in sorted(np.flatnonzero(start >= 0).tolist(), key=few_first):
        taken = []
        for j in range(data.need_first[case], data.need_first[case + 1]):
            begin = int(start[case] + data.need_off[j])
            slots = slice(begin, begin + int(data.need_len[j]))
            free = [r for r in groups[j] if left[r, slots].all()]
            if not free:
                break
            res[j] = min(free, key=lambda r: int(data.flex[r]))
            left[res[j], slots] = 0
            taken.append((int(res[j]), slots))
        else:
            continue
        start[case] = -1
        for r, slots in taken:
            left[r, slots] = 1
    return Standing(start, res)
