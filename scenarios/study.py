"""A study: scenarios and their baseline, each edited before anything is run."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from pydantic import JsonValue

from models.calendars import DateRules
from models.errors import InputError
from models.problem import PlanningProblem
from models.timegrid import local_day, zone
from scenarios.applying import apply
from scenarios.practice import Practice
from scenarios.records import Run
from scenarios.running.digests import Subject
from scenarios.running.network import Network, Subjects
from scenarios.scenario import Plan, Replay, Scenario, ScenarioDocument, Settings
from scenarios.sweeps import expand
from scenarios.tasks import Task

BASELINE = "baseline"
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
"""The least before an end: the day that a horizon ends at midnight is no day of it."""


@dataclass(frozen=True, slots=True)
class Base:
    """What scenarios are run on: one site, or the sites of a network."""

    subjects: Subjects
    """As they are, by site."""
    network: Network | None = None

    @classmethod
    def alone(cls, subject: Subject) -> Self:
        """One site."""
        site = subject.site
        return cls({site if isinstance(site, str) else site.id: subject})


@dataclass(frozen=True, slots=True)
class Compared:
    """One scenario, or one point of a sweep, ready to be run."""

    name: str
    scenario: Scenario
    subjects: Subjects
    """With all edits, by site."""
    document: ScenarioDocument
    """The file it comes from."""
    values: Mapping[str, JsonValue]
    """Parameters of a sweep's point; empty where there is no sweep."""


@dataclass(frozen=True, slots=True)
class Study:
    """What is to be run."""

    base: Base
    compared: tuple[Compared, ...]
    """The baseline first."""
    settings: Settings
    rules: DateRules
    """Dates of holidays and recurring blocks."""

    @property
    def baseline(self) -> str:
        """The name of what the others are compared with."""
        return self.compared[0].name

    @property
    def days(self) -> tuple[date, date]:
        """First and last local day that is planned, or of a replay measured, at any site."""
        found = [days(subject, self.settings.run) for subject in self.base.subjects.values()]
        return min(first for first, _ in found), max(last for _, last in found)

    def tasks(self) -> tuple[Task, ...]:
        """One for each replication of each scenario at each site.

        Equal replications of all scenarios go together: a study that is stopped has pairs.
        """
        run, seed = self.settings.run, self.settings.seed
        numbers = range(run.replications if isinstance(run, Replay) else 1)
        return tuple(
            Task(one.name, subject, run, seed, number, self.rules)
            for number in numbers
            for one in self.compared
            for subject in one.subjects.values()
        )


def days(subject: Subject, run: Plan | Replay) -> tuple[date, date]:
    """First and last local day of one site that is planned, or of a replay measured."""
    if isinstance(subject, PlanningProblem):
        tz, horizon = zone(subject.timezone), subject.horizon.end
    else:
        tz, horizon = subject.site.tz, subject.site.horizon(subject.now).end
    today = local_day(subject.now, tz)
    if isinstance(run, Plan):
        return today, local_day(horizon - INSTANT, tz)
    first = today + timedelta(days=days_before(run))
    return first, first + timedelta(weeks=run.weeks) - DAY


def days_before(run: Plan | Replay) -> int:
    """Days from today to the first that is planned, or of a replay measured."""
    return 7 * run.warm_up_weeks if isinstance(run, Replay) else 0


def prepare(
    base: Base,
    documents: Iterable[ScenarioDocument],
    settings: Settings,
    *,
    rules: DateRules,
    baseline: str = "",
    sites: Collection[str] = (),
) -> Study:
    """A study whose scenarios are all applied: nothing is run if one of them is wrong.

    Args:
        base: what they are run on.
        documents: scenario files, wholly read.
        settings: how all of them are run.
        rules: dates of holidays and recurring blocks.
        baseline: the name of the one that the others are compared with; empty: no edits.
        sites: those of a network to which the edits apply; all when empty.

    Raises:
        InputError: an edit does not fit, a name is used twice, or there is no such baseline or
            site.
    """
    _check_base(base, settings, sites)
    chosen = frozenset(sites) or frozenset(base.subjects)
    changed = _Changes(base, chosen, rules, days_before(settings.run))
    compared = [one for document in documents for one in changed.compared(document)]
    if not baseline:
        compared.insert(0, _as_it_is(base))
    _check_names([one.name for one in compared], baseline or BASELINE)
    compared.sort(key=lambda one: one.name != (baseline or BASELINE))  # stable: the baseline first
    return Study(base, tuple(compared), settings, rules)


def _check_base(base: Base, settings: Settings, sites: Collection[str]) -> None:
    files = [s for s in base.subjects.values() if isinstance(s, PlanningProblem)]
    if files and isinstance(settings.run, Replay):
        raise InputError(
            "a planning file cannot be replayed: it has no facts and no rules",
            remedy="run it on a practice file or a store, or in mode plan",
        )
    for name in sites:
        if name not in base.subjects:
            known = ", ".join(base.subjects)
            raise InputError(f"there is no site {name!r}", remedy=f"choose from {known}")


@dataclass(frozen=True, slots=True)
class _Changes:
    """Scenarios made on a base, at some of its sites."""

    base: Base
    sites: frozenset[str]
    rules: DateRules
    days_before: int
    """Days until the first from which edits count theirs."""

    def compared(self, document: ScenarioDocument) -> Iterator[Compared]:
        for point in expand(document):
            scenario = point.scenario
            counted = scenario.counted_from(self.days_before)
            edited = {
                name: self._edited(counted, name) if name in self.sites else subject
                for name, subject in self.base.subjects.items()
            }
            yield Compared(scenario.name, scenario, edited, document, point.values)

    def _edited(self, scenario: Scenario, site: str) -> Subject:
        subject = self.base.subjects[site]
        try:
            if isinstance(subject, Practice):
                return apply(scenario, subject, rules=self.rules)
            return apply(scenario, subject, rules=self.rules)
        except InputError as error:
            if self.base.network is None:
                raise
            place = f"site {site}: {error.place}"
            raise InputError(error.problem, place=place, remedy=error.remedy) from error


def _as_it_is(base: Base) -> Compared:
    document = ScenarioDocument(name=BASELINE, title="The department as it is")
    return Compared(BASELINE, document.scenario, base.subjects, document, {})


def _check_names(names: Sequence[str], baseline: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise InputError(
                "two scenarios have this name", place=f"scenario {name}", remedy="rename one"
            )
    if baseline not in names:
        known = ", ".join(names)
        raise InputError(
            f"no scenario is named {baseline!r}", place="baseline", remedy=f"choose one of {known}"
        )


def by_scenario(tasks: Sequence[Task], runs: Sequence[Run | None]) -> dict[str, tuple[Run, ...]]:
    """The runs there are of each scenario, in the order of the tasks."""
    found: dict[str, list[Run]] = {}
    for task, run in zip(tasks, runs, strict=True):
        found.setdefault(task.scenario, []).extend(() if run is None else (run,))
    return {name: tuple(runs) for name, runs in found.items()}
