"""What clinicians answer where the rules ask how long a drug is held.

The figures are drawn to go on with the simulation, by default from the rows of the policies in
force; they advise nobody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from models.clinical.facts import Decision
from models.clinical.policy import PolicyBook
from models.clinical.readiness import Requirement
from scenarios.assumptions import Assumptions
from scenarios.replay.draws import Draws
from scenarios.replay.files import File


@dataclass(frozen=True, slots=True)
class Question:
    """A requirement without which no window opens, under a name of its own."""

    key: str
    asked: Requirement


def questions(file: File) -> Iterator[Question]:
    """What keeps all windows of a case shut until a clinician says how long a drug is held."""
    for asked in file.readiness.requirements:
        if asked.closes_windows and asked.drug:
            yield Question(f"{asked.kind}:{asked.ref.rule}:{asked.drug}", asked)


def named_hours(book: PolicyBook) -> tuple[float, ...]:
    """The hours for which rows of the policies in force hold some drug, shortest first."""
    rows = (row for policy in book.policies for row in policy.holds)
    return tuple(sorted(row.hold_hours for row in rows if not (row.is_blank or row.is_no_hold)))


def answered(
    file: File, book: PolicyBook, assumed: Assumptions, draws: Draws, now: datetime
) -> tuple[Decision, ...]:
    """Decisions on all open questions of a case; none where neither policy nor assumption has any.

    Args:
        file: the case.
        book: the policies in force, whose hours are drawn from unless hours are assumed.
        assumed: what is assumed of answers.
        draws: of the replication.
        now: when it is answered.
    """
    named = named_hours(book)
    if assumed.answered_hold_hours is None and not named:
        return ()

    def hours(question: Question) -> float:
        about = ("answered-hold", file.id, question.key)
        if assumed.answered_hold_hours is not None:
            return round(draws.value(assumed.answered_hold_hours, *about))
        return named[int(draws.uniform(*about) * len(named))]

    return tuple(
        Decision(
            rule=question.asked.ref.rule,
            kind=question.asked.kind,
            drug=question.asked.drug,
            accepted=True,
            hold_hours=hours(question),
            by="a clinician of the simulation",
            at=now,
            reason="assumed, to go on with the simulation",
        )
        for question in questions(file)
    )
