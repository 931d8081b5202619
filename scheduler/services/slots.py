"""Where a case can go, and why another moment is not among the answers.

What there is to know is read in a transaction; the question and its answer need none.
"""

from dataclasses import dataclass
from datetime import datetime

from models.night_cases import too_soon
from models.problem import PlanningProblem
from scheduler.services.case_files import CaseFile, open_file
from scheduler.services.desk import Desk
from scheduler.services.problems import Gathered, gather, problem_for
from scheduler.services.readiness import assess_now, forbidden
from solver.explain import Explanation, Nowhere, Somewhere, explain_at, explain_case
from solver.proposals import Proposal, propose


@dataclass(frozen=True, slots=True)
class Question:
    """One case as it stands now, against everything that is held for others."""

    problem: PlanningProblem
    file: CaseFile
    refused: tuple[str, ...] = ()
    """What the clinical rules have against the moment that was asked about."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Ranked slots, with the readiness that allows them."""

    proposals: tuple[Proposal, ...]
    file: CaseFile


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Everything against a case at one moment; possible when there is nothing."""

    clinical: tuple[str, ...]
    engine: Explanation

    @property
    def possible(self) -> bool:
        """Whether it could start then."""
        return self.engine.possible and not self.clinical


def gather_case(desk: Desk, case: str) -> Gathered:
    """What there is to know for a question about one case.

    Raises:
        NotFoundError: there is no such case.
    """
    return gather(desk, (open_file(desk, case),))


def question(gathered: Gathered, at: datetime | None = None) -> Question:
    """The question of where the gathered case fits, assessed at that moment.

    Raises:
        RefusedError: the case is not open, or cannot be planned here at all.
    """
    file = assessed(gathered)
    problem = problem_for(gathered, file)
    if at is None:
        return Question(problem, file)
    held = file.booking.held if file.booking else None
    soon = too_soon(gathered.scene, held, problem.case_by_id[file.id], at)
    return Question(problem, file, (*forbidden(gathered.scene, file, at), *soon))


def assessed(gathered: Gathered) -> CaseFile:
    """The file of the one gathered case, assessed at that moment."""
    (file,) = gathered.files
    record = file.record.model_copy(update={"readiness": assess_now(gathered.scene, file)})
    return file.with_readiness(record)


def offer(asked: Question, *, top: int) -> Offer:
    """The cheapest exact slots of the case, everything else fixed as it is held."""
    return Offer(propose(asked.problem, asked.file.id, top=top), asked.file)


def why_not(asked: Question, at: datetime) -> WhyNot:
    """What is against the case at one moment."""
    return WhyNot(asked.refused, explain_at(asked.problem, asked.file.id, at))


def where(asked: Question) -> Somewhere | Nowhere:
    """Whether the case fits anywhere, and if not, why and what would help."""
    return explain_case(asked.problem, asked.file.id)
