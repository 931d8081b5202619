"""Whether one instant is permitted, and if not, why: the pointwise form of the rules.

Written apart from the interval form: here nothing is an edge. Each instant is asked how long a drug
has been off, how many doses were skipped, what day it is. Which rows speak of a patient is shared
(`selection`, `conditions`); how they judge time is not.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from models.clinical import conditions, spacing
from models.clinical.facts import Facts
from models.clinical.policy import PolicyBook
from models.clinical.readiness import Refusal, RuleRef
from models.clinical.rows import HoldRule
from models.clinical.rules import ClinicalRule
from models.clinical.selection import Choice, Outcome, chosen
from models.clinical.sentences import clock_text, doses_text, hours_text
from models.clinical.spans import elapsed, whole_second
from models.patients import Commitment, Exposure, ExposureStatus, Implant
from models.timegrid import at_local_or_after, zone

Judge = Callable[[datetime], tuple[Refusal, ...]]
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Scene:
    """What every question at an instant may look at."""

    facts: Facts
    book: PolicyBook
    now: datetime
    tz: ZoneInfo

    def clock(self, instant: datetime) -> str:
        return clock_text(instant, self.tz, self.now)


def permitted(
    facts: Facts, book: PolicyBook, now: datetime, instant: datetime
) -> tuple[Refusal, ...]:
    """Why a start is not permitted; empty when it is.

    Args:
        facts: patient, referral, procedure and site figures.
        book: policies and clinical rules in force.
        now: aware instant of the assessment.
        instant: aware instant of the start, on a tick.
    """
    return judge(facts, book, now)(instant)


def judge(facts: Facts, book: PolicyBook, now: datetime) -> Judge:
    """The pointwise form for one patient, to be asked of many instants."""
    scene = _Scene(facts, book, whole_second(now).astimezone(UTC), zone(facts.setting.timezone))
    always = tuple(_always(scene))
    questions = tuple(_questions(scene))

    def refusals(instant: datetime) -> tuple[Refusal, ...]:
        if always:
            return always
        moment = instant.astimezone(UTC)
        return tuple(found for ask in questions if (found := ask(moment)) is not None)

    return refusals


Question = Callable[[datetime], Refusal | None]


def _always(scene: _Scene) -> Iterator[Refusal]:
    """What refuses every instant."""
    for block in conditions.blocks(scene.facts, scene.book.rules, scene.now):
        yield Refusal(kind=block.kind, ref=block.ref, sentence=block.sentence)
    for choice in chosen(scene.facts, scene.book, scene.now):
        if choice.asks is not None and choice.closes:
            yield _closed(choice, choice.asks)


def _closed(choice: Choice, ref: RuleRef) -> Refusal:
    drug = choice.exposure.drug
    if choice.outcome is Outcome.UNKNOWN_DRUG:
        return Refusal(kind="unknown-drug", ref=ref, sentence=f"unknown drug: {drug}")
    sentence = f"{drug}: no hold is known, a clinician must say"
    return Refusal(kind="ask-clinician", ref=ref, sentence=sentence)


def _questions(scene: _Scene) -> Iterator[Question]:
    yield _in_horizon(scene)
    for choice in chosen(scene.facts, scene.book, scene.now):
        for row in choice.rows:
            if not row.is_no_hold:
                yield _off_long_enough(row, choice.exposure, scene)
                yield _not_off_too_long(row, choice.exposure, scene)
    rules = scene.book.rules
    for rule, finding, span in spacing.premedication(scene.facts, rules):
        yield _premedicated(rule, finding, span, scene)
    for rule, implant, _ in spacing.stent_delays(scene.facts, rules):
        yield _stent_has_healed(rule, implant, scene)
    for rule, kind, hours in spacing.set_distances(scene.facts, rules):
        if not scene.facts.accepted("spacing", rule.ref.rule):
            for other in scene.facts.patient.commitments:
                if other.kind == kind:
                    yield _far_from(rule, other, hours, scene)
    for kind, start, end in spacing.engagements(scene.facts):
        yield _not_elsewhere(kind, start, end, scene)


def _in_horizon(scene: _Scene) -> Question:
    days = scene.facts.setting.horizon_days
    (rule,) = scene.book.rules.testing("horizon")

    def ask(instant: datetime) -> Refusal | None:
        if scene.now <= instant and (instant - scene.now) / DAY < days:
            return None
        sentence = rule.text.format(now=scene.clock(scene.now), days=days)
        return Refusal(kind="horizon", ref=rule.ref, sentence=sentence)

    return ask


def _doses_on(exposure: Exposure, day: date, tz: ZoneInfo) -> set[datetime]:
    return {at_local_or_after(day, clock, tz) for clock in exposure.dose_times}


def _clockwork(exposure: Exposure) -> bool:
    """Whether the clock alone tells every dose."""
    rare = (exposure.interval_hours or 0) > DAY / HOUR
    return len(exposure.dose_times) > 0 and not (exposure.as_needed or rare)


def _last_taken(exposure: Exposure, scene: _Scene) -> datetime:
    """The recorded last dose; else the nearest one before the patient can have been told."""
    if exposure.last_dose is not None:
        return exposure.last_dose.astimezone(UTC)
    setting = scene.facts.setting
    seconds = ceil(round((setting.approval_lead_hours + setting.notice_hours) * 3600, 6))
    heard = scene.now + timedelta(seconds=seconds)
    if not _clockwork(exposure):
        return heard
    day = heard.astimezone(scene.tz).date()
    while True:
        taken = [dose for dose in _doses_on(exposure, day, scene.tz) if dose <= heard]
        if taken:
            return max(taken)
        day -= DAY


def _missed(exposure: Exposure, last: datetime, instant: datetime, tz: ZoneInfo) -> int:
    """Doses due after the last one taken, up to and including an instant."""
    day, stop = last.astimezone(tz).date() - DAY, instant.astimezone(tz).date() + DAY
    count = 0
    while day <= stop:
        count += sum(last < dose <= instant for dose in _doses_on(exposure, day, tz))
        day += DAY
    return count


def _off_long_enough(row: HoldRule, exposure: Exposure, scene: _Scene) -> Question:
    last, drug, doses = _last_taken(exposure, scene), exposure.drug, row.hold_doses
    if doses is not None and _clockwork(exposure):
        over = _nth_missed(exposure, last, doses, scene.tz)
        needed = f"{hours_text(over - last)} ({doses_text(doses)})"
    else:
        doses, over = None, last + elapsed(row.hold_hours)
        needed = hours_text(row.hold_hours * HOUR)

    def is_off(instant: datetime) -> bool:
        if doses is None:
            return (instant - last) / HOUR >= row.hold_hours
        # Doses fall at least once a day: long after the last there is nothing to count.
        long_ago = instant - last > timedelta(days=doses + 2)
        return long_ago or _missed(exposure, last, instant, scene.tz) >= doses

    def ask(instant: datetime) -> Refusal | None:
        if is_off(instant):
            return None
        since = f"{hours_text(instant - last)} since the last {drug} dose"
        if instant < last:
            since = f"{drug} is still taken then"
        first = scene.clock(scene.facts.setting.grid.round_up(over))
        sentence = f"{since}, {needed} needed; first legal start {first}"
        return Refusal(kind="hold", ref=row.ref, sentence=sentence)

    return ask


def _nth_missed(exposure: Exposure, last: datetime, count: int, tz: ZoneInfo) -> datetime:
    """When the n-th dose after the last is missed: for the sentence, the count itself decides."""
    days = (last.astimezone(tz).date() + DAY * n for n in range(-1, count + 2))
    due = sorted(dose for day in days for dose in _doses_on(exposure, day, tz) if dose > last)
    return due[count - 1] if count else last


def _not_off_too_long(row: HoldRule, exposure: Exposure, scene: _Scene) -> Question:
    last = _last_taken(exposure, scene)
    held = exposure.last_dose is not None and exposure.status is not ExposureStatus.STOPPED
    limit = row.max_off_hours if row.max_off_hard and held else None

    def ask(instant: datetime) -> Refusal | None:
        if limit is None or (instant - last) / HOUR < limit:
            return None
        sentence = (
            f"{hours_text(instant - last)} since the last {exposure.drug} dose, "
            f"less than {limit:g} h allowed"
        )
        return Refusal(kind="exposure-cap", ref=row.ref, sentence=sentence)

    return ask


def _premedicated(rule: ClinicalRule, finding: str, span: timedelta, scene: _Scene) -> Question:
    def ask(instant: datetime) -> Refusal | None:
        left = instant - scene.now
        if left >= span:
            return None
        sentence = (
            f"{hours_text(left)} from now, premedication for {finding} takes {hours_text(span)}"
        )
        return Refusal(kind="premedication", ref=rule.ref, sentence=sentence)

    return ask


def _stent_has_healed(rule: ClinicalRule, implant: Implant, scene: _Scene) -> Question:
    months, days = ceil(rule.figure("months")), ceil(rule.figure("days"))

    def ask(instant: datetime) -> Refusal | None:
        today = instant.astimezone(scene.tz).date() - timedelta(days=days)
        placed = implant.placed_on
        passed = (today.year - placed.year) * 12 + today.month - placed.month
        passed -= today.day < placed.day
        if passed >= months and today >= placed:
            return None
        sentence = f"coronary stent of {placed.isoformat()}: too soon for an elective procedure"
        return Refusal(kind="spacing", ref=rule.ref, sentence=sentence)

    return ask


def _far_from(rule: ClinicalRule, other: Commitment, hours: float, scene: _Scene) -> Question:
    def ask(instant: datetime) -> Refusal | None:
        before, after = (other.start - instant) / HOUR, (instant - other.end) / HOUR
        if before >= hours or after >= hours:
            return None
        distance = f"at least {hours:g} h from it are needed"
        sentence = rule.text.format(day=scene.clock(other.start), distance=distance)
        return Refusal(kind="spacing", ref=rule.ref, sentence=sentence)

    return ask


def _not_elsewhere(kind: str, start: datetime, end: datetime, scene: _Scene) -> Question:
    (rule,) = scene.book.rules.testing("commitments")
    length = spacing.stay(scene.facts)

    def ask(instant: datetime) -> Refusal | None:
        arrives, leaves = instant - length.before, instant + length.after
        if leaves <= start or arrives >= end:
            return None
        sentence = rule.text.format(start=scene.clock(start), end=scene.clock(end), kind=kind)
        return Refusal(kind="engaged", ref=rule.ref, sentence=sentence)

    return ask
