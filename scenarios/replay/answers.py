"""What clinicians answer where the rules ask how long a drug is held.

The figures are drawn from what is assumed, to go on with the simulation; they advise nobody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from models.clinical.facts import Decision
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


def answered(file: File, assumed: Assumptions, draws: Draws, now: datetime) -> tuple[Decision, ...]:
    """Decisions on all open questions of a case."""
    return tuple(
        Decision(
            rule=question.asked.ref.rule,
            kind=question.asked.kind,
            drug=question.asked.drug,
            accepted=True,
            hold_hours=round(
                draws.value(assumed.answered_hold_hours, "answered-hold", file.id, question.key)
            ),
            by="a clinician of the simulation",
            at=now,
            reason="assumed, to go on with the simulation",
        )
        for question in questions(file)
    )
