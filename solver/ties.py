"""Which needs of one case have to be chosen together, because of room or because of price.

Most needs stand alone: any free resource will do. Two needs are *knotted* when they may want the
same resource and either overlap or count towards the same daily limit. Needs are *priced* when the
choice of their resource can change what the day costs: opening, and suite changes, which also
depend on the suites of the case.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

from solver.instance import CaseForm, Instance, NeedForm


@dataclass(frozen=True, slots=True)
class Ties:
    """The needs of a case, by how they hang together; numbers are positions in its needs.

    `loose` needs are in no knot. `knots` are disjoint groups. `priced` lists, suites first, the
    needs whose choice matters for the cost, and everything knotted with them; `plain` the groups
    that remain, each to be chosen by itself.
    """

    loose: tuple[int, ...]
    knots: tuple[tuple[int, ...], ...]
    priced: tuple[int, ...]
    plain: tuple[tuple[int, ...], ...]


def find_ties(instance: Instance, case: CaseForm) -> Ties:
    """The ties between the needs of a case; they depend on the problem alone."""
    needs = case.needs
    groups = joined(len(needs), lambda i, j: _knotted(instance, needs[i], needs[j]))
    knots = tuple(group for group in groups if len(group) > 1)
    tied = {number for knot in knots for number in knot}
    sensitive = _price_sensitive(instance, needs)
    with_price = [group for group in groups if sensitive & set(group)]
    priced = [number for group in with_price for number in group]
    return Ties(
        loose=tuple(number for number in range(len(needs)) if number not in tied),
        knots=knots,
        priced=tuple(sorted(priced, key=lambda number: (not needs[number].is_suite, number))),
        plain=tuple(group for group in groups if group not in with_price),
    )


def overlap(one: NeedForm, other: NeedForm) -> bool:
    """Whether two needs of one case are under way at the same time."""
    return one.offset < other.offset + other.length and other.offset < one.offset + one.length


def joined(count: int, linked: Callable[[int, int], bool]) -> list[tuple[int, ...]]:
    """The connected groups of `0 .. count - 1`, in order of their first member."""
    group_of = list(range(count))
    for i, j in combinations(range(count), 2):
        if group_of[i] != group_of[j] and linked(i, j):
            old, new = group_of[j], group_of[i]
            group_of = [new if group == old else group for group in group_of]
    return [
        tuple(number for number in range(count) if group_of[number] == group)
        for group in dict.fromkeys(group_of)
    ]


def _knotted(instance: Instance, one: NeedForm, other: NeedForm) -> bool:
    shared = instance.pools[one.pool].members & instance.pools[other.pool].members
    if not shared:
        return False
    limited = any(instance.resources[resource].limits is not None for resource in shared)
    return limited or overlap(one, other)


def _price_sensitive(instance: Instance, needs: tuple[NeedForm, ...]) -> set[int]:
    opening = {n for n, need in enumerate(needs) if instance.pools[need.pool].opening}
    changing = {n for n, need in enumerate(needs) if instance.pools[need.pool].changing}
    suites = {n for n, need in enumerate(needs) if need.is_suite}
    return opening | changing | suites if suites and changing else opening
