"""A study: scenarios and their baseline, each edited before anything is run."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from models.calendars import DateRules
from models.errors import InputError
from models.problem import PlanningProblem
from scenarios.applying import apply
from scenarios.practice import Practice
from scenarios.records import Run
from scenarios.scenario import Replay, Scenario, ScenarioDocument, Settings
from scenarios.sweeps import expand
from scenarios.tasks import Task

BASELINE = "baseline"
Subject = Practice | PlanningProblem


@dataclass(frozen=True, slots=True)
class Compared:
    """One scenario, or one point of a sweep, ready to be run."""

    name: str
    scenario: Scenario
    subject: Subject
    """With all edits."""
    document: ScenarioDocument
    """The file it comes from."""
    values: Mapping[str, JsonValue]
    """Parameters of a sweep's point; empty where there is no sweep."""


@dataclass(frozen=True, slots=True)
class Study:
    """What is to be run."""

    subject: Subject
    """As it is, without edits."""
    compared: tuple[Compared, ...]
    """The baseline first."""
    settings: Settings

    @property
    def baseline(self) -> str:
        """The name of what the others are compared with."""
        return self.compared[0].name

    def tasks(self, rules: DateRules) -> tuple[Task, ...]:
        """One for each replication of each scenario.

        Equal replications of all scenarios go together: a study that is stopped has pairs.
        """
        run, seed = self.settings.run, self.settings.seed
        numbers = range(run.replications if isinstance(run, Replay) else 1)
        return tuple(
            Task(one.name, one.subject, run, seed, number, rules)
            for number in numbers
            for one in self.compared
        )


def prepare(
    subject: Subject,
    documents: Iterable[ScenarioDocument],
    settings: Settings,
    *,
    rules: DateRules,
    baseline: str = "",
) -> Study:
    """A study whose scenarios are all applied: nothing is run if one of them is wrong.

    Args:
        subject: a practice, or a planning problem, as it is.
        documents: scenario files, wholly read.
        settings: how all of them are run.
        rules: dates of holidays and recurring blocks.
        baseline: the name of the one that the others are compared with; empty: no edits.

    Raises:
        InputError: an edit does not fit, a name is used twice, or there is no such baseline.
    """
    if isinstance(subject, PlanningProblem) and isinstance(settings.run, Replay):
        raise InputError(
            "a planning file cannot be replayed: it has no facts and no rules",
            remedy="run it on a practice file or a store, or in mode plan",
        )
    compared = [one for document in documents for one in _compared(document, subject, rules)]
    if not baseline:
        compared.insert(0, _as_it_is(subject))
    _check_names([one.name for one in compared], baseline or BASELINE)
    compared.sort(key=lambda one: one.name != (baseline or BASELINE))  # stable: the baseline first
    return Study(subject, tuple(compared), settings)


def _compared(document: ScenarioDocument, subject: Subject, rules: DateRules) -> Iterator[Compared]:
    for point in expand(document):
        scenario = point.scenario
        edited = _edited(scenario, subject, rules)
        yield Compared(scenario.name, scenario, edited, document, point.values)


def _edited(scenario: Scenario, subject: Subject, rules: DateRules) -> Subject:
    if isinstance(subject, Practice):
        return apply(scenario, subject, rules=rules)
    return apply(scenario, subject, rules=rules)


def _as_it_is(subject: Subject) -> Compared:
    document = ScenarioDocument(name=BASELINE, title="The department as it is")
    return Compared(BASELINE, document.scenario, subject, document, {})


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
