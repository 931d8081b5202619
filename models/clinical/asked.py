"""What the rules ask for, before it is known which start it must precede."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.clinical.readiness import Requirement, RuleRef
from models.clinical.rules import ClinicalRule


@dataclass(frozen=True, slots=True)
class Asked:
    """A requirement in the making."""

    kind: str
    ref: RuleRef
    sentence: str
    firm: bool = True
    closes: bool = False
    latest: datetime | None = None
    """A fixed latest time; None: `ahead` before the earliest permitted start."""
    ahead: timedelta | None = None
    """How long before the start it must be done; None: it has no latest time of its own."""
    counts: timedelta | None = None
    """How long before the start it may be done at the earliest."""
    after: timedelta | None = None
    """How long after the procedure it lasts."""
    applies_from: datetime | None = None
    drug: str = ""
    subject: str = ""

    def finished(self, earliest: datetime | None) -> Requirement:
        """The requirement, once the earliest permitted start is known."""
        latest = self.latest
        if latest is None and self.ahead is not None:
            start = self.applies_from or earliest
            latest = None if start is None else start - self.ahead
        return Requirement(
            kind=self.kind,
            ref=self.ref,
            sentence=self.sentence,
            latest=latest,
            firm=self.firm,
            closes_windows=self.closes,
            ahead_hours=_hours(self.ahead),
            counts_hours=_hours(self.counts),
            after_hours=_hours(self.after),
            applies_from=self.applies_from,
            drug=self.drug,
            subject=self.subject,
        )


def _hours(span: timedelta | None) -> float | None:
    return None if span is None else span / timedelta(hours=1)


def asked_by(rule: ClinicalRule, kind: str, /, **words: object) -> Asked:
    """What a rule asks, in the rule's own sentence with the words filled in."""
    return Asked(
        kind=kind,
        ref=rule.ref,
        sentence=rule.text.format(**rule.figures_text, **words),
        firm=rule.firm,
        drug=str(words.get("drug", "")),
    )


def finished(asked: Iterable[Asked], earliest: datetime | None) -> tuple[Requirement, ...]:
    """Requirements without repetition, in the order in which they were asked."""
    return tuple(dict.fromkeys(one.finished(earliest) for one in asked))
