"""Why a case may take a gap, and what must happen for it, in sentences for a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.base import BEGUN
from models.clinical.readiness import HoldPlan
from scheduler.services.case_files import CaseFile
from scheduler.services.scene import Scene


@dataclass(frozen=True, slots=True)
class Told:
    """One case at one start in a gap."""

    scene: Scene
    file: CaseFile
    start: datetime
    notice: timedelta

    def allowed(self) -> Iterator[str]:
        """Why it may."""
        yield self._place()
        yield self._window()
        for hold in self.file.readiness.holds:
            yield self._off(hold)
        ahead = (self.start - self.scene.now) / timedelta(hours=1)
        hours = self.notice / timedelta(hours=1)
        yield f"the start is {ahead:.4g} h away, and patients get {hours:g} h of notice"

    def to_do(self) -> Iterator[str]:
        """What must happen for it."""
        booking = self.file.booking
        told = bool(booking and booking.told_at)
        what = "the new time" if told else "the time"
        yield f"tell the patient {what}, {self.scene.local(self.start)}"
        for hold in self.file.readiness.holds:
            last = self._last_dose(hold)
            if last is not None and hold.stage not in BEGUN:
                yield f"stop {hold.drug}: no dose after {self.scene.local(last)}"
        for asked in self.file.readiness.open_at(self.start):
            yield asked.sentence

    def _place(self) -> str:
        booking = self.file.booking
        if booking is None:
            return "it is not booked"
        days = (booking.held.start - self.start) / timedelta(days=1)
        return f"it is booked {self.scene.local(booking.held.start)}, {days:.2g} days later"

    def _window(self) -> str:
        windows = self.file.readiness.windows
        inside = next(((a, b) for a, b in windows if a <= self.start < b), None)
        if inside is None:
            return "the rules permit this start"
        begin, end = map(self.scene.local, inside)
        return f"the rules permit it from {begin} to {end}"

    def _off(self, hold: HoldPlan) -> str:
        last = self._last_dose(hold)
        if last is None or hold.ready_at is None:
            return hold.sentence
        if hold.stage in BEGUN and hold.last_dose is not None:
            since, ready = self.scene.local(hold.last_dose), self.scene.local(hold.ready_at)
            return f"{hold.drug} was last taken {since}, and is off long enough from {ready}"
        latest = self.scene.local(last)
        return f"{hold.drug} can still be stopped in time: the last dose may be {latest}"

    def _last_dose(self, hold: HoldPlan) -> datetime | None:
        """The latest last dose with which the drug is off long enough at the start."""
        if hold.ready_at is None or hold.last_dose is None:
            return None
        return self.start - (hold.ready_at - hold.last_dose)
