"""Resources in classes: those that are alike in all that counts are one with many members."""

from collections import defaultdict
from itertools import pairwise

import numpy as np

from solver.improve_arrays import Compiled, Ints


class Classes:
    """Resources by class, and the hours of each class.

    A resource with a price, with a limit or whose changes of suites are counted is a class of its
    own. `number` is the class of each resource, `members` the resources of each class.
    """

    def __init__(self, compiled: Compiled) -> None:
        data = compiled.data
        alike: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for r in range(len(data.open_cost)):
            serves = data.res_sig[data.res_sig_first[r] : data.res_sig_first[r + 1]].tolist()
            counted = data.n_changing > 0 and data.suite_no[r] >= 0
            priced = data.open_cost[r] > 0 or data.change_no[r] >= 0 or data.limited[r] == 1
            alike[(-1, r) if counted or priced else (0, *serves)].append(r)
        self.members = [tuple(found) for found in alike.values()]
        self.number = {r: k for k, found in enumerate(self.members) for r in found}
        bits = np.unpackbits(compiled.free.view(np.uint8), axis=1, bitorder="little")
        self._open = bits[:, : len(data.day_of)]

    def hours(self, k: int) -> Ints:
        """How many members of a class are there at each slot."""
        return np.asarray(self._open[list(self.members[k])].sum(axis=0), dtype=np.int64)

    def dealt(self, wanted: list[tuple[int, int, int, int]]) -> dict[int, int]:
        """A member for each need, as far as greedy dealing in order of time goes.

        Args:
            wanted: first slot, length, need and class of each.

        Returns:
            The resource by need; a need for which no member was left is not in it.
        """
        left = self._open.copy()
        found = {}
        for begin, length, need, k in sorted(wanted):
            taken = slice(begin, begin + length)
            chosen = next((r for r in self.members[k] if left[r, taken].all()), None)
            if chosen is not None:
                left[chosen, taken] = 0
                found[need] = chosen
        return found


def plateaus(values: Ints) -> list[tuple[int, int, int]]:
    """Begin, end and value of each run of one value above 0."""
    cuts = [0, *(np.flatnonzero(np.diff(values)) + 1).tolist(), len(values)]
    return [(a, b, int(values[a])) for a, b in pairwise(cuts) if values[a] > 0]
