"""Names in edits: the one nearest to a slip of the pen, fresh ids, lists as people say them."""

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, TypeAdapter

from models.base import Id
from models.calendars import Weekday, Weekly
from models.errors import InputError

MOST_SHOWN = 8
_WEEKLY: TypeAdapter[dict[Weekday, Any]] = TypeAdapter(Weekly)
_DAY_NAMES = dict(
    zip(
        Weekday,
        ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"),
        strict=True,
    )
)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like one given; None when none does."""
    found = get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    return found[0] if found else None


def unknown(what: str, name: str, known: Collection[str]) -> InputError:
    """The error for a name that nothing has, with the nearest, or all where there are few."""
    near = nearest(name, known)
    listed = ", ".join(sorted(known)[:MOST_SHOWN]) + (", ..." if len(known) > MOST_SHOWN else "")
    hint = f"nearest: {near}" if near else f"there are: {listed}" if known else "there is none"
    return InputError(f"there is no {what} {name!r}", remedy=hint)


def fresh_ids(base: str, count: int, taken: Collection[str]) -> tuple[str, ...]:
    """So many ids `base~1`, `base~2`, ... that nothing has yet; `base` loses such an ending."""
    stem, tilde, number = base.rpartition("~")
    stem = stem if tilde and number.isdecimal() else base
    return tuple(_free(stem, count, frozenset(taken)))


def _free(stem: str, count: int, taken: frozenset[str]) -> Iterator[str]:
    number = made = 0
    while made < count:
        number += 1
        if f"{stem}~{number}" not in taken:
            made += 1
            yield f"{stem}~{number}"


def joined(names: Iterable[str]) -> str:
    """Names as people list them: `a, b and c`."""
    *first, last = [*names] or ["nothing"]
    return f"{', '.join(first)} and {last}" if first else last


def counted(count: float, noun: str) -> str:
    """A number with its noun: `1 day`, `7 days`."""
    return f"{count:g} {noun}{'' if count == 1 else 's'}"


def times(factor: float) -> str:
    """A factor on numbers as people say it: `20 % more`."""
    change = round(100 * (factor - 1), 1)
    return f"{abs(change):g} % {'more' if change >= 0 else 'fewer'}"


def longer(factor: float) -> str:
    """A factor on lengths of time: `20 % longer`."""
    change = round(100 * (factor - 1), 1)
    return f"{abs(change):g} % {'longer' if change >= 0 else 'shorter'}"


def _one_or_more(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if names.count(name) > 1:
            msg = f"{name!r} is named twice"
            raise ValueError(msg)
    return names


Names = Annotated[tuple[Id, ...], BeforeValidator(_one_or_more), AfterValidator(_each_once)]
"""One name, or a list of them; each once."""


def _days(value: object) -> object:
    if isinstance(value, str):
        value = (value,)
    if not isinstance(value, list | tuple):
        return value
    groups = [str(group) for group in value]
    spread = _WEEKLY.validate_python(dict.fromkeys(groups, ()))
    return tuple(day for day in Weekday if day in spread)


Days = Annotated[tuple[Weekday, ...], BeforeValidator(_days)]
"""Weekdays in their order; in a file a name, a group such as `mon-fri`, or a list of them."""


def day_words(days: Iterable[Weekday]) -> str:
    """Weekdays as people say them: `Mondays and Wednesdays`, `Mondays to Fridays`."""
    order = list(Weekday)
    named = sorted(set(days), key=order.index)
    if named == order:
        return "every day of the week"
    if len(named) > 2 and order.index(named[-1]) - order.index(named[0]) == len(named) - 1:
        return f"{_DAY_NAMES[named[0]]} to {_DAY_NAMES[named[-1]]}"
    return joined(_DAY_NAMES[day] for day in named)
