"""The morning's report: who is ready today and tomorrow, who waits for what, and what is late."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from models.placing import unavailable
from models.timegrid import local_day
from scheduler.records import BookingRecord, CaseState
from scheduler.services.case_files import CaseFile, all_files
from scheduler.services.deadlines import Wait, waits
from scheduler.services.desk import Desk
from scheduler.services.notices import notify
from scheduler.services.readiness import assess_now, forbidden
from scheduler.services.scene import Scene

KIND = "report.morning"


class Standing(StrEnum):
    """How a booked case stands; the worst that is true of it."""

    READY = "ready"
    WAITING = "waiting"  # something is still to come, and there is time
    LATE = "late"  # something should have been there by now
    TROUBLED = "troubled"  # it cannot stand as it is booked


@dataclass(frozen=True, slots=True)
class Line:
    """One booked case of today or tomorrow."""

    case: str
    procedure: str
    start: datetime
    standing: Standing
    trouble: tuple[str, ...]
    late: tuple[Wait, ...]
    waiting: tuple[Wait, ...]

    def sentences(self, tz: ZoneInfo) -> tuple[str, ...]:
        """All that is open, the worst first, with the deadlines by the site's clock."""
        return (
            *self.trouble,
            *(f"late since {_told(wait, tz)}" for wait in self.late),
            *(f"by {_told(wait, tz)}" for wait in self.waiting),
        )


@dataclass(frozen=True, slots=True)
class Report:
    """The booked cases of two days, by start."""

    site: str
    tz: ZoneInfo
    today: date
    made_at: datetime
    lines: tuple[Line, ...]

    def of_day(self, day: date) -> tuple[Line, ...]:
        """The cases that start on a local day."""
        return tuple(line for line in self.lines if local_day(line.start, self.tz) == day)

    @property
    def days(self) -> tuple[date, date]:
        """Today and tomorrow."""
        return self.today, self.today + timedelta(days=1)

    def count(self, day: date) -> dict[str, int]:
        """How many cases of a day stand how; only what occurs."""
        return dict(sorted(Counter(str(line.standing) for line in self.of_day(day)).items()))


def morning_report(desk: Desk) -> Report:
    """The report of this moment; it changes nothing.

    Readiness is asked anew and not kept: the report says what is true when it is made.
    """
    site = desk.department.site
    today = local_day(desk.now, site.tz)
    days = {today, today + timedelta(days=1)}
    lines = [
        _line(desk.scene, file, file.booking)
        for file in all_files(desk, state=CaseState.OPEN)
        if file.booking and local_day(file.booking.held.start, site.tz) in days
    ]
    lines.sort(key=lambda line: (line.start, line.case))
    return Report(site.name or site.id, site.tz, today, desk.now, tuple(lines))


def _told(wait: Wait, tz: ZoneInfo) -> str:
    return f"{wait.due_at.astimezone(tz):%a %d %b %H:%M}: {wait.sentence}"


def _line(scene: Scene, file: CaseFile, booking: BookingRecord) -> Line:
    fresh = file.record.model_copy(update={"readiness": assess_now(scene, file)})
    file = file.with_readiness(fresh)
    kind = scene.department.procedure(file.referral)
    start = booking.held.start
    begun = start <= scene.now
    trouble = () if begun else (*forbidden(scene, file, start), *unavailable(scene, booking.held))
    waited = waits(scene, file)
    late = tuple(wait for wait in waited if wait.due_at <= scene.now)
    waiting = tuple(wait for wait in waited if wait.due_at > scene.now)
    return Line(
        case=file.id,
        procedure=kind.label if kind else file.referral.display,
        start=start,
        standing=_standing(bool(trouble), bool(late), bool(waiting)),
        trouble=trouble,
        late=late,
        waiting=waiting,
    )


def _standing(trouble: bool, late: bool, waiting: bool) -> Standing:  # noqa: FBT001  # three facts
    if trouble:
        return Standing.TROUBLED
    if late:
        return Standing.LATE
    return Standing.WAITING if waiting else Standing.READY


def send_report(desk: Desk) -> str:
    """Send the morning's report once a day, after the site's time for it; what was done.

    The message has the ids of the cases by how they stand, and nothing of a patient.
    """
    site = desk.department.site
    local = desk.now.astimezone(site.tz)
    today = local.date()
    if local.time() < site.morning_at:
        return "it is not time yet"
    if desk.uow.outbox.newest(KIND, today.isoformat()):
        return "it has been sent today"
    report = morning_report(desk)
    by_day = {
        day.isoformat(): {
            standing.value: [line.case for line in report.of_day(day) if line.standing == standing]
            for standing in Standing
        }
        for day in report.days
    }
    notify(desk, KIND, today.isoformat(), days=by_day)
    return f"sent: {len(report.lines)} cases"
