"""Carrying out the runs of scenarios that were asked for, one at a time, under a lease."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Protocol

from models.errors import HoldfastError, SolverError
from scenarios.practice import Practice
from scenarios.pseudonyms import pseudonymous
from scenarios.scenario import Settings
from scheduler.nights.leading import BEATS, Fenced, Pulse, Waiting, ending
from scheduler.records_nights import RunProgress, RunRecord, RunState, RunStatus
from scheduler.records_scenarios import ComparisonRecord
from scheduler.services import runs, scenarios
from scheduler.services.desk import Desk
from scheduler.services.night import status_of
from scheduler.services.practices import practice_of
from scheduler.services.runs import Claim
from scheduler.services.scenarios import document_of
from scheduler.services.shift import Transact
from scheduler.whatif.apart import study_apart
from scheduler.whatif.order import StudyAnswer, StudyOrder, StudyProgress

log = logging.getLogger("holdfast.whatif")


class Apart(Protocol):
    """Carries a study out somewhere else."""

    def __call__(
        self,
        order: StudyOrder,
        *,
        seconds: float,
        on_progress: Callable[[StudyProgress], None],
        should_stop: Callable[[], bool],
    ) -> StudyAnswer:
        """What it found; SolverError when it fails or dies."""
        ...


@dataclass(frozen=True)
class Student:
    """Carries out runs of scenarios of one site while it has their lease."""

    read: Transact
    write: Transact
    owner: str
    apart: Apart = study_apart
    workers: int = 1
    memory_mb: int | None = None
    lasts: timedelta = runs.LEASE
    to_end: Callable[[], bool] = lambda: False

    def next(self) -> Claim | None:
        """Begin the next run, if there is one and nobody else is at it."""
        if not self.read(lambda desk: desk.uow.runs.standing(runs.SCENARIO)):
            return None
        return self.write(
            lambda desk: runs.claim(desk, self.owner, job=runs.SCENARIO, lease_for=self.lasts)
        )

    def carry_out(self, claim: Claim) -> RunRecord:
        """Carry out what was begun, to its end.

        Raises:
            OvertakenError: another process has taken it over; nothing was kept.
            HandBackError: this process is to end; the run waits for the next.
            CancelledError: somebody cancelled it.
        """
        fenced = Fenced(self.write, claim.lease, self.lasts)
        every = self.lasts.total_seconds() / BEATS
        pulse = Pulse(fenced, claim.run, every, self.to_end, phase="comparing")
        write = self._waiting(fenced)
        with ending(self._waiting(self.write), write, claim):
            return self._carried_out(write, claim.run, pulse)

    def _waiting(self, transact: Transact) -> Waiting:
        return Waiting(transact, self.lasts, self.to_end)

    def _carried_out(self, write: Transact, run: RunRecord, pulse: Pulse) -> RunRecord:
        practice, asked = self._waiting(self.read)(lambda desk: _given(desk, run))
        try:
            answer = self.apart(
                self._order(pseudonymous(practice), asked),
                seconds=run.order.seconds,
                on_progress=lambda told: pulse.take(_progress(told)),
                should_stop=pulse.should_stop,
            )
        except SolverError as error:
            return write(partial(_failed, run=run, status=status_of(error), reason=str(error)))
        except HoldfastError as error:
            return write(
                partial(_failed, run=run, status=RunStatus.INVALID_INPUT, reason=str(error))
            )
        return write(partial(_finished, run=run, answer=answer))

    def _order(self, practice: Practice, asked: ComparisonRecord) -> StudyOrder:
        return StudyOrder(
            practice=practice,
            document=document_of(asked),
            settings=Settings.model_validate_json(asked.settings),
            workers=self.workers,
            memory_mb=self.memory_mb,
        )


def _given(desk: Desk, run: RunRecord) -> tuple[Practice, ComparisonRecord]:
    return practice_of(desk), desk.uow.comparisons.get(run.id)


def _progress(told: StudyProgress) -> RunProgress:
    return RunProgress(
        phase="comparing", seconds=round(told.seconds, 1), done=told.done, total=told.total
    )


def _failed(desk: Desk, *, run: RunRecord, status: RunStatus, reason: str) -> RunRecord:
    return runs.fail(desk, run, status, reason)


def _finished(desk: Desk, *, run: RunRecord, answer: StudyAnswer) -> RunRecord:
    scenarios.keep(desk, run, measures=answer.measures, page=answer.page)
    count = answer.measures["runs"]["computed"]
    outcome = f"{count} runs compared"
    return runs.end(desk, run, RunState.DONE, RunStatus.COMPLETE, outcome)
