"""Which needs of two cases may want the same resources, and so have to be chosen together.

What the needs of one contest take cannot hinder those of another.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from solver.instance import NeedForm
from solver.ties import Ties, joined


@dataclass(frozen=True, slots=True)
class Contest:
    """Needs, by their numbers, of the first case (`ours`) and of the second (`theirs`).

    `knots` are the knots of the second case's needs; `priced` says whether a choice of resources
    in it can change what a day costs.
    """

    ours: tuple[int, ...]
    theirs: tuple[int, ...]
    knots: tuple[tuple[int, ...], ...]
    priced: bool


def find_contests(
    lanes_of_pool: Sequence[frozenset[int]],
    needs: tuple[Sequence[NeedForm], Sequence[NeedForm]],
    ties: tuple[Ties, Ties],
) -> tuple[Contest, ...]:
    """The contests between two cases, each of their needs in one of them.

    Those for suites come first: they are the scarcest, and leave little for others to look at.
    """
    ours, theirs = needs
    count, both = len(ours), (*ours, *theirs)
    pools = [lanes_of_pool[need.pool] for need in both]
    knots = [set(knot) for knot in ties[0].knots]
    knots += [{number + count for number in knot} for knot in ties[1].knots]

    def linked(i: int, j: int) -> bool:
        if (i < count) != (j < count):
            return not pools[i].isdisjoint(pools[j])
        return any(i in knot and j in knot for knot in knots)

    priced = {*ties[0].priced, *(number + count for number in ties[1].priced)}
    groups = joined(len(both), linked)
    groups.sort(key=lambda group: (not any(both[n].is_suite for n in group), len(group)))
    return tuple(
        Contest(
            ours=tuple(n for n in group if n < count),
            theirs=tuple(n - count for n in group if n >= count),
            knots=tuple(knot for knot in ties[1].knots if knot[0] + count in group),
            priced=not priced.isdisjoint(group),
        )
        for group in groups
    )
