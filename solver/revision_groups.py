"""Which changes belong together, given what each waits for: closures, and groups of a circle."""

from collections.abc import Iterable, Iterator, Mapping

Waits = Mapping[str, Iterable[str]]
"""By change: the changes that have to be made with it or before it."""


def closed_under(waits: Waits, wanted: Iterable[str]) -> frozenset[str]:
    """Some changes with every change that they wait for, directly or not."""
    found: set[str] = set()
    left = list(wanted)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += waits.get(name, ())
    return frozenset(found)


def waiting_on(waits: Waits, given_up: Iterable[str]) -> frozenset[str]:
    """Some changes with every change that waits for them, directly or not."""
    return closed_under(_reversed(waits), given_up)


def missing_from(waits: Waits, wanted: Iterable[str]) -> tuple[str, ...]:
    """What would have to be made with some changes and is not among them, sorted."""
    chosen = set(wanted)
    return tuple(sorted(closed_under(waits, chosen) - chosen))


def groups(waits: Waits) -> tuple[tuple[str, ...], ...]:
    """Changes that wait for each other in a circle: made together or not at all.

    Each group has two members at least and is sorted, the groups by their first member.
    """
    below = {name: closed_under(waits, [name]) for name in sorted(waits)}
    return tuple(_circles(below))


def _circles(below: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, ...]]:
    seen: set[str] = set()
    for name, reached in below.items():
        if name not in seen:
            circle = tuple(sorted(other for other in reached if name in below.get(other, ())))
            seen |= set(circle)
            if len(circle) > 1:
                yield circle


def _reversed(waits: Waits) -> dict[str, list[str]]:
    turned: dict[str, list[str]] = {}
    for name, needed in waits.items():
        for other in needed:
            turned.setdefault(other, []).append(name)
    return turned
