"""Drug holds in interval form: from when a drug is off long enough, and what that asks for."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.base import HoldStage
from models.clinical.asked import Asked, asked_by
from models.clinical.dosing import doses_after, last_dose, skipped, times_known
from models.clinical.facts import Facts
from models.clinical.policy import PolicyBook
from models.clinical.readiness import HoldPlan
from models.clinical.rows import HoldRule
from models.clinical.selection import Choice, Outcome
from models.clinical.sentences import clock_text, hours_text
from models.patients import ExposureStatus
from models.timegrid import local_day, start_of_day, zone


@dataclass(frozen=True, slots=True)
class DrugResult:
    """What one exposure does to the windows, and what it asks for."""

    closed: bool = False
    earliest: datetime | None = None
    """Lower edge; None: the drug sets none."""
    until: datetime | None = None
    """Upper edge, where a hard cap on the time off the drug applies."""
    hold: HoldPlan | None = None
    row: HoldRule | None = None
    """The row that decides."""
    last: datetime | None = None
    asked: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class _Dosed:
    """One exposure with its last dose."""

    choice: Choice
    facts: Facts
    book: PolicyBook
    now: datetime
    tz: ZoneInfo
    last: datetime

    @property
    def drug(self) -> str:
        return self.choice.exposure.drug

    @property
    def begun(self) -> bool:
        return self.choice.exposure.last_dose is not None

    def clock(self, instant: datetime) -> str:
        return clock_text(instant, self.tz, self.now)


def drug_result(choice: Choice, facts: Facts, book: PolicyBook, now: datetime) -> DrugResult:
    """What one exposure does to the windows."""
    tz = zone(facts.setting.timezone)
    last = last_dose(choice.exposure, facts.setting, now, tz)
    dosed = _Dosed(choice, facts, book, now, tz, last)
    if choice.outcome is Outcome.NOTHING:
        return DrugResult()
    if choice.outcome is not Outcome.ROWS:
        return _asking(dosed)
    edges = {row.ref.rule: ready(row, dosed) for row in choice.rows}
    row = max(choice.rows, key=lambda row: _strictness(row, edges[row.ref.rule], dosed))
    if row.is_no_hold:
        return DrugResult(
            hold=_stopped_at_start(row, dosed), row=row, last=last, asked=_of_row(row, None, dosed)
        )
    earliest = edges[row.ref.rule]
    caps = [last + timedelta(hours=r.max_off_hours) for r in choice.rows if r.max_off_hours]
    hard = any(r.max_off_hard for r in choice.rows if r.max_off_hours)
    cap = min(caps, default=None) if dosed.begun else None
    hold = _plan(row, earliest, dosed).model_copy(update={"cap_at": cap, "cap_hard": hard})
    return DrugResult(
        earliest=earliest,
        until=cap if hard else None,
        hold=hold,
        row=row,
        last=last,
        asked=(*_of_row(row, earliest, dosed), *_of_record(row, earliest, dosed)),
    )


def ready(row: HoldRule, dosed: "_Dosed") -> datetime:
    """From when one row is satisfied: k doses skipped, or hours since the last dose."""
    if row.hold_doses is not None and times_known(dosed.choice.exposure):
        return skipped(dosed.choice.exposure, dosed.last, row.hold_doses, dosed.tz)
    return dosed.last + timedelta(hours=row.hold_hours)


def _strictness(row: HoldRule, edge: datetime, dosed: _Dosed) -> tuple[datetime, bool, float]:
    """Rows by their edge; at one edge the regimen that is certain, then the later restart."""
    certain = row.ref.rule in dosed.choice.certain
    edge = dosed.last if row.is_no_hold else edge
    return edge, certain, row.restart_hours or 0


def _asking(dosed: _Dosed) -> DrugResult:
    choice, rules = dosed.choice, dosed.book.rules
    if choice.ask_row is not None:
        row = choice.ask_row
        sentence = (
            f"{dosed.drug}: {row.ref.policy} gives no figure"
            f"{_of_regimen(row)}, a clinician must say how long it is held"
        )
        asked = Asked(
            kind="ask-clinician", ref=row.ref, sentence=sentence, closes=True, drug=dosed.drug
        )
        return DrugResult(closed=True, hold=_open_plan(row, sentence, dosed), asked=(asked,))
    (rule,) = rules.testing(choice.outcome.value)
    kind = "unknown-drug" if choice.outcome is Outcome.UNKNOWN_DRUG else "ask-clinician"
    return DrugResult(
        closed=True, asked=(replace(asked_by(rule, kind, drug=dosed.drug), closes=True),)
    )


def _of_regimen(row: HoldRule) -> str:
    parts = [row.regimen] if row.regimen not in ("", "any") else []
    parts += [row.band_text] if row.has_band else []
    return f" ({', '.join(parts)})" if parts else ""


def _open_plan(row: HoldRule, sentence: str, dosed: _Dosed) -> HoldPlan:
    return HoldPlan(
        drug=dosed.drug,
        ref=row.ref,
        stage=_stage(dosed),
        last_dose=dosed.choice.exposure.last_dose,
        ready_at=None,
        restart_hours=row.restart_hours,
        risk=dosed.choice.exposure.thrombotic_risk,
        sentence=sentence,
    )


def _stage(dosed: _Dosed) -> HoldStage:
    if not dosed.begun:
        return HoldStage.NONE
    return HoldStage.STARTED if dosed.last <= dosed.now else HoldStage.PLANNED


def _stopped_at_start(row: HoldRule, dosed: _Dosed) -> HoldPlan | None:
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


def _counted(row: HoldRule, dosed: _Dosed) -> bool:
    return row.hold_doses is not None and times_known(dosed.choice.exposure)


def _plan(row: HoldRule, earliest: datetime, dosed: _Dosed) -> HoldPlan:
    counted = _counted(row, dosed)
    return HoldPlan(
        drug=dosed.drug,
        ref=row.ref,
        stage=_stage(dosed),
        last_dose=dosed.last,
        ready_at=earliest,
        hours=(earliest - dosed.last) / timedelta(hours=1) if counted else row.hold_hours,
        doses=row.hold_doses if counted else None,
        restart_hours=row.restart_hours,
        risk=dosed.choice.exposure.thrombotic_risk,
        sentence=hold_sentence(row, earliest, dosed),
    )


def hold_sentence(row: HoldRule, earliest: datetime, dosed: "_Dosed") -> str:
    """What the hold waits for, in hours and by the clock."""
    counted = f" ({row.hold_doses} doses)" if _counted(row, dosed) else ""
    needed = hours_text(earliest - dosed.last) + counted
    first = f"first legal start {dosed.clock(earliest)}"
    if dosed.begun and dosed.last <= dosed.now:
        since = hours_text(dosed.now - dosed.last)
        return f"{since} since the last {dosed.drug} dose, {needed} needed; {first}"
    return f"last {dosed.drug} dose {dosed.clock(dosed.last)}, {needed} off it needed; {first}"


def _of_row(row: HoldRule, earliest: datetime | None, dosed: _Dosed) -> tuple[Asked, ...]:
    """The prescriber's agreement, and the renal result that chose the row."""
    asked = []
    finished = dosed.choice.exposure.status is ExposureStatus.STOPPED
    if row.prescriber_ok and not (finished and earliest is not None and earliest <= dosed.now):
        asked += _approval(row, dosed)
    if dosed.choice.renal is not None:
        asked += _renal(row, earliest, dosed)
    return tuple(asked)


def _approval(row: HoldRule, dosed: _Dosed) -> list[Asked]:
    """The prescriber must agree before the patient is told to stop."""
    if dosed.facts.accepted("approval", row.ref.rule, dosed.drug):
        return []
    who = dosed.choice.exposure.prescriber or "the prescriber"
    verb = "hold" if not row.is_no_hold else "go on with"
    sentence = f"{who} must agree to {verb} {dosed.drug}{_of_regimen(row)}"
    asked = Asked(kind="approval", ref=row.ref, sentence=sentence, drug=dosed.drug)
    if dosed.begun or row.is_no_hold:
        return [replace(asked, ahead=timedelta())]
    notice = timedelta(hours=dosed.facts.setting.notice_hours)
    latest = _stop_time(dosed) - notice
    return [replace(asked, sentence=f"{sentence} by {dosed.clock(latest)}", latest=latest)]


def _stop_time(dosed: _Dosed) -> datetime:
    """When the hold takes effect: the first dose that is skipped, or the last that may be taken."""
    if times_known(dosed.choice.exposure):
        return next(doses_after(dosed.choice.exposure, dosed.last, dosed.tz))
    return dosed.last


def _renal(row: HoldRule, earliest: datetime | None, dosed: _Dosed) -> Iterable[Asked]:
    renal, rules = dosed.choice.renal, dosed.book.rules
    if renal is None:
        return
    if renal.value is None:
        (rule,) = rules.testing("renal-unknown")
        missing = ", ".join(renal.missing)
        asked = asked_by(rule, "renal", drug=dosed.drug, missing=missing, gain=_gain(row, dosed))
        yield replace(asked, firm=bool(dosed.choice.silent_bands), ahead=timedelta())
    elif renal.taken_at is not None:
        days = max(rule.figure("days") for rule in rules.testing("lab-validity"))
        age = (dosed.now - renal.taken_at) / timedelta(days=1)
        if age > days and earliest is not None:
            (rule,) = rules.testing("renal-old")
            yield replace(
                asked_by(rule, "renal", drug=dosed.drug, days=int(age)), ahead=timedelta()
            )


def _gain(row: HoldRule, dosed: _Dosed) -> str:
    """What a renal result could change: an earlier start, or a band that asks a clinician."""
    shortest = min(dosed.choice.rows, key=lambda other: ready(other, dosed))
    gained = ready(row, dosed) - ready(shortest, dosed)
    parts = []
    if gained > timedelta():
        start = dosed.clock(ready(shortest, dosed))
        parts.append(f"a result with {shortest.band_text} would open {start}")
    else:
        parts.append("a result would not open an earlier start")
    if dosed.choice.silent_bands:
        parts.append(f"{' or '.join(dosed.choice.silent_bands)} has no figure and asks a clinician")
    return "; ".join(parts)


def _of_record(row: HoldRule, earliest: datetime, dosed: _Dosed) -> Iterable[Asked]:
    """What the record of the last dose leaves open."""
    exposure, rules = dosed.choice.exposure, dosed.book.rules
    if not dosed.begun and exposure.status in (ExposureStatus.ON_HOLD, ExposureStatus.STOPPED):
        (rule,) = rules.testing("last-dose-unknown")
        until = dosed.clock(dosed.last)
        asked = asked_by(
            rule, "last-dose", drug=dosed.drug, status=exposure.status.value, until=until
        )
        yield replace(asked, firm=False, ahead=timedelta())
    shorter = earliest - dosed.last < timedelta(hours=min(row.hours or (0, 0)))
    if dosed.begun and _counted(row, dosed) and shorter and not _on_schedule(dosed):
        (rule,) = rules.testing("last-dose-off-schedule")
        asked = asked_by(
            rule,
            "last-dose",
            drug=dosed.drug,
            last=dosed.clock(dosed.last),
            doses=row.hold_doses,
            off=f"{(earliest - dosed.last) / timedelta(hours=1):g}",
            hours=f"{min(row.hours or (0, 0)):g}",
        )
        yield replace(asked, ahead=timedelta())


def _on_schedule(dosed: _Dosed) -> bool:
    before = start_of_day(local_day(dosed.last, dosed.tz), dosed.tz) - timedelta(seconds=1)
    due = doses_after(dosed.choice.exposure, before, dosed.tz)
    return dosed.last in {next(due) for _ in dosed.choice.exposure.dose_times}
