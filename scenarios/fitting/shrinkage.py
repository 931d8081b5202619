"""Quantiles of nested groups, each drawn towards its parent the more the fewer cases it has.

A group of n cases with own quantiles q(p) and a parent with P(p) is given

    w q(p) + (1 - w) P(p),    w = n / (n + k),

level by level: the credibility weight of Buhlmann (ASTIN Bulletin 4, 1967) applied to quantile
functions, whose averages are quantile functions again (Vincent's averaging: Ratcliff, Psychological
Bulletin 86, 1979). The parent is shrunken itself; the root, all cases, is as observed. Each depth
has its own k, chosen from the general to the special by cross-validated pinball loss (Koenker &
Bassett, Econometrica 46, 1978); an infinite k says that the depth tells nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

Key = tuple[str, ...]
Floats = NDArray[np.float64]

LEVELS = (0.0, 0.01, *(round(0.05 * step, 2) for step in range(1, 20)), 0.99, 1.0)
"""Levels of every group's quantiles."""
STRENGTHS = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, inf)
"""What k is chosen from, in cases."""
FOLDS = 5
_INNER = np.array(LEVELS[1:-1])


@dataclass(frozen=True, slots=True)
class Sample:
    """Cases with their keys, what is to be foretold of them, and how much each error counts."""

    keys: tuple[Key, ...]
    values: Floats
    weights: Floats

    def part(self, chosen: NDArray[np.bool_]) -> "Sample":
        """The cases chosen."""
        keys = tuple(key for key, here in zip(self.keys, chosen, strict=True) if here)
        return Sample(keys, self.values[chosen], self.weights[chosen])


@dataclass(frozen=True, slots=True)
class Groups:
    """Every group of a sample: its number of cases and its own quantiles."""

    cases: Mapping[Key, int]
    own: Mapping[Key, Floats]


def empirical(values: Floats) -> Floats:
    """Quantiles of a sample at LEVELS, at rank p (n + 1): the k-th of n is at level k / (n + 1).

    This is type 6 of Hyndman & Fan (American Statistician 50, 1996), the one by which a further
    draw is below the k-th value with probability k / (n + 1).
    """
    return np.asarray(np.quantile(values, LEVELS, method="weibull"), dtype=float)


def groups_of(sample: Sample) -> Groups:
    """The groups of all prefixes of the sample's keys."""
    members: dict[Key, list[int]] = {}
    for at, key in enumerate(sample.keys):
        for depth in range(len(key) + 1):
            members.setdefault(key[:depth], []).append(at)
    own = {key: empirical(sample.values[here]) for key, here in members.items()}
    return Groups({key: len(here) for key, here in members.items()}, own)


def weight(cases: int, strength: float) -> float:
    """What a group's own quantiles count: n / (n + k)."""
    return 0.0 if strength == inf else cases / (cases + strength)


def shrunken(groups: Groups, strengths: Sequence[float]) -> dict[Key, Floats]:
    """Each group's quantiles, drawn towards those of its parent; groups deeper are left out."""
    made: dict[Key, Floats] = {(): groups.own[()]}
    for key in sorted(groups.own, key=len):
        if 0 < len(key) <= len(strengths):
            share = weight(groups.cases[key], strengths[len(key) - 1])
            made[key] = share * groups.own[key] + (1 - share) * made[key[:-1]]
    return made


def telling(groups: Groups, strengths: Sequence[float]) -> tuple[Key, ...]:
    """The groups that differ from their parents, with those on the way to them, root first."""
    kept = {
        key[:depth]
        for key in groups.own
        if len(key) <= len(strengths) and (not key or strengths[len(key) - 1] < inf)
        for depth in range(len(key) + 1)
    }
    return tuple(sorted(kept, key=lambda key: (len(key), key)))


def pinball(quantiles: Floats, values: Floats) -> Floats:
    """Mean pinball loss of each value over the levels but the ends.

    Args:
        quantiles: foretold, cases by LEVELS.
        values: what came, by case.
    """
    error = values[:, None] - quantiles[:, 1:-1]
    return np.asarray(np.maximum(_INNER * error, (_INNER - 1) * error).mean(axis=1), dtype=float)


def fold_of(cases: int, folds: int = FOLDS) -> NDArray[np.int_]:
    """The fold of each case, always the same for a number of cases.

    Shuffled: rows taken in turn would put all of one room or weekday into the same fold.
    """
    return np.random.default_rng(0).permutation(cases) % folds


def chosen_strengths(sample: Sample) -> tuple[float, ...]:
    """One k per depth of the keys, each with the least loss in cross-validation.

    Of equal losses the larger k is taken. Fewer cases than folds: every k is infinite.
    """
    depth = max((len(key) for key in sample.keys), default=0)
    if len(sample.keys) < 2 * FOLDS:
        return (inf,) * depth
    fold = fold_of(len(sample.keys))
    parts = [(groups_of(sample.part(fold != f)), sample.part(fold == f)) for f in range(FOLDS)]
    found: tuple[float, ...] = ()
    for _ in range(depth):
        losses = sum(_losses(found, *part) for part in parts)
        # From the largest k down: of equal losses, the first is taken.
        found = (*found, STRENGTHS[::-1][int(np.argmin(losses))])
    return found


def _losses(found: tuple[float, ...], groups: Groups, tried: Sample) -> Floats:
    """Loss at one more depth for each k, from the largest down, of the cases that come so deep."""
    depth = len(found) + 1
    at = [i for i, key in enumerate(tried.keys) if len(key) >= depth and key[:depth] in groups.own]
    if not at:
        return np.zeros(len(STRENGTHS))
    names = [tried.keys[i][:depth] for i in at]
    place = {name: here for here, name in enumerate(sorted(set(names)))}
    above = shrunken(groups, found)
    parent = np.array([above[name[:-1]] for name in place])
    own = np.array([groups.own[name] for name in place])
    mine = np.array([place[name] for name in names])
    losses = []
    for strength in reversed(STRENGTHS):
        shares = np.array([weight(groups.cases[name], strength) for name in place])[:, None]
        made = shares * own + (1 - shares) * parent
        losses.append(pinball(made[mine], tried.values[at]) @ tried.weights[at])
    return np.array(losses)
