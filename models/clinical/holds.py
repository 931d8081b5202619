"""Drug holds in interval form: from when a drug is off long enough, and what that asks for."""

from collections.abc import Iterable, Iterator
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
from models.procedures import BleedingRisk
from models.timegrid import local_day, start_of_day, zone

HIGHEST_RISK = 3


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

    @property
    def is_for_good(self) -> bool:
        """Whether the drug was stopped, and not held for this procedure."""
        return self.choice.exposure.status is ExposureStatus.STOPPED

    def clock(self, instant: datetime) -> str:
        return clock_text(instant, self.tz, self.now)


def drug_result(choice: Choice, facts: Facts, book: PolicyBook, now: datetime) -> DrugResult:
    """What one exposure does to the windows."""
    tz = zone(facts.setting.timezone)
    last = last_dose(choice.exposure, facts.setting, now, tz)
    dosed = _Dosed(choice, facts, book, now, tz, last)
    if choice.outcome is Outcome.NOTHING:
        return DrugResult(choice.exposure.drug)
    if choice.outcome is not Outcome.ROWS:
        return _asking(dosed)
    edges = {row.ref.rule: ready(row, dosed) for row in choice.rows}
    row = max(choice.rows, key=lambda row: _strictness(row, edges[row.ref.rule], dosed))
    if row.is_no_hold:
        return DrugResult(
            dosed.drug,
            hold=_stopped_at_start(row, dosed),
            row=row,
            last=last,
            asked=_of_row(row, None, dosed),
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
        asked=(*_of_row(row, earliest, dosed), *_of_record(row, earliest, dosed)),
    )


def _caps(dosed: _Dosed) -> tuple[datetime | None, datetime | None]:
    """When the drug has been off too long: the first of all caps, and the first hard one."""
    if not dosed.begun or dosed.is_for_good:
        return None, None
    capped = [row for row in dosed.choice.rows if row.max_off_hours is not None]
    ends = [(dosed.last + timedelta(hours=row.max_off_hours or 0), row) for row in capped]
    first = min((end for end, _ in ends), default=None)
    return first, min((end for end, row in ends if row.max_off_hard), default=None)


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
        return DrugResult(
            dosed.drug, closed=True, hold=_open_plan(row, sentence, dosed), asked=(asked,)
        )
    (rule,) = rules.testing(choice.outcome.value)
    kind = "unknown-drug" if choice.outcome is Outcome.UNKNOWN_DRUG else "ask-clinician"
    return DrugResult(
        dosed.drug,
        closed=True,
        asked=(replace(asked_by(rule, kind, drug=dosed.drug), closes=True),),
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
        restart_hours=None if dosed.is_for_good else row.restart_hours,
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


def _is_over(earliest: datetime, dosed: _Dosed) -> bool:
    """Stopped for good, and long enough: nothing is held, though results may still be asked for."""
    return dosed.is_for_good and dosed.begun and earliest <= dosed.now


def _of_row(row: HoldRule, earliest: datetime | None, dosed: _Dosed) -> tuple[Asked, ...]:
    """The prescriber's agreement, the renal result that chose the row, and what it leaves open."""
    asked = list(_renal(row, earliest, dosed))
    if row.prescriber_ok:
        asked = _approval(row, dosed) + asked
    if not row.is_no_hold:
        asked += [*_bridging(row, dosed), *_milder(row, dosed)]
    return tuple(asked)


def _bridging(row: HoldRule, dosed: _Dosed) -> Iterator[Asked]:
    """Whether a vitamin K antagonist is bridged is decided where the thrombotic risk is high."""
    (rule,) = dosed.book.rules.testing("bridging")
    valves = dosed.book.rules.lists["heart-valve"].words
    implants = dosed.facts.patient.implants
    valve = any(word in implant.kind.lower() for implant in implants for word in valves)
    risk = dosed.choice.exposure.thrombotic_risk
    decided = dosed.facts.accepted("review", rule.ref.rule, dosed.drug)
    if row.drug_class == "vka" and (valve or risk == HIGHEST_RISK) and not decided:
        yield replace(asked_by(rule, "review", drug=dosed.drug), ahead=timedelta())


def _milder(row: HoldRule, dosed: _Dosed) -> Iterator[Asked]:
    """Figures for a high bleeding risk are kept for a low one, and a clinician is told."""
    low = dosed.facts.procedure.bleeding_risk is BleedingRisk.LOW
    if low and dosed.book.risk_of(row) == "high":
        (rule,) = dosed.book.rules.testing("milder-risk")
        asked = asked_by(rule, "review", drug=dosed.drug, policy=row.ref.policy)
        yield replace(asked, ahead=timedelta())


def _approval(row: HoldRule, dosed: _Dosed) -> list[Asked]:
    """The prescriber must agree before the patient is told to stop."""
    if dosed.facts.accepted("approval", row.ref.rule, dosed.drug):
        return []
    who = dosed.choice.exposure.prescriber or "the prescriber"
    what = f"hold {dosed.drug}"
    if row.is_no_hold:
        what = f"stop {dosed.drug} at the procedure" if row.restart_hours else f"keep {dosed.drug}"
    sentence = f"{who} must agree to {what}{_of_regimen(row)}"
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
