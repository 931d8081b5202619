"""Runs that people ask for, and what came of them."""

from dataclasses import dataclass

from models.errors import ConflictError
from scheduler.records import RevisionRecord
from scheduler.records_nights import RunOrder, RunRecord, RunState
from scheduler.services import runs
from scheduler.services.desk import Desk


@dataclass(frozen=True, slots=True)
class Result:
    """A run that has ended, with the moves that it proposed."""

    run: RunRecord
    revision: RevisionRecord | None


def ask(desk: Desk, order: RunOrder) -> RunRecord:
    """Put a run in the queue, unless one waits there already: it would find the same.

    Raises:
        ConflictError: a run waits.
    """
    for run in desk.uow.runs.standing(runs.NIGHT):
        if run.state == RunState.QUEUED:
            raise ConflictError(
                f"run {run.id} waits already", place="queue", remedy="follow that one, or cancel it"
            )
    return runs.request(desk, order)


def result(desk: Desk, name: str) -> Result:
    """What a run brought.

    Raises:
        NotFoundError: there is no such run.
        ConflictError: it has not ended.
    """
    run = desk.uow.runs.get(name)
    if not run.over:
        raise ConflictError(
            f"it is {run.state}", place=f"run {name}", remedy="follow its events until it ends"
        )
    return Result(run, desk.uow.revisions.of_run(name))
