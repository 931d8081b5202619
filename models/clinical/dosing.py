"""When doses fall: the last one that is taken, and those that are skipped after it.

Dose times are wall-clock times in the site's zone; they go on when the clocks change.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.clinical.facts import ClinicSetting
from models.clinical.spans import elapsed
from models.patients import Exposure
from models.timegrid import at_local_or_after, local_day

HOURS_PER_DAY = 24


def told(setting: ClinicSetting, now: datetime) -> datetime:
    """The instant by which the patient can have been told to stop a drug."""
    return now + elapsed(setting.notice_hours + setting.approval_lead_hours)


def times_known(exposure: Exposure) -> bool:
    """Whether every dose can be told by the clock: daily, at known times, not as needed."""
    weekly = exposure.interval_hours is not None and exposure.interval_hours > HOURS_PER_DAY
    return bool(exposure.dose_times) and not exposure.as_needed and not weekly


def hours_between(exposure: Exposure) -> float | None:
    """Hours between doses, where they can be told."""
    if exposure.interval_hours is not None and exposure.interval_hours > HOURS_PER_DAY:
        return exposure.interval_hours
    if exposure.dose_times:
        return HOURS_PER_DAY / len(set(exposure.dose_times))
    return exposure.interval_hours


def doses_after(exposure: Exposure, instant: datetime, tz: ZoneInfo) -> Iterator[datetime]:
    """The doses due after an instant, in order, without end."""
    day = local_day(instant, tz) - timedelta(days=1)
    while True:
        due = sorted({at_local_or_after(day, clock, tz) for clock in exposure.dose_times})
        yield from (dose for dose in due if dose > instant)
        day += timedelta(days=1)


def last_dose(exposure: Exposure, setting: ClinicSetting, now: datetime, tz: ZoneInfo) -> datetime:
    """The last dose that is or was taken.

    A recorded last dose means that the hold has begun. Otherwise doses due up to and including
    `told` are taken; without known times the last is taken when the patient is told.
    """
    if exposure.last_dose is not None:
        return exposure.last_dose
    limit = told(setting, now)
    if not times_known(exposure):
        return limit
    # Two days before the limit there is a dose at every clock time, whatever the clocks do.
    found = limit - timedelta(days=2)
    for dose in doses_after(exposure, found, tz):
        if dose > limit:
            break
        found = dose
    return found


def skipped(exposure: Exposure, last: datetime, count: int, tz: ZoneInfo) -> datetime:
    """The time of the `count`-th dose skipped after the last one."""
    found = last
    for n, dose in enumerate(doses_after(exposure, last, tz)):
        if n == count:
            break
        found = dose
    return found
