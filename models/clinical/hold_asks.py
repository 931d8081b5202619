"""What a hold asks of people: agreement, a renal result, a decision, a clearer record."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from models.clinical.asked import Asked, asked_by
from models.clinical.dosed import Dosed
from models.clinical.rows import HoldRule
from models.clinical.spans import elapsed
from models.patients import ExposureStatus
from models.procedures import BleedingRisk

HIGHEST_RISK = 3


def regimen_text(row: HoldRule, dosed: Dosed) -> str:
    """The regimen and renal band of a row in brackets, and which of them is not on record.

    Nothing when the row holds for all.
    """
    renal = dosed.choice.renal
    unknown = renal is not None and renal.value is None
    parts = [] if row.regimen.startswith("any") else [row.regimen]
    if row.has_band:
        parts.append(
            f"renal function unknown, taken as {row.band_text}" if unknown else row.band_text
        )
    text = ", ".join(filter(None, parts))
    if text and row.ref.rule not in dosed.choice.certain:
        text = f"regimen not on record, by the strictest row: {text}"
    return f" ({text})" if text else ""


def of_row(row: HoldRule, dosed: Dosed) -> tuple[Asked, ...]:
    """The prescriber's agreement, the renal result that chose the row, and what it leaves open."""
    asked = [_approval(row, dosed)] if row.prescriber_ok else []
    asked += _renal(row, dosed)
    if not row.is_no_hold:
        asked += [*_bridging(row, dosed), *_milder(row, dosed)]
    return tuple(asked)


def _bridging(row: HoldRule, dosed: Dosed) -> Iterator[Asked]:
    """Whether a vitamin K antagonist is bridged is decided where the thrombotic risk is high."""
    (rule,) = dosed.book.rules.testing("bridging")
    valves = dosed.book.rules.lists["heart-valve"].words
    implants = dosed.facts.patient.implants
    valve = any(word in implant.kind.lower() for implant in implants for word in valves)
    risk = dosed.choice.exposure.thrombotic_risk
    if row.drug_class == "vka" and (valve or risk == HIGHEST_RISK):
        yield replace(asked_by(rule, "review", drug=dosed.drug), ahead=timedelta())


def _milder(row: HoldRule, dosed: Dosed) -> Iterator[Asked]:
    """Figures for a high bleeding risk are kept for a low one, and a clinician is told."""
    low = dosed.facts.procedure.bleeding_risk is BleedingRisk.LOW
    if low and dosed.book.risk_of(row) == "high":
        (rule,) = dosed.book.rules.testing("milder-risk")
        asked = asked_by(rule, "review", drug=dosed.drug, policy=row.ref.policy)
        yield replace(asked, ahead=timedelta())


def _approval(row: HoldRule, dosed: Dosed) -> Asked:
    """The prescriber must agree before the patient is told to stop."""
    who = dosed.choice.exposure.prescriber or "the prescriber"
    what = f"hold {dosed.drug}"
    if row.is_no_hold:
        what = f"stop {dosed.drug} at the procedure" if row.restart_hours else f"keep {dosed.drug}"
    sentence = f"{who} must agree to {what}{regimen_text(row, dosed)}"
    asked = Asked(kind="approval", ref=row.ref, sentence=sentence, drug=dosed.drug)
    if dosed.begun or row.is_no_hold:
        return replace(asked, ahead=timedelta())
    notice = elapsed(dosed.facts.setting.notice_hours)
    latest = dosed.stop_time - notice
    return replace(asked, sentence=f"{sentence} by {dosed.clock(latest)}", latest=latest)


def _renal(row: HoldRule, dosed: Dosed) -> Iterator[Asked]:
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
        if age > days:
            (rule,) = rules.testing("renal-old")
            yield replace(
                asked_by(rule, "renal", drug=dosed.drug, days=int(age)), ahead=timedelta()
            )


def _gain(row: HoldRule, dosed: Dosed) -> str:
    """What a renal result could change: an earlier start, or a band that asks a clinician."""
    shortest = min(dosed.choice.rows, key=dosed.ready)
    gained = dosed.ready(row) - dosed.ready(shortest)
    parts = []
    if gained > timedelta():
        start = dosed.first(dosed.ready(shortest))
        parts.append(f"a result with {shortest.band_text} would end the hold on {start}")
    else:
        parts.append("no result would end it earlier")
    if dosed.choice.silent_bands:
        parts.append(f"{' or '.join(dosed.choice.silent_bands)} has no figure and asks a clinician")
    return "; ".join(parts)


def of_record(row: HoldRule, earliest: datetime, dosed: Dosed) -> Iterator[Asked]:
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
    if dosed.begun and dosed.counts(row) and shorter and not dosed.is_on_schedule:
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
