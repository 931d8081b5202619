"""Scenarios of a site: handed in, checked against the department, and runs of them asked for."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from models.calendars import DateRules
from models.documents import parse_document
from models.errors import ConflictError, NotFoundError, RefusedError, StaleError
from scenarios.practice import Practice
from scenarios.scenario import Replay, ScenarioDocument, Settings
from scenarios.study import Base, prepare
from scenarios.study_touched import trials
from scenarios.sweeps import expand
from scenarios.touched import Trial
from scheduler.records_nights import RunOrder, RunRecord, RunState
from scheduler.records_scenarios import ComparisonRecord, ScenarioRecord, StudyLimits
from scheduler.services import runs
from scheduler.services.desk import Desk
from scheduler.services.practices import practice_of

PAGES = 10
"""Of one scenario that are kept: a page has all of its plots, and the program that draws them."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a scenario is checked against, read in one transaction."""

    record: ScenarioRecord
    practice: Practice
    rules: DateRules


@dataclass(frozen=True, slots=True)
class Checked:
    """A scenario that was applied to the department, with nothing run."""

    record: ScenarioRecord
    document: ScenarioDocument
    trials: Mapping[str, Trial]
    """By scenario, or by point of its sweep: the bookings that it touches."""


@dataclass(frozen=True, slots=True)
class Result:
    """A run of a scenario with what it compares, and what came of it once it has ended."""

    run: RunRecord
    comparison: ComparisonRecord


@dataclass(frozen=True, slots=True)
class Ended:
    """What a run has brought."""

    measures: dict[str, Any]
    page: str | None
    """HTML, gzipped, in base64; None where newer ones have taken its place."""


def add(desk: Desk, document: ScenarioDocument) -> ScenarioRecord:
    """Keep a scenario that was wholly read."""
    record = ScenarioRecord(
        id=desk.ids.new("scenario"),
        name=document.name,
        title=document.title,
        document=document.model_dump_json(),
        created_at=desk.now,
        created_by=desk.actor,
        updated_at=desk.now,
    )
    desk.uow.scenarios.add(record)
    desk.audit("scenario.add", record.id, after=record, detail=record.name)
    return record


def change(desk: Desk, name: str, document: ScenarioDocument, *, version: int) -> ScenarioRecord:
    """Give a scenario its next version.

    Raises:
        NotFoundError: there is no such scenario.
        StaleError: it is at another version.
    """
    before = _at(desk, name, version)
    said = {"name": document.name, "title": document.title, "updated_at": desk.now}
    changed = before.model_copy(update=said | {"document": document.model_dump_json()})
    after = desk.uow.scenarios.change(changed)
    desk.audit("scenario.change", name, before=before, after=after, detail=after.name)
    return after


def remove(desk: Desk, name: str, *, version: int) -> ScenarioRecord:
    """Drop a scenario with all that came of its runs; that they were run stays.

    Raises:
        NotFoundError: there is no such scenario.
        StaleError: it is at another version.
        ConflictError: a run of it has not ended.
    """
    record = _at(desk, name, version)
    for run in runs_of(desk, name):
        if not run.over:
            raise ConflictError(f"run {run.id} has not ended", remedy="cancel it first")
    desk.uow.scenarios.remove(record)
    desk.audit("scenario.remove", name, before=record, detail=record.name)
    return record


def _at(desk: Desk, name: str, version: int) -> ScenarioRecord:
    record = desk.uow.scenarios.get(name)
    if record.version != version:
        raise StaleError(
            f"it is at version {record.version}, not {version}",
            place=f"scenario {name}",
            remedy="look at it again",
        )
    return record


def document_of(record: ScenarioRecord | ComparisonRecord) -> ScenarioDocument:
    """The scenario file that is kept."""
    return parse_document(record.document, ScenarioDocument, place="store", kind="scenario")


def gather(desk: Desk, name: str) -> Gathered:
    """A scenario and the department as it is now.

    Raises:
        NotFoundError: there is no such scenario.
    """
    return Gathered(desk.uow.scenarios.get(name), practice_of(desk), desk.department.rules)


def check(gathered: Gathered, *, limits: StudyLimits) -> Checked:
    """Apply a scenario and run nothing; it needs no transaction.

    Raises:
        InputError: an edit does not fit the department.
        RefusedError: its sweep has more points than the limits say.
    """
    document = document_of(gathered.record)
    _refuse_more("points", len(expand(document)), limits.points)
    base = Base.alone(gathered.practice)
    study = prepare(base, [document], Settings(), rules=gathered.rules)
    return Checked(gathered.record, document, trials(study))


def ask(
    desk: Desk,
    name: str,
    how: Callable[[ScenarioDocument], Settings] | None = None,
    *,
    limits: StudyLimits,
) -> Result:
    """Put a run of a scenario in the queue, once every edit fits the department.

    Args:
        desk: the transaction.
        name: of the scenario.
        how: how it is run; as its file says, or one night, when left out.
        limits: what a run may ask for.

    Raises:
        NotFoundError: there is no such scenario.
        InputError: an edit does not fit the department.
        RefusedError: it asks for more than the limits.
        ConflictError: too many runs wait already.
    """
    record = desk.uow.scenarios.get(name)
    document = document_of(record)
    settings = how(document) if how else document.settings(Settings())
    _within(limits, document, settings)
    base = Base.alone(practice_of(desk))
    prepare(base, [document], settings, rules=desk.department.rules)
    standing = desk.uow.runs.standing(runs.SCENARIO)
    if sum(run.state == RunState.QUEUED for run in standing) >= limits.waiting:
        raise ConflictError(
            f"{limits.waiting} runs of scenarios wait already",
            place="queue",
            remedy="wait for them, or cancel one",
        )
    order = RunOrder(seconds=limits.seconds, seed=settings.seed)
    run = runs.request(desk, order, job=runs.SCENARIO)
    comparison = ComparisonRecord(
        run=run.id,
        scenario=name,
        version=record.version,
        document=record.document,
        settings=settings.model_dump_json(),
    )
    desk.uow.comparisons.add(comparison)
    return Result(run, comparison)


def _within(limits: StudyLimits, document: ScenarioDocument, settings: Settings) -> None:
    run = settings.run
    _refuse_more("points", len(expand(document)), limits.points)
    _refuse_more("iterations", run.iterations, limits.iterations)
    if isinstance(run, Replay):
        _refuse_more("replications", run.replications, limits.replications)
        _refuse_more("weeks", run.weeks + run.warm_up_weeks, limits.weeks)


def _refuse_more(what: str, count: int, most: int) -> None:
    if count > most:
        raise RefusedError(
            f"{count} {what} are more than {most}",
            place="scenario",
            remedy="ask for less, or use the command line",
        )


def runs_of(desk: Desk, name: str) -> tuple[RunRecord, ...]:
    """The runs of a scenario, newest first.

    Raises:
        NotFoundError: there is no such scenario.
    """
    desk.uow.scenarios.get(name)
    found = [desk.uow.runs.get(run) for run in desk.uow.comparisons.of_scenario(name)]
    return tuple(sorted(found, key=lambda run: (run.requested_at, run.id), reverse=True))


def result(desk: Desk, name: str, run: str) -> Result:
    """A run of a scenario with what it compares.

    Raises:
        NotFoundError: the scenario has no such run.
    """
    comparison = desk.uow.comparisons.get(run)
    if comparison.scenario != name:
        raise NotFoundError(f"scenario {name} has no run {run}", remedy="list its runs")
    return Result(desk.uow.runs.get(run), comparison)


def keep(desk: Desk, run: RunRecord, *, measures: dict[str, Any], page: str) -> None:
    """Keep what a run has brought; of the scenario's older runs the pages go, the figures stay."""
    name = desk.uow.comparisons.get(run.id).scenario
    told = json.dumps(measures, ensure_ascii=False)
    desk.uow.comparisons.keep_result(run.id, measures=told, page=page)
    newest = [one.id for one in runs_of(desk, name) if one.id != run.id][: PAGES - 1]
    desk.uow.comparisons.drop_pages(name, but=(run.id, *newest))


def ended_well(desk: Desk, name: str, run: str) -> Ended:
    """What a run has brought.

    Raises:
        NotFoundError: the scenario has no such run.
        ConflictError: it has not ended, or brought nothing.
    """
    found = result(desk, name, run)
    measures = found.comparison.measures
    if measures is None:
        said = found.run.outcome or f"it is {found.run.state}"
        raise ConflictError(said, place=f"run {run}", remedy="follow it until it ends")
    return Ended(json.loads(measures), found.comparison.page)


def page_of(desk: Desk, name: str, run: str) -> str:
    """The page of a run, gzipped, in base64.

    Raises:
        NotFoundError: the scenario has no such run.
        ConflictError: it has not ended, brought nothing, or is one of the older ones.
    """
    page = ended_well(desk, name, run).page
    if page is None:
        raise ConflictError(
            f"only the newest {PAGES} pages of a scenario are kept",
            place=f"run {run}",
            remedy="read its figures, or run it again",
        )
    return page


def cancel(desk: Desk, name: str, run: str, *, version: str | None = None) -> RunRecord:
    """End a run of a scenario.

    Raises:
        NotFoundError: the scenario has no such run.
        StaleError: it is at another version.
        ConflictError: it has ended.
    """
    result(desk, name, run)
    return runs.cancel(desk, run, version=version)
