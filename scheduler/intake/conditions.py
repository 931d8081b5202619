"""Conditions and allergies that hold at `now`, and what they say of airway, implants and radiation.

A condition without a clinical status is taken as active unless it has ended; one that ended only
after `now` was active then. Refuted and mistaken entries are left out.
"""

from collections.abc import Iterator

from models.patients import Commitment, Finding, Implant
from scheduler.intake import tables
from scheduler.intake.charts import Chart
from scheduler.intake.concepts import all_words, codings, findings, text_of
from scheduler.intake.jsontree import Json, child, children, words
from scheduler.intake.reading import Reading
from scheduler.intake.records import Record
from scheduler.intake.times import Span, choice_span, span_of

ACTIVE = frozenset({"active", "recurrence", "relapse"})
OVER = frozenset({"inactive", "remission", "resolved"})
RETRACTED = frozenset({"refuted", "entered-in-error"})
PERFORMED = frozenset({"completed", "in-progress", "stopped"})
BOOKED = frozenset({"booked", "pending", "arrived", "checked-in", "fulfilled"})
AIRWAY_KINDS = ("sleep-apnoea", "difficult-airway")
ALLERGY_WORDS = ("allerg", "anaphyla", "hypersensitiv")
COMMITMENT_WORDS = {
    "dialysis": "dialysis",
    "radiotherap": "radiotherapy",
    "radiation therap": "radiotherapy",
    "contrast": "contrast",
}


def is_retracted(resource: Json) -> bool:
    """Whether a condition or allergy was refuted or entered by mistake."""
    codes = {coding.code for coding in codings(child(resource, "verificationStatus"))}
    return bool(codes & RETRACTED)


def held_conditions(chart: Chart, reading: Reading) -> list[Record]:
    """The conditions that hold at `now`; those that begin later are noted."""
    return [record for record in chart.of("Condition") if _holds(record, "abatement", reading)]


def held_allergies(chart: Chart, conditions: list[Record], reading: Reading) -> list[Record]:
    """The allergies and intolerances that hold at `now`, those on the problem list among them."""
    own = [record for record in chart.of("AllergyIntolerance") if _holds(record, "", reading)]
    return own + [record for record in conditions if _is_allergy(record)]


def _is_allergy(condition: Record) -> bool:
    text = all_words(child(condition.resource, "code"))
    return "allergy" in kinds_in(condition) or any(word in text for word in ALLERGY_WORDS)


def _holds(record: Record, ending: str, reading: Reading) -> bool:
    resource = record.resource
    if is_retracted(resource):
        return False
    began = _began(resource, reading)
    if began is not None and began.first > reading.now:
        reading.note(record, "begins after now: not used")
        return False
    ended = choice_span(resource, ending, reading.tz) if ending else None
    codes = {coding.code for coding in codings(child(resource, "clinicalStatus"))}
    if codes & ACTIVE:
        return True
    if ended is not None:
        return ended.last > reading.now
    return not codes & OVER


def _began(resource: Json, reading: Reading) -> Span | None:
    began = choice_span(resource, "onset", reading.tz)
    if began is None:
        began = span_of(words(resource, "recordedDate"), reading.tz)
    return began


def findings_of(records: list[Record], reading: Reading) -> tuple[Finding, ...]:
    """Conditions or allergies as findings, one per code, sorted; reactions name their substance."""
    found = set()
    for record in records:
        began = _began(record.resource, reading)
        since = began.first if began else None
        concepts = [child(record.resource, "code")]
        concepts += [child(r, "substance") for r in children(record.resource, "reaction")]
        found |= {f for concept in concepts for f in findings(concept, since=since)}
    return tuple(sorted(found, key=lambda f: (f.text, f.system, f.code, str(f.since))))


def speechless(records: list[Record]) -> tuple[str, ...]:
    """Conditions and allergies that do not say what they are."""
    return tuple(
        f"{record.name} does not say what it is"
        for record in records
        if not text_of(child(record.resource, "code"))
    )


def kinds_in(record: Record) -> frozenset[str]:
    """What the codes of a resource mean to the intake."""
    coded = codings(child(record.resource, "code"))
    return frozenset(kind for coding in coded for kind in tables.kinds_of(coding))


def airway_flags(conditions: list[Record]) -> set[str]:
    """Airway warnings among the conditions."""
    coded = {kind for record in conditions for kind in kinds_in(record) if kind in AIRWAY_KINDS}
    texts = [all_words(child(record.resource, "code")) for record in conditions]
    if any("sleep apn" in text for text in texts):
        coded.add("sleep-apnoea")
    if any("difficult airway" in text or "difficult intubation" in text for text in texts):
        coded.add("difficult-airway")
    return coded


def performed(chart: Chart, reading: Reading) -> Iterator[tuple[Record, Span | None]]:
    """Procedures that were begun by `now`, with when; the date is None when it is not given."""
    for record in chart.of("Procedure"):
        if words(record.resource, "status") not in PERFORMED:
            continue
        span = choice_span(record.resource, "performed", reading.tz)
        if span is not None and span.first > reading.now:
            reading.note(record, "performed after now: not used")
            continue
        yield record, span


def implants_of(
    chart: Chart, conditions: list[Record], reading: Reading
) -> tuple[tuple[Implant, ...], tuple[str, ...]]:
    """Stents and valves with the latest day they may have been placed, and those without a day."""
    dated: set[Implant] = set()
    undated: set[str] = set()
    placed = [*performed(chart, reading), *((c, _began(c.resource, reading)) for c in conditions)]
    for record, span in placed:
        kind = _implant_kind(record)
        if kind and span:
            day = min(span.last, reading.now).astimezone(reading.tz).date()
            dated.add(Implant(kind=kind, placed_on=day))
        elif kind:
            undated.add(f"{record.name}: {kind} without a date")
    return tuple(sorted(dated, key=lambda i: (i.placed_on, i.kind))), tuple(sorted(undated))


def _implant_kind(record: Record) -> str | None:
    """`coronary-stent` with `-drug-eluting` or `-bare-metal`, `mechanical-valve`, `heart-valve`."""
    text = all_words(child(record.resource, "code"))
    kinds = kinds_in(record)
    if "coronary-stent" in kinds or ("stent" in text and "coronary" in text):
        if "drug" in text and "eluting" in text:
            return "coronary-stent-drug-eluting"
        return "coronary-stent-bare-metal" if "bare metal" in text else "coronary-stent"
    if "heart-valve" in kinds or ("valve" in text and ("replacement" in text or "prosthe" in text)):
        return "mechanical-valve" if "mechanical" in text else "heart-valve"
    return None


def commitments_of(chart: Chart, reading: Reading) -> tuple[Commitment, ...]:
    """Other appointments of the patient, and radiotherapy that was given, in order of time."""
    found = {
        Commitment(kind="radiotherapy", start=span.first, end=max(span.last, span.first))
        for record, span in performed(chart, reading)
        if span and _is_radiotherapy(record)
    }
    for record in chart.of("Appointment"):
        start, end = (
            span_of(words(record.resource, edge), reading.tz) for edge in ("start", "end")
        )
        if words(record.resource, "status") in BOOKED and start and end and start.first < end.last:
            kind = _commitment_kind(record.resource)
            found.add(Commitment(kind=kind, start=start.first, end=end.last))
    return tuple(sorted(found, key=lambda c: (c.start, c.end, c.kind)))


def _is_radiotherapy(record: Record) -> bool:
    text = all_words(child(record.resource, "code"))
    words_told = "radiotherap" in text or "radiation therap" in text
    return words_told or "radiotherapy" in kinds_in(record)


def _commitment_kind(appointment: Json) -> str:
    concepts = (
        *children(appointment, "serviceType"),
        *children(appointment, "serviceCategory"),
        *children(appointment, "reasonCode"),
        child(appointment, "appointmentType"),
    )
    said = " ".join([words(appointment, "description"), *map(text_of, concepts)]).lower()
    return next((kind for word, kind in COMMITMENT_WORDS.items() if word in said), "appointment")
