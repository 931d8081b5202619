"""Site files on disk (YAML), and the dates that their holiday and recurrence rules come to.

They are read as all documents that people write (`scenarios.documents`): a member given twice is
refused, and times of day and dates stay text until the site's own types read them.
"""

import re
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import holidays
from dateutil.rrule import rrulestr
from pydantic import ValidationError

from models.calendars import HolidayRule, RecurringBlock
from models.catalogue import shipped_catalogue
from models.documents import first_fault
from models.errors import InputError
from models.site import Site
from scenarios.documents import load_document
from scheduler.files import read_text

_REMEDY = "correct the site file"
_COARSE = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")


def parse_site(text: str, *, place: str) -> Site:
    """The site that a YAML (or JSON) document describes, wholly checked.

    Raises:
        InputError: not YAML, a key twice, a member that is missing, unknown or wrong, a local time
            that does not exist, an unknown holiday, recurrence rule or procedure.
    """
    raw = load_document(text, place=place, remedy=_REMEDY)
    if not isinstance(raw, dict):
        raise InputError("this is no site file", place=place, remedy="see examples/demo-site.yaml")
    try:
        site = Site.model_validate(raw)
        _check_dates(site)
        site.offered(shipped_catalogue())
    except ValidationError as error:
        raise InputError(first_fault(error, raw), place=place, remedy=_REMEDY) from error
    except InputError as error:
        fault = f"{error.place}: {error.problem}" if error.place else error.problem
        raise InputError(fault, place=place, remedy=error.remedy or _REMEDY) from error
    return site


def read_site(path: Path) -> Site:
    """The site of a file.

    Raises:
        InputError: the file cannot be read, or is not a sound site; names file and member.
    """
    return parse_site(read_text(path), place=str(path))


def _check_dates(site: Site) -> None:
    rules = LibraryDates()
    if site.holidays is not None:
        _check_names(site.holidays)
    named = [(f"calendar {name}", c.recurring) for name, c in sorted(site.calendars.items())]
    named += [(r.id, iter((*r.blocks, *r.recurring_closures))) for r in site.resources]
    for place, blocks in named:
        for block in blocks:
            _check_block(rules, block, place)


def _check_block(rules: "LibraryDates", block: RecurringBlock, place: str) -> None:
    try:
        rules.recurrences(block.rrule, block.first_day, block.first_day, block.first_day)
    except InputError as error:
        raise InputError(error.problem, place=place, remedy=error.remedy) from error


def _check_names(rule: HolidayRule) -> None:
    some_years = tuple(range(2024, 2034))
    known = {
        _plain(name)
        for names in _public_holidays(rule.country, rule.subdivision, some_years).values()
        for name in names.split("; ")
    }
    for name in rule.working:
        if name not in known:
            raise InputError(
                f"{name!r} is no public holiday of {rule.country}",
                place="holidays.working",
                remedy=f"take one of {', '.join(sorted(known))}",
            )


def _plain(name: str) -> str:
    """The holiday's name without the remark that it is kept on another day."""
    return name.removesuffix(" (observed)")


@lru_cache(maxsize=64)
def _public_holidays(
    country: str, subdivision: str | None, years: tuple[int, ...]
) -> dict[date, str]:
    try:
        # Named in English whatever the locale: the library would follow the environment.
        found = holidays.country_holidays(
            country, subdiv=subdivision, years=years, language="en_US"
        )
    except NotImplementedError as error:
        where = f"{country}-{subdivision}" if subdivision else country
        raise InputError(
            f"no public holidays are known for {where}",
            place="holidays",
            remedy="give an ISO 3166 country and, if any, a subdivision",
        ) from error
    return dict(found.items())


class LibraryDates:
    """`models.calendars.DateRules` by the libraries `holidays` and `dateutil`."""

    def holidays(self, rule: HolidayRule, first: date, last: date) -> frozenset[date]:
        """The site's days off from first to last, both included.

        Raises:
            InputError: the country or subdivision is unknown.
        """
        years = tuple(range(first.year, last.year + 1))
        public = _public_holidays(rule.country, rule.subdivision, years)
        kept = {
            day
            for day, names in public.items()
            if not {_plain(name) for name in names.split("; ")} <= set(rule.working)
        }
        return frozenset(day for day in kept | set(rule.also) if first <= day <= last)

    def recurrences(self, rrule: str, start: date, first: date, last: date) -> tuple[date, ...]:
        """The days from first to last, both included, on which the rule falls.

        Raises:
            InputError: no RRULE, or one that repeats within a day.
        """
        begin, end = datetime.combine(first, time()), datetime.combine(last, time())
        return tuple(day.date() for day in _rule(rrule, start).between(begin, end, inc=True))


@lru_cache(maxsize=256)
def _rule(text: str, start: date) -> Any:
    """The rule over local midnights: blocks recur by days, their clock time is added later."""
    frequency = re.search(r"FREQ=(\w+)", text.upper())
    if not frequency or frequency[1] not in _COARSE or "BYHOUR" in text.upper():
        raise InputError(
            f"{text!r} is no recurrence rule by days",
            remedy=f"write FREQ= with one of {', '.join(_COARSE)}, as in RFC 5545",
        )
    try:
        return rrulestr(text, dtstart=datetime.combine(start, time()), cache=True)
    except (ValueError, TypeError) as error:
        raise InputError(
            f"{text!r} is no recurrence rule: {error}", remedy="write it as in RFC 5545"
        ) from error
