"""One exposure with its last dose: what the interval form of the holds counts from."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.base import HoldStage
from models.clinical.dosing import doses_after, last_dose, skipped, times_known
from models.clinical.facts import Facts
from models.clinical.policy import PolicyBook
from models.clinical.rows import HoldRule
from models.clinical.selection import Choice
from models.clinical.sentences import clock_text
from models.clinical.spans import elapsed
from models.patients import ExposureStatus
from models.timegrid import local_day, start_of_day, zone


@dataclass(frozen=True, slots=True)
class Dosed:
    """An exposure, what speaks of it, and its last dose."""

    choice: Choice
    facts: Facts
    book: PolicyBook
    now: datetime
    tz: ZoneInfo
    last: datetime

    @classmethod
    def of(cls, choice: Choice, facts: Facts, book: PolicyBook, now: datetime) -> "Dosed":
        """The exposure of a choice at an instant."""
        tz = zone(facts.setting.timezone)
        last = last_dose(choice.exposure, facts.setting, now, tz)
        return cls(choice, facts, book, now, tz, last)

    @property
    def drug(self) -> str:
        """The drug, as the record calls it."""
        return self.choice.exposure.drug

    @property
    def begun(self) -> bool:
        """Whether the last dose is on record, or agreed."""
        return self.choice.exposure.last_dose is not None

    @property
    def is_for_good(self) -> bool:
        """Whether the drug was stopped, and not held for this procedure."""
        return self.choice.exposure.status is ExposureStatus.STOPPED

    @property
    def stage(self) -> HoldStage:
        """How far the hold has come, by the clock alone."""
        if not self.begun:
            return HoldStage.NONE
        return HoldStage.STARTED if self.last <= self.now else HoldStage.PLANNED

    @property
    def stop_time(self) -> datetime:
        """When a hold takes effect: the first dose that is skipped, or the last that may be."""
        if times_known(self.choice.exposure):
            return next(doses_after(self.choice.exposure, self.last, self.tz))
        return self.last

    @property
    def is_on_schedule(self) -> bool:
        """Whether the last dose was taken at one of the usual times."""
        before = start_of_day(local_day(self.last, self.tz), self.tz) - timedelta(seconds=1)
        due = doses_after(self.choice.exposure, before, self.tz)
        return self.last in {next(due) for _ in self.choice.exposure.dose_times}

    def counts(self, row: HoldRule) -> bool:
        """Whether a row is judged by doses and not by hours."""
        return row.hold_doses is not None and times_known(self.choice.exposure)

    def ready(self, row: HoldRule) -> datetime:
        """From when one row is satisfied: k doses skipped, or hours since the last dose."""
        if row.hold_doses is not None and self.counts(row):
            return skipped(self.choice.exposure, self.last, row.hold_doses, self.tz)
        return self.last + elapsed(row.hold_hours)

    def first(self, edge: datetime) -> str:
        """The first start from an edge on, as sentences write it."""
        return self.clock(self.facts.setting.grid.round_up(edge))

    def clock(self, instant: datetime) -> str:
        """An instant as sentences write it."""
        return clock_text(instant, self.tz, self.now)
