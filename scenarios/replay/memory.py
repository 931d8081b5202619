"""What is asked of the rules and the calendars again and again, remembered.

Nothing here decides anything: the answers are those of `models`, each asked for once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from models.clinical.assess import assess
from models.clinical.facts import Facts
from models.clinical.policy import PolicyBook
from models.clinical.readiness import Readiness
from models.department import Department, Moment
from models.freezing import Closures, planning_resources
from models.problem import Resource
from models.windows import Window, WindowSet
from scenarios.practice import OutOfUse

MOST_ANSWERS = 4
"""Answers kept of one case: of this moment, and of when its place was chosen."""
MOST_SPANS = 4
"""Spans of which the calendars are kept: the horizon of a day, and one a little wider."""


@dataclass(frozen=True)
class Now(Moment):
    """A department of a replay at one moment."""

    of: Department
    out: Closures
    now: datetime
    calendars: "Calendars"

    @property
    def department(self) -> Department:
        """The site with its policies and catalogue."""
        return self.of

    @property
    def closed(self) -> Closures:
        """What is out of use besides the site file's own closures."""
        return self.out

    @cached_property
    def resources(self) -> dict[str, Resource]:
        """Resources by id, open around the horizon, closures taken away."""
        return self.calendars.resources(self.of.span(self.now), self.out)

    def opened(self, closed: Closures) -> Iterable[Resource]:
        """The site's resources over the horizon of this moment, with some closures."""
        return self.calendars.resources(self.of.site.horizon(self.now), closed).values()


class Calendars:
    """The opening hours of a department around one horizon after another."""

    def __init__(self, department: Department) -> None:
        self._department = department
        self._kept: dict[Window, tuple[Closures, dict[str, Resource]]] = {}

    def resources(self, span: Window, closed: Closures) -> dict[str, Resource]:
        """The site's resources by id, open over a span of instants less the closures."""
        known = self._kept.get(span)
        if known is not None and known[0] == closed:
            return known[1]
        site, rules = self._department.site, self._department.rules
        found = {r.id: r for r in planning_resources(site, span, rules, closures=closed)}
        if len(self._kept) >= MOST_SPANS:
            self._kept.clear()
        self._kept[span] = closed, found
        return found


class Answers:
    """What the rules said of each case, for the moments it was asked of."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Facts, dict[datetime, Readiness]]] = {}

    def assess(self, facts: Facts, book: PolicyBook, now: datetime) -> Readiness:
        """As `models.clinical.assess.assess`, of one book of policies."""
        case = facts.referral.id
        known = self._kept.get(case)
        if known is None or known[0] is not facts:
            known = self._kept[case] = facts, {}
        answers = known[1]
        if now not in answers:
            if len(answers) >= MOST_ANSWERS:
                del answers[max(answers)]  # the oldest is that of the booking's own plan
            answers[now] = assess(facts, book, now)
        return answers[now]

    def forget(self, case: str) -> None:
        """Forget a case that is no longer open."""
        self._kept.pop(case, None)


def closed_times(out: Iterable[OutOfUse]) -> dict[str, WindowSet]:
    """Losses as sets of instants by resource."""
    closed: dict[str, WindowSet] = {}
    for one in out:
        span = WindowSet.between(one.start, one.end)
        closed[one.resource] = closed.get(one.resource, WindowSet()) | span
    return closed
