"""Drug holds in interval form: from when a drug is off long enough, and what that asks for."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from models.base import HoldStage
from models.clinical.asked import Asked, asked_by
from models.clinical.dosed import Dosed
from models.clinical.facts import Facts
from models.clinical.hold_asks import of_record, of_row, regimen_text
from models.clinical.policy import PolicyBook
from models.clinical.readiness import HoldPlan
from models.clinical.rows import HoldRule
from models.clinical.selection import Choice, Outcome
from models.clinical.sentences import doses_text, hours_text
from models.clinical.spans import elapsed


@dataclass(frozen=True, slots=True)
class DrugResult:
    """What one exposure does to the windows, and what it asks for."""

    drug: str
    closed: bool = False
    earliest: datetime | None = None
    """Lower edge; None: the drug sets none."""
    until: datetime | None = None
    """Upper edge, where a hard cap on the time off the drug applies."""
    hold: HoldPlan | None = None
    row: HoldRule | None = None
    """The row that decides."""
    last: datetime | None = None
    begun: bool = False
    """Whether the last dose is on record."""
    asked: tuple[Asked, ...] = ()


def drug_result(choice: Choice, facts: Facts, book: PolicyBook, now: datetime) -> DrugResult:
    """What one exposure does to the windows."""
    dosed = Dosed.of(choice, facts, book, now)
    last = dosed.last
    if choice.outcome is Outcome.NOTHING:
        return DrugResult(choice.exposure.drug)
    if choice.outcome is not Outcome.ROWS:
        return _asking(dosed)
    edges = {row.ref.rule: dosed.ready(row) for row in choice.rows}
    row = max(choice.rows, key=lambda row: _strictness(row, edges[row.ref.rule], dosed))
    if row.is_no_hold:
        return DrugResult(
            dosed.drug,
            hold=_stopped_at_start(row, dosed),
            row=row,
            last=last,
            asked=of_row(row, dosed),
        )
    earliest = edges[row.ref.rule]
    if _is_over(earliest, dosed):
        return DrugResult(dosed.drug, earliest=earliest, row=row, last=last, begun=True)
    cap, hard_cap = _caps(dosed)
    hard = cap is not None and cap == hard_cap
    hold = _plan(row, earliest, dosed).model_copy(update={"cap_at": cap, "cap_hard": hard})
    return DrugResult(
        dosed.drug,
        earliest=earliest,
        until=hard_cap,
        hold=hold,
        row=row,
        last=last,
        begun=dosed.begun,
        asked=(*of_row(row, dosed), *of_record(row, earliest, dosed)),
    )


def _caps(dosed: Dosed) -> tuple[datetime | None, datetime | None]:
    """When the drug has been off too long: the first of all caps, and the first hard one."""
    if not dosed.begun or dosed.is_for_good:
        return None, None
    capped = [row for row in dosed.choice.rows if row.max_off_hours is not None]
    ends = [(dosed.last + elapsed(row.max_off_hours or 0), row) for row in capped]
    first = min((end for end, _ in ends), default=None)
    return first, min((end for end, row in ends if row.max_off_hard), default=None)


def _strictness(row: HoldRule, edge: datetime, dosed: Dosed) -> tuple[datetime, bool, float, bool]:
    """Rows by their edge; at one edge the regimen that is certain, later restart, more results."""
    certain = row.ref.rule in dosed.choice.certain
    edge = dosed.last if row.is_no_hold else edge
    return edge, certain, row.restart_hours or 0, row.lab is not None


def _asking(dosed: Dosed) -> DrugResult:
    choice, rules = dosed.choice, dosed.book.rules
    if choice.ask_row is not None:
        row = choice.ask_row
        sentence = (
            f"{dosed.drug}: {row.ref.policy} gives no figure"
            f"{regimen_text(row, dosed)}, a clinician must say how long it is held"
        )
        asked = Asked(
            kind="ask-clinician", ref=row.ref, sentence=sentence, closes=True, drug=dosed.drug
        )
        return DrugResult(
            dosed.drug, closed=True, hold=_open_plan(row, sentence, dosed), asked=(asked,)
        )
    (rule,) = rules.testing(choice.outcome.value)
    return DrugResult(
        dosed.drug,
        closed=True,
        asked=(replace(asked_by(rule, choice.kind, drug=dosed.drug), closes=True),),
    )


def _open_plan(row: HoldRule, sentence: str, dosed: Dosed) -> HoldPlan:
    return HoldPlan(
        drug=dosed.drug,
        ref=row.ref,
        stage=dosed.stage,
        last_dose=dosed.choice.exposure.last_dose,
        ready_at=None,
        restart_hours=row.restart_hours,
        risk=dosed.choice.exposure.thrombotic_risk,
        sentence=sentence,
    )


def _stopped_at_start(row: HoldRule, dosed: Dosed) -> HoldPlan | None:
    """A drug that is taken until the procedure, and only later again."""
    if not row.restart_hours:
        return None
    return HoldPlan(
        drug=dosed.drug,
        ref=row.ref,
        stage=HoldStage.NONE,
        last_dose=dosed.choice.exposure.last_dose,
        ready_at=dosed.now,
        hours=0,
        restart_hours=row.restart_hours,
        risk=dosed.choice.exposure.thrombotic_risk,
        sentence=f"{dosed.drug} stops at the procedure; again {row.restart_hours:g} h after it",
    )


def _plan(row: HoldRule, earliest: datetime, dosed: Dosed) -> HoldPlan:
    counted = dosed.counts(row)
    return HoldPlan(
        drug=dosed.drug,
        ref=row.ref,
        stage=dosed.stage,
        last_dose=dosed.last,
        ready_at=earliest,
        hours=(earliest - dosed.last) / timedelta(hours=1) if counted else row.hold_hours,
        doses=row.hold_doses if counted else None,
        restart_hours=None if dosed.is_for_good else row.restart_hours,
        risk=dosed.choice.exposure.thrombotic_risk,
        sentence=hold_sentence(row, earliest, dosed),
    )


def hold_sentence(row: HoldRule, earliest: datetime, dosed: Dosed) -> str:
    """What the hold waits for, in hours and by the clock."""
    doses = row.hold_doses if dosed.counts(row) else None
    counted = f" ({doses_text(doses)})" if doses is not None else ""
    needed = hours_text(earliest - dosed.last) + counted
    first = f"first legal start {dosed.first(earliest)}"
    if dosed.begun and dosed.last <= dosed.now:
        since = hours_text(dosed.now - dosed.last)
        return f"{since} since the last {dosed.drug} dose, {needed} needed; {first}"
    return f"last {dosed.drug} dose {dosed.clock(dosed.last)}, {needed} off it needed; {first}"


def _is_over(earliest: datetime, dosed: Dosed) -> bool:
    """Stopped for good, and long enough: nothing is held, though results may still be asked for."""
    return dosed.is_for_good and dosed.begun and earliest <= dosed.now
