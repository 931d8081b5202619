"""How instants and spans are written in the sentences of the clinical rules, in the site's zone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NEAR = timedelta(days=6)
MANY_HOURS = 120


def clock_text(instant: datetime, tz: ZoneInfo, now: datetime) -> str:
    """`Wed 08:00`; with the date when it is not within six days of now."""
    local = instant.astimezone(tz)
    day = DAYS[local.weekday()]
    if abs(instant - now) > NEAR:
        day = f"{day} {local.day} {MONTHS[local.month - 1]} {local.year}"
    return f"{day} {local:%H:%M}"


def day_text(instant: datetime, tz: ZoneInfo) -> str:
    """`3 Mar 2026`."""
    local = instant.astimezone(tz)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def hours_text(span: timedelta) -> str:
    """`37 h`, `36.5 h`; from five days on `5 d`, `5 d 1 h`."""
    hours = round(span / timedelta(hours=1), 1)
    if hours < MANY_HOURS:
        return f"{hours:g} h"
    days, rest = divmod(hours, 24)
    return f"{days:g} d {rest:g} h" if rest else f"{days:g} d"


def doses_text(count: int) -> str:
    """`1 dose`, `4 doses`."""
    return f"{count} dose" if count == 1 else f"{count} doses"
