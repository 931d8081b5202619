"""A department with all that is read from its site file, and how it stands at one moment."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from models.calendars import DateRules
from models.catalogue import Catalogue
from models.clinical.facts import Decision, Facts
from models.clinical.policy import PolicyBook
from models.freezing import Closures, planning_resources
from models.patients import PatientFacts, Referral
from models.problem import Resource
from models.procedures import ProcedureType
from models.site import Site
from models.timegrid import local_day
from models.windows import Window


@dataclass(frozen=True)
class Department:
    """A site with its catalogue, its policies and the dates of its holidays."""

    site: Site
    catalogue: Catalogue
    book: PolicyBook
    rules: DateRules

    def procedure(self, referral: Referral) -> ProcedureType | None:
        """The catalogue's entry for what was asked, or None where the site does not offer it."""
        return self.catalogue.find(referral.code, referral.system)

    def facts(
        self,
        patient: PatientFacts,
        referral: Referral,
        kind: ProcedureType,
        decisions: tuple[Decision, ...],
    ) -> Facts:
        """Everything one assessment looks at."""
        return Facts(
            patient=patient,
            referral=referral,
            procedure=kind,
            setting=self.site.setting,
            decisions=decisions,
        )

    def span(self, now: datetime) -> Window:
        """The horizon, and a day before it for what began yesterday."""
        horizon = self.site.horizon(now)
        return Window(horizon.start - timedelta(days=1), horizon.end + timedelta(days=1))


class Moment(ABC):
    """A department at one moment: what pure questions are asked of."""

    now: datetime

    @property
    @abstractmethod
    def department(self) -> Department:
        """The site with its policies and catalogue."""

    @property
    @abstractmethod
    def closed(self) -> Closures:
        """What is out of use besides the site file's own closures."""

    @property
    @abstractmethod
    def resources(self) -> Mapping[str, Resource]:
        """Resources by id, open around the horizon, closures taken away."""

    @cached_property
    def planned(self) -> Mapping[str, Resource]:
        """Those that proposals and plans may use: all but what is for deliberate overbooking."""
        overflow = self.department.site.overflow
        return {name: found for name, found in self.resources.items() if name not in overflow}

    def opened(self, closed: Closures) -> Iterable[Resource]:
        """The site's resources over the horizon of this moment, with some closures."""
        site = self.department.site
        span, rules = site.horizon(self.now), self.department.rules
        return planning_resources(site, span, rules, closures=closed)

    @property
    def tick(self) -> timedelta:
        """The shortest step between two starts."""
        return timedelta(minutes=self.department.site.tick_minutes)

    def local(self, instant: datetime) -> str:
        """An instant by the site's clock, as a person says it."""
        tz = self.department.site.tz
        shown = instant.astimezone(tz)
        day = "" if local_day(instant, tz) == local_day(self.now, tz) else f"{shown:%a %d %b} "
        return f"{day}{shown:%H:%M}"

    def local_span(self, begin: datetime, end: datetime) -> str:
        """A span by the site's clock; the day is said once where it is one."""
        tz = self.department.site.tz
        same = local_day(begin, tz) == local_day(end, tz)
        until = f"{end.astimezone(tz):%H:%M}" if same else self.local(end)
        return f"{self.local(begin)}-{until}"
