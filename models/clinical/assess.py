"""From facts to windows: what the rules in force say of one referral at one instant.

This is the interval form. `permitted` is the pointwise form of the same rules, written separately;
the two agree at every tick of the horizon.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models.base import HoldStage
from models.clinical import conditions, preparation, spacing
from models.clinical.asked import Asked, finished
from models.clinical.facts import ClinicSetting, Facts
from models.clinical.holds import DrugResult, drug_result
from models.clinical.labs import Gate, drawn_after_stop, open_gate, standing_gates
from models.clinical.policy import PolicyBook
from models.clinical.readiness import Block, HoldPlan, Readiness, Requirement, Status
from models.clinical.selection import chosen
from models.clinical.spans import whole_second
from models.timegrid import TimeGrid
from models.windows import Window, WindowSet

ANAESTHESIA = "anaesthesia"


@dataclass(frozen=True, slots=True)
class _Drugs:
    results: tuple[DrugResult, ...]
    gates: tuple[Gate, ...]


def horizon(setting: ClinicSetting, now: datetime) -> WindowSet:
    """The time of which an assessment speaks."""
    start = now.astimezone(UTC)
    return WindowSet.between(start, start + timedelta(days=setting.horizon_days))


def on_ticks(windows: Iterable[Window], grid: TimeGrid) -> WindowSet:
    """Windows with both edges rounded up to a tick: they hold the same ticks as before."""
    return WindowSet(Window(grid.round_up(w.start), grid.round_up(w.end)) for w in windows)


def assess(facts: Facts, book: PolicyBook, now: datetime) -> Readiness:
    """What the rules say: windows, holds, requirements, blocks, each with its rule and source.

    Args:
        facts: patient, referral, procedure and site figures.
        book: policies in order of precedence, with the site's decisions, and the clinical rules.
        now: aware instant of the assessment; windows run from it, rounded up to a
            whole second, over the site's horizon.
    """
    now = whole_second(now)
    rules = book.rules
    blocks = conditions.blocks(facts, rules, now)
    drugs = _drugs(facts, book, now)
    windows = _windows(facts, book, now, blocks, drugs)
    earliest = windows.windows[0].start if windows else None
    added = conditions.needs(facts, rules, now)
    asked = (*_of_drugs(drugs), *_of_record(facts, book, now), *_of_needs(added))
    open_ones = (
        *(one for one in asked if not facts.accepted(one.kind, one.ref.rule, one.drug or None)),
        *_of_labs(drugs, facts, book, windows, now),
    )
    requirements = finished(open_ones, earliest)
    rows = tuple(result.row for result in drugs.results if result.row is not None)
    prepared = (
        *preparation.instructions(facts, rules, now),
        *preparation.drug_instructions(rows, rules),
    )
    return Readiness(
        referral=facts.referral.id,
        patient=facts.patient.id,
        procedure=facts.procedure.key,
        assessed_at=now,
        status=_status(blocks, requirements, windows),
        windows=tuple((w.start, w.end) for w in windows),
        holds=_holds(drugs, facts),
        requirements=requirements,
        blocks=blocks,
        preparation=finished(prepared, earliest),
        needs=tuple(sorted({tag for tag, _ in added})),
        extra_minutes=spacing.extra_minutes(facts),
    )


def _drugs(facts: Facts, book: PolicyBook, now: datetime) -> _Drugs:
    results = tuple(drug_result(choice, facts, book, now) for choice in chosen(facts, book, now))
    gates = tuple(
        Gate(
            lab=result.row.lab,
            ref=result.row.ref,
            drug=result.drug,
            last=result.last,
            begun=result.begun,
        )
        for result in results
        if result.row is not None and result.row.lab is not None
    )
    return _Drugs(results, gates)


def _windows(
    facts: Facts, book: PolicyBook, now: datetime, blocks: tuple[Block, ...], drugs: _Drugs
) -> WindowSet:
    if blocks or any(result.closed for result in drugs.results):
        return WindowSet()
    whole = horizon(facts.setting, now)
    kept = spacing.allowed(facts, book.rules, now, whole)
    end = whole.windows[0].end
    for result in drugs.results:
        kept = kept.clip(result.earliest or now, result.until or end)
    return on_ticks(kept, facts.setting.grid)


def _of_drugs(drugs: _Drugs) -> Iterable[Asked]:
    for result in drugs.results:
        yield from result.asked


def _of_labs(
    drugs: _Drugs, facts: Facts, book: PolicyBook, windows: WindowSet, now: datetime
) -> Iterable[Asked]:
    first = windows.windows[0].start if windows else now
    last = windows.windows[-1].end if windows else now
    for gate in (*drugs.gates, *standing_gates(facts, book, drugs.gates)):
        asked = open_gate(gate, facts, book.rules, first)
        if asked is not None and (asked.applies_from is None or asked.applies_from < last):
            yield asked


def _of_record(facts: Facts, book: PolicyBook, now: datetime) -> Iterable[Asked]:
    yield from conditions.recorded(facts, book.rules, now)
    yield from spacing.asked_distances(facts, book.rules)
    yield from spacing.asked_stents(facts, book.rules, now)
    yield from spacing.asked_premedication(facts, book.rules)
    yield from preparation.escort(facts, book.rules)


def _of_needs(added: tuple[tuple[str, Asked], ...]) -> Iterable[Asked]:
    """An anaesthesia team in place of sedation follows an assessment; other tags ask nobody."""
    return (asked for tag, asked in added if tag == ANAESTHESIA)


def _holds(drugs: _Drugs, facts: Facts) -> tuple[HoldPlan, ...]:
    """One hold per drug, the one that ends last; drawn when its result is in."""
    drawn = {gate.drug for gate in drugs.gates if drawn_after_stop(gate, facts) is not None}
    latest: dict[str, HoldPlan] = {}
    for result in drugs.results:
        hold = result.hold
        if hold is None:
            continue
        if hold.drug in drawn and hold.stage is HoldStage.STARTED:
            hold = hold.model_copy(update={"stage": HoldStage.DRAWN})
        known = latest.get(hold.drug)
        if known is None or _ends_later(hold, known):
            latest[hold.drug] = hold
    return tuple(latest.values())


def _ends_later(hold: HoldPlan, other: HoldPlan) -> bool:
    if other.ready_at is None:
        return False
    return hold.ready_at is None or hold.ready_at > other.ready_at


def _status(
    blocks: tuple[Block, ...], requirements: tuple[Requirement, ...], windows: WindowSet
) -> Status:
    if blocks:
        return Status.BLOCKED
    if not windows:
        return Status.CONDITIONAL
    first = windows.windows[0].start
    waiting = (r for r in requirements if r.firm)
    if any(r.applies_from is None or r.applies_from <= first for r in waiting):
        return Status.CONDITIONAL
    return Status.READY
