"""How instants and spans are written in the sentences of the clinical rules, in the site's zone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NEAR = timedelta(days=6)


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
    """`37 h`, `36.5 h`; whole days above four are `5 d`."""
    hours = span / timedelta(hours=1)
    if hours >= 120 and hours % 24 == 0:
        return f"{hours / 24:g} d"
    return f"{round(hours, 1):g} h"
