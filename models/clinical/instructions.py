"""What a patient is told for one start, as keys and values that any language can be made of.

Everything follows from the readiness and the start: drugs with the last dose that may be taken,
results to bring, food and drink, arrival, companion, corset, and when each drug begins again.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import Field

from models.base import Frozen, Id, Instant
from models.clinical.dosing import doses_after, times_known
from models.clinical.facts import Facts, PlannedStop
from models.clinical.readiness import HoldPlan, Readiness, Requirement
from models.clinical.spans import elapsed
from models.patients import Exposure
from models.timegrid import zone


class Section(StrEnum):
    """The parts of a sheet, in the order in which they are printed."""

    MEDICINES = "medicines"
    TESTS = "tests"
    FOOD = "food"
    DAY = "day"
    AFTER = "after"
    OPEN = "open"


SECTION_OF = {
    "fasting": Section.FOOD,
    "liquid-diet": Section.FOOD,
    "arrival": Section.DAY,
    "escort": Section.DAY,
    "corset": Section.AFTER,
    "recovery": Section.AFTER,
    "pregnancy-test": Section.TESTS,
}
"""Where standing instructions are printed; those not named here are for the team alone."""
LINE_KEYS = (
    *("drug.last-dose", "drug.last-dose-before", "drug.stopped", "drug.ask", "drug.until-start"),
    *("drug.restart", "drug.restart-ask", "drug.restart-result"),
    *("test.needed", "pregnancy-test", "premedication"),
    *("fasting-clear", "fasting-light", "fasting-heavy", "liquid-diet"),
    *("arrival", "escort", "corset", "recovery", "approval", "open"),
)
"""Every key a line can have: a catalogue of messages needs all of them."""


class InstructionLine(Frozen):
    """One thing to do."""

    section: Section
    key: str
    """One of `LINE_KEYS`."""
    at: Instant | None = None
    """When, or by when."""
    since: Instant | None = None
    """What is done before this does not count."""
    values: dict[str, str] = Field(default_factory=dict)
    """`drug`, `test`, `hours`, `what`: texts for the sentence."""
    rule: str = ""
    """The rule behind it."""


class InstructionSheet(Frozen):
    """Everything a patient is told for one start."""

    referral: Id
    patient: Id
    procedure: str
    label: str
    start: Instant
    timezone: Id
    language: str
    lines: tuple[InstructionLine, ...]
    site_lines: tuple[str, ...] = ()
    """The site's own words, in the patient's language."""

    def of(self, section: Section) -> tuple[InstructionLine, ...]:
        """The lines of a section."""
        return tuple(line for line in self.lines if line.section is section)


def instruction_sheet(
    facts: Facts, readiness: Readiness, start: datetime, site_lines: Iterable[str] = ()
) -> InstructionSheet:
    """The sheet for one start.

    Args:
        facts: what the readiness was assessed from.
        readiness: what the rules said.
        start: when the procedure begins.
        site_lines: contact lines and directions, in the patient's language.
    """
    lines = (
        *_medicines(facts, readiness, start),
        *_tests(readiness, start),
        *_standing(facts, readiness, start),
        *_after(readiness),
        *_open(facts, readiness, start),
    )
    order = list(Section)
    return InstructionSheet(
        referral=readiness.referral,
        patient=readiness.patient,
        procedure=readiness.procedure,
        label=facts.procedure.label,
        start=start,
        timezone=facts.setting.timezone,
        language=facts.patient.language,
        lines=tuple(sorted(lines, key=lambda line: order.index(line.section))),
        site_lines=tuple(site_lines),
    )


def planned_stops(facts: Facts, readiness: Readiness, start: datetime) -> tuple[PlannedStop, ...]:
    """The last dose of each drug that a patient is told for a start that is promised.

    Kept with the booking and given to later assessments, they say that the hold runs from there.
    Drugs whose last dose is recorded, or that need no hold, are left out. To plan anew for another
    start, give facts and readiness without the earlier stops.
    """
    return tuple(
        PlannedStop(drug=hold.drug, last_dose=last)
        for hold in readiness.holds
        if _exposure(hold, facts).last_dose is None
        and (last := last_dose_for(hold, facts, start)) is not None
    )


def last_dose_for(hold: HoldPlan, facts: Facts, start: datetime) -> datetime | None:
    """The last dose that leaves the hold long enough before a start; None: there is no figure.

    A recorded last dose stays what it is. With known dose times it is a dose time, otherwise the
    instant after which none may be taken.
    """
    exposure = _exposure(hold, facts)
    if exposure.last_dose is not None:
        return exposure.last_dose
    if hold.ready_at is None or (not hold.hours and not hold.doses):
        return None
    tz = zone(facts.setting.timezone)
    if not times_known(exposure):
        return start - elapsed(hold.hours or 0)
    if hold.doses is None:
        limit = start - elapsed(hold.hours or 0)
        return _doses_until(exposure, limit, 1, tz)[-1]
    return _doses_until(exposure, start, hold.doses + 1, tz)[-hold.doses - 1]


def _exposure(hold: HoldPlan, facts: Facts) -> Exposure:
    found = [exposure for exposure in facts.exposures if exposure.drug == hold.drug]
    return max(found, key=lambda e: (e.last_dose is None, len(e.dose_times)))


def _is_recorded(hold: HoldPlan, facts: Facts) -> bool:
    records = facts.patient.exposures
    return any(e.last_dose is not None for e in records if e.drug == hold.drug)


def _doses_until(exposure: Exposure, limit: datetime, count: int, tz: ZoneInfo) -> list[datetime]:
    """The doses up to and including an instant, at least so many."""
    begin = limit - timedelta(days=count + 2)
    found: list[datetime] = []
    for dose in doses_after(exposure, begin, tz):
        if dose > limit:
            break
        found.append(dose)
    return found


def _medicines(facts: Facts, readiness: Readiness, start: datetime) -> Iterator[InstructionLine]:
    for hold in readiness.holds:
        last = last_dose_for(hold, facts, start)
        values = {"drug": hold.drug}
        if hold.ready_at is None:
            key = "drug.ask"
        elif last is None:
            key = "drug.until-start"
        elif last <= readiness.assessed_at:
            key = "drug.stopped"
        else:
            exact = times_known(_exposure(hold, facts)) or _is_recorded(hold, facts)
            key = "drug.last-dose" if exact else "drug.last-dose-before"
        yield InstructionLine(
            section=Section.MEDICINES, key=key, at=last, values=values, rule=hold.ref.rule
        )
    for asked in readiness.requirements:
        if asked.kind == "premedication":
            hours = elapsed(asked.ahead_hours or 0)
            yield _line(Section.MEDICINES, "premedication", asked, start - hours)


def _line(
    section: Section, key: str, asked: Requirement, at: datetime | None, **values: str
) -> InstructionLine:
    texts = values | ({"drug": asked.drug} if asked.drug else {})
    return InstructionLine(section=section, key=key, at=at, values=texts, rule=asked.ref.rule)


def _tests(readiness: Readiness, start: datetime) -> Iterator[InstructionLine]:
    for asked in readiness.requirements:
        needed = asked.applies_from is None or asked.applies_from <= start
        if asked.kind == "lab" and asked.firm and needed:
            line = _line(Section.TESTS, "test.needed", asked, start, test=asked.subject)
            yield line.model_copy(update={"since": _since(asked, start)})


def _standing(facts: Facts, readiness: Readiness, start: datetime) -> Iterator[InstructionLine]:
    for asked in readiness.preparation:
        section = SECTION_OF.get(asked.kind)
        if section is None:
            continue
        ahead = elapsed(asked.ahead_hours or 0)
        if asked.kind == "arrival":
            ahead = max(ahead, timedelta(minutes=facts.procedure.preparation_minutes))
        hours = {} if asked.after_hours is None else {"hours": f"{asked.after_hours:g}"}
        line = _line(section, asked.ref.rule.rpartition("/")[2], asked, start - ahead, **hours)
        yield line.model_copy(update={"since": _since(asked, start)})


def _since(asked: Requirement, start: datetime) -> datetime | None:
    return None if asked.counts_hours is None else start - elapsed(asked.counts_hours)


def _after(readiness: Readiness) -> Iterator[InstructionLine]:
    tested = {asked.drug for asked in readiness.preparation if asked.kind == "restart"}
    for hold in readiness.holds:
        values = {"drug": hold.drug}
        if hold.restart_hours is None:
            key = "drug.restart-ask"
        else:
            key = "drug.restart-result" if hold.drug in tested else "drug.restart"
            values["hours"] = f"{hold.restart_hours:g}"
        yield InstructionLine(section=Section.AFTER, key=key, values=values, rule=hold.ref.rule)


def _open(facts: Facts, readiness: Readiness, start: datetime) -> Iterator[InstructionLine]:
    """What still stands in the way of a firm booking."""
    for asked in readiness.open_at(start):
        if asked.kind == "approval":
            at = _agreed_by(asked, facts, readiness, start)
            yield _line(Section.OPEN, "approval", asked, at)
        elif asked.kind not in ("lab", "premedication"):
            yield _line(Section.OPEN, "open", asked, asked.latest, what=asked.sentence)


def _agreed_by(
    asked: Requirement, facts: Facts, readiness: Readiness, start: datetime
) -> datetime | None:
    """When the prescriber must have agreed for this start, which may be a late one."""
    notice = elapsed(facts.setting.notice_hours)
    for hold in readiness.holds:
        last = last_dose_for(hold, facts, start)
        if hold.drug == asked.drug and last is not None and last > readiness.assessed_at:
            return last - notice
    return asked.latest
