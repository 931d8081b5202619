"""The languages of the pages for patients: message catalogues, dates and hours.

Catalogues are the `.po` files beside this package, compiled in memory, so that what is installed
is what translators read. `python -m scheduler.locale.update` refreshes them.
"""

import gettext
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, get_timezone_name
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from scheduler.views.axis import clock

LANGUAGES = ("en", "es")
DOMAIN = "holdfast"


def language_for(tag: str) -> str:
    """The language of a sheet for a BCP 47 tag such as `es-MX`: English where we have no other."""
    base = tag.replace("_", "-").partition("-")[0].lower()
    return base if base in LANGUAGES else LANGUAGES[0]


@lru_cache(maxsize=len(LANGUAGES))
def translations(language: str) -> gettext.NullTranslations:
    """The messages of one of `LANGUAGES`."""
    source = files("scheduler.locale").joinpath(language, "LC_MESSAGES", f"{DOMAIN}.po")
    compiled = BytesIO()
    with source.open("rb") as opened:
        write_mo(compiled, read_po(opened, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def long_date(instant: datetime, tz: ZoneInfo, language: str) -> str:
    """Weekday, day, month and year as the language writes them."""
    return format_date(instant.astimezone(tz).date(), format="full", locale=language)


def time_of_day(instant: datetime, tz: ZoneInfo) -> str:
    """The 24-hour clock, with the zone's abbreviation where it shows the time twice."""
    return clock(instant, tz)


def zone_name(tz: ZoneInfo, language: str) -> str:
    """The zone as people of the language call it, and its IANA name."""
    return f"{get_timezone_name(tz, locale=Locale(language))} ({tz.key})"
